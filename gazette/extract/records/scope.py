"""Tells the group that a record counts, as printed: 重大项目, 规上工业企业, 返岗员工.

Takes a draft; gives the noun phrase that stands after the counted figure (50个重大项目), or else before it
(重点项目28个), or None.
"""

from __future__ import annotations

import re

from gazette.extract.records.sentences import Figure
from gazette.extract.records.statement import COUNTS, TOTALS, Draft

_HEAD = (
    "项目|工程|小区|企业|商户|市场主体|经营主体|个体工商户|工商户|个体户|合作社|公司|门店|煤矿|员工|职工|工人|务工人员|"
    "劳动力|人员|农民工|毕业生|岗位|贷款|授信|资金|基金|补助|补贴|债券|国债|退税|租金|需求|服务业|工业|产业|行业|工厂|基地"
)
_AFTER = re.compile(rf"的?(?P<scope>[\u4e00-\u9fffA-Za-z0-9“”\-]{{0,16}}?(?:{_HEAD}))")
_BEFORE = re.compile(
    rf"(?P<scope>[\u4e00-\u9fffA-Za-z0-9“”\-]{{0,22}}?(?:{_HEAD}))(?:[已共约为达有到总数量额累计的人均复产工开]{{0,6}})$"
)
_LEAD = re.compile(
    r"^.*?(?:截至[^，]*|共有|共|已有|已|累计|新增|其中|现有|目前|今年|去年|我国|全国|全市|全区|全县|全省|发放|帮助|收集|实施|完成|安排|发布|提供|获得|梳理|策划了|了|个|家|名|为|向|对|在|把|有)"
)


def find_scope(draft: Draft) -> str | None:
    """The printed name of the group that the record is about, or None where none is told."""
    figure = _counted(draft)
    text, quantity = draft.sentence.text, figure.quantity
    after = _AFTER.match(text, quantity.end, figure.right)
    if after is not None:
        return after["scope"]
    start = draft.sentence.clause_span(figure.clause)[0]
    before = _BEFORE.search(text[max(start, figure.left) : quantity.start])
    return _trim(before["scope"]) if before is not None else None


def _counted(draft: Draft) -> Figure:
    for column in (COUNTS.get(draft.table), TOTALS.get(draft.table)):
        if column in draft.figures:
            return draft.figures[column]
    return draft.first


def _trim(scope: str) -> str | None:
    """The phrase without the verbs and adverbs that lead up to it."""
    trimmed = _LEAD.sub("", scope)
    return (trimmed or scope).lstrip("0123456789年月日等及和、") or None
