"""The unit of work in memory: the same meaning as storage's, proved by the same tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from services.ports.work import UnitOfWorkFactory
from tests.fakes.answers import FakeAnswerStore
from tests.fakes.calls import FakeCallStore
from tests.fakes.chat import FakeChatStore
from tests.fakes.costs import FakeCostStore, FakeDigestStore
from tests.fakes.incidents import FakeIncidentStore, FakePauseStore
from tests.fakes.library import FakeLibraryStore
from tests.fakes.limits import FakeLimitStore
from tests.fakes.memory import Journal, Memory
from tests.fakes.people import FakePeopleStore
from tests.fakes.posts import FakePostStore
from tests.fakes.usage import FakeUsageStore


class FakeUnitOfWork:
    def __init__(self, memory: Memory, *, atomic: bool = True) -> None:
        self._memory = memory
        self._atomic = atomic
        self._journal = Journal()
        self._jobs: list[tuple[str, dict[str, str]]] = []
        self.chat = FakeChatStore(memory, self._journal)
        self.calls = FakeCallStore(memory, self._journal)
        self.answers = FakeAnswerStore(memory, self._journal)
        self.people = FakePeopleStore(memory, self._journal)
        self.limits = FakeLimitStore(memory, self._journal)
        self.posts = FakePostStore(memory, self._journal)
        self.incidents = FakeIncidentStore(memory, self._journal)
        self.pauses = FakePauseStore(memory, self._journal)
        self.costs = FakeCostStore(memory, self._journal)
        self.digests = FakeDigestStore(memory, self._journal)
        self.usage = FakeUsageStore(memory)
        self.library = FakeLibraryStore(memory, self._journal)

    async def enqueue(self, task: str, **payload: str) -> None:
        self._jobs.append((task, payload))

    async def commit(self) -> None:
        self._journal.commit()
        self._memory.jobs.extend(self._jobs)
        self._jobs.clear()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._atomic:
            self._journal.rollback()
        else:
            self._journal.commit()


def new_memory(now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Memory:
    return Memory(now)


def fake_unit_of_work(memory: Memory) -> UnitOfWorkFactory:
    def begin(*, atomic: bool = True) -> FakeUnitOfWork:
        return FakeUnitOfWork(memory, atomic=atomic)

    return begin
