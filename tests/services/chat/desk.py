"""The chat services over fakes, wired as `build()` wires them, and what tests do with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from services.calendar import Calendar
from services.chat import ChatChoices, ChatIntake, ChatService, ChatSettings, KeptAnswers, Preparation
from services.chat.context import ContextBuilder
from services.entities.budgets import BudgetState
from services.entities.calls import CallOutcome, ModelCall, Usage
from services.entities.conversations import Conversation, Message
from services.entities.turns import Claim, Heard, Turn, TurnState
from services.limits import TOKENS, LimitsService
from services.models.router import ModelRouter
from services.pauses import PausesService
from services.people import PeopleService
from services.policy import Policy
from services.ports.models import Finished, ModelRequest, TextDelta
from services.ports.tools import Toolbox
from tests import factories as make
from tests.fakes.cancellation import FakeCancellation
from tests.fakes.clock import FakeClock
from tests.fakes.models import USED, FakeModel
from tests.fakes.presenter import FakeAnswer, FakePresenter
from tests.fakes.slack import FakeDirectory, FakeReader
from tests.fakes.uow import fake_unit_of_work, new_memory

ANSWER_TOKENS = 1_000
CALENDAR = Calendar(ZoneInfo("UTC"))
SUMMARY = "They spoke about lamps."
PEOPLE = {
    make.ANNA: make.person(),
    make.BEN: make.person(user=make.BEN, name="Ben"),
    make.ROBOT: make.person(user=make.ROBOT, name="Robot", is_bot=True),
}


class FixedPrices:
    """A dollar for a thousand tokens; of what is `cheap` a hundredth of it."""

    def __init__(self, cheap: str = "") -> None:
        self._cheap = cheap

    def cost(self, provider: str, model: str, usage: Usage) -> Decimal | None:
        return Decimal(usage.total) / (100_000 if model == self._cheap else 1_000)


class Desk:
    """`claude` is asked first, then `gpt`; `haiku` makes summaries."""

    def __init__(
        self,
        *,
        context_tokens: int = 50_000,
        daily_tokens: int = 500_000,
        per_minute: int = 20,
        kept_hours: int = 0,
        cheap: str = "",
        toolbox: Toolbox | None = None,
    ) -> None:
        self.toolbox = toolbox
        self.clock = FakeClock()
        self.memory = new_memory(self.clock.now)
        self.uow = fake_unit_of_work(self.memory)
        self.show = FakePresenter()
        self.slack = FakeDirectory(dict(PEOPLE))
        self.files = FakeReader()
        self.cancellation = FakeCancellation()
        self.claude, self.gpt = FakeModel(), FakeModel("openai", "gpt")
        self.haiku = FakeModel(
            name="haiku", script=(TextDelta(SUMMARY), Finished(Usage(tokens_in=50, tokens_out=9), "end"))
        )
        self.prices = FixedPrices(cheap)
        self.passed: list[str] = []
        self.on_checkpoint: Callable[[str], None] = lambda _: None
        self.context_tokens, self.daily_tokens = context_tokens, daily_tokens
        self.kept = KeptAnswers(self.uow, self.clock, CALENDAR, timedelta(hours=kept_hours))
        self.per_minute = per_minute
        self._wire()

    def _wire(self) -> None:
        settings = ChatSettings(worker="w1", answer_tokens=ANSWER_TOKENS)
        router = ModelRouter({"chat": [self.claude, self.gpt], "summary": [self.haiku]}, self.clock)
        people = PeopleService(self.uow, self.slack, self.clock)
        policy = Policy((), guests=False)
        self.limits = LimitsService(
            self.uow, self.clock, CALENDAR, people, policy, self.daily_tokens, self.per_minute
        )
        context = ContextBuilder(self.files, limit=self.context_tokens, answer_tokens=ANSWER_TOKENS)
        self.pauses = PausesService(self.uow, people, policy, self.clock)
        preparation = Preparation(
            self.uow,
            self.slack,
            people,
            router,
            context,
            self.limits,
            policy,
            self.pauses,
            self.prices,
            self.clock,
            CALENDAR,
            self.checkpoint,
            settings,
            self.toolbox,
        )
        self.intake = ChatIntake(self.uow, self.show, self.cancellation, self.clock, self.checkpoint)
        self.chat = ChatService(
            self.uow,
            self.show,
            preparation,
            router,
            self.cancellation,
            self.clock,
            self.checkpoint,
            self.kept,
            settings,
        )
        self.choices = ChatChoices(self.uow, self.intake, people, policy, self.clock)

    def checkpoint(self, name: str) -> None:
        self.passed.append(name)
        self.on_checkpoint(name)

    # -- acts ----------------------------------------------------------------------------------

    async def heard(self, said: Heard) -> Turn:
        turn = await self.intake.hear(said)
        assert turn is not None
        return turn

    async def claimed(self, said: Heard) -> Claim:
        return await self.claim(await self.heard(said))

    async def claim(self, turn: Turn) -> Claim:
        """Each a while after the one before, so that the loop breaker stays out of it."""
        self.clock.tick(61)
        claim = await self.chat.claim(self.turn(turn.id).conversation_id)
        assert claim is not None
        return claim

    async def answered(self, said: Heard) -> Turn:
        """What was said, worked to its end."""
        return await self.worked(await self.heard(said))

    async def worked(self, turn: Turn) -> Turn:
        """The next turn of its conversation worked to its end; `turn` as it then is."""
        await self.chat.answer(await self.claim(turn))
        return self.turn(turn.id)

    async def taken_over(self, turn: Turn) -> Turn:
        """Another worker takes what a dead one left."""
        self.clock.tick(600)
        return await self.worked(turn)

    # -- what is -------------------------------------------------------------------------------

    def turn(self, turn_id: UUID) -> Turn:
        return self.memory.turns[turn_id].turn

    def conversation(self, turn: Turn) -> Conversation:
        return self.memory.conversations[self.turn(turn.id).conversation_id]

    def calls(self) -> list[ModelCall]:
        return list(self.memory.calls.values())

    def outcomes(self) -> list[CallOutcome]:
        return [call.outcome for call in self.calls()]

    def budget(self) -> BudgetState:
        found = [
            state
            for (scope, _, unit), state in self.memory.counters.items()
            if unit == TOKENS and make.ANNA in scope
        ]
        return BudgetState(sum(state.spent for state in found), sum(state.reserved for state in found))

    async def thread(self, turn: Turn) -> Sequence[Message]:
        async with self.uow() as uow:
            return await uow.chat.messages(self.turn(turn.id).conversation_id)

    @property
    def jobs(self) -> list[str]:
        return [task for task, _ in self.memory.jobs]

    @property
    def seen(self) -> FakeAnswer:
        """The answer shown last."""
        return self.show.answers[-1]

    # -- as it might have been left ------------------------------------------------------------

    def left(self, turn: Turn, state: TurnState) -> None:
        row = self.memory.turns[turn.id]
        self.memory.turns[turn.id] = replace(row, turn=replace(row.turn, state=state))


def texts(request: ModelRequest) -> list[str]:
    """All of a request's texts, in order."""
    parts = [*request.system, *(part for message in request.messages for part in message.parts)]
    return [part.text for part in parts if hasattr(part, "text")]


def all_of(request: ModelRequest) -> str:
    return "\n".join(texts(request))


def saying(*pieces: str) -> tuple[TextDelta | Finished, ...]:
    return (*map(TextDelta, pieces), Finished(USED, "end", "req_1"))
