"""Answers that are looked up: rounds of tools, each paid once, whatever happens between them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from services.entities import CallOutcome, Turn, TurnState
from services.entities.tools import Thought, ToolUse
from services.errors import ModelBroke, ModelUnavailable
from services.ports.models import Finished, ModelEvent, TextDelta, ToolResult
from tests import factories as make
from tests.fakes.models import USED
from tests.fakes.toolbox import LOOK_UP, FakeToolbox
from tests.services.chat.desk import Desk, all_of, saying
from tests.services.chat.test_resume import Killed

LINK = "https://acme.slack.com/archives/C1/p1"
QUERY = '{"query": "pricing"}'
THOUGHT = Thought("claude", {"type": "thinking", "thinking": "Hm.", "signature": "s"})


def asking(*texts: str, uses: int = 1, arguments: str = QUERY) -> Sequence[ModelEvent]:
    """A model that says these and then wants to look something up."""
    asked = tuple(ToolUse(f"toolu_{number}", "search_library", arguments) for number in range(uses))
    return (*map(TextDelta, texts), Finished(USED, "tools", "req_1", asked, (THOUGHT,)))


@pytest.fixture
def toolbox() -> FakeToolbox:
    return FakeToolbox()


@pytest.fixture
def desk(toolbox: FakeToolbox) -> Desk:
    return Desk(toolbox=toolbox)


def searches_once(desk: Desk, *texts: str) -> None:
    desk.claude.scripts = [asking(*texts), saying("She said ", "ninety euros.")]


def results_in(desk: Desk) -> list[ToolResult]:
    """Those of the last request."""
    parts = (part for message in desk.claude.asked[-1].messages for part in message.parts)
    return [part for part in parts if isinstance(part, ToolResult)]


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
