"""PgQueuer's driver, made to outlive the connections it works over."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
import orjson
import structlog
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.domain.models import utc_now
from pgqueuer.ports.driver import NotifyCallback

from jobs.connection import Backoff, Connect, Listener, is_lost_connection

T = TypeVar("T")

# A job that left the queue is no work for anybody. Where it made room under a limit, the loop is polling.
_DONE = re.compile(r'"operation"\s*:\s*"delete"')

log = structlog.get_logger(__name__)


class LastingDriver(AsyncpgPoolDriver):
    """Waits out a lost database instead of failing, so that running jobs keep running.

    The library's own loop ends with the first failed statement, and then waits for every running job
    before it can be started again. Each of its statements may be repeated: a pick whose reply was lost
    is picked again when its heartbeat is stale, the others set what is already set.
    """

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], connect: Connect) -> None:
        super().__init__(pool)
        self._connect = connect
        self._listeners: list[Listener] = []
        self._reached = False
        self._insisting = True
        self.heard = 0  # notifications so far

    @property
    def alive(self) -> bool:
        """Whether the last statement reached the database and notifications come in."""
        return self._reached and bool(self._listeners) and all(listener.up for listener in self._listeners)

    def give_up(self) -> None:
        """From now on a lost connection is an error again."""
        self._insisting = False

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        return await self._insist(lambda: super(LastingDriver, self).fetch(query, *args))

    async def execute(self, query: str, *args: object) -> str:
        return await self._insist(lambda: super(LastingDriver, self).execute(query, *args))

    async def notify(self, channel: str, payload: str) -> None:
        await self._insist(lambda: super(LastingDriver, self).notify(channel, payload))

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        def pass_on(payload: str) -> None:
            if not _DONE.search(payload):
                self.heard += 1
                callback(payload)

        listener = Listener(self._connect, channel, pass_on, lambda: pass_on(_something_changed(channel)))
        self._listeners.append(listener)
        await listener.open()

    async def __aexit__(self, *_: object) -> None:
        while self._listeners:
            await self._listeners.pop().close()

    async def _insist(self, call: Callable[[], Awaitable[T]]) -> T:
        backoff = Backoff()
        while True:
            try:
                result = await call()
            except Exception as error:
                if not (self._insisting and is_lost_connection(error)):
                    raise
                self._note_loss(error)
                await backoff.rest()
            else:
                self._reached = True
                return result

    def _note_loss(self, error: Exception) -> None:
        if self._reached:
            log.warning("queue.database_lost", error=type(error).__name__)
        self._reached = False


def _something_changed(channel: str) -> str:
    """The notification of the library's trigger, for what may have happened while nobody listened."""
    event = {
        "type": "table_changed_event",
        "channel": channel,
        "operation": "insert",
        "table": "pgqueuer",
        "sent_at": utc_now(),
    }
    return orjson.dumps(event).decode()
