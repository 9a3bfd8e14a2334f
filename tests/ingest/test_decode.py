"""Every encoding that an issue comes in gives the same text; what is no Chinese text is told apart, with the reason."""

from __future__ import annotations

import random

import pytest

from gazette.ingest.decode import decode, find_common_share, read_characters
from gazette.ingest.reasons import Reason, UnreadableIssue

PAGE = (
    "全区工业企业加快复工复产\r\n　　本报讯（记者 李明）截至3月5日，全区规模以上工业企业已有86家恢复生产，"
    "返岗员工1.2万人。\r\n银行新发放贷款3.5亿元，用于支持中小企业渡过难关。\r\n"
)
TRADITIONAL = "全區工業企業加快恢復生產，銀行發放貸款3.5億元，員工已經回到車間，市場供應穩定，價格沒有變化。\n"
TEXT = PAGE.replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb18030"),
        ("gb2312", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32-le"),
    ],
)
def test_the_text_is_the_same_in_every_encoding(encoding: str, told: str) -> None:
    decoded = decode(PAGE.encode(encoding))
    assert decoded.text == TEXT
    assert decoded.encoding == told


def test_big5_is_told_from_gb18030() -> None:
    assert decode(TRADITIONAL.encode("big5")).encoding == "big5"
    assert decode(TRADITIONAL.encode("big5")).text == TRADITIONAL
    assert decode(TRADITIONAL.encode("gb18030")).text == TRADITIONAL


def test_a_mark_of_utf16_big_end() -> None:
    decoded = decode(b"\xfe\xff" + PAGE.encode("utf-16-be"))
    assert (decoded.text, decoded.encoding) == (TEXT, "utf-16-be")


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16-le", "utf-16-be", "utf-8"])
@pytest.mark.parametrize("length", [6, 12, 40])
def test_a_few_characters_are_enough(encoding: str, length: int) -> None:
    assert decode(TEXT[:length].encode(encoding)).text == TEXT[:length]


def test_characters_outside_gb2312_survive() -> None:
    text = "朱镕基到工厂看望工人，䶮先生和𠮷野先生在一起。"
    assert decode(text.encode("gb18030")).text == text


def test_line_ends_become_line_feeds() -> None:
    assert decode("复工\r复产\r\n达产\n".encode()).text == "复工\n复产\n达产\n"


def _noise(length: int) -> bytes:
    return random.Random(7).randbytes(length)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Reason.EMPTY),
        (b" \r\n\t ", Reason.EMPTY),
        ("\ufeff\n".encode(), Reason.EMPTY),
        ("　\n".encode(), Reason.EMPTY),
        (b"\x00" * 400, Reason.EMPTY),
        (_noise(5000), Reason.BINARY),
        (b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 8, Reason.BINARY),
        (TEXT.encode() + b"\x01\x02\x03" * 40, Reason.BINARY),
        (b"The quick brown fox jumps over the lazy dog. " * 20, Reason.NOT_CHINESE),
        ("Съешь же ещё этих мягких французских булок. ".encode() * 9, Reason.NOT_CHINESE),
        ("これはにほんごのぶんしょうであって、ちゅうごくごではありません。".encode() * 9, Reason.NOT_CHINESE),
        (b"12345 67890 3.14 2020-03-01", Reason.NOT_CHINESE),
        ("鐢熶骇鎭㈠宸ヤ綔浼氳鍙紑浜嗗叏鍖哄伐涓氫紒涓氬姞蹇".encode() * 3, Reason.NOT_CHINESE),
        (TEXT.encode()[:100] + b"\xff" + TEXT.encode()[100:], Reason.UNDECODABLE),
        (TEXT.encode()[:-2], Reason.UNDECODABLE),
        (b"\xff\xfe" + PAGE.encode("utf-16-le")[:-1], Reason.UNDECODABLE),
        (TEXT.encode()[:99] + b"\x00" + TEXT.encode()[99:], Reason.UNDECODABLE),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, reason: Reason) -> None:
    with pytest.raises(UnreadableIssue) as caught:
        decode(data)
    assert caught.value.reason is reason
    assert caught.value.detail


def test_the_place_of_the_damage_is_told() -> None:
    before = TEXT[:33].encode()
    with pytest.raises(UnreadableIssue, match=f"broken at byte {len(before)}"):
        decode(before + b"\xff" + TEXT[33:].encode())


def test_common_characters_tell_text_from_a_wrong_decoding() -> None:
    assert find_common_share(TEXT) > 0.9
    assert find_common_share(TEXT.encode("gb18030").decode("utf-16-le", errors="replace")) < 0.3
    common, punctuation = read_characters()
    assert len(common) > 900
    assert not common & punctuation
