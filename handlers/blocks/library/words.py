"""How an item's facts are written."""

from __future__ import annotations

import re
from decimal import Decimal

from handlers.blocks.figures import dollars
from handlers.boundary import slack_date
from handlers.sender.sanitise import escape
from services.entities.library import MARK, UNMARK, Content
from services.entities.media import MediaKind
from services.languages import name_of
from services.media.times import timecode

SIGNS = {
    MediaKind.VIDEO: ":clapper:",
    MediaKind.AUDIO: ":studio_microphone:",
    MediaKind.IMAGE: ":camera:",
    MediaKind.DOCUMENT: ":page_facing_up:",
    MediaKind.SUBTITLES: ":speech_balloon:",
}
UNKNOWN = ":inbox_tray:"
KINDS = {
    MediaKind.VIDEO: "Video",
    MediaKind.AUDIO: "Audio",
    MediaKind.IMAGE: "Image",
    MediaKind.DOCUMENT: "Document",
    MediaKind.SUBTITLES: "Subtitles",
}
_ALIKE = {"*": "\u2217", "_": "\uff3f", "~": "\u223c"}
_EMPHASIS = re.compile(r"(?<!\w)[*_~]|[*_~](?!\w)")
NARROW = "\u200b"
"""Slack takes asterisks inside a word for asterisks; beside a space of no width they are bold."""
_INSIDE_BEGIN, _INSIDE_END = re.compile(rf"(?<=\w){MARK}"), re.compile(rf"{UNMARK}(?=\w)")
PASSAGE, BEFORE = 400, 60  # characters
UNITS = ("B", "KB", "MB", "GB", "TB")


def plainly(text: str) -> str:
    """A person's or a model's words inside mrkdwn: shown as they are, without emphasis, code or links."""
    return _EMPHASIS.sub(lambda found: _ALIKE[found.group()], escape(text)).replace("`", "ˋ")


def name(item: Content) -> str:
    """`*Title*` with its short id."""
    return f"*{plainly(item.title)}*  `{item.short}`"


def sign(item: Content) -> str:
    return SIGNS.get(item.kind, UNKNOWN) if item.kind else UNKNOWN


def facts(item: Content, cost: Decimal | None = None) -> list[str]:
    """Kind, length, size, language, who and when, tags, what it cost."""
    probe = item.probe
    found = [KINDS[probe.kind] if probe else ""]
    if probe and probe.duration:
        found.append(timecode(probe.duration))
    if probe and probe.pages and probe.kind is MediaKind.DOCUMENT:
        found.append(f"{probe.pages} page{'s' if probe.pages > 1 else ''}")
    if probe and probe.width and probe.height:
        found.append(f"{probe.width} x {probe.height}")
    found.append(size(item.size))
    found.append(language(item.language))
    found.append(f"<@{item.user}>, {slack_date(item.created_at)}")
    if item.tags:
        found.append(" ".join(f"#{plainly(tag)}" for tag in item.tags))
    if cost:
        found.append(f"cost {dollars(cost)}")
    return [each for each in found if each]


def size(count: int) -> str:
    amount, unit = float(count), 0
    while amount >= 1000 and unit < len(UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return (
        "" if not count else f"{amount:.0f} {UNITS[unit]}" if amount >= 10 else f"{amount:.1f} {UNITS[unit]}"
    )


def language(code: str | None) -> str:
    return plainly(name_of(code)) if code else ""


def marked(text: str) -> str:
    """A passage with what was found in bold; of a long one what is around the first find."""
    bold = plainly(_around(" ".join(text.split())))
    bold = _INSIDE_BEGIN.sub(f"{NARROW}{MARK}", _INSIDE_END.sub(f"{UNMARK}{NARROW}", bold))
    return bold.replace(MARK, "*").replace(UNMARK, "*")


def _around(text: str) -> str:
    if len(text) <= PASSAGE:
        return text
    begin = max(0, min(text.find(MARK) - BEFORE, len(text) - PASSAGE))
    if begin and (space := text.find(" ", begin, begin + BEFORE)) > 0:
        begin = space + 1
    end = begin + PASSAGE
    end = len(text) if end >= len(text) else max(text.rfind(" ", end - BEFORE, end), begin + PASSAGE - BEFORE)
    piece = text[begin:end]
    piece = f"{MARK * (piece.count(UNMARK) > piece.count(MARK))}{piece}{UNMARK * (piece.count(MARK) > piece.count(UNMARK))}"
    return f"{'…' if begin else ''}{piece}{'…' if end < len(text) else ''}"
