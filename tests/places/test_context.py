"""Which place a figure is about: small pages of our own, asked at the figures marked ⟦⟧."""

from __future__ import annotations

import re

import pytest

from gazette.clean.model import Block, CleanText, Role
from gazette.extract.places import PlaceContext, UnknownCode, find_article_place, find_issue_place

ROLES = {"#": Role.HEADLINE, "=": Role.SUBHEAD, "": Role.BODY}


def build_page(page: str) -> tuple[CleanText, list[int]]:
    """A page of blocks, one a line; `#` begins a headline and an article, `=` a heading. Also the marked offsets."""
    blocks: list[Block] = []
    text, marks, article = "", [], -1
    for line in page.strip().split("\n"):
        sign = line[0] if line[0] in "#=" else ""
        article += sign == "#" or article < 0
        start = len(text)
        for part in re.split("([⟦⟧])", line.removeprefix(sign).strip()):
            if part == "⟦":
                marks.append(len(text))
            elif part != "⟧":
                text += part
        blocks.append(Block(ROLES[sign], start, len(text), article))
        text += "\n"
    return CleanText(text, range(len(text)), tuple(blocks)), marks


def read_codes(page: str, default_code: str = "100000") -> list[str]:
    clean, marks = build_page(page)
    context = PlaceContext(clean, find_issue_place(clean, default_code))
    return [context.place_at(mark).code for mark in marks]


PROVINCES = """
# 辽宁抓项目促投资
辽宁今年加快项目建设，全省开工项目⟦900个⟧。在沈阳，⟦30个⟧项目开工。在盘锦，总投资⟦8亿元⟧的项目投产。⟦29家⟧企业与辽宁签约。
大连一家工厂扩建，占地⟦40亩⟧。
企业家说信心很足，计划投资⟦5亿元⟧在辽宁建厂。
这家总部在浙江的企业增资⟦3亿元⟧。
"""

NATIONAL = """
# 各地抢抓工期推进项目
今年以来，各地已开工项目⟦2万个⟧。江西、江苏等地开工⟦3000个⟧，江苏完成投资⟦20亿元⟧。苏州、南通投产⟦60个⟧。
在四川南充，水库工程正在加紧施工。该工程总投资⟦15亿元⟧。
全国水利投资达到⟦3000亿元⟧，浙江完成⟦300亿元⟧，居全国第一，新增岗位⟦2万个⟧。
近日，广西等6省获得资金⟦9亿元⟧。来自广州的⟦40家⟧企业带来岗位⟦700个⟧。
一家外资企业宣布投资⟦5亿元⟧，扩建在上海的工厂。
"""

DISTRICT = """
# 綦江企业复工忙
綦江区上报企业⟦6400家⟧，位居全市前列。全区复工项目⟦150个⟧，市级重点项目⟦12个⟧。
重庆农商行綦江支行发放贷款⟦3亿元⟧，重庆康齿有限责任公司返岗⟦200人⟧。
= 一手抓防控 一手抓项目
綦江精准对接成渝地区双城经济圈规划，策划项目⟦9个⟧。园区与广东客商签约项目⟦7个⟧，其中总投资⟦2亿元⟧的項目已开工。
全市计划开工项目⟦900个⟧。綦江将承担⟦30个⟧。
企业员工从湖北返岗⟦40人⟧。
"""


def test_a_province_with_examples_from_its_cities() -> None:
    assert read_codes(PROVINCES) == ["210000", "210100", "211100", "210000", "210200", "210000", "210000"]


def test_national_news_with_examples_from_provinces() -> None:
    assert read_codes(NATIONAL) == [
        "100000", "100000", "320000", "320000", "511300", "100000", "330000", "330000", "100000", "440100", "440100",
        "310000",
    ]  # fmt: skip


def test_the_page_of_a_district_in_a_paper_of_the_city() -> None:
    expected = ["500110"] * 8 + ["500000"] + ["500110"] * 2
    assert read_codes(DISTRICT, "500000") == expected


@pytest.mark.parametrize(
    ("page", "default", "code"),
    [
        (DISTRICT, "500000", "500110"),
        (PROVINCES, "100000", "210000"),
        (NATIONAL, "100000", "100000"),
        ("# 新区招商忙\n企业纷纷签约。", "500000", "500000"),
        ("# 春耕忙\n忠县开工项目20个，忠县柑橘发往各地。\n忠县农委介绍，忠县已复工。", "500000", "500233"),
        ("# 我国就业形势稳定\n人社部数据显示，全国新增就业900万人。在湖北，岗位增加。", "100000", "100000"),
    ],
)
def test_place_of_an_issue(page: str, default: str, code: str) -> None:
    assert find_issue_place(build_page(page)[0], default).code == code


def test_a_region_that_is_no_code_is_refused() -> None:
    with pytest.raises(UnknownCode, match="'綦江' is no code"):
        find_issue_place(build_page(DISTRICT)[0], "綦江")


def test_a_day_of_news_is_the_nations_and_each_article_has_its_own_place() -> None:
    clean, marks = build_page(
        "# 上海培育新动能\n今年新增企业⟦300家⟧。\n# 天津滨海新区项目开工\n总投资⟦50亿元⟧。\n"
        "# 我国外贸稳定增长\n新增企业⟦8000家⟧。\n# 广东海南等地迎战台风\n工地停工⟦900处⟧。"
    )
    issue_place = find_issue_place(clean, "100000")
    assert issue_place.code == "100000"
    articles = [find_article_place(clean, article, issue_place).code for article in range(4)]
    assert articles == ["310000", "120116", "100000", "100000"]
    context = PlaceContext(clean, issue_place)
    assert [context.place_at(mark).code for mark in marks] == articles
    assert [context.article_place(article).code for article in range(4)] == articles


