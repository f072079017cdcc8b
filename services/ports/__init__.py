"""What the services ask of the outside, as Protocols. Storage, handlers and fakes implement them.

No port method may be called with a database transaction open across a network call: a unit of work
is opened around storage only, and closed before anything is asked of Slack or a model.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self
from uuid import UUID

from services.entities import (
    Actor,
    BudgetLine,
    BudgetState,
    CallOutcome,
    Claim,
    Conversation,
    ConversationMode,
    Feedback,
    FileRef,
    Heard,
    HeldPost,
    Message,
    ModelCall,
    Person,
    Place,
    Post,
    ThreadMessage,
    Turn,
    TurnState,
    Usage,
    UsageToday,
)
from services.entities.limits import Asking
from services.errors import ShowrunnerError
from services.ports.alerts import IncidentStore, PauseStore
from services.ports.answers import AnswerStore
from services.ports.costs import CostStore
from services.ports.digests import DigestStore
from services.ports.library import LibraryStore
from services.ports.limits import LimitStore
from services.ports.usage import UsageStore

NO_GRACE = timedelta(0)

Reservation = tuple[UUID, Sequence[BudgetLine]]

Checkpoint = Callable[[str], None]
"""A named point the fault tests may kill the process at; does nothing in the product."""


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds."""
        ...

    async def sleep(self, seconds: float) -> None: ...


# ---- storage ---------------------------------------------------------------------------------


