"""Canvases: documents of sections, each with its own id, that people and channels are let into."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Literal

AccessLevel = Literal["read", "write", "owner"]

_HEADER = re.compile(r"(#{1,3}) +(.+)")
_FENCE = "```"


@dataclass(eq=False)
class Section:
    id: str
    text: str

    @property
    def heading(self) -> int:
        """1 to 3, or 0 for what is no heading."""
        found = _HEADER.match(self.text)
        return len(found[1]) if found else 0


@dataclass(eq=False)
class Canvas:
    id: str
    title: str
    owner: str
    created: int
    sections: list[Section] = field(default_factory=list)
    channel_id: str | None = None
    """the channel in which it is a tab"""
    access: dict[str, AccessLevel] = field(default_factory=dict)
    """by user id or channel id"""

    @property
    def markdown(self) -> str:
        return "\n\n".join(section.text for section in self.sections)

    @property
    def html(self) -> str:
        return "\n".join(map(_as_html, self.sections))

    def place_of(self, section_id: str) -> int:
        """Raises KeyError when there is no such section."""
        for index, section in enumerate(self.sections):
            if section.id == section_id:
                return index
        raise KeyError(section_id)


def section_texts(markdown: str) -> list[str]:
    """One text for each heading and each paragraph, list, table or code block."""
    return [text for text in map("\n".join, _parts(markdown)) if text.strip()]


def quoted_list_line(markdown: str) -> int | None:
    """The line where a list stands within a quote, which canvases do not take."""
    for number, line in enumerate(markdown.splitlines(), 1):
        if re.match(r"> *([-*+]|\d+\.) ", line):
            return number
    return None


def _parts(markdown: str) -> Iterator[list[str]]:
    part: list[str] = []
    in_code = False
    for line in markdown.splitlines():
        ends = not in_code and (not line.strip() or _HEADER.match(line))
        if ends:
            yield part
            part = []
        if line.startswith(_FENCE):
            in_code = not in_code
        if not ends:
            part.append(line)
        elif line.strip():
            yield [line]
    yield part


def _as_html(section: Section) -> str:
    if section.heading:
        text = section.text.lstrip("# ")
        return f"<h{section.heading}>{escape(text)}</h{section.heading}>"
    return f"<p>{escape(section.text)}</p>"
