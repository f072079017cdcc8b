"""Answers that are looked up: what the model is told, in how many calls, and what they cost."""

from __future__ import annotations

import pytest

from services.entities.calls import CallOutcome
from services.entities.turns import TurnState
from services.ports.models import ToolResult
from tests import factories as make
from tests.fakes.toolbox import LOOK_UP, FakeToolbox
from tests.fakes.uow import FakeUnitOfWork
from tests.services.chat.desk import Desk, all_of, saying
from tests.services.chat.looking_up import LINK, QUERY, THOUGHT, asking, results_in, searches_once


@pytest.fixture
def toolbox() -> FakeToolbox:
    return FakeToolbox()


@pytest.fixture
def desk(toolbox: FakeToolbox) -> Desk:
    return Desk(toolbox=toolbox)


async def test_the_model_is_told_what_was_found_and_answers(desk: Desk, toolbox: FakeToolbox) -> None:
    searches_once(desk)
    turn = await desk.answered(make.mention())
    assert turn.state is TurnState.ANSWERED
    assert desk.seen.text == "She said ninety euros."
    [(asker, use)] = toolbox.uses
    assert (asker.actor.user, asker.channel, use.arguments) == (make.ANNA, make.CHANNEL, QUERY)
    assert results_in(desk) == [ToolResult("toolu_0", toolbox.found)]
    assert [request.tools for request in desk.claude.asked] == [(LOOK_UP,)] * 2


async def test_each_round_is_a_call_of_its_own_and_the_answer_tells_their_sum(desk: Desk) -> None:
    searches_once(desk)
    await desk.answered(make.mention())
    assert desk.outcomes() == [CallOutcome.ANSWERED] * 2
    assert [call.searched for call in desk.calls()] == [True, False]
    assert (desk.budget().spent, desk.budget().reserved) == (240, 0)
    notes = desk.seen.notes
    assert notes is not None
    assert (notes.tokens, str(notes.cost)) == (240, "0.24")


async def test_what_is_said_before_a_search_stays_and_is_parted_from_the_rest(desk: Desk) -> None:
    searches_once(desk, "Let me ", "look.")
    turn = await desk.answered(make.mention())
    assert desk.seen.text == "Let me look.\n\nShe said ninety euros."
    assert [message.text for message in await desk.thread(turn)][-1] == desk.seen.text
    said = [part for message in desk.claude.asked[-1].messages[-2:-1] for part in message.parts]
    assert said[0] == THOUGHT
    assert [type(part).__name__ for part in said] == ["Thought", "TextPart", "ToolUse"]


async def test_the_next_turn_is_not_told_what_was_found(desk: Desk, toolbox: FakeToolbox) -> None:
    searches_once(desk)
    said = make.mention()
    await desk.answered(said)
    await desk.answered(make.reply(said, text="And else?"))
    assert results_in(desk) == []
    assert toolbox.found not in all_of(desk.claude.asked[-1])


async def test_in_the_last_call_the_model_has_to_answer(desk: Desk) -> None:
    desk.claude.script = asking("Still looking.")
    turn = await desk.answered(make.mention())
    assert [request.may_use for request in desk.claude.asked] == [True, True, False]
    assert turn.state is TurnState.ANSWERED
    assert desk.seen.text == "Still looking.\n\nStill looking.\n\nStill looking."


async def test_where_there_is_nothing_to_look_up_no_tool_is_told_of(toolbox: FakeToolbox) -> None:
    toolbox.has_something = False
    desk, without = Desk(toolbox=toolbox), Desk()
    for each in (desk, without):
        await each.answered(make.mention())
    assert [r.tools for r in desk.claude.asked] == [()]
    assert desk.claude.asked[0].system == without.claude.asked[0].system


async def test_a_turn_without_tools_costs_no_more_round_trips(
    toolbox: FakeToolbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered: list[int] = []
    enter = FakeUnitOfWork.__aenter__

    async def counted(self: FakeUnitOfWork) -> FakeUnitOfWork:
        entered.append(1)
        return await enter(self)

    monkeypatch.setattr(FakeUnitOfWork, "__aenter__", counted)
    toolbox.has_something = False
    counts = []
    for desk in (Desk(), Desk(toolbox=toolbox)):
        entered.clear()
        await desk.answered(make.mention())
        counts.append(len(entered))
    assert counts[0] == counts[1]


async def test_in_a_direct_message_the_asker_alone_reads_it(desk: Desk, toolbox: FakeToolbox) -> None:
    searches_once(desk)
    await desk.answered(make.direct())
    assert toolbox.uses[0][0].channel is None


async def test_links_that_were_found_stay_links(desk: Desk) -> None:
    searches_once(desk)
    await desk.answered(make.mention())
    assert desk.seen.sources.allows(LINK)
    assert not desk.seen.sources.allows(f"{LINK}?secret=7")


async def test_a_question_counts_once_however_often_it_is_looked_up(toolbox: FakeToolbox) -> None:
    desk = Desk(toolbox=toolbox, per_minute=1)
    searches_once(desk)
    assert (await desk.answered(make.mention())).state is TurnState.ANSWERED


async def test_what_was_looked_up_is_never_an_answer_for_others(toolbox: FakeToolbox) -> None:
    desk = Desk(toolbox=toolbox, kept_hours=24)
    searches_once(desk)
    await desk.answered(make.mention())
    assert not desk.memory.kept
    await desk.answered(make.mention(text="Hello there"))
    assert len(desk.memory.kept) == 1


async def test_too_many_uses_at_once_are_told_so(desk: Desk, toolbox: FakeToolbox) -> None:
    desk.claude.scripts = [asking(uses=6), saying("Ninety.")]
    await desk.answered(make.mention())
    assert len(toolbox.uses) == 4
    assert [result.failed for result in results_in(desk)] == [False] * 4 + [True] * 2


async def test_results_are_cut_to_the_room_that_is_left(toolbox: FakeToolbox) -> None:
    toolbox.found = "price " * 5_000
    desk = Desk(toolbox=toolbox, context_tokens=3_000)
    searches_once(desk)
    await desk.answered(make.mention())
    assert len(results_in(desk)[0].text) < 12_000
    assert "cut here" in results_in(desk)[0].text


# -- limits ------------------------------------------------------------------------------------


async def test_a_limit_that_ends_between_two_calls_is_told_kindly(toolbox: FakeToolbox) -> None:
    """The first call fits, what it used leaves nothing worth a second one."""
    toolbox.found = "price " * 2_000
    desk = Desk(toolbox=toolbox, daily_tokens=2_000)
    searches_once(desk)
    turn = await desk.answered(make.mention())
    assert turn.state is TurnState.REFUSED
    assert desk.show.all_of("refused") == ["NotEnoughBudget"]
    assert len(desk.claude.asked) == 1
    assert (desk.budget().spent, desk.budget().reserved) == (120, 0)


async def test_what_was_said_before_the_limit_ended_is_kept(toolbox: FakeToolbox) -> None:
    toolbox.found = "price " * 2_000
    desk = Desk(toolbox=toolbox, daily_tokens=2_000)
    searches_once(desk, "Let me look.")
    turn = await desk.answered(make.mention())
    assert turn.state is TurnState.PARTIAL
    assert desk.seen.text == "Let me look."
    assert desk.seen.notes is not None
    assert (desk.seen.notes.broken, desk.seen.notes.tokens) == (True, 120)
    assert (desk.budget().spent, desk.budget().reserved) == (120, 0)
