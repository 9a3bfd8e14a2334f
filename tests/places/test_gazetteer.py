"""The list of places: complete, each with its parent, and a short name made by rule."""

from __future__ import annotations

import pytest

from gazette.extract.model import Place
from gazette.extract.places import NATION, Rank, UnknownCode, load_gazetteer


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("100000", "中华人民共和国"),
        ("500110", "重庆市綦江区"),
        ("500104", "重庆市大渡口区"),
        ("320200", "江苏省无锡市"),
        ("152500", "内蒙古自治区锡林郭勒盟"),
        ("429004", "湖北省仙桃市"),
        ("441900", "广东省东莞市"),
        ("110113", "北京市顺义区"),
        ("710000", "台湾省"),
        ("810000", "香港特别行政区"),
        ("371200", "山东省莱芜市"),
        ("330103", "浙江省杭州市下城区"),
        ("500112", "重庆市渝北区"),
    ],
)
def test_full_names(code: str, name: str) -> None:
    assert load_gazetteer().place(code) == Place(code, name)


def test_every_parent_is_there_and_higher() -> None:
    gazetteer = load_gazetteer()
    assert len(gazetteer.codes) > 6000
    for code in gazetteer.codes:
        parent = gazetteer.parent(code)
        if code == NATION.code:
            assert parent is None
        else:
            assert parent is not None
            assert parent.code in gazetteer
            assert gazetteer.rank(parent.code) < gazetteer.rank(code)
            assert gazetteer.line(code)[0] == NATION.code


def test_within() -> None:
    gazetteer = load_gazetteer()
    assert gazetteer.is_within("500110", "500000")
    assert gazetteer.is_within("500110", "500110")
    assert gazetteer.is_within("500110", "100000")
    assert not gazetteer.is_within("500000", "500110")
    assert not gazetteer.is_within("500110", "510000")


def test_common_place() -> None:
    gazetteer = load_gazetteer()
    assert gazetteer.common(["320200", "320500"]).code == "320000"
    assert gazetteer.common(["320200", "330000"]).code == "100000"
    assert gazetteer.common(["320200"]).code == "320200"


@pytest.mark.parametrize(
    ("code", "stem"),
    [
        ("150000", "内蒙古"),
        ("450000", "广西"),
        ("650000", "新疆"),
        ("422800", "恩施"),
        ("653000", "克孜勒苏"),
        ("654000", "伊犁"),
        ("220721", "前郭尔罗斯"),
        ("152500", "锡林郭勒"),
        ("500240", "石柱"),
        ("341322", "萧县"),
        ("810000", "香港"),
    ],
)
def test_short_names(code: str, stem: str) -> None:
    assert load_gazetteer().stem(code) == stem


def test_no_short_name_keeps_a_people() -> None:
    gazetteer = load_gazetteer()
    kept = [c for c in gazetteer.codes if "自治" in gazetteer.own_name(c) and gazetteer.stem(c).endswith("族")]
    assert {gazetteer.stem(code) for code in kept} == {"鄂温克族", "东乡族"}


@pytest.mark.parametrize("code", ["", "000000", "999999", "50011", "綦江"])
def test_unknown_codes_are_refused(code: str) -> None:
    with pytest.raises(UnknownCode):
        load_gazetteer().place(code)
    assert code not in load_gazetteer()


def test_ranks() -> None:
    gazetteer = load_gazetteer()
    assert gazetteer.rank("100000") is Rank.NATION
    assert gazetteer.rank("500000") is Rank.PROVINCE
    assert gazetteer.rank("320200") is Rank.PREFECTURE
    assert gazetteer.rank("500110") is Rank.COUNTY
