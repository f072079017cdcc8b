"""What is said in an item, part by part: each part is recorded as it arrives, so none is paid for twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID, uuid5

from services.calendar import Calendar
from services.chat.ledger import CallLedger
from services.entities.calls import CallOutcome, ModelCall, Usage
from services.entities.library import SUMMARY, Content, Part, PartState
from services.entities.limits import Amount
from services.entities.media import AudioPart, Transcript
from services.errors import AllModelsFailed, NoModel, ProviderError
from services.library.texts import said_in
from services.limits import LimitsService
from services.limits.amounts import microdollars
from services.pauses import PausesService
from services.ports.clock import Checkpoint, Clock
from services.ports.media import Transcriber
from services.ports.models import Prices
from services.ports.work import UnitOfWork, UnitOfWorkFactory
from services.retry import persistently, to_the_end

PURPOSE = "transcription"
TOKENS_IN, TOKENS_OUT = 20, 6
"""A second of speech at most."""
KEY = "OPENAI_API_KEY"


class Transcription:
    def __init__(
        self,
        uow: UnitOfWorkFactory,
        limits: LimitsService,
        pauses: PausesService,
        prices: Prices,
        calendar: Calendar,
        clock: Clock,
        checkpoint: Checkpoint,
        transcribers: Sequence[Transcriber],
        parts_at_once: int,
    ) -> None:
        self._uow = uow
        self._limits = limits
        self._pauses = pauses
        self._prices = prices
        self._calendar = calendar
        self._clock = clock
        self._checkpoint = checkpoint
        self._transcribers = transcribers
        self._slots = asyncio.Semaphore(parts_at_once)

    async def left_behind(self, item: Content) -> int:
        """Park the calls that an earlier attempt died with; how many there are to decide about."""
        async with self._uow() as uow:
            for part in await uow.library.turn_parts(item.id, PartState.STARTED, PartState.UNCERTAIN):
                if part.call_id is not None:
                    await uow.calls.set_outcome(part.call_id, CallOutcome.UNCERTAIN)
            parts = await uow.library.parts(item.id)
            await uow.commit()
        return sum(part.state is PartState.UNCERTAIN for part in parts)

    async def transcribe(
        self,
        item: Content,
        channel: str,
        sounds: Sequence[AudioPart],
        arrived: Callable[[], Awaitable[bool]],
    ) -> str | None:
        """Every part that is still open; the language heard. `arrived` is told of each, and says whether to
        go on. Raises what the first part that failed did, once those under way are stored."""
        async with self._uow() as uow:
            await uow.library.plan_parts(item.id, [planned(sound) for sound in sounds])
            parts = {part.number: part for part in await uow.library.parts(item.id)}
            await uow.commit()
        work = _Work(item, channel, arrived)
        todo = [sound for sound in sounds if parts[sound.number].state is PartState.OPEN]
        await asyncio.gather(*(self._guarded(work, sound) for sound in todo))
        if work.error is not None:
            raise work.error
        return work.language

    async def _guarded(self, work: _Work, sound: AudioPart) -> None:
        async with self._slots:
            if work.ended:
                return
            try:
                await self._part(work, sound)
                work.stopped = not await work.arrived() or work.stopped
            except Exception as error:
                work.error = work.error or error

    async def _part(self, work: _Work, sound: AudioPart) -> None:
        """Asked of one after the other until one answers."""
        if not self._transcribers:
            raise NoModel((KEY,))
        seconds = max(1, round(sound.end - sound.start))
        ledger = self._ledger(work, sound, seconds)
        await self._pauses.check(work.item.actor, work.channel)
        await self._limits.reserve(
            ledger.reservation, work.item.actor, self._worst(seconds), channel=work.channel
        )
        call, transcript, usage = await self._answered(work, sound, ledger)
        self._checkpoint("transcribed")
        work.language = work.language or transcript.language
        await to_the_end(self._store(work, sound, ledger, call, transcript, usage))

    async def _answered(
        self, work: _Work, sound: AudioPart, ledger: CallLedger
    ) -> tuple[UUID, Transcript, Usage]:
        causes: list[ProviderError] = []
        for transcriber in self._transcribers:
            call = await ledger.begin(transcriber)
            try:
                return call, *await transcriber.transcribe(sound)
            except ProviderError as error:
                await ledger.fail(call, error, None)
                causes.append(error)
        await self._given_up(work, sound, ledger)
        raise causes[0] if len(causes) == 1 else AllModelsFailed(tuple(causes))

    async def _given_up(self, work: _Work, sound: AudioPart, ledger: CallLedger) -> None:
        """Nothing was given for it: the part is open again."""

        async def store() -> None:
            async with self._uow() as uow:
                await uow.calls.settle(ledger.reservation, ledger.spent())
                await uow.library.reopen_part(work.item.id, sound.number)
                await uow.commit()

        await persistently(self._clock, store)

    async def _store(
        self,
        work: _Work,
        sound: AudioPart,
        ledger: CallLedger,
        call_id: UUID,
        transcript: Transcript,
        usage: Usage,
    ) -> None:
        call = ledger.ended(call_id, CallOutcome.ANSWERED, usage)
        seconds = usage.seconds or round(sound.end - sound.start, 3)
        call = replace(call, seconds=Decimal(str(seconds)))
        ledger.calls[call_id] = call

        async def store() -> None:
            async with self._uow() as uow:
                await ledger.close(uow, call)
                await uow.library.finish_part(work.item.id, sound.number, call_id, said_in(sound, transcript))
                await uow.commit()

        await persistently(self._clock, store)

    def _worst(self, seconds: int) -> Amount:
        """Billed by tokens or by seconds, whichever model answers."""
        counted = Usage(tokens_in=TOKENS_IN * seconds, tokens_out=TOKENS_OUT * seconds, seconds=seconds)
        costs = [
            self._prices.cost(each.provider, each.name, usage)
            for each in self._transcribers
            for usage in (counted, Usage(seconds=seconds))
        ]
        dearest = max((cost for cost in costs if cost is not None), default=Decimal(0))
        return Amount(counted.total, microdollars(dearest))

    def _ledger(self, work: _Work, sound: AudioPart, seconds: int) -> CallLedger:
        async def begun(uow: UnitOfWork, call: ModelCall) -> None:
            await uow.library.start_part(work.item.id, sound.number, call.id)

        return CallLedger(
            self._uow,
            self._clock,
            self._calendar,
            self._prices,
            self._checkpoint,
            work.item.actor,
            work.channel,
            PURPOSE,
            reservation_of(work.item.id, sound.number),
            TOKENS_IN * seconds,
            together=begun,
        )


class _Work:
    """What the parts of one item have come to."""

    def __init__(self, item: Content, channel: str, arrived: Callable[[], Awaitable[bool]]) -> None:
        self.item = item
        self.channel = channel
        self.arrived = arrived
        self.language: str | None = None
        self.error: Exception | None = None
        self.stopped = False

    @property
    def ended(self) -> bool:
        return self.stopped or self.error is not None


def planned(sound: AudioPart) -> Part:
    state = PartState.SKIPPED if sound.silent else PartState.OPEN
    return Part(sound.number, sound.start, sound.end, state)


def reservation_of(content_id: UUID, number: int) -> UUID:
    """What an item holds for one of its calls."""
    return uuid5(content_id, "summary" if number == SUMMARY else f"part {number}")


async def release(uow: UnitOfWork, content_id: UUID, parts: Sequence[Part]) -> None:
    """Close the calls whose end nobody knows, each booked at the worst it may have cost."""
    for part in parts:
        if part.call_id is not None:
            await uow.calls.set_outcome(part.call_id, CallOutcome.RELEASED)
        await uow.calls.settle_whole(reservation_of(content_id, part.number))