class ChatStore(Protocol):
    """Conversations, their messages and turns."""

    async def hear(self, heard: Heard, *, answer: bool, once: bool = False) -> Turn | None:
        """Store a message, its conversation (made when missing), and a waiting turn if `answer`.

        Returns the turn when a new one was made. The same `key` again (an event's twin, a retry)
        makes no second message or turn: files are merged, a turn is made if only the twin asked for
        one. Messages with `key` not a Slack ts (a trigger id) store their message without a ts.
        An AGAIN or CONTINUE turn adds no message: its `about` is the id of the turn it follows.
        `once` records its event, too; nothing is stored of one that was known.
        """
        ...

    async def know_event(self, team: str, event_id: str, kind: str) -> bool:
        """Record an event id; False if it was already known."""
        ...

    async def conversation_at(self, place: Place) -> Conversation | None: ...

    async def conversation(self, conversation_id: UUID) -> Conversation | None: ...

    async def follows(self, place: Place, user: str) -> bool:
        """Whether `user` has mentioned us in this thread, and it is not set to "mentioned" only."""
        ...

    async def claim(
        self,
        conversation_id: UUID,
        *,
        worker: str,
        now: datetime,
        lease_until: datetime,
        grace: timedelta = NO_GRACE,
    ) -> Claim | None:
        """The oldest waiting turn under the conversation's row lock, or a running one whose lease is over.

        While the database has been up for less than `grace`, no lease counts as over: nobody could extend it.

        Waiting turns that can be answered with it (same kind, no own model) become MERGED into it.
        None while another turn of the conversation is running under a live lease, or nothing waits.
        """
        ...

    async def claim_fresh(
        self, turn: Turn, *, worker: str, now: datetime, lease_until: datetime
    ) -> Claim | None:
        """A turn that was just heard; None where others of its conversation are open: `claim` decides then."""
        ...

    async def let_go(self, conversation_id: UUID, worker: str) -> None:
        """End the lease of what was claimed under this name, if anything was."""
        ...

    async def extend_leases(self, turn_ids: Sequence[UUID], lease_until: datetime) -> Sequence[UUID]:
        """Extend the leases of turns being worked on; returns the ids of those asked to stop."""
        ...

    async def set_turn(
        self, turn_id: UUID, state: TurnState, *, error: str | None = None, attempt: int | None = None
    ) -> bool:
        """Move a turn on; a state that ends it also ends its lease. Whether others of its thread wait.

        With `attempt`, to an end only: raises LostClaim as `hold` does.
        """
        ...

    async def hold(self, turn_id: UUID, attempt: int) -> None:
        """Keep the turn for this transaction. Raises LostClaim where it is over, or claimed anew since `attempt`."""
        ...

    async def turn(self, turn_id: UUID) -> Turn | None: ...

    async def turn_of_answer(self, team: str, channel: str, ts: str) -> Turn | None:
        """The turn whose answer (any part of it) is the message `ts`."""
        ...

    async def turn_of_question(self, team: str, channel: str, ts: str) -> Turn | None: ...

    async def wait_again(self, turn_id: UUID) -> None:
        """Put an uncertain, failed or broken-off turn back to WAITING: the person decided."""
        ...

    async def request_stop(self, place: Place, *, user: str | None = None) -> Sequence[Turn]:
        """Ask running turns of a thread to stop and cancel its waiting ones; returns the affected."""
        ...

    async def stop_turn(self, turn_id: UUID) -> None: ...

    async def has_waiting(self, conversation_id: UUID) -> bool: ...

    async def overdue(
        self, now: datetime, *, waiting_since: datetime, grace: timedelta = NO_GRACE
    ) -> Sequence[UUID]:
        """Conversations to wake: a turn waits longer than it should, or a lease is over (as in `claim`)."""
        ...

    async def answers_since(self, conversation_id: UUID, since: datetime) -> int:
        """Turns of the conversation that reached the model (any state past WAITING) since then."""
        ...

    async def bot_answered_since_person(self, conversation_id: UUID) -> bool:
        """Whether another bot has had an answer here since a person last spoke."""
        ...

    async def messages(self, conversation_id: UUID, *, after: datetime | None = None) -> Sequence[Message]:
        """Oldest first, deleted ones left out."""
        ...

    async def add_messages(self, conversation_id: UUID, history: Sequence[ThreadMessage]) -> None:
        """Store thread history read from Slack; known ts are left as they are."""
        ...

    async def add_answer(self, message: Message) -> None: ...

    async def answer_of(self, turn_id: UUID) -> Message | None: ...

    async def edit_message(self, team: str, channel: str, ts: str, text: str) -> Turn | None:
        """Change a stored message; returns the turn it asked, if any."""
        ...

    async def delete_message(self, team: str, channel: str, ts: str) -> Turn | None:
        """Also a message that is heard later is none. Returns the turn that is left without a question."""
        ...

    async def place_question(self, turn_id: UUID, thread_ts: str, ts: str) -> Conversation:
        """Give the question of a command or shortcut the ts it was posted under; returns the conversation."""
        ...

    async def set_summary(self, conversation_id: UUID, summary: str, until: datetime) -> None: ...

    async def set_mode(self, conversation_id: UUID, mode: ConversationMode) -> None: ...

    async def mark(
        self, conversation_id: UUID, *, history_read: bool = False, warned_full: bool = False
    ) -> None: ...

    async def give_feedback(self, feedback: Feedback) -> None:
        """One per person and turn; a second replaces the first."""
        ...

    async def recent_conversations(self, actor: Actor, limit: int) -> Sequence[tuple[Conversation, str]]:
        """Conversations where the person asked, newest first, each with its first question."""
        ...


