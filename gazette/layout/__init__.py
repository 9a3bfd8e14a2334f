"""Characters with their boxes to text in reading order: pure geometry, whatever the characters were read with."""

from gazette.layout.model import Box, Glyph, PageText, Wall, WallKind, join_pages
from gazette.layout.reading import read_page

__all__ = ["Box", "Glyph", "PageText", "Wall", "WallKind", "join_pages", "read_page"]
