"""What is left of a limit decides how long an answer may be."""

from __future__ import annotations

from decimal import Decimal

from services.chat.room import SHORTEST, longest_answer
from services.entities.limits import Amount, Limit
from services.entities.turns import TurnState
from services.errors import NotEnoughBudget
from services.limits import MICRODOLLARS, LimitSetting, worst_case
from services.models.prices import BundledPrices
from services.people import PeopleService
from services.policy import Policy
from tests import factories as make
from tests.fakes.models import FakeModel
from tests.services.chat.desk import ANSWER_TOKENS, Desk

PRICES = BundledPrices()
CHAIN = [FakeModel("anthropic", "claude-sonnet-5-5"), FakeModel("openai", "gpt-6-luna")]
ENDLESS = 2**62


async def limited(desk: Desk, *, dollars: Decimal) -> None:
    """The workspace may spend so much a day."""
    people, policy = PeopleService(desk.uow, desk.slack, desk.clock), Policy([make.ANNA], guests=False)
    setting = LimitSetting(desk.uow, desk.limits, people, policy, desk.clock)
    cap = int(dollars * 1_000_000)
    await setting.set(make.anna(), Limit("workspace", "", "day", MICRODOLLARS, cap))


async def test_an_answer_is_kept_as_short_as_the_rest_of_the_day_and_says_so() -> None:
    desk = Desk(daily_tokens=1_200)
    turn = await desk.answered(make.mention())
    [request] = desk.claude.asked
    assert turn.state is TurnState.ANSWERED
    assert SHORTEST <= request.max_tokens < ANSWER_TOKENS
    assert desk.seen.notes is not None
    assert desk.seen.notes.shortened


async def test_no_more_is_held_for_it_than_is_left() -> None:
    desk = Desk(daily_tokens=1_200)
    held: list[int] = []
    desk.on_checkpoint = lambda name: held.append(desk.budget().reserved) if name == "reserved" else None
    await desk.answered(make.mention())
    assert held == [1_200]
    assert desk.budget().reserved == 0


async def test_with_enough_left_nothing_is_said() -> None:
    desk = Desk()
    await desk.answered(make.mention())
    assert desk.claude.asked[0].max_tokens == ANSWER_TOKENS
    assert desk.seen.notes is not None
    assert not desk.seen.notes.shortened


async def test_an_answer_too_short_to_be_worth_it_is_refused() -> None:
    desk = Desk(daily_tokens=SHORTEST + 50)
    turn = await desk.answered(make.mention())
    assert turn.state is TurnState.REFUSED
    assert not desk.claude.asked


async def test_where_money_is_left_for_a_cheaper_model_only_it_is_offered_and_answers_alone() -> None:
    desk = Desk(cheap="haiku")
    await limited(desk, dollars=Decimal("0.30"))
    refused = await desk.answered(make.mention())
    assert refused.state is TurnState.REFUSED
    [error] = desk.show.refusals
    assert isinstance(error, NotEnoughBudget)
    assert error.cheaper == "haiku"
    again = await desk.choices.answer_again(refused.actor, refused.id, "T1", error.cheaper)
    assert again is not None
    assert (await desk.worked(again)).state is TurnState.ANSWERED
    assert len(desk.haiku.asked) == 1
    assert not desk.claude.asked
    assert not desk.gpt.asked


async def test_where_tokens_are_gone_no_model_is_offered() -> None:
    desk = Desk(daily_tokens=SHORTEST + 50, cheap="haiku")
    await desk.answered(make.mention())
    [error] = desk.show.refusals
    assert isinstance(error, NotEnoughBudget)
    assert error.cheaper is None


def test_tokens_are_shared_by_question_and_answer() -> None:
    assert longest_answer(PRICES, CHAIN, 1_000, 4_096, Amount(3_000, ENDLESS)) == 2_000
    assert longest_answer(PRICES, CHAIN, 1_000, 4_096, Amount(9_000, ENDLESS)) == 4_096
    assert longest_answer(PRICES, CHAIN, 1_000, 4_096, Amount(900, ENDLESS)) < 0


def test_money_is_left_for_the_dearest_model() -> None:
    room = Amount(ENDLESS, 20_000)
    fits = longest_answer(PRICES, CHAIN, 1_000, 4_096, room)
    assert worst_case(PRICES, CHAIN, 1_000, fits).microdollars <= room.microdollars
    assert worst_case(PRICES, CHAIN, 1_000, fits + 2).microdollars > room.microdollars


def test_models_of_unknown_price_cost_tokens_only() -> None:
    unknown = [FakeModel("anthropic", "claude-nobody-knows")]
    assert longest_answer(PRICES, unknown, 1_000, 4_096, Amount(3_000, 0)) == 2_000
