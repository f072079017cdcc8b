"""The RateGate port over PostgreSQL: one bucket per team and method, whichever process calls."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.rates.local import Memory, Remembered
from storage.rates.statements import BLOCK, FULLNESS, TAKE
from storage.rates.tiers import CHANNEL_TIERS, TIERS, Bucket

_FULLNESS_SECONDS = 1.0
_CUT = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


class SlackRateGate:
    """A method without a tier is not limited; a block on it holds in this process only.

    A process may hold a few calls in advance for up to a second: a block by another process reaches
    those only after it.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        enabled: bool = True,
        tiers: Mapping[str, Bucket] = TIERS,
        channel_tiers: Mapping[str, Bucket] = CHANNEL_TIERS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine, self._enabled, self._monotonic = engine, enabled, monotonic
        self._tiers, self._channel_tiers = tiers, channel_tiers
        self._memory = Memory()
        self._blocked: dict[tuple[str, str], float] = {}

    async def take(self, team: str, method: str, *, channel: str | None = None) -> float:
        return await self._take(team, method, channel, whatever_the_wait=True)

    async def try_take(self, team: str, method: str, *, channel: str | None = None) -> bool:
        return await self._take(team, method, channel, whatever_the_wait=False) <= 0

    async def fullness(self, team: str, method: str) -> float:
        """Of the workspace's bucket; up to a second old."""
        tier = self._tiers.get(method)
        if not self._enabled or tier is None:
            return 1.0
        bucket, now = self._memory.of(team, method), self._monotonic()
        if now >= bucket.fullness_until:
            row = await self._row(FULLNESS, team, method, tier.burst, tier.rate)
            bucket.fullness = 1.0 if row is None else float(row[0])
            bucket.fullness_until = now + _FULLNESS_SECONDS
        return bucket.fullness

    async def punish(self, team: str, method: str, seconds: float) -> None:
        tier = self._tiers.get(method)
        if tier is None:
            self._blocked[team, method] = self._monotonic() + seconds
            return
        self._memory.forget(team, method)
        await self._row(BLOCK, team, method, seconds, tier.burst, tier.rate)

    async def _take(self, team: str, method: str, channel: str | None, *, whatever_the_wait: bool) -> float:
        """Seconds until the call may be made. Without `whatever_the_wait` nothing is taken unless it is 0."""
        if not self._enabled:
            return 0.0
        tier = self._tiers.get(method)
        if tier is None:
            return max(0.0, self._blocked.get((team, method), 0.0) - self._monotonic())
        channel = channel if channel and method in self._channel_tiers else ""
        bucket = self._memory.of(team, method, channel)
        tiers = {"": tier} | ({channel: self._channel_tiers[method]} if channel else {})
        async with bucket.asking:
            known = self._known_wait(bucket, whatever_the_wait)
            if known is not None:
                return known
            return await self._ask(team, method, tiers, bucket, whatever_the_wait)

    def _known_wait(self, bucket: Remembered, whatever_the_wait: bool) -> float | None:
        """The answer where the database need not be asked for it."""
        now = self._monotonic()
        if bucket.take_leased(now):
            return 0.0
        if bucket.dry_until > now and not whatever_the_wait:
            return bucket.dry_until - now
        return None

    async def _ask(
        self, team: str, method: str, tiers: Mapping[str, Bucket], bucket: Remembered, whatever_the_wait: bool
    ) -> float:
        now = self._monotonic()
        row = await self._row(TAKE, team, method, *_columns(tiers), whatever_the_wait, bucket.wanted(now))
        if row is None:
            raise RuntimeError("the statement always gives one row")
        if row["rows"] == 0:
            bucket.dry_until = now + row["before"]
            return float(row["before"])
        if row["after"] <= 0:
            bucket.lease(int(row["taken"]) - 1, now)
        return max(0.0, float(row["after"]))

    async def _row(self, statement: str, *values: object) -> asyncpg.Record | None:
        """On the driver's connection, where a statement on its own is its own transaction."""
        async with self._engine.connect() as connection:
            try:
                return await (await _driver(connection)).fetchrow(statement, *values)
            except _CUT:
                # Cut while it lay in the pool. Doing it twice costs one call of the bucket at most.
                await connection.invalidate()
                return await (await _driver(connection)).fetchrow(statement, *values)


async def _driver(connection: AsyncConnection) -> asyncpg.Connection[asyncpg.Record]:
    raw = await connection.get_raw_connection()
    driver: asyncpg.Connection[asyncpg.Record] | None = raw.driver_connection
    if driver is None:
        raise ConnectionError("the pool gave a connection that is not open")
    return driver


def _columns(tiers: Mapping[str, Bucket]) -> tuple[Sequence[str], Sequence[float], Sequence[float]]:
    return (
        list(tiers),
        [float(tier.burst) for tier in tiers.values()],
        [float(tier.rate) for tier in tiers.values()],
    )