class CallStore(Protocol):
    """The ledger of provider calls, its rollup and budgets."""

    async def begin(
        self,
        call: ModelCall,
        reservation_id: UUID | None = None,
        attempt: int | None = None,
        worker: str | None = None,
    ) -> None:
        """Commit-before-pay: the row with outcome STARTED; its reservation is no longer swept.

        With `attempt`: raises LostClaim, as `ChatStore.hold` does for the call's turn; also where the
        reservation is not there, or the turn is held by another than `worker`: PostgreSQL may lose a claim
        and a reservation in a crash, and the next claim has the same number.
        """
        ...

    async def store_answer(
        self,
        answer: Message,
        call: ModelCall,
        reservation_id: UUID,
        spent: Mapping[str, int],
        attempt: int,
        *,
        kept_as: bytes | None = None,
    ) -> None:
        """`hold`, `finish`, `settle`, `add_answer`, and the turn DELIVERING: all or nothing, in one statement.

        `kept_as`: the key under which it may be given again. Raises LostClaim.
        """
        ...

    async def finish(self, call: ModelCall) -> None:
        """Outcome, usage, cost and times of a begun call; adds it to the daily rollup in one statement.

        A second finish of a call that is no longer STARTED or UNCERTAIN changes nothing.
        """
        ...

    async def unfinished(self, turn_id: UUID) -> Sequence[ModelCall]:
        """Calls of a turn with outcome STARTED or UNCERTAIN."""
        ...

    async def set_outcome(self, call_id: UUID, outcome: CallOutcome) -> None: ...

    async def of_turn(self, turn_id: UUID) -> Sequence[ModelCall]: ...

    async def reserve(
        self, reservation_id: UUID, lines: Sequence[BudgetLine], asking: Asking | None = None
    ) -> Sequence[BudgetLine]:
        """Hold the worst case on every line, or on none; returns the lines that did not fit.

        The same id again holds nothing twice. Raises LimitsChanged where `lines` were made of older limits,
        TooManyRequests.
        """
        ...

    async def reserve_all(self, wanted: Sequence[Reservation], asking: Asking) -> AbstractSet[UUID]:
        """Hold all of one person's, together or not at all; what is held. Raises LimitsChanged."""
        ...

    async def start_reservation(self, reservation_id: UUID) -> None:
        """Its call is about to start: no longer swept."""
        ...

    async def settle(self, reservation_id: UUID, spent: Mapping[str, int]) -> bool:
        """Give the reservation back, book `spent` (by unit) on its lines; False if it was settled already."""
        ...

    async def settle_whole(self, reservation_id: UUID) -> bool:
        """Book all that was held: what a call of unknown end may have cost at most."""
        ...

    async def sweep_reservations(self, before: datetime) -> int:
        """Give back reservations older than `before` whose call never started."""
        ...

    async def budget(self, scope: str, period: date, unit: str) -> BudgetState: ...


class PeopleStore(Protocol):
    async def person(self, actor: Actor, *, fresh_since: datetime) -> Person | None:
        """The stored person if read from Slack after `fresh_since`."""
        ...

    async def save_person(self, person: Person, at: datetime) -> None:
        """Insert or refresh; keeps the stored settings."""
        ...

    async def set_setting(self, actor: Actor, name: str, value: str) -> None: ...

    async def settings(self, actor: Actor) -> Mapping[str, str]: ...


class PostStore(Protocol):
    """What we mean to show and have shown: the sender's memory."""

    async def intend(self, post: Post) -> None: ...

    async def sent(self, post_id: UUID, ts: str) -> None: ...

    async def seal(self, post_id: UUID, *, length: int, ts: str | None = None) -> None:
        """Complete, as the message `ts` where that was not told before."""
        ...

    async def forget(self, post_id: UUID) -> None:
        """A post that was meant and is known not to be in Slack."""
        ...

    async def of_turn(self, turn_id: UUID) -> Sequence[Post]:
        """In order of `part`."""
        ...

    async def post(self, post_id: UUID) -> Post | None: ...

    async def hold(self, post: Post, holder: UUID, *, now: datetime, until: datetime) -> HeldPost | None:
        """Mean `post` where its id is new, and let `holder` alone send it until then; None while another has it."""
        ...

    async def hold_on(self, post_id: UUID, holder: UUID, *, until: datetime) -> bool:
        """For longer; False where another has had it since, even if it is free again."""
        ...

    async def move(self, post_id: UUID, place: Place) -> None:
        """A post that is known not to be in Slack is meant for another place."""
        ...

    async def release(self, post_id: UUID, holder: UUID) -> None: ...


