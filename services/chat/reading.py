"""The files of a thread, read for a model: whole while there is room, else cut with a note that says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.entities.conversations import FileRef, Message
from services.errors import FileUnreadable
from services.models.estimate import estimate_tokens
from services.ports.slack import FileReader, FileText

CUT = "cut"


@dataclass(slots=True)
class Reading:
    """What could be read of a conversation's files, and, as (name, reason), what could not, or not whole."""

    texts: dict[str, FileText] = field(default_factory=dict)
    unread: list[tuple[str, str]] = field(default_factory=list)


async def read_files(files: FileReader, messages: Sequence[Message], room: int) -> Reading:
    """At most `room` tokens of text, the newest files first."""
    reading = Reading()
    for file in newest_first(messages):
        text = await _read(files, file, reading)
        if text is not None:
            kept = shortened(text, room)
            room -= estimate_tokens(kept.text)
            reading.texts[file.id] = kept
            reading.unread += [(file.name, CUT)] if kept is not text else []
    return reading


def newest_first(messages: Sequence[Message]) -> list[FileRef]:
    """Each once, however often it was shared."""
    files = {file.id: file for message in messages for file in message.files}
    return list(files.values())[::-1]


async def _read(files: FileReader, file: FileRef, reading: Reading) -> FileText | None:
    try:
        return await files.read(file)
    except FileUnreadable as error:
        reading.unread.append((error.name, error.reason))
        return None


def shortened(file: FileText, tokens: int) -> FileText:
    """At most `tokens` of a file's text, with a note of what is missing."""
    if file.image is not None or estimate_tokens(file.text) <= tokens:
        return file
    kept = beginning(file.text, max(0, tokens))
    note = f"[cut here: the first {len(kept):,} of {len(file.text):,} characters]"
    return FileText(file.name, f"{kept}\n{note}", file.image)


def beginning(text: str, tokens: int) -> str:
    """As much of `text` as `tokens` hold: scripts differ sevenfold in how many characters that is."""
    fits, too_long = 0, len(text) + 1
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        fits, too_long = (middle, too_long) if estimate_tokens(text[:middle]) <= tokens else (fits, middle)
    return text[:fits]
