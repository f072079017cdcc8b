"""The nouns of the product: frozen, without behaviour that needs a port."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. Slack ids are only unique inside their team, so the two always travel together."""

    team: str
    user: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where in Slack something is said. `thread_ts` is None for a channel's top level."""

    team: str
    channel: str
    thread_ts: str | None = None


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    GUEST = "guest"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Person:
    """A Slack user as last read from the workspace, with the settings they chose here."""

    team: str
    user: str
    name: str
    timezone: str = "UTC"
    is_bot: bool = False
    is_guest: bool = False
    is_admin: bool = False
    is_deleted: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        return Actor(self.team, self.user)


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file in Slack: what its message said about it. Name, type and size are the uploader's claims."""

    id: str
    name: str
    mimetype: str
    size: int
    url: str


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


class CallOutcome(StrEnum):
    STARTED = "started"
    ANSWERED = "answered"
    PARTIAL = "partial"
    STOPPED = "stopped"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    RELEASED = "released"  # an uncertain call the person has decided about
    CACHED = "cached"  # answered from our own store: nobody was asked, nothing was paid


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call. `tokens_in` is the whole input, cached parts included, at both providers.

    `seconds`: of the sound that was listened to. Some models bill these, some count tokens for them.
    """

    tokens_in: int = 0
    cached_read: int = 0
    cached_write: int = 0
    tokens_out: int = 0
    estimated: bool = False
    seconds: float = 0.0

    @property
    def total(self) -> int:
        return self.tokens_in + self.tokens_out


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One attempt at one model: the ledger row that is committed before anything is paid."""

    id: UUID
    actor: Actor
    channel: str
    provider: str
    model: str
    purpose: str
    started_at: datetime
    day: date  # the desk's calendar day of `started_at`: reports and limits count by it
    turn_id: UUID | None = None
    outcome: CallOutcome = CallOutcome.STARTED
    usage: Usage = Usage()
    cost: Decimal | None = None  # US dollars; None: the price is unknown
    latency_ms: int | None = None
    first_token_ms: int | None = None
    error: str | None = None
    request_id: str | None = None
    saved: Decimal = Decimal(0)  # US dollars that caching saved
    failover: bool = False  # it answered after another model had failed
    seconds: Decimal | None = None  # of audio
    searched: bool = False  # it asked for tools: the answer came with a later one


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One limit that a reservation must fit under: `amount` of `unit` on counter (`scope`, `period`)."""

    scope: str  # with its kind of period: "user:T1:U1/day", "channel:T1:C1/month", "workspace:T1/day"
    period: date  # first day of the period, in the desk's zone
    unit: str  # "tokens" or "microdollars"
    amount: int
    cap: int


@dataclass(frozen=True, slots=True)
class BudgetState:
    spent: int
    reserved: int
    bonus: int = 0  # granted on top of the limit


@dataclass(frozen=True, slots=True)
class Post:
    """A message we mean to show, or have shown, in Slack. `ts` is None while it is only meant."""

    id: UUID
    turn_id: UUID | None
    part: int
    kind: str  # "stream", "post", "ephemeral", "question"
    team: str
    channel: str
    thread_ts: str | None
    at: datetime
    ts: str | None = None
    sealed: bool = False  # nothing more will be written into it
    length: int = 0  # characters of the answer shown up to and including this message


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post that one process alone may send for now. `fresh`: nobody can have sent it yet."""

    post: Post
    holder: UUID
    fresh: bool


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


@dataclass(frozen=True, slots=True)
class Feedback:
    turn_id: UUID
    actor: Actor
    good: bool
    at: datetime