class UnitOfWork(Protocol):
    """One transaction. Rolls back unless committed.

    async with self._uow() as uow:
        await uow.chat.set_turn(...)
        await uow.enqueue("chat.turn", conversation=str(conversation_id))
        await uow.commit()
    """

    @property
    def chat(self) -> ChatStore: ...

    @property
    def calls(self) -> CallStore: ...

    @property
    def answers(self) -> AnswerStore: ...

    @property
    def people(self) -> PeopleStore: ...

    @property
    def posts(self) -> PostStore: ...

    @property
    def limits(self) -> LimitStore: ...

    @property
    def incidents(self) -> IncidentStore: ...

    @property
    def pauses(self) -> PauseStore: ...

    @property
    def costs(self) -> CostStore: ...

    @property
    def digests(self) -> DigestStore: ...

    @property
    def usage(self) -> UsageStore: ...

    @property
    def library(self) -> LibraryStore: ...

    async def enqueue(self, task: str, **payload: str) -> None:
        """Queue a job that becomes visible with this transaction's commit."""
        ...

    async def commit(self) -> None: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class UnitOfWorkFactory(Protocol):
    def __call__(self, *, atomic: bool = True) -> UnitOfWork:
        """`atomic=False`: every statement is a transaction of its own, committed with it; nothing is enqueued.

        For reads, and for what is one statement: BEGIN and COMMIT cost a round trip each.
        """
        ...


class RateGate(Protocol):
    """Slack's rate tiers, shared by every process."""

    async def take(self, team: str, method: str, *, channel: str | None = None) -> float:
        """Take one call of `method`; seconds to wait before making it (0: now)."""
        ...

    async def try_take(self, team: str, method: str, *, channel: str | None = None) -> bool:
        """Take one only if it may be made at once."""
        ...

    async def fullness(self, team: str, method: str) -> float:
        """0.0 (empty) to 1.0 (untouched)."""
        ...

    async def punish(self, team: str, method: str, seconds: float) -> None:
        """Slack said 429: nothing of `method` for so long, in any process."""
        ...


class Cancellation(Protocol):
    """Stop, from whichever process heard it to whichever process works."""

    def watch(self, turn_id: UUID) -> AbstractAsyncContextManager[CancelToken]: ...

    async def cancel(self, turn_id: UUID) -> None:
        """Reach the worker of the turn at once; the stored stop request is the truth, this only hurries."""
        ...


class CancelToken(Protocol):
    @property
    def cancelled(self) -> bool: ...

    async def wait(self) -> None: ...


# ---- models ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TextPart:
    text: str
    cache: bool = False  # a breakpoint: the prefix up to here is stable


@dataclass(frozen=True, slots=True)
class ImagePart:
    mimetype: str
    data: bytes


Part = TextPart | ImagePart


@dataclass(frozen=True, slots=True)
class ModelMessage:
    role: Literal["user", "assistant"]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """What a model is asked. The prefix (system, then older messages) is kept stable for provider caches."""

    system: tuple[TextPart, ...]
    messages: tuple[ModelMessage, ...]
    max_tokens: int
    purpose: str
    cache_key: str = ""  # groups similar requests (a conversation's id)


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """`stop`: "end", "length" (output cap), "refusal" or "context" (input too long)."""

    usage: Usage
    stop: Literal["end", "length", "refusal", "context"]
    request_id: str | None = None


ModelEvent = TextDelta | Finished


class ChatModel(Protocol):
    """One model at one provider, without retries of its own.

    `stream` raises ModelUnavailable or ModelRejected before the first delta, ModelBroke after it. The
    exception of a broken stream carries what is known of the usage in `usage` (None: nothing known).
    Closing the iterator early closes the connection.
    """

    @property
    def provider(self) -> str: ...

    @property
    def name(self) -> str: ...

    def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]: ...


class Prices(Protocol):
    def cost(self, provider: str, model: str, usage: Usage) -> Decimal | None:
        """US dollars, or None where the model's price is unknown."""
        ...


# ---- Slack -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AnswerNotes:
    """What stands below a finished answer. `models`: others that "Answer again" offers."""

    model: str
    tokens: int = 0
    cost: Decimal | None = None
    """US dollars; None: the model's price is unknown."""
    models: tuple[str, ...] = ()
    kept: bool = False  # given before to the very same; offers "Answer again"
    stopped: bool = False
    broken: bool = False  # offers "Continue"
    shortened: bool = False  # a limit left no more than a shorter one
    cut: bool = False  # the output cap was reached; offers "Continue"
    failover_from: str | None = None
    context_full: int | None = None  # percent, when the person is to be told
    unread_files: tuple[tuple[str, str], ...] = ()  # (name, reason as in FileUnreadable)


