"""Gives a record the one company, bank, work or park that it is about, and a loan its lender (filing rule 10).

Takes a draft and the issue's names; gives (entity, lender). A record that counts several projects or enterprises is
about none of them, but may be about the park that they are in. Where the sentence names nobody, the names of the
sentence before in the same paragraph count, unless the sentence speaks of a place.
"""

from __future__ import annotations

import re

from gazette.extract.entities import NameKind, Names, NameSpan
from gazette.extract.records.statement import Draft

_ABOUT_WORK = re.compile(r"该(?:工程|项目)|工程(?:总)?投资|项目(?:总)?投资|工程总|项目全面|项目建成")
ABOVE_REACH = 200
LONGEST_PARAGRAPH = 5_000  # code points: what stands further above is of another matter
_OF_THE_FIRM = re.compile(
    r"(?:^|[，。”“：])(?:该|这家)?(?:公司|企业)(?:[\u4e00-\u9fff]{0,4}负责人|董事长|总经理|[\u4e00-\u9fff]{0,3}经理|财务|副总)"
)
_ABOUT_FIRM = re.compile(
    r"(?:该|本|这家|我们)(?:企业|公司|集团|工厂|厂)|(?:企业|公司|集团|工厂|厂里)"
    r"(?:现有|现已|有(?![序关效])|已|目前|共有|年产|产值|订单|计划|预计|用(?!工)|以|新招|获得|收到|得到|拿到|把|还(?!是))"
)
_TOLD_BY = re.compile(r"[^。！？；：“]{0,60}?(?:[^论据听]说|表示|介绍|告诉|感慨|坦言|感叹|直言)")
_THEIR_HEAD = re.compile(r"(?:该|这家)?(?:公司|企业)[\u4e00-\u9fff]{0,6}?(?:负责人|董事长|总经理|经理|厂长|总监|主管)")
_ABOUT_PARK = re.compile(r"园区(?:内|里|企业|现|已|累计)|对园区|区内[\d一二三四五六七八九十近超约]")
_COUNTS = {"projects": ("project_count", "total_count"), "enterprises": ("enterprise_count", "total_count")}


def find_entity(draft: Draft, names: Names, offset: int) -> tuple[str | None, str | None]:
    """The full name of the entity and of the lender. `offset` is where the block begins in the issue's text."""
    sentence = draft.sentence
    start, at = sentence.start + offset, draft.first.quantity.start + offset
    own = names.find(start, sentence.end + offset)
    before = [name for name in own if name.start < at]
    lender = _last(before or own, NameKind.BANK) if draft.table == "finance" else None
    if _counts_many(draft):
        return _find_park(draft, before, names, offset), lender
    if lender is None and draft.table == "finance":
        lender = _last(_above(draft, names, offset), NameKind.BANK)
    kinds = (NameKind.WORK, NameKind.COMPANY) if draft.table == "projects" else (NameKind.COMPANY,)
    for kind in kinds:
        entity = _last(before, kind)
        if entity is not None:
            return entity, lender
    if draft.table == "enterprises" and (park := _last(before, NameKind.PARK)) is not None:
        return park, lender
    told_by = _last(_telling(draft, names, offset), NameKind.COMPANY)
    if told_by is not None and draft.table != "projects":
        return told_by, lender
    if _may_look_back(draft):
        for kind in kinds:
            entity = _last(_above(draft, names, offset), kind)
            if entity is not None:
                return entity, lender
    return None, lender


def _last(found: list[NameSpan], kind: NameKind) -> str | None:
    return next((name.name for name in reversed(found) if name.kind is kind), None)


def _counts_many(draft: Draft) -> bool:
    if draft.table == "finance":
        return "enterprise_count" in draft.figures
    if draft.table == "labor" and "job_count" in draft.figures:
        return True
    return any(column in draft.figures for column in _COUNTS.get(draft.table, ()))


def _find_park(draft: Draft, before: list[NameSpan], names: Names, offset: int) -> str | None:
    if draft.table != "enterprises":
        return None
    park = _last(before, NameKind.PARK)
    if park is not None:
        return park
    sentence = draft.sentence
    if _ABOUT_PARK.search(sentence.text, sentence.start, draft.first.quantity.start + 1):
        return _last(_above(draft, names, offset), NameKind.PARK)
    return None


def _may_look_back(draft: Draft) -> bool:
    sentence = draft.sentence
    if draft.table == "projects":
        return _ABOUT_WORK.search(sentence.text, sentence.start, sentence.end) is not None
    if draft.table == "finance":
        return True
    return _ABOUT_FIRM.search(sentence.text, sentence.start, draft.first.quantity.start) is not None


def _telling(draft: Draft, names: Names, offset: int) -> list[NameSpan]:
    """Who said it: “退税款126万元已到账！”A公司董事长说."""
    sentence = draft.sentence
    if not sentence.text.startswith(("”", "’"), sentence.end - 1):
        return []
    told = _TOLD_BY.match(sentence.text, sentence.end)
    if told is None:
        return []
    own = names.find(offset + sentence.end, offset + told.end())
    return own or (_above(draft, names, offset) if _THEIR_HEAD.match(told.group()) else [])


def _above(draft: Draft, names: Names, offset: int) -> list[NameSpan]:
    """The names of the paragraph before the sentence; 公司负责人说 goes on with the company of the paragraph above."""
    sentence, at = draft.sentence, draft.first.quantity.start
    above = names.find(offset + max(0, sentence.start - LONGEST_PARAGRAPH), sentence.start + offset)
    goes_on = _last(above, NameKind.COMPANY) is None and draft.table != "projects"
    if goes_on and _OF_THE_FIRM.search(sentence.text, max(0, at - LONGEST_PARAGRAPH), at) is not None:
        return [*names.find(max(0, offset - ABOVE_REACH), offset), *above]
    return above
