"""Where and what people say: places, threads, messages and their files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Place:
    """Where in Slack something is said. `thread_ts` is None for a channel's top level."""

    team: str
    channel: str
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file in Slack: what its message said about it. Name, type and size are the uploader's claims."""

    id: str
    name: str
    mimetype: str
    size: int
    url: str


class ConversationMode(StrEnum):
    FOLLOW = "follow"  # people who mentioned us are answered without another mention
    MENTIONED = "mentioned"  # only when mentioned


@dataclass(frozen=True, slots=True)
class Conversation:
    """One Slack thread that we are part of. `thread_ts` is None until the question of `/ask` is posted."""

    id: UUID
    team: str
    channel: str
    channel_kind: str
    thread_ts: str | None
    mode: ConversationMode = ConversationMode.FOLLOW
    summary: str = ""
    summary_until: datetime | None = None
    pinned: str = ""
    history_read: bool = False
    warned_full: bool = False

    @property
    def place(self) -> Place:
        return Place(self.team, self.channel, self.thread_ts)


class Author(StrEnum):
    PERSON = "person"
    BOT = "bot"  # some other bot
    US = "us"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation, ours or theirs, in the order of `at`."""

    id: UUID
    conversation_id: UUID
    author: Author
    user: str
    text: str
    at: datetime
    ts: str | None = None  # None until Slack gave one
    turn_id: UUID | None = None
    files: tuple[FileRef, ...] = ()
    tokens: int = 0  # the provider's count for our answers, an estimate for theirs


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """A message as `conversations.replies` gives it."""

    ts: str
    user: str
    text: str
    author: Author
    at: datetime
    files: tuple[FileRef, ...] = ()
    post_id: UUID | None = None  # our id, read back from the message's metadata
    streaming: bool = False
