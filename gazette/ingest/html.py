"""Takes an e-paper page in HTML, gives the text of its articles: titles and paragraphs one a line, articles parted by a
blank line.

A line is text if it reads like sentences and is not mostly links; what holds such lines is the container of an article,
and all of it is kept but links, controls and notices. The lines right before a container, back to the first link or
control, are its titles. What a page has around its articles is declared in html.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from selectolax.lexbor import LexborHTMLParser, LexborNode

from gazette.ingest.decode import Decoded, decode_unchecked
from gazette.ingest.reasons import Reason, UnreadableIssue

TAGS = re.compile(rb"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.IGNORECASE | re.DOTALL)
LINE_END = re.compile(r"[ \t]*[\r\n][ \t\r\n]*")  # of the source: a blank, and none between Chinese characters
HAN = r"，。、；：！？”“）（》《\u4e00-\u9fff"
IN_CHINESE = re.compile(rf"(?<=[{HAN}])\n(?=[{HAN}0-9])|(?<=[0-9%％])\n(?=[{HAN}])")
SPACES = re.compile(r"[ \t\n\f\xa0]+")
CONTROL_CHARACTERS = {
    code: None for code in (*range(32), 0x7F, *range(0x80, 0xA0), 0x200B, 0xFEFF) if code not in (9, 10)
}
INDENT = "　"
SENTENCE_MARKS = re.compile(r"[，。；！？]")
SENTENCE_END = re.compile(r"[。！？!?…][”’》）)]*$")
TITLE_PARTS = re.compile(r"\s*(?:--+|——|[_|｜]| - )\s*")
WORDS = re.compile(r"[\s|｜/【】\[\]<>《》：:·+\-－→←]+")

MAX_NODES = 400_000
MAX_DEPTH = 5_000
NEAREST = 20  # blocks around a line that are looked at
LEAST_SENTENCE = 15  # printed characters of a line that makes its container one of text
MOST_LINKED = 0.4  # of a line of text
MOST_TITLE_LINES = 6
LONGEST_TITLE = 60
LONGEST_CONTROLS = 80
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True, slots=True)
class Frame:
    """html.toml."""

    skipped: frozenset[str]
    blocks: frozenset[str]
    paragraphs: frozenset[str]
    frames: frozenset[str]
    titles: frozenset[str]
    controls: frozenset[str]
    notices: re.Pattern[str]


@cache
def read_frame() -> Frame:
    raw = tomllib.loads(files(__package__).joinpath("html.toml").read_text(encoding="utf-8"))
    notices = re.compile("|".join(raw.pop("notices")), re.IGNORECASE)
    return Frame(**{name: frozenset(words) for name, words in raw.items()}, notices=notices)


@dataclass(slots=True)
class Line:
    """One line of the page: its text, how much of it is linked, and where it stands. `containers` are the blocks around
    it that may hold several paragraphs, the innermost last; `opens` tells that it begins with an indent."""

    text: str
    linked: int
    containers: tuple[int, ...]
    heading: str | None
    is_framed: bool
    opens: bool
    broken: bool  # the line before it ends in a <br>

    @property
    def container(self) -> int:
        return self.containers[-1]

    @property
    def length(self) -> int:
        return sum(map(len, self.text.split()))

    @property
    def is_linked(self) -> bool:
        return self.linked > MOST_LINKED * self.length

    @property
    def is_sentence(self) -> bool:
        return self.length >= LEAST_SENTENCE and not self.is_linked and bool(SENTENCE_MARKS.search(self.text))

    @property
    def is_control(self) -> bool:
        words = [word for word in WORDS.split(self.text) if word]
        known = sum(word in read_frame().controls for word in words)
        return known == len(words) > 0 or (known >= 2 and self.length <= LONGEST_CONTROLS)

    @property
    def is_notice(self) -> bool:
        return bool(read_frame().notices.search(self.text))


def read_page(data: bytes) -> Decoded:
    """The articles of a page. Raises UnreadableIssue (binary, undecodable, no_text, too_large)."""
    text, encoding = _decode(data)
    tree = LexborHTMLParser(text)
    lines = _LineReader().read(tree)
    articles = find_articles(lines)
    if not articles:
        raise UnreadableIssue(Reason.NO_TEXT, "no article found on the page")
    if not any(line.heading for article in articles for line in article):
        title = _find_document_title(tree)
        printed = "".join(line.text for article in articles for line in article)
        if title and "".join(title.split()) not in "".join(printed.split()):
            articles[0].insert(0, Line(title, 0, (0,), "title", False, False, False))
    return Decoded("\n\n".join("\n".join(_join_broken(article)) for article in articles) + "\n", encoding)


def _decode(data: bytes) -> tuple[str, str]:
    """By our own rule, held against what is printed: tags and scripts are the same in every encoding, and would drown
    it."""
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    if b"\x00" in data[:4096]:
        return decode_unchecked(data)
    _, encoding = decode_unchecked(b" ".join(TAGS.sub(b" ", data).split()) or data)
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError as error:
        detail = f"{encoding}, broken at byte {error.start}"
        raise UnreadableIssue(Reason.UNDECODABLE, detail) from error


class _LineReader:
    """Walks the tree without recursion and gathers lines."""

    def __init__(self) -> None:
        self.frame = read_frame()
        self.lines: list[Line] = []
        self.pieces: list[str] = []
        self.linked = 0
        self.links = 0
        self.framed = 0
        self.containers = [0]
        self.headings: list[str] = []
        self.count = 0
        self.after_break = False

    def read(self, tree: LexborHTMLParser) -> list[Line]:
        body = tree.body
        if body is None:
            return []
        stack: list[tuple[LexborNode, bool]] = [(body, False)]
        while stack:
            node, is_done = stack.pop()
            if is_done:
                self._leave(node)
            elif self._enter(node):
                stack.append((node, True))
                if len(stack) > MAX_NODES:
                    raise UnreadableIssue(Reason.TOO_LARGE, f"over {MAX_NODES:,} elements")
                stack.extend((child, False) for child in reversed(list(node.iter(include_text=True))))
        self._end_line()
        return self.lines

    def _enter(self, node: LexborNode) -> bool:
        tag = node.tag
        self.count += 1
        if self.count > MAX_NODES or len(self.containers) > MAX_DEPTH:
            raise UnreadableIssue(Reason.TOO_LARGE, f"over {MAX_NODES:,} elements, or {MAX_DEPTH:,} within each other")
        if tag == "-text":
            self._add(node.text_content or "")
            return False
        if tag is None or tag.startswith("-") or tag in self.frame.skipped or _is_hidden(node):
            return False
        if tag == "br":
            self._end_line(is_break=True)
            return False
        names = _find_names(node)
        if tag in self.frame.blocks:
            self._end_line()
            if tag not in self.frame.paragraphs:
                self.containers.append(self.count)
        self.links += tag == "a"
        self.framed += bool(names & self.frame.frames)
        if tag in HEADINGS or names & self.frame.titles:
            self.headings.append(tag)
        return True

    def _leave(self, node: LexborNode) -> None:
        tag, names = node.tag or "", _find_names(node)
        if tag in self.frame.blocks:
            self._end_line()
            if tag not in self.frame.paragraphs:
                self.containers.pop()
        self.links -= tag == "a"
        self.framed -= bool(names & self.frame.frames)
        if tag in HEADINGS or names & self.frame.titles:
            self.headings.pop()

    def _add(self, text: str) -> None:
        self.pieces.append(text)
        if self.links:
            self.linked += sum(map(len, text.split()))

    def _end_line(self, is_break: bool = False) -> None:
        raw = _close_up("".join(self.pieces))
        text = raw.strip(" ")
        if text.strip(INDENT):
            heading = self.headings[-1] if self.headings else None
            line = Line(
                text=text.strip(INDENT + " "),
                linked=self.linked,
                containers=tuple(self.containers[-NEAREST:]),
                heading=heading,
                is_framed=self.framed > 0,
                opens=text.startswith(INDENT) or "".join(self.pieces).startswith("\xa0\xa0"),
                broken=self.after_break,
            )
            self.lines.append(line)
            self.after_break = is_break
        else:
            self.after_break = False  # an empty line parts paragraphs as the end of a block does
        self.pieces, self.linked = [], 0


def _close_up(text: str) -> str:
    """The text with its white space as a browser shows it."""
    return SPACES.sub(" ", IN_CHINESE.sub("", LINE_END.sub("\n", text))).translate(CONTROL_CHARACTERS)


def _find_names(node: LexborNode) -> frozenset[str]:
    attributes = node.attributes
    if not attributes:
        return frozenset()
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return frozenset(names.lower().split())


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    return "hidden" in attributes or "display:none" in (attributes.get("style") or "").replace(" ", "").lower()


def find_articles(lines: list[Line]) -> list[list[Line]]:
    """The lines of each article, titles first. A page without a single sentence gives what is neither link, control nor
    notice."""
    lines = _drop_frames(lines)
    containers = Counter(line.container for line in lines if line.is_sentence and not line.is_notice)
    if not containers:
        rest = [line for line in lines if _is_kept(line)]
        return [rest] if sum(c.isalpha() for line in rest for c in line.text) >= LEAST_SENTENCE else []
    articles: list[list[Line]] = []
    waiting: list[Line] = []
    for line in lines:
        if home := next((one for one in reversed(line.containers) if one in containers), 0):
            if _is_kept(line):
                line.containers = (home,)  # a table within an article is part of it
                _place(line, waiting, articles, containers)
                waiting = []
        elif line.is_linked or line.is_control:
            waiting = []
        elif not line.is_notice and line.length <= LONGEST_TITLE:
            waiting = [*waiting, line][-MOST_TITLE_LINES:]
    return articles


def _place(line: Line, waiting: list[Line], articles: list[list[Line]], containers: Counter[int]) -> None:
    """Goes on with the article, or begins one: at a title outside of every container, at any words between two
    containers of several sentences, or at a heading like the one that the article began with."""
    if articles and not _is_next_title(line, articles[-1]):
        titled = any(one.heading for one in waiting)
        before = articles[-1][-1].container
        apart = before != line.container and min(containers[before], containers[line.container]) > 1
        if not titled and not (waiting and apart):
            articles[-1] += [*waiting, line]
            return
    articles.append([*waiting, line])


def _is_next_title(line: Line, article: list[Line]) -> bool:
    """Whether the line is a heading of the same kind as the article's first, after text of that article."""
    first = next((one.heading for one in article if one.heading), None)
    return line.heading is not None and line.heading == first and any(one.is_sentence for one in article)


