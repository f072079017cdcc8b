"""Questions find their passages among many that use the same words."""

from __future__ import annotations

from services.ports.work import UnitOfWorkFactory
from tests.bench.recall import BAR, Everyone, recall


async def test_recall_at_five(uow: UnitOfWorkFactory):
    assert await recall(uow, Everyone(), distractors=600) >= BAR
