"""Each mark finds its example and leaves its counter-example; the file is checked on load."""

from __future__ import annotations

from pathlib import Path

import pytest

from gazette.clean.marks import Mark, find_marked_role, is_roundup, opens_with_dateline, read_marks
from gazette.clean.model import Role

ENTRY = 'role = "credit"\npattern = "^编者$"\nexample = "编者"\ncounter = "编者按"\n'


@pytest.mark.parametrize("mark", read_marks(), ids=lambda mark: mark.example)
def test_mark_finds_its_example_and_not_its_counter(mark: Mark) -> None:
    assert mark.pattern.search(mark.example)
    assert not mark.pattern.search(mark.counter)


@pytest.mark.parametrize("mark", [m for m in read_marks() if m.kind in set(Role)], ids=lambda mark: mark.example)
def test_example_gets_its_role_and_counter_does_not(mark: Mark) -> None:
    assert find_marked_role(mark.example) == mark.kind
    assert find_marked_role(mark.counter) != mark.kind


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("江滨大桥合龙 本报记者 陈平 摄", Role.CAPTION),
        ("新厂房里的第一条生产线（李安 摄）", Role.CAPTION),
        ("工人们正在吊装钢梁", Role.CAPTION),
        ("驻企专员（左二）上门送药", Role.CAPTION),
        ("本报记者 陈平", Role.CREDIT),
        ("图片由江滨区融媒体中心提供", Role.CREDIT),
        ("A07", Role.FURNITURE),
        ("2020年4月10日 星期五", Role.FURNITURE),
        ("江滨区发展迈上新台阶", None),
        ("截至3月9日，12家企业复工", None),
    ],
)
def test_role_of_a_line_that_stands_alone(line: str, role: Role | None) -> None:
    assert find_marked_role(line) is role


def test_inside_running_text_only_the_surest_marks_count() -> None:
    assert find_marked_role("工人们正在吊装钢梁", standing_alone=False) is None
    assert find_marked_role("吊装钢梁 摄/陈平", standing_alone=False) is Role.CAPTION


def test_roundups_and_datelines() -> None:
    assert is_roundup("县区快讯")
    assert not is_roundup("江滨区发布快讯平台使用办法")
    assert opens_with_dateline("本报讯（记者 陈平）3月9日，开工")
    assert not opens_with_dateline("3月9日，开工")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (f'[[mark]]\n{ENTRY}colour = "red"\n', "mark 1: unknown key colour"),
        ('[[mark]]\nrole = "credit"\npattern = "x"\nexample = "x"\n', "mark 1: no counter"),
        (f"[[mark]]\n{ENTRY}[[mark]]\n{ENTRY}".replace('"credit"', '"hero"', 1), "mark 1: role hero"),
        (f"[[mark]]\n{ENTRY}".replace("^编者$", "("), "mark 1: pattern"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "marks.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"marks\.toml: {complaint}"):
        read_marks(path)
