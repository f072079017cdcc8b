"""A claimed turn, from its question to its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from uuid_utils.compat import uuid7

from services.chat.answer import Answer, notes_of
from services.chat.context import Context
from services.chat.intake import TURN_TASK
from services.chat.preparation import ChatSettings, Preparation
from services.entities import Author, CallOutcome, Claim, Message, ModelCall, Source, TurnState
from services.errors import (
    AllModelsFailed,
    BadRequest,
    ModelBroke,
    NoModel,
    NotAllowed,
    NotEnoughBudget,
    ShowrunnerError,
    Stopped,
    StorageUnavailable,
    TooManyAnswers,
)
from services.home import MODEL
from services.models.router import ModelRouter
from services.ports import (
    AnswerNotes,
    Cancellation,
    CancelToken,
    Checkpoint,
    Clock,
    Presenter,
    UnitOfWorkFactory,
)
from services.retry import persistently

log = structlog.get_logger()

REFUSALS = (BadRequest, NotAllowed, NotEnoughBudget, TooManyAnswers)
TELL_FULL_AT = 80  # percent of the context


class ChatService:
    def __init__(
        self,
        uow: UnitOfWorkFactory,
        presenter: Presenter,
        preparation: Preparation,
        router: ModelRouter,
        cancellation: Cancellation,
        clock: Clock,
        checkpoint: Checkpoint,
        settings: ChatSettings,
    ) -> None:
        self._uow = uow
        self._show = presenter
        self._prepare = preparation
        self._router = router
        self._cancellation = cancellation
        self._clock = clock
        self._checkpoint = checkpoint
        self._settings = settings
        self._active: set[UUID] = set()
        self._asides: set[asyncio.Task[None]] = set()

    async def claim(self, conversation_id: UUID) -> Claim | None:
        """The conversation's next turn, if one waits and none is being worked on."""
        now = self._clock.now()
        async with self._uow() as uow:
            claim = await uow.chat.claim(
                conversation_id, worker=self._settings.worker, now=now, lease_until=now + self._settings.lease
            )
            await uow.commit()
        if claim is not None:
            self._checkpoint("claimed")
        return claim

    async def keep_leases(self) -> None:
        """Tell the others that this process still works on its turns, and hear which of them to stop."""
        if not self._active:
            return
        async with self._uow() as uow:
            lease_until = self._clock.now() + self._settings.lease
            stopped = await uow.chat.extend_leases(list(self._active), lease_until)
            await uow.commit()
        for turn_id in stopped:
            await self._cancellation.cancel(turn_id)

    async def wake_overdue(self, patience: timedelta) -> int:
        """Queue turns that have waited longer than `patience`, and those whose worker died."""
        now = self._clock.now()
        async with self._uow() as uow:
            conversations = await uow.chat.overdue(now, waiting_since=now - patience)
            for conversation in conversations:
                await uow.enqueue(TURN_TASK, conversation=str(conversation))
            await uow.commit()
        return len(conversations)

    async def answer(self, claim: Claim) -> None:
        """Work a claimed turn to one of its ends. Raises only what a later try of the same turn may cure."""
        self._active.add(claim.turn.id)
        try:
            async with self._cancellation.watch(claim.turn.id) as token:
                await self._answer_or_say_why(claim, token)
        finally:
            self._active.discard(claim.turn.id)

    async def end(self, claim: Claim, state: TurnState, error: str | None = None) -> None:
        """The turn is over; the next one of its conversation is woken."""

        async def store() -> None:
            async with self._uow() as uow:
                await uow.chat.set_turn(claim.turn.id, state, error=error)
                if await uow.chat.has_waiting(claim.conversation.id):
                    await uow.enqueue(TURN_TASK, conversation=str(claim.conversation.id))
                await uow.commit()

        await persistently(self._clock, store)

    async def drained(self) -> None:
        """Wait for what was started beside an answer."""
        await asyncio.gather(*self._asides, return_exceptions=True)

    async def _answer_or_say_why(self, claim: Claim, token: CancelToken) -> None:
        try:
            if not (claim.resumed and await self._resume(claim)):
                await self._answer(await self._placed(claim), token)
        except StorageUnavailable:
            raise
        except REFUSALS as error:
            await self._refuse(claim, error)
        except Stopped:
            await self._show.idle(claim.conversation.place)
            await self.end(claim, TurnState.CANCELLED)
        except Exception as error:
            await self._fail(claim, error)

    async def _refuse(self, claim: Claim, error: ShowrunnerError) -> None:
        log.info("turn.refused", turn=str(claim.turn.id), reason=type(error).__name__)
        if not claim.turn.is_bot:
            await self._show.refused(claim, error)
            await self._show.idle(claim.conversation.place)
        await self.end(claim, TurnState.REFUSED, type(error).__name__)

    async def _fail(self, claim: Claim, error: Exception) -> None:
        incident = str(uuid7())[-8:]
        log.error("turn.failed", turn=str(claim.turn.id), incident=incident, exc_info=error)
        told = error if isinstance(error, ShowrunnerError) else ShowrunnerError("unexpected")
        await self._show.failed(claim, told, incident)
        await self._show.idle(claim.conversation.place)
        await self.end(claim, TurnState.FAILED, f"{incident} {type(error).__name__}")

    async def _placed(self, claim: Claim) -> Claim:
        """The claim with the question of a command or shortcut standing in its thread."""
        if claim.turn.source not in {Source.ASK, Source.SHORTCUT} or claim.questions[0].ts:
            return claim
        thread_ts, ts = await self._show.question(claim)
        async with self._uow() as uow:
            conversation = await uow.chat.place_question(claim.turn.id, thread_ts, ts)
            await uow.commit()
        question = replace(claim.questions[0], ts=ts, conversation_id=conversation.id)
        return replace(claim, conversation=conversation, questions=(question, *claim.questions[1:]))

    async def _answer(self, claim: Claim, token: CancelToken) -> None:
        person = await self._prepare.check(claim)
        self._aside(self._show.working(claim))
        context = await self._prepare.context(claim)
        ledger = await self._prepare.reserve(claim, context)
        answer = Answer(await self._show.answer(claim), ledger, context.tokens)
        events = self._router.stream(
            context.request, ledger, preferred=claim.turn.model or person.settings.get(MODEL)
        )
        try:
            await until_cancelled(answer.take_all(events), token)
        except (AllModelsFailed, NoModel):
            await ledger.give_back()
            raise
        except ModelBroke as error:
            answer.known = error.usage
            await self._finish(claim, context, answer, CallOutcome.PARTIAL, str(error)[:300])
        except Stopped:
            await self._stop(claim, context, answer)
        except asyncio.CancelledError:
            # This process is told to go: what came so far is kept, as if the model had broken off.
            if answer.parts:
                await self._finish(claim, context, answer, CallOutcome.PARTIAL, "shutdown")
            raise
        else:
            cut = answer.is_cut
            outcome = CallOutcome.PARTIAL if cut else CallOutcome.ANSWERED
            await self._finish(claim, context, answer, outcome, "length" if cut else None)

    async def _stop(self, claim: Claim, context: Context, answer: Answer) -> None:
        if not answer.ledger.calls:
            await answer.ledger.give_back()
            raise Stopped
        await self._finish(claim, context, answer, CallOutcome.STOPPED, None)

    async def _finish(
        self, claim: Claim, context: Context, answer: Answer, outcome: CallOutcome, error: str | None
    ) -> None:
        call = answer.ended(outcome, error)
        await self._store(claim, context, answer, call)
        self._checkpoint("answered")
        log.info(
            "turn.answered", turn=str(claim.turn.id), model=call.model, outcome=outcome, ms=call.latency_ms
        )
        await answer.stream.finish(await self._notes(claim, context, answer, call))
        await self._delivered(claim, outcome)

    async def _store(self, claim: Claim, context: Context, answer: Answer, call: ModelCall) -> None:
        """Message, call log, rollup and settled reservation, in one transaction.

        The answer stands right behind the newest message that it answers, so that what people wrote while
        it was being written comes after it.
        """
        message = Message(
            id=uuid7(),
            conversation_id=claim.conversation.id,
            author=Author.US,
            user="",
            text=answer.text,
            at=answer_time(context, self._clock.now()),
            turn_id=claim.turn.id,
            tokens=call.usage.tokens_out,
        )

        async def store() -> None:
            async with self._uow() as uow:
                await answer.ledger.close(uow, call)
                await uow.chat.add_answer(message)
                await uow.chat.set_turn(claim.turn.id, TurnState.DELIVERING)
                await uow.commit()

        await persistently(self._clock, store)

    async def _notes(self, claim: Claim, context: Context, answer: Answer, call: ModelCall) -> AnswerNotes:
        failed_over = answer.opened.failed_over_from if answer.opened else None
        notes = notes_of(call, models=self._router.names("chat"), failover_from=failed_over)
        full = context.percent >= TELL_FULL_AT and not claim.conversation.warned_full
        if full:
            async with self._uow() as uow:
                await uow.chat.mark(claim.conversation.id, warned_full=True)
                await uow.commit()
        return replace(notes, context_full=context.percent if full else None, unread_files=context.unread)

    async def _delivered(self, claim: Claim, outcome: CallOutcome) -> None:
        self._checkpoint("posted")
        whole = outcome is CallOutcome.ANSWERED
        await self.end(claim, TurnState.ANSWERED if whole else TurnState.PARTIAL)

    async def _resume(self, claim: Claim) -> bool:
        """Go on where a dead worker stopped; False if nothing was paid yet and it can begin anew."""
        async with self._uow() as uow:
            answer = await uow.chat.answer_of(claim.turn.id)
            calls = await uow.calls.of_turn(claim.turn.id)
            unfinished = await uow.calls.unfinished(claim.turn.id)
        if answer is not None and calls:
            await self._show.deliver(
                claim, answer.text, notes_of(calls[-1], models=self._router.names("chat"))
            )
            await self._delivered(claim, calls[-1].outcome)
            return True
        if not unfinished:
            return False
        async with self._uow() as uow:
            for call in unfinished:
                await uow.calls.set_outcome(call.id, CallOutcome.UNCERTAIN)
            await uow.commit()
        await self._show.uncertain(claim, unfinished)
        await self.end(claim, TurnState.UNCERTAIN)
        return True

    def _aside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)


def answer_time(context: Context, now: datetime) -> datetime:
    return context.until + timedelta(microseconds=1) if context.until else now


async def until_cancelled(work: Coroutine[Any, Any, None], token: CancelToken) -> None:
    """Run `work` to its end, or raise Stopped as soon as the token is cancelled."""
    doing = asyncio.ensure_future(work)
    stop = asyncio.ensure_future(token.wait())
    try:
        await asyncio.wait({doing, stop}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.cancel()
        if not doing.done():
            doing.cancel()
            await asyncio.wait({doing})
    if doing.cancelled():
        raise Stopped
    doing.result()
