"""Answers that are looked up, when something ends or breaks between their calls: nothing is paid twice."""

from __future__ import annotations

import asyncio

import pytest

from services.entities.calls import CallOutcome
from services.entities.turns import Turn, TurnState
from services.errors import ModelBroke, ModelUnavailable
from services.ports.models import TextDelta, ToolResult
from tests import factories as make
from tests.fakes.toolbox import LOOK_UP, FakeToolbox
from tests.services.chat.desk import Desk, saying
from tests.services.chat.looking_up import LINK, asking, results_in, searches_once
from tests.services.chat.test_resume import Killed


@pytest.fixture
def toolbox() -> FakeToolbox:
    return FakeToolbox()


@pytest.fixture
def desk(toolbox: FakeToolbox) -> Desk:
    return Desk(toolbox=toolbox)


# -- crashes -----------------------------------------------------------------------------------


async def killed(desk: Desk, checkpoint: str, *, times: int = 1, **given: str) -> Turn:
    """A turn whose worker died when it passed `checkpoint` for so many times."""
    turn = await desk.heard(make.mention(**given))
    left = [times]

    def on_checkpoint(name: str) -> None:
        left[0] -= name == checkpoint
        if not left[0]:
            desk.on_checkpoint = lambda _: None
            raise Killed

    desk.on_checkpoint = on_checkpoint
    with pytest.raises(Killed):
        await desk.worked(turn)
    return turn


async def test_a_crash_between_rounds_never_pays_a_round_again(desk: Desk, toolbox: FakeToolbox) -> None:
    searches_once(desk, "Let me look.")
    turn = await killed(desk, "searched")
    assert (desk.budget().spent, desk.budget().reserved) == (120, 0)
    assert (await desk.taken_over(turn)).state is TurnState.ANSWERED
    assert len(desk.claude.asked) == 2
    assert desk.seen.text == "Let me look.\n\nShe said ninety euros."
    assert results_in(desk) == [ToolResult("toolu_0", toolbox.found)]
    assert (desk.budget().spent, desk.budget().reserved) == (240, 0)
    assert desk.seen.notes is not None
    assert desk.seen.notes.tokens == 240
    assert desk.seen.sources.allows(LINK)


async def test_what_is_looked_up_after_a_crash_has_the_rights_of_then(
    desk: Desk, toolbox: FakeToolbox
) -> None:
    searches_once(desk)
    turn = await killed(desk, "searched")
    toolbox.found, toolbox.has_something = "Nothing was found.", False
    await desk.taken_over(turn)
    assert results_in(desk) == [ToolResult("toolu_0", "Nothing was found.")]
    assert desk.claude.asked[-1].tools == (LOOK_UP,)
    assert not desk.seen.sources.allows(LINK)


async def test_a_crash_in_the_second_call_asks_and_goes_on_behind_the_first(desk: Desk) -> None:
    searches_once(desk)
    turn = await killed(desk, "sent", times=2)
    assert (await desk.taken_over(turn)).state is TurnState.UNCERTAIN
    assert desk.outcomes() == [CallOutcome.ANSWERED, CallOutcome.UNCERTAIN]
    assert len(desk.claude.asked) == 1
    assert await desk.choices.ask_again(make.anna(), turn.id)
    assert (await desk.worked(turn)).state is TurnState.ANSWERED
    assert len(desk.claude.asked) == 2
    assert desk.budget().reserved == 0


async def test_a_stored_answer_is_shown_with_the_links_that_were_found(desk: Desk) -> None:
    searches_once(desk)
    turn = await killed(desk, "answered")
    assert (await desk.taken_over(turn)).state is TurnState.ANSWERED
    assert len(desk.claude.asked) == 2
    assert desk.seen.sources.allows(LINK)
    assert desk.seen.notes is not None
    assert desk.seen.notes.tokens == 240


async def test_what_a_limit_cut_is_still_cut_after_a_crash(toolbox: FakeToolbox) -> None:
    toolbox.found = "price " * 2_000
    desk = Desk(toolbox=toolbox, daily_tokens=2_000)
    searches_once(desk, "Let me look.")
    turn = await killed(desk, "answered")
    assert (await desk.taken_over(turn)).state is TurnState.PARTIAL
    assert desk.seen.notes is not None
    assert desk.seen.notes.broken


