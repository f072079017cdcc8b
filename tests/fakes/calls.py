from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from services.entities.budgets import BudgetLine, BudgetState
from services.entities.calls import CallOutcome, ModelCall
from services.entities.conversations import Message
from services.entities.limits import Asking
from services.entities.tools import Round
from services.entities.turns import TurnState
from services.errors import LimitsChanged, LostClaim, TooManyRequests
from tests.fakes.chat import FakeChatStore
from tests.fakes.limits import MINUTE, counter
from tests.fakes.memory import FakeStore, Journal, Kept, Memory, Reservation

OPEN = (CallOutcome.STARTED, CallOutcome.UNCERTAIN)


class FakeCallStore(FakeStore):
    def __init__(self, memory: Memory, journal: Journal) -> None:
        super().__init__(memory, journal)
        self._chat = FakeChatStore(memory, journal)

    async def begin(
        self,
        call: ModelCall,
        reservation_id: UUID | None = None,
        attempt: int | None = None,
        worker: str | None = None,
    ) -> None:
        if attempt is not None and call.turn_id is not None:
            await self._chat.hold(call.turn_id, attempt)
            held_by = self._memory.turns[call.turn_id].worker
            if worker not in (None, held_by) or self._is_missing(reservation_id):
                raise LostClaim
        self._put(self._memory.calls, call.id, call)
        if reservation_id is not None:
            self._start_reservation(reservation_id)

    def _is_missing(self, reservation_id: UUID | None) -> bool:
        return reservation_id is not None and reservation_id not in self._memory.reservations

    async def store_answer(
        self,
        answer: Message,
        call: ModelCall,
        reservation_id: UUID,
        spent: Mapping[str, int],
        attempt: int,
        *,
        kept_as: bytes | None = None,
    ) -> None:
        if answer.turn_id is not None:
            await self._chat.hold(answer.turn_id, attempt)
        await self.finish(call)
        await self.settle(reservation_id, spent)
        await self._chat.add_answer(answer)
        if answer.turn_id is not None:
            await self._chat.set_turn(answer.turn_id, TurnState.DELIVERING)
        if kept_as is not None:
            self._put(self._memory.kept, kept_as, Kept(answer, call))

    async def store_round(
        self, round_: Round, call: ModelCall, reservation_id: UUID, spent: Mapping[str, int], attempt: int
    ) -> None:
        await self._chat.hold(round_.turn_id, attempt)
        await self.finish(call)
        await self.settle(reservation_id, spent)
        if (key := (round_.turn_id, round_.number)) not in self._memory.rounds:
            self._put(self._memory.rounds, key, round_)

    async def rounds(self, turn_id: UUID) -> Sequence[Round]:
        found = [one for one in self._memory.rounds.values() if one.turn_id == turn_id]
        return sorted(found, key=lambda one: one.number)

    async def finish(self, call: ModelCall) -> None:
        stored = self._memory.calls.get(call.id)
        if stored is None or stored.outcome not in OPEN:
            return
        self._put(self._memory.calls, call.id, call)
        if call.outcome not in OPEN:
            self._put(self._memory.rolled_up, call.id, call)

    async def set_outcome(self, call_id: UUID, outcome: CallOutcome) -> None:
        if stored := self._memory.calls.get(call_id):
            await self.finish(replace(stored, outcome=outcome))

    async def unfinished(self, turn_id: UUID) -> Sequence[ModelCall]:
        return [call for call in await self.of_turn(turn_id) if call.outcome in OPEN]

    async def of_turn(self, turn_id: UUID) -> Sequence[ModelCall]:
        found = [call for call in self._memory.calls.values() if call.turn_id == turn_id]
        return sorted(found, key=lambda call: (call.started_at, call.id))

    async def reserve(
        self, reservation_id: UUID, lines: Sequence[BudgetLine], asking: Asking | None = None
    ) -> Sequence[BudgetLine]:
        if asking and lines and self._memory.limit_versions.get(asking.actor.team, 0) != asking.version:
            raise LimitsChanged
        if reservation_id in self._memory.reservations:
            return ()
        for line in lines:
            self._put(self._memory.counters, _key(line), counter(self._memory, line))
        full = [line for line in lines if not self._fits(line)]
        if not full:
            self._count_question(asking)
            user = asking.actor.user if asking else ""
            held = Reservation(self._memory.now(), tuple(lines), user=user)
            self._put(self._memory.reservations, reservation_id, held)
            for line in lines:
                self._book(line, reserved=line.amount)
        return tuple(full)

    async def reserve_all(
        self, wanted: Sequence[tuple[UUID, Sequence[BudgetLine]]], asking: Asking
    ) -> AbstractSet[UUID]:
        before = (
            dict(self._memory.counters),
            dict(self._memory.reservations),
            dict(self._memory.request_times),
        )
        try:
            if any(key in self._memory.reservations for key, _ in wanted):
                return set()
            full = [await self.reserve(key, lines, asking) for key, lines in wanted]
        except TooManyRequests:
            full = [()]
        else:
            if not any(full):
                return {key for key, _ in wanted}
        tables = self._memory.counters, self._memory.reservations, self._memory.request_times
        for table, old in zip(tables, before, strict=True):
            table.clear()  # type: ignore[attr-defined]
            table.update(old)  # type: ignore[attr-defined]
        return set()

    def _start_reservation(self, reservation_id: UUID) -> None:
        if held := self._memory.reservations.get(reservation_id):
            self._put(self._memory.reservations, reservation_id, replace(held, started=True))

    async def settle(self, reservation_id: UUID, spent: Mapping[str, int]) -> bool:
        return self._settled(reservation_id, lambda line: spent.get(line.unit, 0))

    async def settle_whole(self, reservation_id: UUID) -> bool:
        return self._settled(reservation_id, lambda line: line.amount)

    async def sweep_reservations(self, before: datetime) -> int:
        held = self._memory.reservations.items()
        old = [key for key, one in held if one.at < before and not one.started]
        for key in old:
            self._give_back(key)
        return len(old)

    async def budget(self, scope: str, period: date, unit: str) -> BudgetState:
        return self._memory.counters.get((scope, period, unit), BudgetState(0, 0))

    def _fits(self, line: BudgetLine) -> bool:
        state = self._memory.counters[_key(line)]
        return state.spent + state.reserved + line.amount <= line.cap + state.bonus

    def _count_question(self, asking: Asking | None) -> None:
        if asking is None or not asking.per_minute:
            return
        known = self._memory.request_times.get(asking.actor, ())
        recent = [at for at in known if at > asking.at - MINUTE]
        if len(recent) >= asking.per_minute:
            wait = recent[-asking.per_minute] + MINUTE - asking.at
            raise TooManyRequests(max(1.0, wait.total_seconds()), asking.per_minute)
        self._put(self._memory.request_times, asking.actor, (*recent, asking.at))

    def _settled(self, reservation_id: UUID, spent: Callable[[BudgetLine], int]) -> bool:
        held = self._give_back(reservation_id)
        if held is None:
            return False
        for line in held.lines:
            self._book(line, spent=spent(line))
            state = self._memory.counters[_key(line)]
            nearly = state.spent >= -(-line.cap * 8 // 10) + state.bonus * 8 // 10
            if nearly and held.user and spent(line) and _key(line) not in self._memory.to_warn:
                self._put(self._memory.to_warn, _key(line), held.user)
        return True

    def _give_back(self, reservation_id: UUID) -> Reservation | None:
        held = self._memory.reservations.get(reservation_id)
        if held is not None:
            self._drop(self._memory.reservations, reservation_id)
            for line in held.lines:
                self._book(line, reserved=-line.amount)
        return held

    def _book(self, line: BudgetLine, *, spent: int = 0, reserved: int = 0) -> None:
        old = self._memory.counters.get(_key(line), BudgetState(0, 0))
        new = BudgetState(old.spent + spent, old.reserved + reserved, old.bonus)
        self._put(self._memory.counters, _key(line), new)


def _key(line: BudgetLine) -> tuple[str, date, str]:
    return line.scope, line.period, line.unit
