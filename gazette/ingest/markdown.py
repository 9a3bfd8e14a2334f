"""Takes a text in Markdown, gives what is printed: no marks of headings, emphasis, lists, links and images."""

from __future__ import annotations

import re

from gazette.ingest.decode import Decoded, decode

HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.*?)[ \t#]*$", re.MULTILINE)
STRONG = re.compile(r"(\*\*|__)(?=\S)([^\n]{1,500}?)(?<=\S)\1")
IMAGE = re.compile(r"!\[[^\]\n]{0,500}\]\([^)\n]{0,2000}\)")
LINK = re.compile(r"\[([^\]\n]{1,500})\]\([^)\n]{0,2000}\)")
BULLET = re.compile(r"^[ \t]{0,8}(?:[-*+]|>)[ \t]+", re.MULTILINE)
RULE = re.compile(r"^ {0,3}(?:[-*_][ \t]*){3,}$", re.MULTILINE)
FENCE = re.compile(r"^ {0,3}(?:```|~~~).*$", re.MULTILINE)
FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def is_markdown(head: str) -> bool:
    """Whether a text begins as Markdown does: with a heading, or marks of headings and emphasis further on. One `#`
    makes none."""
    return len(HEADING.findall(head)) + len(STRONG.findall(head)) + len(IMAGE.findall(head)) > 1


def read_markdown(data: bytes) -> Decoded:
    """Raises UnreadableIssue as `decode` does."""
    decoded = decode(data)
    text = FRONT_MATTER.sub("", decoded.text)
    text = FENCE.sub("", RULE.sub("", IMAGE.sub("", text)))
    text = BULLET.sub("", HEADING.sub(r"\n\1\n", text))
    return Decoded(LINK.sub(r"\1", STRONG.sub(r"\2", text)), decoded.encoding)
