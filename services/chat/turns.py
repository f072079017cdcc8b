"""A claimed turn, from its question to one of its ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import structlog
from uuid_utils.compat import uuid7

from services.chat.answer import WHOLE
from services.chat.answers import KeptAnswers
from services.chat.intake import TURN_TASK
from services.chat.leaving import Leaving
from services.chat.length import length_of
from services.chat.preparation import ChatSettings, Preparation
from services.chat.remains import Remains
from services.chat.rounds import Rounds
from services.chat.working import Working
from services.chat.writing import AnswerWriting
from services.entities.calls import CallOutcome
from services.entities.turns import Claim, Source, Turn, TurnState
from services.errors import (
    AiPaused,
    BadRequest,
    LostClaim,
    NotAllowed,
    NotEnoughBudget,
    ShowrunnerError,
    SlackUnavailable,
    Stopped,
    StorageUnavailable,
    TooManyAnswers,
    TooManyRequests,
)
from services.models.router import ModelRouter
from services.ports.cancellation import Cancellation, CancelToken
from services.ports.clock import Checkpoint, Clock
from services.ports.presenter import Presenter
from services.ports.work import UnitOfWorkFactory
from services.retry import persistently
from services.settings import MODEL

log = structlog.get_logger()

REFUSALS = (AiPaused, BadRequest, NotAllowed, NotEnoughBudget, TooManyAnswers, TooManyRequests)


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
        kept: KeptAnswers,
        settings: ChatSettings,
    ) -> None:
        self._uow = uow
        self._show = presenter
        self._prepare = preparation
        rounds = Rounds(uow, preparation, router, clock, checkpoint)
        self._writing = AnswerWriting(uow, presenter, router, rounds, clock, checkpoint, kept)
        self._kept = kept
        self._router = router
        self._cancellation = cancellation
        self._clock = clock
        self._checkpoint = checkpoint
        self._settings = settings
        self._leave = Leaving(uow, clock, settings.lease)
        self._active: set[UUID] = set()
        self._working = Working(presenter, clock)
        self._remains = Remains(uow, presenter, preparation, router, self._tell)

    # -- who works on what ---------------------------------------------------------------------

    async def claim(self, conversation_id: UUID) -> Claim | None:
        """The conversation's next turn, if one waits and none is being worked on."""
        now, lease = self._clock.now(), self._settings.lease
        async with self._left_if_unsure(conversation_id) as worker, self._uow() as uow:
            claim = await uow.chat.claim(
                conversation_id, worker=worker, now=now, lease_until=now + lease, grace=lease
            )
            await uow.commit()
        if claim is not None:
            self._checkpoint("claimed")
        return claim

    async def claim_fresh(self, turn: Turn) -> Claim | None:
        """A turn that this process has just heard; None where its conversation is busy: `claim` decides."""
        now = self._clock.now()
        async with (
            self._left_if_unsure(turn.conversation_id) as worker,
            self._uow(atomic=False) as uow,
        ):
            claim = await uow.chat.claim_fresh(
                turn, worker=worker, now=now, lease_until=now + self._settings.lease
            )
        if claim is not None:
            self._checkpoint("claimed")
        return claim

    @asynccontextmanager
    async def _left_if_unsure(self, conversation_id: UUID) -> AsyncIterator[str]:
        """The name for one claim. Where nobody knows whether it was stored, it is given up."""
        worker = f"{self._settings.worker}:{uuid7().hex}"
        try:
            yield worker
        except StorageUnavailable:
            self._leave(conversation_id, worker)
            raise

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
            conversations = await uow.chat.overdue(
                now, waiting_since=now - patience, grace=self._settings.lease
            )
            for conversation in conversations:
                await uow.enqueue(TURN_TASK, conversation=str(conversation))
            await uow.commit()
        return len(conversations)

    async def drained(self) -> None:
        """Wait for what was started beside an answer."""
        await self._leave.stop()
        await self._working.drained()

    # -- from question to end ------------------------------------------------------------------

    async def answer(self, claim: Claim) -> None:
        """Work a claimed turn to one of its ends. Raises only what a later try of the same turn may cure."""
        self._active.add(claim.turn.id)
        try:
            async with self._cancellation.watch(claim.turn.id) as token:
                await self._answer_or_say_why(claim, token)
        except StorageUnavailable:
            if claim.worker is not None:
                self._leave(claim.conversation.id, claim.worker)
            raise
        finally:
            self._active.discard(claim.turn.id)
            self._working.forget(claim.turn.id)

    async def end(self, claim: Claim, state: TurnState, error: str | None = None) -> None:
        """The turn is over; the next one of its conversation is woken."""

        async def store() -> None:
            async with self._uow(atomic=False) as uow:
                others_wait = await uow.chat.set_turn(
                    claim.turn.id, state, error=error, attempt=claim.turn.attempts
                )
            if others_wait:
                async with self._uow() as uow:
                    await uow.enqueue(TURN_TASK, conversation=str(claim.conversation.id))
                    await uow.commit()

        try:
            await persistently(self._clock, store)
        except LostClaim:
            log.warning("turn.lost", turn=str(claim.turn.id))

    async def _answer_or_say_why(self, claim: Claim, token: CancelToken) -> None:
        try:
            outcome = await self._remains.taken_up(claim)
            if outcome is CallOutcome.UNCERTAIN:
                await self.end(claim, TurnState.UNCERTAIN)
                return
            if outcome is None:
                person = await self._prepare.check(claim)
                claim = await self._placed(claim)
                outcome = await self._answered(claim, person.settings, token)
            await self._delivered(claim, outcome)
        except StorageUnavailable:
            raise
        except LostClaim:
            log.warning("turn.lost", turn=str(claim.turn.id))
        except REFUSALS as error:
            await self._refuse(claim, error)
        except Stopped:
            await self._working.end(claim)
            await self.end(claim, TurnState.CANCELLED)
        except Exception as error:
            if await self._is_for_later(claim, error):
                raise
            await self._fail(claim, error)

    async def _answered(self, claim: Claim, settings: Mapping[str, str], token: CancelToken) -> CallOutcome:
        self._working.begin(claim)
        context = await self._prepare.context(claim, token, length_of(settings))
        model = claim.turn.model or settings.get(MODEL)
        kept = await self._kept.find(claim, context.request, self._router.chain("chat", model))
        if kept is not None:
            return await self._writing.repeat(claim, context, kept)
        context, ledger = await self._prepare.reserve(claim, context)
        try:
            return await self._writing.write(claim, context, ledger, model, token)
        except (StorageUnavailable, LostClaim):
            raise
        except Exception:
            await ledger.give_back()
            raise

    async def _delivered(self, claim: Claim, outcome: CallOutcome) -> None:
        self._checkpoint("posted")
        if self._working.is_being_shown(claim.turn.id):
            await self._working.end(claim)
        await self.end(claim, TurnState.ANSWERED if outcome in WHOLE else TurnState.PARTIAL)

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

    # -- when there is no answer ---------------------------------------------------------------

    async def _refuse(self, claim: Claim, error: ShowrunnerError) -> None:
        log.info("turn.refused", turn=str(claim.turn.id), reason=type(error).__name__)
        if not claim.turn.is_bot:
            await self._tell(claim, self._show.refused(claim, error))
        if not claim.turn.is_bot or claim.turn.id in self._working:
            await self._working.end(claim)
        await self.end(claim, TurnState.REFUSED, type(error).__name__)

    async def _fail(self, claim: Claim, error: Exception) -> None:
        incident = str(uuid7())[-8:]
        log.error("turn.failed", turn=str(claim.turn.id), incident=incident, exc_info=error)
        told = error if isinstance(error, ShowrunnerError) else ShowrunnerError("unexpected")
        await self._tell(claim, self._show.failed(claim, told, incident))
        await self._working.end(claim)
        await self.end(claim, TurnState.FAILED, f"{incident} {type(error).__name__}")

    async def _is_for_later(self, claim: Claim, error: Exception) -> bool:
        """Whether something paid for is left that only Slack, just now, keeps the person from seeing."""
        if self._is_hopeless(claim, error):
            return False
        async with self._uow() as uow:
            answer = await uow.chat.answer_of(claim.turn.id)
            return answer is not None or bool(await uow.calls.unfinished(claim.turn.id))

    async def _tell(self, claim: Claim, telling: Awaitable[None]) -> None:
        """What Slack does not take now is told by a later try; what it will never take is in the log."""
        try:
            await telling
        except SlackUnavailable as error:
            if not self._is_hopeless(claim, error):
                raise
            log.warning("turn.untold", turn=str(claim.turn.id), method=error.method, code=error.code)

    def _is_hopeless(self, claim: Claim, error: Exception) -> bool:
        permanent = isinstance(error, ShowrunnerError) and error.permanent
        return permanent or claim.turn.attempts >= self._settings.max_attempts
