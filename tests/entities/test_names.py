"""Names are proper names, in full where the issue prints them in full, and never a fragment of a clause."""

from __future__ import annotations

from datetime import date

import pytest

from gazette.clean import clean
from gazette.extract import extract
from gazette.extract.entities import NameKind, Names
from gazette.extract.places import find_places


def place_length(name: str) -> int:
    spans = find_places(name, ["500110"])
    return spans[0].end if spans and spans[0].start == 0 else 0


def find_names(text: str) -> list[tuple[str, str]]:
    return [(span.name, span.kind.value) for span in Names(text, place_length).find(0, len(text))]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("记者走进重庆青禾机械有限公司的车间", [("重庆青禾机械有限公司", "company")]),
        ("在位于綦江的重庆青禾机械有限责任公司，订单不断", [("重庆青禾机械有限责任公司", "company")]),
        ("向重庆甲木有限公司、重庆乙水有限公司等14家企业发放补贴", []),
        ("该公司一家子公司已复工", []),
        ("工商银行和重庆农商行綦江支行联合放款", [("工商银行", "bank"), ("重庆农商行綦江支行", "bank")]),
        ("多家商业银行和中国人民银行参会", []),
        ("綦江工业园区内企业全部复产", [("綦江工业园区", "park")]),
        ("松林坝水库加紧施工", [("松林坝水库", "work")]),
        ("记者走进重庆桂木家居有限公司", [("重庆桂木家居有限公司", "company")]),
    ],
)
def test_names_of_a_sentence(text: str, names: list[tuple[str, str]]) -> None:
    assert find_names(text) == names


def test_short_form_gives_the_full_name() -> None:
    text = "重庆青禾机械有限公司复产。青禾机械新招工人30名。"
    assert find_names(text) == [("重庆青禾机械有限公司", "company")] * 2


def test_declared_short_form_gives_the_full_name() -> None:
    text = "北辰科技集团股份有限公司（下称“北辰集团”）签约。北辰集团将增资。"
    names = Names(text, place_length)
    spans = names.find(text.index("北辰集团将"), len(text))
    assert [(span.name, span.kind) for span in spans] == [("北辰科技集团股份有限公司", NameKind.COMPANY)]


@pytest.mark.parametrize(
    ("text", "entity", "lender"),
    [
        ("重庆青禾机械有限公司现有工人90名。", "重庆青禾机械有限公司", None),
        ("工商银行綦江支行向重庆青禾机械有限公司发放贷款250万元。", "重庆青禾机械有限公司", "工商银行綦江支行"),
        ("工商银行累计为97家企业发放贷款9亿元。", None, "工商银行"),
        ("重庆甲木有限公司、重庆乙水有限公司等14家企业复工。", None, None),
        ("綦江工业园区对园区184家企业实行网格化管理。", "綦江工业园区", None),
        ("松林坝水库加紧施工。该工程总投资15亿元。", "松林坝水库", None),
        ("全区返岗员工已达10万人。", None, None),
        ("“退税款126万元已到账！”重庆青禾机械有限公司董事长说。", "重庆青禾机械有限公司", None),
        ("重庆青禾机械有限公司订单不断。企业现有职工310人。", "重庆青禾机械有限公司", None),
        ("重庆青禾机械有限公司订单不断。全区现有职工3100人。", None, None),
    ],
)
def test_entity_and_lender_of_a_record(text: str, entity: str | None, lender: str | None) -> None:
    records = extract(clean(text), date(2020, 3, 27), "500110").records
    assert [(record.entity, record.lender) for record in records] == [(entity, lender)]