def _drop_frames(lines: list[Line]) -> list[Line]:
    """Without what is named as a frame, unless most of the page's sentences stand in it."""
    framed: Counter[bool] = Counter()
    for line in lines:
        if line.is_sentence:
            framed[line.is_framed] += line.length
    return lines if framed[True] > framed[False] else [line for line in lines if not line.is_framed]


def _is_kept(line: Line) -> bool:
    return not (line.is_linked or line.is_control or line.is_notice)


def _join_broken(article: Iterable[Line]) -> Iterator[str]:
    """Paragraphs. Where the paragraphs of an article are indented, a <br> before a line without an indent is the end of
    a line, and of no paragraph."""
    lines = list(article)
    indented = sum(line.opens for line in lines) > 1
    paragraph = ""
    for line in lines:
        if indented and line.broken and not line.opens and paragraph and not SENTENCE_END.search(paragraph):
            paragraph += line.text
            continue
        if paragraph:
            yield paragraph
        paragraph = line.text
    if paragraph:
        yield paragraph


def _find_document_title(tree: LexborHTMLParser) -> str:
    node = tree.css_first("title")
    title = SPACES.sub(" ", node.text()).strip() if node else ""
    return TITLE_PARTS.split(title)[0].strip()[:LONGEST_TITLE]
