"""A prepared question, asked; its answer brought into the thread as it comes, and kept whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from uuid_utils.compat import uuid7

from services.chat.answer import CUT, Answer, notes_of
from services.chat.answers import KeptAnswers
from services.chat.context import Context
from services.chat.ledger import CallLedger
from services.entities import Author, CallOutcome, Claim, Message, ModelCall
from services.entities.answers import KeptAnswer
from services.errors import LostClaim, ModelBroke, Stopped, StorageUnavailable
from services.models.router import ModelRouter
from services.ports.cancellation import CancelToken
from services.ports.clock import Checkpoint, Clock
from services.ports.presenter import AnswerNotes, Presenter
from services.ports.work import UnitOfWorkFactory
from services.retry import persistently, to_the_end

log = structlog.get_logger()

TELL_FULL_AT = 80  # percent of the context


class AnswerWriting:
    def __init__(
        self,
        uow: UnitOfWorkFactory,
        presenter: Presenter,
        router: ModelRouter,
        clock: Clock,
        checkpoint: Checkpoint,
        kept: KeptAnswers,
    ) -> None:
        self._uow = uow
        self._show = presenter
        self._router = router
        self._clock = clock
        self._checkpoint = checkpoint
        self._kept = kept

    async def repeat(self, claim: Claim, context: Context, kept: KeptAnswer) -> CallOutcome:
        """The answer that this very question had before. Nobody is asked, nothing is reserved or paid."""
        begun = self._kept.begun(claim, kept, context.request.purpose)
        call = replace(begun, outcome=CallOutcome.CACHED, cost=Decimal(0), saved=kept.cost or Decimal(0))
        message = replace(self._message(claim, context, kept.text), tokens=kept.tokens)

        async def store() -> None:
            async with self._uow() as uow:
                await uow.calls.begin(begun, None, claim.turn.attempts, claim.worker)
                await uow.calls.store_answer(message, call, claim.turn.id, {}, claim.turn.attempts)
                await uow.commit()

        await to_the_end(persistently(self._clock, store))
        self._checkpoint("answered")
        log.info("turn.answered", turn=str(claim.turn.id), model=call.model, outcome=call.outcome)
        await self._show.deliver(claim, kept.text, await self._notes(claim, context, call), context.sources)
        return call.outcome

    async def write(
        self, claim: Claim, context: Context, ledger: CallLedger, preferred: str | None, token: CancelToken
    ) -> CallOutcome:
        """How it ended, with all that came stored and shown. Raises what kept an answer from beginning."""
        answer = Answer(await self._show.answer(claim, context.sources), ledger)
        events = self._router.stream(context.request, ledger, preferred)
        try:
            await until_cancelled(answer.take_all(events), token)
        except ModelBroke as error:
            answer.known = error.usage
            return await self._finish(claim, context, answer, CallOutcome.PARTIAL, str(error)[:300])
        except Stopped:
            return await self._finish(claim, context, answer, CallOutcome.STOPPED)
        except asyncio.CancelledError:
            # This process is told to go: what came so far is kept, as if the model had broken off.
            if answer.parts:
                await self._finish(claim, context, answer, CallOutcome.PARTIAL, "shutdown")
            raise
        except (StorageUnavailable, LostClaim):
            await answer.stream.abandon()
            raise
        except Exception as error:
            if not answer.parts:
                raise
            log.exception("answer.broke", turn=str(claim.turn.id))
            return await self._finish(claim, context, answer, CallOutcome.PARTIAL, type(error).__name__)
        if answer.is_cut:
            return await self._finish(claim, context, answer, CallOutcome.PARTIAL, CUT)
        return await self._finish(claim, context, answer, CallOutcome.ANSWERED)

    async def _finish(
        self, claim: Claim, context: Context, answer: Answer, outcome: CallOutcome, error: str | None = None
    ) -> CallOutcome:
        """Raises Stopped where nothing has gone out yet."""
        if answer.call is None:
            raise Stopped
        call = answer.ended(answer.call, outcome, error)
        try:
            await to_the_end(self._store(claim, context, answer, call))
        except (StorageUnavailable, LostClaim):
            await answer.stream.abandon()
            raise
        self._checkpoint("answered")
        log.info(
            "turn.answered", turn=str(claim.turn.id), model=call.model, outcome=outcome, ms=call.latency_ms
        )
        failed_over = answer.opened.failed_over_from if answer.opened else None
        await answer.stream.finish(await self._notes(claim, context, call, failed_over))
        return outcome

    async def _store(self, claim: Claim, context: Context, answer: Answer, call: ModelCall) -> None:
        """Message, call log, rollup and settled reservation, in one transaction."""
        message = replace(self._message(claim, context, answer.text), tokens=call.usage.tokens_out)
        kept_as = self._kept.key(claim, context.request, call, answer.finished)

        async def store() -> None:
            ledger = answer.ledger
            async with self._uow(atomic=False) as uow:
                await uow.calls.store_answer(
                    message, call, ledger.reservation, ledger.spent(), ledger.attempt, kept_as=kept_as
                )

        await persistently(self._clock, store)

    def _message(self, claim: Claim, context: Context, text: str) -> Message:
        """It stands right behind the newest message that it answers: what came while it was written follows."""
        return Message(
            id=uuid7(),
            conversation_id=claim.conversation.id,
            author=Author.US,
            user="",
            text=text,
            at=answer_time(context, self._clock.now()),
            turn_id=claim.turn.id,
        )

    async def _notes(
        self, claim: Claim, context: Context, call: ModelCall, failed_over: str | None = None
    ) -> AnswerNotes:
        notes = notes_of(call, models=self._router.names("chat"), failover_from=failed_over)
        full = context.percent >= TELL_FULL_AT and not claim.conversation.warned_full
        if full:
            await self._note_warned(claim.conversation.id)
        return replace(
            notes,
            context_full=context.percent if full else None,
            unread_files=context.unread,
            shortened=context.shortened,
        )

    async def _note_warned(self, conversation_id: UUID) -> None:
        async with self._uow() as uow:
            await uow.chat.mark(conversation_id, warned_full=True)
            await uow.commit()


def answer_time(context: Context, now: datetime) -> datetime:
    return context.until + timedelta(microseconds=1) if context.until else now


async def until_cancelled(work: Coroutine[Any, Any, None], token: CancelToken) -> None:
    """Run `work` to its end, or raise Stopped as soon as the token is cancelled; before it began, at once."""
    if token.cancelled:
        work.close()
        raise Stopped
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
