"""Finds the declared cue that governs a figure.

Takes a figure in its sentence; gives the indicator that wins it. Every cue that can reach the figure competes: its
weight less what stands between. Near beats far, the same clause another one, the head of the noun phrase that the
figure opens (…元的贷款) a word further on. What is outside the tables competes with cues of its own.
"""

from __future__ import annotations

import re

from gazette.extract.model import Kind
from gazette.extract.records.declaration import Hit, Indicator
from gazette.extract.records.sentences import Figure, Sentence

CLAUSE_COST, PART_COST, FIGURE_COST = 9.0, 14.0, 5.0
LEFT_COST, RIGHT_COST = 0.7, 1.3
NEAR_BONUS, FAR_BONUS = 2.0, 0.5  # a rule that also asks for another word knows more than one that does not
PEOPLE_CLAUSE_COST, PEOPLE_RIGHT_COST = 14.0, 0.9  # people are named behind the figure, and what they do, too
JOINED_BONUS, VERB_COST = 5.0, 14.0
_GOVERNED_BY_VERB = ("用于", "已", "全部", "支持", "在", "为", "给", "向", "和", "与", "以上的", "，")
_SUMS_UP = re.compile(r"(?:合计|共计|共|累计|涉及|总计|总)?(?:总?金额|总额|资金|金额|额)(?:达到?|为|共计|约)?")
_NOUN_PHRASE = re.compile(
    r"的?(?:(?!用于|支持|送到|送往|送至|推动|带动|促进|加快|投入|给予|全部|已经|均|已|为|在|向|从|，)[\u4e00-\u9fff“”、])+"
)


def find_governing(sentence: Sentence, figure: Figure, kind: Kind) -> tuple[Indicator | None, str]:
    """The indicator whose cue governs the figure with the cue's term, or None where no cue reaches it."""
    best: Indicator | None = None
    won: Hit | None = None
    best_score = 0.0
    quantity = figure.quantity
    head = _find_head(sentence, figure)
    for hit in sentence.hits:
        if hit.end <= quantity.start and hit.cue.before:
            announced, base = hit.cue.before, -_left_cost(sentence, figure, hit)
        elif hit.start >= quantity.end and hit.end <= figure.right and hit.cue.after:
            announced, base = hit.cue.after, -_right_cost(sentence, figure, hit, head)
        else:
            continue
        for indicator, weight in announced:
            if kind not in indicator.kinds or weight + base + NEAR_BONUS < best_score:
                continue
            if indicator.table == "projects" and hit.start >= quantity.end and _is_for(sentence, quantity.end):
                continue
            required = _find_required(sentence, figure, indicator)
            if required is None:
                continue
            score = weight + base + required
            ours = kind is Kind.MONEY and best is not None and best.table is None and indicator.table is not None
            if score > best_score or (ours and score == best_score):  # 投入2600万元协作资金
                best, best_score, won = indicator, score, hit
    if best is None or won is None:
        return None, ""
    return _subsidy_for_jobs(sentence, won) or best, won.cue.term


def _subsidy_for_jobs(sentence: Sentence, won: Hit) -> Indicator | None:
    """稳岗返还补贴: what a subsidy is for stands joined to its name."""
    if not any(indicator.kind == "grant" for indicator, _ in won.cue.before):
        return None
    joined = (hit for hit in sentence.hits if hit.end == won.start)
    named = (indicator for hit in joined for indicator, _ in hit.cue.before)
    return next((indicator for indicator in named if indicator.kind == "job_subsidy"), None)


def _is_for(sentence: Sentence, end: int) -> bool:
    """5亿元用于水利工程修复 is no investment in works that go by the name of one."""
    return sentence.text.startswith("用于", end)


def _find_required(sentence: Sentence, figure: Figure, indicator: Indicator) -> float | None:
    """缓缴 is of contributions only where the sentence names them. What stands in the figure's own clause counts more
    (减免社保费20万元，缓缴社保费60万元); None where nothing of it stands in the sentence."""
    if not indicator.requires:
        return 0.0
    text, (start, end) = sentence.text, sentence.clause_span(figure.clause)
    if any(text.find(word, start, end) >= 0 for word in indicator.requires):
        return NEAR_BONUS
    return FAR_BONUS if any(text.find(word, sentence.start, sentence.end) >= 0 for word in indicator.requires) else None


def _left_cost(sentence: Sentence, figure: Figure, hit: Hit) -> float:
    crossed = figure.clause - sentence.clause_at(hit.start)
    people = figure.quantity.kind is Kind.HEADCOUNT
    cost = (figure.quantity.start - hit.end) * LEFT_COST
    if not (crossed == 1 and _sums_up(sentence, figure)):
        cost += crossed * (PEOPLE_CLAUSE_COST if people else CLAUSE_COST)
    if crossed and "；" in sentence.text[hit.end : figure.quantity.start]:
        cost += PART_COST
    for other in sentence.figures[: figure.index]:
        if other.quantity.start >= hit.end:
            cost += FIGURE_COST
    return cost


def _sums_up(sentence: Sentence, figure: Figure) -> bool:
    """办理转贷265笔，涉及金额15.2亿元: the clause only says how much it was."""
    start = sentence.clause_span(figure.clause)[0]
    return (
        figure.quantity.kind is Kind.MONEY
        and _SUMS_UP.fullmatch(sentence.text, start, figure.quantity.start) is not None
    )


def _right_cost(sentence: Sentence, figure: Figure, hit: Hit, head: Hit | None) -> float:
    end = figure.quantity.end
    per_character = PEOPLE_RIGHT_COST if figure.quantity.kind is Kind.HEADCOUNT else RIGHT_COST
    cost = 0.0 if hit is head else (hit.start - end) * per_character
    if sentence.text.startswith("的", end):
        cost -= JOINED_BONUS
    elif sentence.text.startswith(_GOVERNED_BY_VERB, end):
        cost += VERB_COST
    return cost


def _find_head(sentence: Sentence, figure: Figure) -> Hit | None:
    """The head of the noun phrase that the figure opens: 1410亿元困难群众救助补助资金 is 补助资金, its last word."""
    match = _NOUN_PHRASE.match(sentence.text, figure.quantity.end, figure.right)
    if match is None or figure.quantity.kind not in (Kind.MONEY, Kind.HEADCOUNT):
        return None
    inside = [hit for hit in sentence.hits_between(match.start(), match.end()) if hit.cue.after]
    return inside[-1] if inside else None
