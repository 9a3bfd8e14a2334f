"""Which headings head an article, and which article each block belongs to.

Takes drafts in reading order, sets their roles and numbers. In one-paragraph-a-line text an article begins with a
headline after a blank line, and a roundup's pieces are articles of their own. In a newspaper dump headings stand apart
from what they head: unless datelines tell articles apart, the page is one article, and its headline is the heading that
names the page's subject, the district.
"""

from __future__ import annotations

import re
from collections import Counter

from gazette.clean.marks import is_roundup, opens_with_dateline
from gazette.clean.model import Role
from gazette.clean.paragraphs import Draft

_LONGEST_HEADLINE = 110.0
_LONGEST_SUBHEAD = 45.0
_QUESTION_OR_CALL = "！？!?”’"
_DISTRICT = re.compile("(?=([\u4e00-\u9fff]{2,3})[区县市州旗])")
_NOT_A_DISTRICT = re.compile(
    "[全各该我本市省县园社小城郊山灾地景片校厂矿库牧农新老特辖的在是和与于到向从对为以及等将把被个两多大高]"
)
_SUBJECT_MENTIONS = 3
_TITLE_LINES = 3


def assign_headline_roles(drafts: list[Draft]) -> None:
    """Roles and article numbers of one-paragraph-a-line drafts, each of one line."""
    spaced = _is_every_paragraph_spaced(drafts)
    article, roundup, seen_headline = -1, False, False
    for index, draft in enumerate(drafts):
        if draft.role is Role.BODY and _could_head(drafts, index):
            line = draft.lines[0]
            opens_item = index == 0 or (line.frame != drafts[index - 1].lines[0].frame)
            if opens_item and not (spaced and seen_headline and not _dateline_follows(drafts, index)):
                draft.role, roundup, seen_headline = Role.HEADLINE, is_roundup(line.text), True
            elif line.width <= _LONGEST_SUBHEAD:
                draft.role = Role.HEADLINE if roundup else Role.SUBHEAD
            article += draft.role is Role.HEADLINE
        draft.article = max(article, 0)


def _is_every_paragraph_spaced(drafts: list[Draft]) -> bool:
    """Whether blank lines divide paragraphs and not articles."""
    body = [d.lines[0].frame for d in drafts if d.lines[0].ends_sentence]
    return len(body) > 2 and len(set(body)) == len(body)


def _could_head(drafts: list[Draft], index: int) -> bool:
    line = drafts[index].lines[0]
    if index + 1 >= len(drafts) or line.width > _LONGEST_HEADLINE or line.text[-1] in "；：，、":
        return False
    if not line.ends_sentence and "。" not in line.text:
        return True
    return line.text[-1] in _QUESTION_OR_CALL and "。" not in line.text and _opens_frame(drafts, index)


def _opens_frame(drafts: list[Draft], index: int) -> bool:
    return index == 0 or drafts[index - 1].lines[0].frame != drafts[index].lines[0].frame


def _dateline_follows(drafts: list[Draft], index: int) -> bool:
    return any(opens_with_dateline(draft.lines[0].text) for draft in drafts[index + 1 : index + 3])


def assign_page_roles(drafts: list[Draft]) -> None:
    """Roles and article numbers of the drafts of a newspaper page, whatever heading each was taken for on its own."""
    for draft in drafts:
        draft.article = 0
        if draft.role is Role.HEADLINE:
            draft.role = Role.SUBHEAD
    headings = [index for index, draft in enumerate(drafts) if draft.role is Role.SUBHEAD]
    if not headings:
        return
    titles = _find_titles_by_dateline(drafts) or _find_titles_by_subject(drafts, headings)
    titles = titles or {headings[0]}
    for index in titles:
        drafts[index].role = Role.HEADLINE
    if any(opens_with_dateline(draft.lines[0].text) for draft in drafts if draft.role is Role.BODY):
        _number_articles(drafts)


def _find_titles_by_dateline(drafts: list[Draft]) -> set[int]:
    """The headings directly above a paragraph that opens with a dateline."""
    titles: set[int] = set()
    for index, draft in enumerate(drafts):
        if draft.role is Role.BODY and opens_with_dateline(draft.lines[0].text):
            above = index - 1
            while above >= 0 and index - above <= _TITLE_LINES and drafts[above].role in (Role.SUBHEAD, Role.CREDIT):
                titles |= {above} if drafts[above].role is Role.SUBHEAD else set()
                above -= 1
    return titles


def _find_titles_by_subject(drafts: list[Draft], headings: list[int]) -> set[int]:
    """The headings that name the page's subject, with the lines of the same title before and after them."""
    subject = find_subject(drafts)
    if subject is None:
        return set()
    named = {index for index in headings if subject in _text(drafts[index])}
    for index in sorted(named):
        for step in (-1, 1):
            run = _find_heading_run(drafts, index, step)
            if len(run) < _TITLE_LINES:
                named |= set(run)
    return named


def _find_heading_run(drafts: list[Draft], index: int, step: int) -> list[int]:
    run, at = [], index + step
    while 0 <= at < len(drafts) and drafts[at].role is Role.SUBHEAD:
        run.append(at)
        at += step
    return run


def find_subject(drafts: list[Draft]) -> str | None:
    """The name, without 区 or 县, of the place that the page names most often; None where it names none often."""
    names: Counter[str] = Counter()
    for draft in drafts:
        if draft.role is Role.BODY:
            names.update(_DISTRICT.findall(_text(draft)))
    usable = {name: count for name, count in names.items() if not _NOT_A_DISTRICT.search(name)}
    if not usable or max(usable.values()) < _SUBJECT_MENTIONS:
        return None
    return max(usable, key=lambda name: (usable[name], len(name)))


def _text(draft: Draft) -> str:
    return "".join(line.text for line in draft.lines)


def _number_articles(drafts: list[Draft]) -> None:
    """Text before the first title is an article, and what stands last on the page, below all text, is its title."""
    roles = [draft.role for draft in drafts]
    first_title = roles.index(Role.HEADLINE) if Role.HEADLINE in roles else len(roles)
    headless = Role.BODY in roles[:first_title]
    article, after_title = -1 + headless, False
    for draft in drafts:
        title = draft.role is Role.HEADLINE
        article += title and not after_title
        after_title = title
        draft.article = max(article, 0)
    if headless:
        _move_page_title(drafts)


def _move_page_title(drafts: list[Draft]) -> None:
    for draft in reversed(drafts):
        if draft.role is Role.BODY:
            return
        if draft.role in (Role.SUBHEAD, Role.HEADLINE):
            draft.role, draft.article = Role.HEADLINE, 0