def test_a_heading_sets_the_place_of_the_paragraphs_below_it_alone() -> None:
    page = "# 各地项目提速\n= 浙江：抢先机\n开工项目⟦90个⟧。\n= 再接再厉\n还有项目⟦80个⟧。"
    assert read_codes(page) == ["330000", "100000"]


def test_a_new_paragraph_starts_afresh_unless_it_goes_on() -> None:
    page = (
        "# 各地稳就业\n在湖北荆州，招聘会开场。提供岗位⟦900个⟧。\n当地还发放补贴⟦3亿元⟧。\n春节后，发放贷款⟦20亿元⟧。"
    )
    assert read_codes(page) == ["421000", "421000", "100000"]


@pytest.mark.parametrize(
    ("page", "codes"),
    [
        ("# 各地稳投资\n广东、广西、云南五省区开工。总投资⟦90亿元⟧。", ["100000"]),
        ("# 各地稳投资\n沈阳等6市开工项目⟦80个⟧。广州、深圳等9市开工⟦70个⟧。", ["210000", "440000"]),
        ("# 紧急预拨资金\n⟦2亿元⟧救灾资金预拨贵州湖南两省。", ["100000"]),
        ("# 我国稳就业\n全国新增岗位⟦9万个⟧。其中，江苏⟦2万个⟧。发放贷款⟦8亿元⟧。", ["100000", "320000", "100000"]),
        ("# 各地促消费\n在四川，商场开业。数据显示，民营企业贷款⟦9亿元⟧。", ["100000"]),
        ("# 各地促消费\n四川这家国内领军企业获贷款⟦6000万元⟧。", ["510000"]),
        ("# 各地促消费\n连云港至仪征管道投资⟦8亿元⟧。", ["320000"]),
        ("# 各地促消费\n江西篁村、安徽递村等8个村引来企业⟦20家⟧。", ["100000"]),
        ("# 协同发展\n北京支持河北建医院，京津冀三地共建机构⟦100家⟧。", ["100000"]),
        ("# 各地招商\n福建一批项目在泉州签约，投资⟦90亿元⟧。航展在珠海举行，企业⟦700家⟧参展。", ["350000", "440400"]),
        (
            "# 广东促消费\n在广州，商场开业。全省重点企业销售额⟦9亿元⟧，占全国的一成。为全省企业减税⟦3亿元⟧。",
            ["440000"] * 2,
        ),
        ("# 携手发展\n江苏与安徽接壤。两地签约项目⟦20个⟧。", ["100000"]),
        ("# 各地救灾\n财政部下达资金⟦3亿元⟧，支持广东恢复生产。", ["440000"]),
        ("# 各地救灾\n财政部下达资金⟦3亿元⟧，支持广东、海南恢复生产。", ["100000"]),
        ("# 金融支农\n农业银行发放贷款⟦600亿元⟧；浙江农商银行发放贷款⟦500亿元⟧。", ["100000", "330000"]),
        ("# 资本市场\n上海证券交易所全年融资⟦2000亿元⟧。", ["100000"]),
        ("# 各地创新\n雄安新区中关村科技园入驻企业⟦20家⟧。", ["130000"]),
        ("# 各地办赛\n第二届全国技能大赛在湖南长沙举行。有企业⟦90家⟧到场。", ["430100"]),
        ("# 疏解提速\n疏解到雄安新区的⟦4家⟧央企动工。", ["130000"]),
    ],
)
def test_one_sentence_after_another(page: str, codes: list[str]) -> None:
    assert read_codes(page) == codes


def test_captions_and_credits_set_no_place() -> None:
    clean, marks = build_page("# 綦江项目忙\n= 在三江街道\n摄 宁波\n开工项目⟦9个⟧。")
    blocks = tuple(
        Block(Role.CREDIT, b.start, b.end, 0) if "摄" in clean.text[b.start : b.end] else b for b in clean.blocks
    )
    clean = CleanText(clean.text, clean.places, blocks)
    context = PlaceContext(clean, find_issue_place(clean, "500110"))
    assert context.place_at(marks[0]).code == "500110"


def test_the_name_of_a_park_takes_nothing_back() -> None:
    assert read_codes("# 北京复工提速\n位于北京市顺义区的北京中德产业园，已有⟦90家⟧企业开工。") == ["110113"]


def test_partners_of_a_province_do_not_take_its_figures() -> None:
    page = "# 天津承接产业转移\n科技城依托中关村资源，与北京高校合作，已有企业⟦900家⟧入驻。在河北廊坊，分园落户⟦20家⟧。"
    assert read_codes(page) == ["120000", "131000"]


def test_blocks_may_be_asked_in_any_order() -> None:
    clean, marks = build_page(NATIONAL)
    place = find_issue_place(clean, "100000")
    forward, backward = PlaceContext(clean, place), PlaceContext(clean, place)
    answers = [forward.place_at(mark) for mark in marks]
    assert [backward.place_at(mark) for mark in reversed(marks)] == answers[::-1]