# -- models in trouble -------------------------------------------------------------------------


async def test_another_model_answers_what_the_first_looked_up(desk: Desk, toolbox: FakeToolbox) -> None:
    down = ModelUnavailable("anthropic", "overloaded_error", status=529)
    desk.claude.scripts = [asking(), (down,)]
    desk.gpt.script = saying("Ninety euros.")
    turn = await desk.answered(make.mention())
    assert turn.state is TurnState.ANSWERED
    assert desk.gpt.asked[0].messages == desk.claude.asked[1].messages
    notes = desk.seen.notes
    assert notes is not None
    assert (notes.model, notes.failover_from, notes.tokens) == ("gpt", "claude", 240)


async def test_who_looked_it_up_is_asked_first_for_the_answer(desk: Desk) -> None:
    down = ModelUnavailable("anthropic", "overloaded_error", status=529)
    desk.claude.script = (down,)
    desk.gpt.scripts = [asking(), saying("Ninety euros.")]
    await desk.answered(make.mention())
    assert (len(desk.claude.asked), len(desk.gpt.asked)) == (1, 2)


async def test_a_stream_that_breaks_in_the_second_call_keeps_what_was_shown(desk: Desk) -> None:
    broke = ModelBroke("anthropic", "stalled")
    desk.claude.scripts = [asking("Let me look."), (TextDelta("She sa"), broke)]
    turn = await desk.answered(make.mention())
    assert turn.state is TurnState.PARTIAL
    assert desk.seen.text == "Let me look.\n\nShe sa"
    assert desk.outcomes() == [CallOutcome.ANSWERED, CallOutcome.PARTIAL]


async def test_models_that_all_fail_after_a_search_leave_what_was_said(desk: Desk) -> None:
    desk.claude.scripts = [asking("Let me look."), (ModelUnavailable("anthropic", "down", status=529),)]
    desk.gpt.script = (ModelUnavailable("openai", "down", status=503),)
    turn = await desk.answered(make.mention())
    assert turn.state is TurnState.PARTIAL
    assert desk.seen.text == "Let me look."
    assert desk.budget().reserved == 0


async def test_models_that_all_fail_after_a_silent_search_can_be_asked_again(desk: Desk) -> None:
    desk.claude.scripts = [asking(), (ModelUnavailable("anthropic", "down", status=529),)]
    desk.gpt.scripts = [(ModelUnavailable("openai", "down", status=503),)]
    turn = await desk.answered(make.mention())
    assert turn.state is TurnState.FAILED
    desk.claude.scripts = [saying("Ninety euros.")]
    assert await desk.choices.ask_again(make.anna(), turn.id)
    assert (await desk.worked(turn)).state is TurnState.ANSWERED
    assert results_in(desk)


# -- Stop --------------------------------------------------------------------------------------


async def test_stop_between_two_calls_ends_the_turn(desk: Desk, toolbox: FakeToolbox) -> None:
    searches_once(desk)
    turn = await desk.heard(make.mention())

    async def stop() -> None:
        await desk.cancellation.cancel(turn.id)
        await asyncio.Event().wait()

    toolbox.on_use = stop
    turn = await desk.worked(turn)
    assert turn.state is TurnState.CANCELLED
    assert len(desk.claude.asked) == 1
    assert (desk.budget().spent, desk.budget().reserved) == (120, 0)


async def test_stop_in_the_second_call_keeps_what_was_shown(desk: Desk) -> None:
    desk.claude.scripts = [asking("Let me look."), (TextDelta("She sa"), asyncio.Event())]
    turn = await desk.heard(make.mention())

    async def stop(text: str) -> None:
        if "She sa" in text:
            await desk.cancellation.cancel(turn.id)

    desk.show.on_write = stop
    turn = await desk.worked(turn)
    assert turn.state is TurnState.PARTIAL
    assert desk.seen.text == "Let me look.\n\nShe sa"
    assert desk.seen.notes is not None
    assert desk.seen.notes.stopped
    assert desk.budget().reserved == 0
