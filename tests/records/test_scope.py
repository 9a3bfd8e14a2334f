"""The group that a record is about, as printed; of output and its growth the industry or the firms whose it is."""

from __future__ import annotations

from datetime import date

import pytest

from gazette.clean import clean
from gazette.extract import extract

CASES = [
    ("全区共有重点制造业项目12个。", ["重点制造业项目"]),
    ("一季度，规模以上建材企业营业收入同比增长7.4%。", ["规模以上建材企业"]),
    ("上半年，专用设备制造业销售收入同比增长8%。", ["专用设备制造业"]),
    ("去年，全市茶产业实现总产值35亿元。", ["茶产业"]),
    ("前两个月，全市软件业务收入达12亿元。", ["软件业务"]),
    ("一季度，食品、纺织销售收入分别增长9%和4%。", ["食品", "纺织"]),
    ("江阳区3月2日集中开工项目11个。", ["集中开工项目"]),
    ("厂里年产值3000万元，力争明年产值5000万元。", [None, None]),
    ("园区四百名产业工人节日不停工。", ["产业工人"]),
    ("隧道里三百名施工人员轮班作业。", ["施工人员"]),
    ("区里设立20亿元的新材料产业基金。", ["新材料产业基金"]),
    ("全区新增12家离境退税商店。", ["离境退税商店"]),
    ("全区农商银行投放春耕贷款3亿元。", ["春耕贷款"]),
    ("市财政划拨专项资金500万元，支持企业复工。", ["专项资金"]),
    ("会上达成合作项目8个。", ["合作项目"]),
    ("这笔投资里，600万元为国债资金。", [None]),
]


@pytest.mark.parametrize(("text", "scopes"), CASES)
def test_scope_is_the_printed_group(text: str, scopes: list[str | None]) -> None:
    records = extract(clean(text), date(2020, 3, 20), "500110").records
    assert [record.scope for record in records] == scopes
