"""What the site asks of the library: what a person may open, and what is said or written in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.entities.media import Chapter, MediaKind, Page, Segment
from services.entities.people import Actor


class Words(StrEnum):
    """Whether all that is said or written in an item is there to be read."""

    ALL = "all"
    COMING = "coming"
    WAITING = "waiting"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class PlayableItem:
    """A stored item as its page shows it. `key`, `poster` and `sheet` are the object store's; `name` is the
    file's own. `language` is a BCP 47 tag, None where it is not known; `duration` is in seconds.
    """

    id: UUID
    title: str
    kind: MediaKind
    mimetype: str
    name: str
    key: str
    poster: str | None = None
    duration: float | None = None
    language: str | None = None
    sheet: str | None = None
    words: Words = Words.ALL


@dataclass(frozen=True, slots=True)
class PlayableText:
    """What is said in it with its times, or written in it with its pages; in order."""

    segments: Sequence[Segment] = ()
    chapters: Sequence[Chapter] = ()
    pages: Sequence[Page] = ()


class ItemReader(Protocol):
    async def item_for(self, actor: Actor, content_id: UUID) -> PlayableItem | None:
        """None where `actor` may not see it, or it is gone: the two look the same from outside.

        Asked at every request for the page, the file, its captions and poster, and again while a file is
        being sent: cheap, and true now.
        """
        ...

    async def text_of(self, item: PlayableItem) -> PlayableText:
        """Of an item that `item_for` has just allowed."""
        ...
