"""What is known of a recording."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["wav", "mp3", "flac", "ogg", "mp4", "webm"]


class Unreadable(ValueError):
    """Not a recording of a known kind, or a broken one."""


@dataclass(frozen=True, slots=True)
class Recording:
    """`spoken` is None where no text was hidden in it."""

    kind: Kind
    seconds: float
    spoken: str | None = None


def first(texts: Iterable[str]) -> str | None:
    """The first text with something in it."""
    return next((text.strip() for text in (each.strip("\0") for each in texts) if text.strip()), None)


def spoken_comment(comments: Iterable[bytes]) -> str | None:
    """Out of Vorbis comments (NAME=text): SPOKEN, before the lyrics and comments that other tools write."""
    pairs = [each.decode("utf-8", "replace").partition("=") for each in comments]
    named = {name.upper(): text for name, _, text in pairs}
    return first(named.get(name, "") for name in ("SPOKEN", "LYRICS", "COMMENT", "DESCRIPTION"))
