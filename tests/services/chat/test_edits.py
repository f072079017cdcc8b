"""Questions that change: before they are asked, after, and in any order of events."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.entities.turns import Heard, Source, TurnState
from tests import factories as make
from tests.services.chat.desk import Desk, all_of


def edit(of: Heard, text: str, **given: object) -> Heard:
    return replace(make.twin(of), text=text, event_id="Ev-edit", **given)


async def test_before_it_is_asked_the_new_text_is_asked(desk: Desk) -> None:
    said = make.mention(text="Before?")
    turn = await desk.heard(said)
    await desk.intake.edited(edit(said, "After?"))
    await desk.worked(turn)
    assert "After?" in all_of(desk.claude.asked[0])
    assert desk.jobs == ["chat.turn"]


@pytest.mark.parametrize(
    "state", [TurnState.RUNNING, TurnState.DELIVERING, TurnState.ANSWERED, TurnState.PARTIAL]
)
async def test_once_it_is_asked_another_answer_is_offered(desk: Desk, state: TurnState) -> None:
    said = make.mention(text="Before?")
    turn = await desk.heard(said)
    desk.left(turn, state)
    await desk.intake.edited(edit(said, "After?"))
    assert desk.memory.jobs[-1] == ("chat.edited", {"turn": str(turn.id)})
    await desk.intake.offer_again(turn.id)
    assert desk.show.all_of("offered") == [turn.id]


async def test_what_slack_changes_without_the_text_is_no_edit(desk: Desk) -> None:
    said = make.mention()
    await desk.answered(said)
    await desk.intake.edited(edit(said, said.text))
    assert desk.jobs == ["chat.turn"]


async def test_an_edit_that_overtakes_its_message_is_asked_once(desk: Desk) -> None:
    said = make.mention(text="Before?")
    await desk.intake.edited(edit(said, "After?"))
    assert await desk.intake.hear(said) is None
    (row,) = desk.memory.turns.values()
    await desk.worked(row.turn)
    assert "After?" in all_of(desk.claude.asked[0])
    assert "Before?" not in all_of(desk.claude.asked[0])


async def test_an_edit_can_make_a_message_a_question_for_us(desk: Desk) -> None:
    await desk.intake.edited(replace(make.heard(event_id="Ev1"), mentions_us=True))
    assert desk.jobs == ["chat.turn"]


async def test_an_old_message_is_made_no_question_by_an_edit(desk: Desk) -> None:
    said = make.heard(event_id="Ev1", mentions_us=True)
    desk.clock.tick(3600)
    await desk.intake.edited(said)
    assert desk.jobs == []


async def test_a_question_sent_too_early_is_asked_when_its_words_come(desk: Desk) -> None:
    said = make.mention(text="")
    early = await desk.answered(said)
    assert early.state is TurnState.REFUSED
    await desk.intake.edited(edit(said, "How long should it be?"))
    anew = next(row.turn for row in desk.memory.turns.values() if row.turn.source is Source.AGAIN)
    await desk.worked(anew)
    assert desk.turn(anew.id).state is TurnState.ANSWERED
    assert "How long should it be?" in all_of(desk.claude.asked[0])


async def test_a_refused_question_that_still_says_nothing_is_left(desk: Desk) -> None:
    said = make.mention(text="")
    await desk.answered(said)
    await desk.intake.edited(edit(said, ":tada:"))
    assert desk.jobs == ["chat.turn"]


async def test_an_edit_told_twice_is_offered_once(desk: Desk) -> None:
    said = make.mention(text="Before?")
    await desk.answered(said)
    await desk.intake.edited(edit(said, "After?"))
    await desk.intake.edited(edit(said, "After?"))
    assert desk.jobs == ["chat.turn", "chat.edited"]


async def test_a_question_deleted_before_it_is_read_is_not_asked(desk: Desk) -> None:
    said = make.mention()
    claim = await desk.claimed(said)
    await desk.intake.deleted(make.TEAM, "Ev2", make.CHANNEL, said.key)
    await desk.chat.answer(claim)
    assert desk.turn(claim.turn.id).state is TurnState.CANCELLED
    assert not desk.claude.asked
