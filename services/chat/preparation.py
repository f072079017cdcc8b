"""Before a model is asked: who asks, whether they may, and what the model is to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from services.calendar import Calendar
from services.chat.context import Context, ContextBuilder, Fold
from services.chat.intake import is_worded
from services.chat.ledger import CallLedger, fold_reservation
from services.chat.length import NORMAL, Length, capped
from services.chat.reserving import Reserving
from services.chat.searching import Searching
from services.chat.sources import Addresses, Seen
from services.chat.thread import Thread, thread_of
from services.entities.calls import CallOutcome
from services.entities.conversations import Author
from services.entities.people import Actor, Person
from services.entities.tools import Round
from services.entities.turns import Claim, Source
from services.errors import (
    EmptyQuestion,
    LostClaim,
    ModelBroke,
    NotFound,
    ShowrunnerError,
    Stopped,
    StorageUnavailable,
    TooManyAnswers,
)
from services.limits import LimitsService
from services.models.estimate import estimate_request
from services.models.router import Completed, ModelRouter
from services.pauses import PausesService
from services.people import PeopleService
from services.policy import Policy
from services.ports.cancellation import CancelToken
from services.ports.clock import Checkpoint, Clock
from services.ports.models import Prices
from services.ports.presenter import Sources
from services.ports.slack import SlackDirectory
from services.ports.tools import Toolbox
from services.ports.work import UnitOfWorkFactory
from services.retry import persistently, to_the_end

FOLLOW_UPS = frozenset({Source.AGAIN, Source.CONTINUE})
NO_ADDRESSES = Addresses()
SUMMARY_CUT = "\n[this summary was cut at its greatest length]"
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
    """Workers that may die with a turn, or find Slack closed, before it is given up."""


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
        pauses: PausesService,
        prices: Prices,
        clock: Clock,
        calendar: Calendar,
        checkpoint: Checkpoint,
        settings: ChatSettings,
        toolbox: Toolbox | None = None,
    ) -> None:
        self._searching = Searching(uow, toolbox)
        self._uow = uow
        self._directory = directory
        self._people = people
        self._router = router
        self._context = context
        self._reserving = Reserving(router, limits, prices)
        self._policy = policy
        self._pauses = pauses
        self._prices = prices
        self._clock = clock
        self._calendar = calendar
        self._checkpoint = checkpoint
        self._settings = settings

    async def check(self, claim: Claim) -> Person:
        """Who asks; raises one of the refusals where the turn is not to be answered."""
        if claim.resumed and claim.turn.attempts > self._settings.max_attempts:
            raise ShowrunnerError("gave up after several tries")
        await self._check_loop(claim)
        person = await self._people.person(claim.turn.actor)
        self._policy.check(person, "chat")
        await self._pauses.check(claim.turn.actor, claim.turn.channel)
        check_question(claim)
        return person

    async def _check_loop(self, claim: Claim) -> None:
        if claim.begins and not claim.turn.is_bot:
            return
        since = self._clock.now() - timedelta(minutes=1)
        async with self._uow(atomic=False) as uow:
            recent = await uow.chat.answers_since(claim.conversation.id, since)
            bot_again = claim.turn.is_bot and await uow.chat.bot_answered_since_person(claim.conversation.id)
        if bot_again or recent > self._settings.loop_limit:
            raise TooManyAnswers

    async def context(self, claim: Claim, token: CancelToken, length: Length = NORMAL) -> Context:
        """What to send, folded until it fits; `percent` is how full it was before. Raises Stopped."""
        await self._read_history(claim)
        instruction = CONTINUE if claim.turn.source is Source.CONTINUE else length.instruction
        tools = await self._searching.offered(claim)
        fullest = 0
        while not token.cancelled:
            thread = await self.thread(claim)
            names = await self._names(thread)
            context = await self._context.build(thread, names, instruction=instruction, tools=tools)
            fullest = max(fullest, context.percent)
            if context.fold is None:
                whole = capped(replace(context, percent=min(fullest, 100)), length)
                return await self._searching.taken_up(claim, whole)
            await self._fold(claim, context.fold)
        raise Stopped

    async def thread(self, claim: Claim) -> Thread:
        """The thread as the turn sees it. Raises Stopped where its question was taken back meanwhile."""
        async with self._uow(atomic=False) as uow:
            known = None if claim.begins else await uow.chat.conversation(claim.conversation.id)
            conversation = known or claim.conversation
            messages = await uow.chat.messages(conversation.id)
            goes_on = claim.turn.source is Source.CONTINUE and claim.turn.about
            broken = await uow.chat.answer_of(UUID(goes_on)) if goes_on else None
        thread = thread_of(claim, conversation, messages, broken)
        if not any(message.id in thread.asked for message in thread.said):
            raise Stopped
        return thread

    async def sources(self, claim: Claim) -> Sources:
        """The addresses that the answer of a turn may hold, as they were when it was asked."""
        try:
            known = await self._context.sources(await self.thread(claim))
        except Stopped:
            return NO_ADDRESSES
        return Seen(known, await self._searching.sources(claim))

    async def _names(self, thread: Thread) -> Mapping[str, str]:
        team = thread.conversation.team
        speakers = {message.user for message in thread.recent if message.author is not Author.US}
        return await self._people.names(Actor(team, user) for user in speakers)

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

    async def _fold(self, claim: Claim, fold: Fold) -> None:
        """Replace the older part of a thread by a summary: a call like any other, reserved, logged, paid."""
        tokens = estimate_request(fold.request)
        reservation = fold_reservation(claim.turn.id)
        await self._reserving.hold(claim, "summary", reservation, tokens, fold.request.max_tokens)
        ledger = self._ledger(claim, "summary", reservation, tokens)
        try:
            done = await self._router.complete(fold.request, ledger)
            await refuse_empty(done, ledger)
        except (StorageUnavailable, LostClaim):
            raise
        except Exception:
            await ledger.give_back()
            raise
        await to_the_end(self._keep_summary(claim, fold, done, ledger))

    async def _keep_summary(self, claim: Claim, fold: Fold, done: Completed, ledger: CallLedger) -> None:
        cut = done.finished.stop == "length"
        call = ledger.ended(
            done.call, CallOutcome.ANSWERED, done.finished.usage, request_id=done.finished.request_id
        )

        async def store() -> None:
            async with self._uow() as uow:
                await ledger.close(uow, call)
                text = done.text + SUMMARY_CUT if cut else done.text
                await uow.chat.set_summary(claim.conversation.id, text, fold.until)
                await uow.commit()

        await persistently(self._clock, store)

    async def reserve(self, claim: Claim, context: Context) -> tuple[Context, CallLedger]:
        """Hold the worst case of the turn: the ledger that will settle it, and the context it is held for.

        Where what is left allows only a shorter answer, its cap is lowered. Raises NotEnoughBudget.
        """
        context = await self._reserving.answer(claim, context)
        self._checkpoint("reserved")
        return context, self._ledger(claim, "chat", claim.turn.id, context.tokens)

    async def after(self, claim: Claim, context: Context, ended: Round) -> Context:
        """What is to be sent next, once a round's uses are done, with its own worst case held.

        Raises NotEnoughBudget.
        """
        return await self._reserving.more(claim, await self._searching.after(claim, context, ended))

    def _ledger(self, claim: Claim, purpose: str, reservation: UUID, tokens_in: int) -> CallLedger:
        return CallLedger(
            self._uow,
            self._clock,
            self._calendar,
            self._prices,
            self._checkpoint,
            claim.turn.actor,
            claim.turn.channel,
            purpose,
            reservation,
            tokens_in,
            claim.turn.id,
            claim.turn.attempts,
            self._settings.lease.total_seconds(),
            claim.worker,
        )


def check_question(claim: Claim) -> None:
    """Raises EmptyQuestion; NotFound where what is to be answered again has been deleted."""
    if claim.turn.source in FOLLOW_UPS:
        if not claim.questions:
            raise NotFound("question")
    elif not claim.questions:
        raise Stopped
    elif not any(question.files or is_worded(question.text) for question in claim.questions):
        raise EmptyQuestion


async def refuse_empty(done: Completed, ledger: CallLedger) -> None:
    """A summary that says nothing would silently lose what it stands for. Raises ModelBroke."""
    if done.text.strip() and done.finished.stop in {"end", "length"}:
        return
    error = ModelBroke(done.model.provider, f"gave no summary ({done.finished.stop})")
    await ledger.fail(done.call, error, done.finished.usage)
    raise error
