"""One transaction over all stores."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self

from services.ports.alerts import IncidentStore, PauseStore
from services.ports.answers import AnswerStore
from services.ports.calls import CallStore
from services.ports.chat import ChatStore
from services.ports.costs import CostStore
from services.ports.digests import DigestStore
from services.ports.library import LibraryStore
from services.ports.limits import LimitStore
from services.ports.people import PeopleStore
from services.ports.posts import PostStore
from services.ports.usage import UsageStore


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
