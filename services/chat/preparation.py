"""Before a model is asked: who asks, whether they may, and what the model is to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid5

from services.chat.context import Context, ContextBuilder
from services.chat.intake import WORDLESS
from services.chat.ledger import CallLedger
from services.entities import Actor, CallOutcome, Claim, Message, Person, Source
from services.errors import EmptyQuestion, ShowrunnerError, TooManyAnswers
from services.limits import LimitsService
from services.models.estimate import estimate_request
from services.models.router import ModelRouter
from services.people import PeopleService
from services.policy import Policy
from services.ports import Checkpoint, Clock, Prices, SlackDirectory, UnitOfWorkFactory
from services.retry import persistently

CONTINUE = "Go on exactly where your last message broke off. Repeat nothing and do not comment on the break."


@dataclass(frozen=True, slots=True)
class ChatSettings:
    worker: str
    """Names this process among all that share the database."""
    answer_tokens: int
    lease: timedelta = timedelta(seconds=15)
    loop_limit: int = 5
    """Answers a thread may have in a minute."""
    history_limit: int = 500
    max_attempts: int = 5


class Preparation:
    def __init__(
        self,
        uow: UnitOfWorkFactory,
        directory: SlackDirectory,
        people: PeopleService,
        router: ModelRouter,
        context: ContextBuilder,
        limits: LimitsService,
        policy: Policy,
        prices: Prices,
        clock: Clock,
        checkpoint: Checkpoint,
        settings: ChatSettings,
    ) -> None:
        self._uow = uow
        self._directory = directory
        self._people = people
        self._router = router
        self._context = context
        self._limits = limits
        self._policy = policy
        self._prices = prices
        self._clock = clock
        self._checkpoint = checkpoint
        self._settings = settings

    async def check(self, claim: Claim) -> Person:
        """Who asks; raises one of the refusals where the turn is not to be answered."""
        if claim.turn.attempts > self._settings.max_attempts:
            raise ShowrunnerError("gave up after several tries")
        await self._check_loop(claim)
        person = await self._people.person(claim.turn.actor)
        self._policy.check(person, "chat")
        asked = claim.turn.source in {Source.AGAIN, Source.CONTINUE}
        if not asked and not any(question.files or is_worded(question.text) for question in claim.questions):
            raise EmptyQuestion
        return person

    async def _check_loop(self, claim: Claim) -> None:
        since = self._clock.now() - timedelta(minutes=1)
        async with self._uow() as uow:
            recent = await uow.chat.answers_since(claim.conversation.id, since)
            bot_again = claim.turn.is_bot and await uow.chat.bot_answered_since_person(claim.conversation.id)
        if bot_again or recent > self._settings.loop_limit:
            raise TooManyAnswers

    async def context(self, claim: Claim) -> Context:
        """What to send, folded until it fits."""
        await self._read_history(claim)
        while True:
            async with self._uow() as uow:
                conversation = await uow.chat.conversation(claim.conversation.id) or claim.conversation
                messages = await uow.chat.messages(conversation.id, after=conversation.summary_until)
            messages = until_question(claim, messages)
            names = await self._people.names(Actor(conversation.team, message.user) for message in messages)
            instruction = CONTINUE if claim.turn.source is Source.CONTINUE else ""
            context = await self._context.build(conversation, messages, names, instruction=instruction)
            if not context.fold:
                return context
            await self._fold(replace(claim, conversation=conversation), context.fold, names)

    async def _read_history(self, claim: Claim) -> None:
        """A thread that began without us is read once, whole."""
        place = claim.conversation.place
        if claim.conversation.history_read or place.thread_ts is None:
            return
        if any(question.ts == place.thread_ts for question in claim.questions):
            return
        history = await self._directory.thread(place, limit=self._settings.history_limit)
        async with self._uow() as uow:
            await uow.chat.add_messages(claim.conversation.id, history)
            await uow.chat.mark(claim.conversation.id, history_read=True)
            await uow.commit()

    async def _fold(self, claim: Claim, messages: Sequence[Message], names: dict[str, str]) -> None:
        """Replace the older part of a thread by a summary: a call like any other, reserved, logged, paid."""
        request = self._context.fold_request(claim.conversation, messages, names)
        reservation = uuid5(claim.turn.id, f"fold {messages[-1].id}")
        worst = estimate_request(request) + request.max_tokens
        await self._limits.reserve(reservation, claim.turn.actor, worst)
        ledger = self.ledger(claim, "summary", reservation)
        try:
            done = await self._router.complete(request, ledger)
        except ShowrunnerError:
            await ledger.give_back()
            raise
        call = ledger.ended(
            done.call, CallOutcome.ANSWERED, done.finished.usage, request_id=done.finished.request_id
        )

        async def store() -> None:
            async with self._uow() as uow:
                await ledger.close(uow, call)
                await uow.chat.set_summary(claim.conversation.id, done.text, messages[-1].at)
                await uow.commit()

        await persistently(self._clock, store)

    async def reserve(self, claim: Claim, context: Context) -> CallLedger:
        """Hold the worst case of the turn; the ledger that will settle it. Raises NotEnoughBudget."""
        worst = context.tokens + self._settings.answer_tokens
        await self._limits.reserve(claim.turn.id, claim.turn.actor, worst)
        self._checkpoint("reserved")
        return self.ledger(claim, "chat", claim.turn.id)

    def ledger(self, claim: Claim, purpose: str, reservation: UUID) -> CallLedger:
        return CallLedger(
            self._uow,
            self._clock,
            self._prices,
            self._checkpoint,
            claim.turn.actor,
            claim.turn.channel,
            purpose,
            reservation,
            claim.turn.id,
        )


def is_worded(text: str) -> bool:
    return WORDLESS.fullmatch(text) is None


def until_question(claim: Claim, messages: Sequence[Message]) -> list[Message]:
    """ "Answer again" sees the thread as it stood when the question was asked."""
    if claim.turn.source is not Source.AGAIN or not claim.questions:
        return list(messages)
    return [message for message in messages if message.at <= claim.questions[-1].at]