class Sources(Protocol):
    """The addresses that a turn's asker could see: the only ones its answer may lead to."""

    def allows(self, url: str) -> bool:
        """`url` as a model wrote it, with or without a scheme; "mailto:…" for an email address."""
        ...


class AnswerStream(Protocol):
    """One answer on its way into its thread. Not for concurrent use.

    Whatever Slack's limits are, all text arrives, in order, in as many messages as it needs.
    """

    async def write(self, text: str) -> None:
        """May return before it is visible. Raises Stopped when the person pressed Stop in Slack, and
        SlackUnavailable once Slack will take nothing more here."""
        ...

    async def finish(self, notes: AnswerNotes) -> None:
        """Show what is left, close the last message, put the notes and buttons below it."""
        ...

    async def abandon(self) -> None:
        """Show nothing more and leave the message as it is: another worker goes on with it."""
        ...

    @property
    def shown(self) -> int:
        """Characters of the answer that Slack has accepted."""
        ...


class Presenter(Protocol):
    """The only way anything is shown in Slack; one method per thing shown.

    Everything that belongs to a turn is recorded before and after (PostStore), so that the same call
    made again after a crash shows nothing twice.
    """

    async def working(self, claim: Claim) -> None:
        """The native "working" row with its Stop button; never raises."""
        ...

    async def idle(self, place: Place) -> None:
        """End the "working" row; never raises."""
        ...

    async def question(self, claim: Claim) -> tuple[str, str]:
        """Post the question of a command or shortcut; (thread_ts, ts) of where it now stands."""
        ...

    async def answer(self, claim: Claim, sources: Sources) -> AnswerStream:
        """Begin, or after a crash go on with, the answer of a turn.

        On a resumed turn what an earlier worker had shown is found and closed first. Addresses that
        `sources` does not allow are shown without being links.
        """
        ...

    async def deliver(self, claim: Claim, text: str, notes: AnswerNotes, sources: Sources) -> None:
        """Show a stored answer: all of it, or what a crash left unshown."""
        ...

    async def uncertain(self, claim: Claim, calls: Sequence[ModelCall]) -> None:
        """Ask the person whether to ask again: the call was sent and its answer is lost."""
        ...

    async def failed(self, claim: Claim, error: ShowrunnerError, incident: str) -> None:
        """What happened, what to do, and the id found in the logs; in the thread."""
        ...

    async def refused(self, claim: Claim, error: ShowrunnerError) -> None:
        """A rule of ours: told to the person alone."""
        ...

    async def offer_again(self, turn: Turn, place: Place, reason: Literal["edited"]) -> None:
        """To the person alone: the question changed after it was answered; "Answer again"."""
        ...


class SlackDirectory(Protocol):
    """People, channels and threads as the workspace has them."""

    async def person(self, actor: Actor) -> Person: ...

    async def thread(self, place: Place, *, limit: int) -> Sequence[ThreadMessage]:
        """The newest `limit` messages of a thread, its root always among them, oldest first."""
        ...

    async def message(
        self, team: str, channel: str, ts: str, thread_ts: str | None = None
    ) -> ThreadMessage | None: ...


@dataclass(frozen=True, slots=True)
class FileText:
    """What a model can read of a file: text, or an image."""

    name: str
    text: str = ""
    image: ImagePart | None = None


class SlackFiles(Protocol):
    async def fetch(self, file: FileRef, target: Path, *, limit: int) -> int:
        """Stream a file's bytes to `target`; its size. Raises FileUnreadable."""
        ...


class FileReader(Protocol):
    async def read(self, file: FileRef) -> FileText:
        """Fetched and parsed once, then remembered. Raises FileUnreadable."""
        ...


class UsageReader(Protocol):
    async def today(self, actor: Actor) -> UsageToday: ...
