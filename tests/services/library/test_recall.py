"""Questions find their passages among many that use the same words."""

from __future__ import annotations

from services.entities import Actor
from services.library.rights import Reader
from services.ports.work import UnitOfWorkFactory
from tests.bench.recall import BAR, recall


class Everyone:
    """Rights of somebody who is in the channel."""

    async def reader(self, actor: Actor, *, at: str | None = None) -> Reader:
        return Reader(actor, frozenset({"C1"}))


async def test_recall_at_five(uow: UnitOfWorkFactory):
    assert await recall(uow, Everyone(), distractors=600) >= BAR
