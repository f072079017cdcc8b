"""How often somebody asks."""

from __future__ import annotations

from sqlalchemy import text

from services.entities.limits import Asking
from storage.store import Store

_WAIT = text("""
SELECT extract(epoch FROM t + interval '1 minute' - CAST(:at AS timestamptz))::float8
FROM request_times, unnest(times) AS t
WHERE team = :team AND user_id = :user ORDER BY t DESC OFFSET :before LIMIT 1
""")


class Questions(Store):
    async def seconds_to_wait(self, asking: Asking) -> float:
        """Until the oldest question that keeps one more out of the minute is a minute old."""
        actor, before = asking.actor, asking.per_minute - 1
        found = await self._value(_WAIT, team=actor.team, user=actor.user, at=asking.at, before=before)
        return max(1.0, float(found or 0))
