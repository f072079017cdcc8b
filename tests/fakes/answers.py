from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.entities.answers import KeptAnswer
from tests.fakes.memory import FakeStore, Kept


class FakeAnswerStore(FakeStore):
    async def find(self, keys: Sequence[bytes], since: datetime) -> KeptAnswer | None:
        found = (
            kept for key in keys if (kept := self._memory.kept.get(key)) and kept.call.started_at > since
        )
        return next((_to_kept(kept) for kept in found), None)

    async def prune(self, before: datetime) -> int:
        old = [key for key, kept in self._memory.kept.items() if kept.call.started_at <= before]
        for key in old:
            self._drop(self._memory.kept, key)
        return len(old)


def _to_kept(kept: Kept) -> KeptAnswer:
    call = kept.call
    return KeptAnswer(kept.answer.text, call.provider, call.model, call.usage.total, call.cost)
