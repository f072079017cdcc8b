"""What the library keeps: items, where they were shared, and the passages that can be found in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.entities.conversations import FileRef, Place
from services.entities.media import Chapter, MediaKind, Probe
from services.entities.people import Actor


class Stage(StrEnum):
    """The last thing about an item whose result is stored."""

    RECEIVED = "received"
    STORED = "stored"
    TRANSCRIBED = "transcribed"
    READY = "ready"


class ContentState(StrEnum):
    ASKED = "asked"  # its channel asks first: only the person decides
    OPEN = "open"  # queued, or being worked on
    WAITING = "waiting"  # for a budget or for something that is down; `wake_at` tries again
    UNCERTAIN = "uncertain"  # died between a request and its answer: only the person decides
    DONE = "done"
    REFUSED = "refused"  # the file is not one we keep; `reason` as in FileUnreadable
    FAILED = "failed"
    STOPPED = "stopped"
    DECLINED = "declined"  # somebody said no where its channel asks first
    MERGED = "merged"  # the same bytes were there already: its shares went to that item


@dataclass(frozen=True, slots=True)
class Share:
    """One place that an item was shared in. `audience` is the channel whose members may see it there; of
    what is one person's own (a direct message, "only me") the person's id."""

    id: UUID
    content_id: UUID
    place: Place
    audience: str
    user: str
    at: datetime
    file: FileRef | None = None
    beside: FileRef | None = None
    """Subtitles that came in the same message."""


@dataclass(frozen=True, slots=True)
class Content:
    """An item. `short` is what people type; `size` in bytes; `sha256` in hex."""

    id: UUID
    team: str
    short: str
    user: str
    title: str
    created_at: datetime
    state: ContentState = ContentState.OPEN
    stage: Stage = Stage.RECEIVED
    reason: str | None = None
    wake_at: datetime | None = None
    attempts: int = 0
    stop_requested: bool = False
    size: int = 0
    sha256: str | None = None
    object_key: str | None = None
    poster_key: str | None = None
    poster_file: str | None = None
    """The poster as a file in Slack, where cards show it."""
    sheet_key: str | None = None
    probe: Probe | None = None
    language: str | None = None
    summary: str = ""
    topics: tuple[str, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    tags: tuple[str, ...] = ()
    deleted_at: datetime | None = None

    @property
    def actor(self) -> Actor:
        """Whose budget pays for it."""
        return Actor(self.team, self.user)

    @property
    def kind(self) -> MediaKind | None:
        return self.probe.kind if self.probe else None


@dataclass(frozen=True, slots=True)
class Passage:
    """A few words of an item: said between `start` and `end` (seconds), or standing on `page`."""

    number: int
    text: str
    start: float | None = None
    end: float | None = None
    page: int | None = None
    speaker: str | None = None


class PartState(StrEnum):
    OPEN = "open"
    STARTED = "started"  # its call is out
    DONE = "done"
    UNCERTAIN = "uncertain"
    SKIPPED = "skipped"  # silent, or left out by the person


@dataclass(frozen=True, slots=True)
class Part:
    """One call that an item needs: `number` from 0 of the sound, SUMMARY for its summary."""

    number: int
    start: float
    end: float
    state: PartState = PartState.OPEN
    call_id: UUID | None = None


SUMMARY = -1


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a cheap model made of an item."""

    summary: str
    topics: tuple[str, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for. `words` as a person typed them: words, "exact phrases", -excluded.

    `any_word`: matches that have one of the words' beginnings, not all words; for questions.
    `folded`: the words are without accents, scripts without spaces apart (services/folding.py).
    """

    words: str = ""
    channels: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    kinds: tuple[MediaKind, ...] = ()
    tags: tuple[str, ...] = ()
    after: datetime | None = None
    before: datetime | None = None
    item: UUID | None = None
    any_word: bool = False
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """`marked`: the passage's text around what was found, each found word between MARK and UNMARK."""

    content_id: UUID
    passage: Passage
    marked: str
    rank: float


MARK, UNMARK = "\x02", "\x03"


@dataclass(frozen=True, slots=True)
class Found:
    """An item with its best passages, best first."""

    content: Content
    hits: Sequence[Hit]


@dataclass(frozen=True, slots=True)
class Results:
    """One page of what was found, from 0. `loose`: not all words were found together, these have some."""

    query: Query
    page: int
    found: Sequence[Found]
    more: bool
    loose: bool = False


class ChannelMode(StrEnum):
    AUTO = "auto"
    ASK = "ask"
    OFF = "off"
