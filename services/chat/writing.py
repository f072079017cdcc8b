"""A prepared question, asked; its answer brought into the thread as it comes, and kept whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
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
from services.chat.rounds import Rounds
from services.chat.sources import Seen
from services.entities.answers import KeptAnswer
from services.entities.calls import CallOutcome, ModelCall
from services.entities.conversations import Author, Message
from services.entities.turns import Claim
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
        rounds: Rounds,
        clock: Clock,
        checkpoint: Checkpoint,
        kept: KeptAnswers,
    ) -> None:
        self._uow = uow
        self._show = presenter
        self._router = router
        self._rounds = rounds
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
        await self._show.deliver(claim, kept.text, await self._notes(claim, context, [call]), context.sources)
        return call.outcome

    async def write(
        self, claim: Claim, context: Context, ledger: CallLedger, preferred: str | None, token: CancelToken
    ) -> CallOutcome:
        """How it ended, with all that came stored and shown. Raises what kept an answer from beginning."""
        answer = await self._begun(claim, context, ledger)
        try:
            await until_cancelled(self._rounds.ask(claim, answer, preferred), token)
        except ModelBroke as error:
            answer.known = error.usage
            return await self._finish(claim, answer, CallOutcome.PARTIAL, str(error)[:300])
        except Stopped:
            return await self._finish(claim, answer, CallOutcome.STOPPED)
        except asyncio.CancelledError:
            # This process is told to go: what came so far is kept, as if the model had broken off.
            if answer.call is not None and answer.text:
                await self._finish(claim, answer, CallOutcome.PARTIAL, "shutdown")
            raise
        except (StorageUnavailable, LostClaim):
            await answer.stream.abandon()
            raise
        except Exception as error:
            if not answer.text:
                raise
            log.exception("answer.broke", turn=str(claim.turn.id))
            return await self._finish(claim, answer, CallOutcome.PARTIAL, type(error).__name__)
        if answer.is_cut:
            return await self._finish(claim, answer, CallOutcome.PARTIAL, CUT)
        return await self._finish(claim, answer, CallOutcome.ANSWERED)

    async def _begun(self, claim: Claim, context: Context, ledger: CallLedger) -> Answer:
        seen = Seen(context.sources)
        stream = await self._show.answer(claim, seen)
        said = [each.text for each in context.rounds]
        return Answer(stream, ledger, context, seen, list(context.calls), said)

    async def _finish(
        self, claim: Claim, answer: Answer, outcome: CallOutcome, error: str | None = None
    ) -> CallOutcome:
        """Raises Stopped where nothing has gone out yet."""
        given = answer.given(outcome, error)
        if not given:
            raise Stopped
        try:
            await to_the_end(self._store(claim, answer, given))
        except (StorageUnavailable, LostClaim):
            await answer.stream.abandon()
            raise
        self._checkpoint("answered")
        call = given[-1]
        log.info(
            "turn.answered", turn=str(claim.turn.id), model=call.model, outcome=outcome, ms=call.latency_ms
        )
        await answer.stream.finish(await self._notes(claim, answer.context, given, answer.failed_over_from))
        return outcome

    async def _store(self, claim: Claim, answer: Answer, given: Sequence[ModelCall]) -> None:
        """Message, call log, rollup and settled reservation, in one transaction."""
        context, call = answer.context, given[-1]
        message = replace(
            self._message(claim, context, answer.text), tokens=sum(each.usage.tokens_out for each in given)
        )
        alone = len(given) == 1 and not answer.calls
        kept_as = self._kept.key(claim, context.request, call, answer.finished) if alone else None

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
        self, claim: Claim, context: Context, given: Sequence[ModelCall], failed_over: str | None = None
    ) -> AnswerNotes:
        notes = notes_of(given, models=self._router.names("chat"), failover_from=failed_over)
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
