"""A prepared question, asked; its answer brought into the thread as it comes, and kept whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from uuid_utils.compat import uuid7

from services.chat.answer import CUT, Answer, notes_of
from services.chat.context import Context
from services.chat.ledger import CallLedger
from services.entities import Author, CallOutcome, Claim, Message, ModelCall
from services.errors import LostClaim, ModelBroke, Stopped, StorageUnavailable
from services.models.router import ModelRouter
from services.ports import AnswerNotes, CancelToken, Checkpoint, Clock, Presenter, UnitOfWorkFactory
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
    ) -> None:
        self._uow = uow
        self._show = presenter
        self._router = router
        self._clock = clock
        self._checkpoint = checkpoint

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
        await answer.stream.finish(await self._notes(claim, context, answer, call))
        return outcome

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
            ledger = answer.ledger
            async with self._uow(atomic=False) as uow:
                await uow.calls.store_answer(
                    message, call, ledger.reservation, ledger.spent(), ledger.attempt
                )

        await persistently(self._clock, store)

    async def _notes(self, claim: Claim, context: Context, answer: Answer, call: ModelCall) -> AnswerNotes:
        failed_over = answer.opened.failed_over_from if answer.opened else None
        notes = notes_of(call, models=self._router.names("chat"), failover_from=failed_over)
        full = context.percent >= TELL_FULL_AT and not claim.conversation.warned_full
        if full:
            await self._note_warned(claim.conversation.id)
        return replace(notes, context_full=context.percent if full else None, unread_files=context.unread)

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
