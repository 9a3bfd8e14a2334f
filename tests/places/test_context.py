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
        ("# 各地稳投资\n苏州的吴江、盛泽、震泽等地有⟦80个⟧项目签约。", ["320500"]),
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
        # The nation, and several provinces
        ("# 央企与东北三省及内蒙古签约\n会上，三省一区签约项目⟦90个⟧。", ["100000"]),
        ("# 我国投资\n辽宁、吉林和黑龙江在沈阳联合举办座谈会。会上，三省签约项目⟦90个⟧。", ["100000"]),
        ("# 灾后重建\n⟦3000万元⟧资金支持湖北湖南恢复生产。", ["100000"]),
        ("# 水利提速\n江西省引水一期工程和安徽省蓄水工程开工，全年共开工⟦30项⟧。", ["100000"]),
        ("# 深圳造出新手臂\n在深圳，机器人上新。国家投入⟦20亿元⟧支持攻关。", ["100000"]),
        ("# 投资提速\n在安徽歙县，治水工程开工，四成资金来自去年增发的⟦2万亿元⟧国债。", ["100000"]),
        ("# 发债\n财政部在香港发行⟦60亿元⟧国债。", ["810000"]),
        ("# 水利提速\n水利部下达资金⟦90亿元⟧，支持安徽江边等12处灌区建设。", ["100000"]),
        ("# 路网提速\n高速公路是北京连接雄安新区的通道，⟦900名⟧工人正在施工。", ["100000"]),
        ("# 各地施工\n在东北，高铁提速，⟦800名⟧工人在岗；在福建，机场扩建。", ["100000"]),
        ("# 名录公布\n四川古堰、江苏兴化垛田、浙江松阳灌区和江西崇义梯田⟦四个⟧工程入选。", ["100000"]),
        # Who gets the nation's money
        ("# 四川抢险\n财政部预拨资金⟦3000万元⟧，支持灾区恢复生产。", ["510000"]),
        ("# 对口援疆结硕果\n各省市安排援疆资金⟦700亿元⟧，引进企业⟦600家⟧。", ["650000"] * 2),
        ("# 云南昭通抢险\n财政部向云南预拨⟦5000万元⟧资金。", ["530000"]),
        # Where a fair or a meeting is held
        ("# 第九届中国西藏博览会举行\n中国西藏博览会今天在拉萨举行，参展企业⟦900家⟧。", ["540100"]),
        ("# 服贸会布展\n服务贸易交易会将于9月在北京举办。\n共有企业⟦900家⟧参展。", ["110000"]),
        ("# 采购团启程\n外贸活动在南京开启。由商务部组织的采购同步启动，国内⟦90家⟧企业现场采购。", ["320100"]),
        ("# 招聘会举行\n教育部、湖北省政府主办的供需对接会在武汉举行。提供岗位⟦700个⟧。", ["420100"]),
        ("# 机器人大会新品多\n世界机器人大会正在北京举行。\n参展企业⟦90家⟧。", ["110000"]),
        ("# 各地稳就业\n就业促进大会在北京举行。\n各企业提供岗位⟦90万个⟧。", ["100000"]),
        # Names and partners
        ("# 湖南智造\n依托国家超级计算长沙中心，湖南企业升级。推动⟦7万家⟧企业上云。", ["430000"]),
        ("# 湖南智造\n全省升级。借国家计算长沙中心之力，推动⟦7万家⟧企业上云。", ["430000"]),
        ("# 各地培训\n全国总工会支持建校，在黑龙江省工匠学院，⟦80家⟧企业的职工正在听课。", ["230000"]),
        ("# 贵州绣娘\n工坊还和广州一家服装企业合作，年产值⟦90万元⟧。", ["520000"]),
        ("# 各地返岗\n广东和浙江用工增加，从陕西丹凤县出发的大巴载着⟦400名⟧工人前往长三角。", ["611022"]),
        ("# 各地春耕\n吉林发放补贴。这几天，四平这家工厂销售额增长⟦9%⟧。", ["220300"]),
        ("# 各地施工\n在巴丹吉林沙漠的油田，⟦70名⟧工人在岗。", ["150000"]),
        ("# 各地办赛\n第二届全国技能大赛在湖南长沙举行。有企业⟦90家⟧到场。", ["430100"]),
        ("# 疏解提速\n疏解到雄安新区的⟦4家⟧央企动工。", ["130000"]),
    ],
)
def test_one_sentence_after_another(page: str, codes: list[str]) -> None:
    assert read_codes(page) == codes


@pytest.mark.parametrize(
    ("page", "codes"),
    [
        ("# 广西石坡社区稳就业\n广西河池市南丹县石坡社区办起工坊。\n今后，石坡社区提供岗位⟦900个⟧。", ["451221"]),
        ("# 石坡村的新年\n贵州省毕节市黔西的石坡村唱起了歌。\n工坊年产值⟦90万元⟧。\n石坡村迎来客人。", ["520581"]),
        ("# 各地稳就业\n在苍溪县白驿镇石坡村，果园开园。\n在江苏，工厂开工。石坡村收入⟦90万元⟧。", ["510824"]),
        ("# 各地稳就业\n在浙江农村，果园开园。\n美丽乡村增收⟦90万元⟧。", ["100000"]),
    ],
)
def test_villages_are_where_the_text_said_once(page: str, codes: list[str]) -> None:
    assert read_codes(page) == codes


def test_captions_and_credits_set_no_place() -> None:
    clean, marks = build_page("# 綦江项目忙\n= 在三江街道\n摄 宁波\n开工项目⟦9个⟧。")
    blocks = tuple(
        Block(Role.CREDIT, b.start, b.end, 0) if "摄" in clean.text[b.start : b.end] else b for b in clean.blocks
    )
    clean = CleanText(clean.text, clean.places, blocks)
    context = PlaceContext(clean, find_issue_place(clean, "500110"))
    assert context.place_at(marks[0]).code == "500110"


BODIES = """
# 綦江金融支持企业
人民银行綦江支行数据显示，綦江区贷款余额⟦60亿元⟧。央行再贷款政策落地后，9家企业获得贷款⟦5亿元⟧。国务院出台稳经济措施以来，为80户企业退税⟦3亿元⟧。
綦江在重庆率先推出信用贷款。
截至3月末，全区发放贷款⟦6亿元⟧。重庆高新产业园现有企业⟦112家⟧。
"""


def test_offices_of_national_bodies_and_their_policies_are_not_the_nation() -> None:
    assert read_codes(BODIES, "500110") == ["500110"] * 5


PARTNERS = """
# 北安转移就业
该市与大连、青岛等城市签订劳务协作协议。一季度，全市转移劳动力⟦3万人⟧。
"""


def test_cities_that_an_agreement_is_made_with_are_partners() -> None:
    assert read_codes(PARTNERS, "231181") == ["231181"]


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
