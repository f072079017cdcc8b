"""What the in-memory stores keep, and the journal that takes a transaction back."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from services.entities.alerts import AlertMail, Incident, Maintenance, Pause, Reading
from services.entities.budgets import BudgetLine, BudgetState
from services.entities.calls import ModelCall
from services.entities.conversations import Conversation, Message
from services.entities.limits import Limit, LimitRequest
from services.entities.people import Actor, Person
from services.entities.posts import Post
from services.entities.tools import Round
from services.entities.turns import Feedback, Turn

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
_NOTHING: Any = object()


@dataclass(frozen=True, slots=True)
class TurnRow:
    turn: Turn
    started_at: datetime | None = None
    lease_until: datetime | None = None
    merged_into: UUID | None = None
    error: str | None = None
    worker: str | None = None


@dataclass(frozen=True, slots=True)
class MessageRow:
    message: Message
    team: str
    channel: str
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Reservation:
    at: datetime
    lines: tuple[BudgetLine, ...]
    started: bool = False
    user: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    answer: Message
    call: ModelCall


@dataclass(frozen=True, slots=True)
class Memory:
    """Tables as dictionaries. `jobs` are the committed ones, as (task, payload)."""

    now: Callable[[], datetime]
    events: dict[tuple[str, str], str] = field(default_factory=dict)
    conversations: dict[UUID, Conversation] = field(default_factory=dict)
    followers: dict[tuple[UUID, str], bool] = field(default_factory=dict)
    turns: dict[UUID, TurnRow] = field(default_factory=dict)
    messages: dict[UUID, MessageRow] = field(default_factory=dict)
    feedback: dict[tuple[UUID, str, str], Feedback] = field(default_factory=dict)
    calls: dict[UUID, ModelCall] = field(default_factory=dict)
    rolled_up: dict[UUID, ModelCall] = field(default_factory=dict)
    rounds: dict[tuple[UUID, int], Round] = field(default_factory=dict)
    kept: dict[bytes, Kept] = field(default_factory=dict)
    counters: dict[tuple[str, date, str], BudgetState] = field(default_factory=dict)
    reservations: dict[UUID, Reservation] = field(default_factory=dict)
    limits: dict[tuple[str, str, str, str, str], Limit] = field(default_factory=dict)
    limit_versions: dict[str, int] = field(default_factory=dict)
    limit_requests: dict[UUID, LimitRequest] = field(default_factory=dict)
    request_times: dict[Actor, tuple[datetime, ...]] = field(default_factory=dict)
    to_warn: dict[tuple[str, date, str], str] = field(default_factory=dict)
    warned: dict[tuple[str, date, str], datetime] = field(default_factory=dict)
    people: dict[tuple[str, str], tuple[Person, datetime]] = field(default_factory=dict)
    settings: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    posts: dict[UUID, Post] = field(default_factory=dict)
    held_posts: dict[UUID, tuple[UUID, datetime]] = field(default_factory=dict)
    checks: dict[tuple[str, str, str, str], tuple[Reading, datetime]] = field(default_factory=dict)
    incidents: dict[UUID, Incident] = field(default_factory=dict)
    mails: dict[UUID, AlertMail] = field(default_factory=dict)
    maintenance: dict[UUID, Maintenance] = field(default_factory=dict)
    pauses: dict[tuple[str, str, str], Pause] = field(default_factory=dict)
    digests: dict[tuple[str, str, date], datetime | None] = field(default_factory=dict)
    jobs: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    up_for: list[timedelta] = field(default_factory=lambda: [timedelta(days=1)])
    library: Any = field(default_factory=lambda: _library())


def _library() -> Any:
    from tests.fakes.library import Tables  # it builds on this file

    return Tables()


class Journal:
    """Writes through at once, and remembers how to undo it."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], object]] = []

    def put(self, table: dict[K, V], key: K, value: V) -> None:
        self._remember(table, key)
        table[key] = value

    def drop(self, table: dict[K, V], key: K) -> None:
        self._remember(table, key)
        table.pop(key, None)

    def commit(self) -> None:
        self._undo.clear()

    def rollback(self) -> None:
        while self._undo:
            self._undo.pop()()

    def _remember(self, table: dict[K, V], key: K) -> None:
        old = table.get(key, _NOTHING)
        if old is _NOTHING:
            self._undo.append(lambda: table.pop(key, None))
        else:
            self._undo.append(lambda: table.__setitem__(key, old))


class FakeStore:
    def __init__(self, memory: Memory, journal: Journal) -> None:
        self._memory = memory
        self._put = journal.put
        self._drop = journal.drop
