"""Questions: as they were heard, asked, claimed and judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.entities.conversations import Conversation, FileRef, Message
from services.entities.people import Actor


class Source(StrEnum):
    """How a turn began."""

    MENTION = "mention"
    DIRECT = "direct"
    THREAD = "thread"
    ASK = "ask"
    SHORTCUT = "shortcut"
    AGAIN = "again"
    CONTINUE = "continue"


@dataclass(frozen=True, slots=True)
class Heard:
    """One message as Slack told it, before anyone decided whether it is for us.

    `key` makes it unique in its channel: the message's ts, or the trigger id of a command, shortcut or
    button. `event_id` is None for what did not come through the Events API.
    """

    team: str
    channel: str
    channel_kind: str  # "channel", "group", "im" or "mpim"
    key: str
    thread_ts: str | None
    user: str
    text: str
    at: datetime
    source: Source
    event_id: str | None = None
    is_bot: bool = False
    mentions_us: bool = False
    mentions_others: bool = False
    files: tuple[FileRef, ...] = ()
    model: str | None = None
    about: str | None = None  # the ts a shortcut is about; the turn id of "Answer again" and "Continue"


class TurnState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DELIVERING = "delivering"  # the answer is stored, not all of it is visible yet
    ANSWERED = "answered"
    PARTIAL = "partial"  # stopped or broken off after some tokens; what came is kept
    FAILED = "failed"
    REFUSED = "refused"  # by a rule of ours: limit, access, empty question, loop breaker
    UNCERTAIN = "uncertain"  # died between request and answer: only the person decides
    CANCELLED = "cancelled"
    MERGED = "merged"  # answered together with an earlier turn of the same conversation


@dataclass(frozen=True, slots=True)
class Turn:
    """One question to be answered once."""

    id: UUID
    conversation_id: UUID
    team: str
    channel: str
    key: str
    user: str
    source: Source
    state: TurnState
    created_at: datetime
    model: str | None = None
    about: str | None = None
    is_bot: bool = False
    stop_requested: bool = False
    attempts: int = 0

    @property
    def actor(self) -> Actor:
        return Actor(self.team, self.user)


@dataclass(frozen=True, slots=True)
class Claim:
    """A turn that this worker, and no other, works on until its lease ends.

    `resumed` says that an earlier worker died with it. `questions` are the messages that it answers.
    `worker` is this claim's alone: a claim that PostgreSQL lost in a crash is told by it from the next one.
    """

    turn: Turn
    conversation: Conversation
    questions: tuple[Message, ...]
    resumed: bool = False
    worker: str | None = None

    @property
    def begins(self) -> bool:
        """Whether its one question begins the thread, and nothing has been done about it yet."""
        if self.turn.attempts > 1 or self.resumed or len(self.questions) != 1:
            return False
        follows_up = self.turn.source in {Source.AGAIN, Source.CONTINUE}
        ts = self.questions[0].ts
        return not follows_up and ts is not None and ts == self.conversation.thread_ts


@dataclass(frozen=True, slots=True)
class Feedback:
    turn_id: UUID
    actor: Actor
    good: bool
    at: datetime
