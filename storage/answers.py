"""Answers that can be given again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, text

from services.entities.answers import KeptAnswer
from storage.store import Store
from storage.tables import prompt_cache

_FIND = text("""
SELECT m.text, k.provider, k.model, k.tokens, k.cost
FROM unnest(CAST(:keys AS bytea[])) WITH ORDINALITY AS wanted (key, place)
JOIN prompt_cache AS k USING (key)
JOIN messages AS m ON m.id = k.message_id AND NOT m.deleted
WHERE k.at > :since
ORDER BY wanted.place LIMIT 1
""")
_gone = delete(prompt_cache).where(prompt_cache.c.at <= bindparam("before")).returning(prompt_cache.c.key)
_PRUNE = select(func.count()).select_from(_gone.cte("gone"))


class SqlAnswerStore(Store):
    async def find(self, keys: Sequence[bytes], since: datetime) -> KeptAnswer | None:
        row = await self._one(_FIND, keys=list(keys), since=since)
        return KeptAnswer(row.text, row.provider, row.model, row.tokens, row.cost) if row else None

    async def prune(self, before: datetime) -> int:
        return int(await self._value(_PRUNE, before=before))
