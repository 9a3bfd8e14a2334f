"""Which blanks of a line stay."""

from __future__ import annotations

import pytest

from gazette.clean.blanks import find_stretches


def drop_blanks(line: str, *, running: bool = False, quoted: bool = False) -> str:
    return "".join(line[start:end] for start, end in find_stretches(line, running=running, quoted=quoted))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("高 质 量 发 展", "高质量发展"),
        ("3 月 20 日，签约 40 个", "3月20日，签约40个"),
        ("总投资 300 多亿元的50个项目", "总投资300多亿元的50个项目"),
        ("增长 5 %", "增长5%"),
        ("落实政策 40 条", "落实政策40条"),
        ("利润同比增长22.1% 民营企业占比提升", "利润同比增长22.1% 民营企业占比提升"),
        ("抓项目 稳生产 不断塑造新动能", "抓项目 稳生产 不断塑造新动能"),
        ("【开好局 起好步】江滨", "【开好局 起好步】江滨"),
        ("陈平 李安 摄", "陈平 李安 摄"),
        ("摄 / 陈平", "摄/陈平"),
        ("据说 ， “ 开工 ”了", "据说，“开工”了"),
        ("Fresh News 报道", "Fresh News报道"),
        ("10 20", "10 20"),
        ("两处  空白", "两处 空白"),
    ],
)
def test_blank_stays_only_where_it_separates(line: str, expected: str) -> None:
    assert drop_blanks(line) == expected
    assert drop_blanks(expected) == expected


def test_in_a_column_a_blank_stays_only_inside_quotes() -> None:
    assert drop_blanks("渡口区 各部门，以“同心 同行”为题", running=True) == "渡口区各部门，以“同心 同行”为题"
    assert drop_blanks("同心 同行”为题 开会", running=True, quoted=True) == "同心 同行”为题开会"
