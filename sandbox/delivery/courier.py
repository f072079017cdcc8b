"""Sends things to the app: events with retries, commands and interactions once."""

import asyncio
import time
from collections.abc import Coroutine, Sequence
from typing import Any, Protocol

from sandbox.clock import Clock
from sandbox.delivery.record import Ack, Attempt, Deliveries, Delivery, Failure, Kind, Outcome
from sandbox.settings import SandboxSettings
from sandbox.traffic import Traffic


class Transport(Protocol):
    def places(self) -> Sequence[str]:
        """Every connection or address that could take a delivery now."""
        ...

    async def attempt(
        self, delivery: Delivery, number: int, reason: str, to: str | None
    ) -> tuple[str, Outcome]:
        """Where it went, and how it went. `number` 0 is the first time; `to` None: any place."""
        ...

    async def close(self) -> None: ...


class Courier:
    def __init__(
        self, transport: Transport, clock: Clock, settings: SandboxSettings, traffic: Traffic
    ) -> None:
        self.transport = transport
        self.deliveries = Deliveries(settings.deliveries_kept)
        self.delay = 0.0
        self.retry_scale = settings.retry_scale
        self._clock, self._settings, self._traffic = clock, settings, traffic
        self._copies, self._everywhere = 1, False
        self._held: list[Delivery] = []
        self._to_hold = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def duplicate_next(self, times: int = 2, *, everywhere: bool = False) -> None:
        """The next event goes out `times` times at once; `everywhere`: so often to every connection."""
        self._copies, self._everywhere = times, everywhere

    def reorder_next(self, events: int = 2) -> None:
        """The next events are held back until there are so many, and then go out the last one first."""
        self._to_hold = events

    def release(self) -> None:
        """Sends what is held back now, the last one first."""
        held, self._held, self._to_hold = self._held, [], 0
        for delivery in reversed(held):
            self._send(delivery)

    def event(self, name: str, payload: dict[str, Any]) -> None:
        delivery = self._new("events_api", name, payload)
        if not self._to_hold:
            self._send(delivery)
            return
        self._held.append(delivery)
        if len(self._held) >= self._to_hold:
            self.release()

    def _send(self, delivery: Delivery) -> None:
        places: Sequence[str | None] = self.transport.places() if self._everywhere else [None]
        for place in [place for place in places for _ in range(self._copies)]:
            self._start(self._deliver(delivery, place))
        self._copies, self._everywhere = 1, False

    async def ask(self, kind: Kind, name: str, payload: dict[str, Any]) -> Outcome:
        """Commands and interactions: once, with the answer of the app."""
        delivery = self._new(kind, name, payload)
        await asyncio.sleep(self.delay)
        return await self._try(delivery, 0, "", None)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.transport.close()

    def drop_pending(self) -> None:
        """Forgets what still waits for a retry, or for others to overtake it, and every order about the next."""
        self._held, self._to_hold = [], 0
        self._copies, self._everywhere, self.delay = 1, False, 0.0
        for task in self._tasks:
            task.cancel()

    def _new(self, kind: Kind, name: str, payload: dict[str, Any]) -> Delivery:
        delivery = Delivery(kind, name, payload, self._clock.now())
        self.deliveries.add(delivery)
        return delivery

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, delivery: Delivery, to: str | None) -> None:
        reason = ""
        for number, delay in enumerate((0.0, *self._settings.retry_delays)):
            await asyncio.sleep(delay * self.retry_scale if number else self.delay)
            outcome = await self._try(delivery, number, reason, to if number == 0 else None)
            if isinstance(outcome, Ack) or outcome.final:
                return
            reason = outcome.reason

    async def _try(self, delivery: Delivery, number: int, reason: str, to: str | None) -> Outcome:
        started, at = time.perf_counter(), self._clock.now()
        place, outcome = await self.transport.attempt(delivery, number, reason, to)
        took = (time.perf_counter() - started) * 1000
        delivery.attempts.append(Attempt(at, place, number, outcome, took))
        self._note(delivery, outcome, at, took)
        self.deliveries.on_change()
        return outcome

    def _note(self, delivery: Delivery, outcome: Outcome, at: float, took: float) -> None:
        failed = isinstance(outcome, Failure)
        answer = {"failed": outcome.reason} if isinstance(outcome, Failure) else outcome.body
        status = 0 if failed else 200
        self._traffic.record(at, "slack→app", delivery.name, delivery.payload, answer, status, took)
