"""What a later worker does with what an earlier one left."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.chat.ledger import fold_reservation
from services.entities.calls import CallOutcome
from services.entities.turns import Turn, TurnState
from services.errors import ModelUnavailable, SlackUnavailable
from tests import factories as make
from tests.services.chat.desk import Desk


class Killed(BaseException):
    """The process ends here: nothing catches this."""


class Refused(SlackUnavailable):
    permanent = True


def die_at(desk: Desk, checkpoint: str) -> None:
    def on_checkpoint(name: str) -> None:
        if name == checkpoint:
            desk.on_checkpoint = lambda _: None
            raise Killed

    desk.on_checkpoint = on_checkpoint


async def dead(desk: Desk, checkpoint: str, **given: Any) -> Turn:
    """A turn whose worker was killed at `checkpoint`."""
    turn = await desk.heard(make.mention(**given))
    die_at(desk, checkpoint)
    with pytest.raises(Killed):
        await desk.worked(turn)
    return desk.turn(turn.id)


@pytest.mark.parametrize("checkpoint", ["claimed", "reserved"])
async def test_before_anything_was_sent_the_turn_begins_anew(desk: Desk, checkpoint: str) -> None:
    turn = await dead(desk, checkpoint)
    assert (await desk.taken_over(turn)).state is TurnState.ANSWERED
    assert len(desk.claude.asked) == 1
    assert (desk.budget().spent, desk.budget().reserved) == (120, 0)


async def test_between_request_and_answer_only_the_person_decides(desk: Desk) -> None:
    turn = await dead(desk, "sent")
    held = desk.budget().reserved
    assert (await desk.taken_over(turn)).state is TurnState.UNCERTAIN
    assert desk.outcomes() == [CallOutcome.UNCERTAIN]
    assert desk.show.all_of("uncertain") == [["claude"]]
    assert desk.budget().reserved == held > 0
    assert not desk.claude.asked


async def test_a_stored_answer_is_shown_and_not_paid_again(desk: Desk) -> None:
    turn = await dead(desk, "answered")
    assert (await desk.taken_over(turn)).state is TurnState.ANSWERED
    assert desk.show.all_of("deliver") == ["Ninety seconds."]
    assert len(desk.claude.asked) == 1
    assert desk.budget().spent == 120


async def test_a_shown_answer_is_only_marked_done(desk: Desk) -> None:
    turn = await dead(desk, "posted")
    assert (await desk.taken_over(turn)).state is TurnState.ANSWERED
    assert len(desk.claude.asked) == 1


async def test_the_notes_of_a_delivered_answer_know_who_could_not_answer(desk: Desk) -> None:
    desk.claude.script = (ModelUnavailable("anthropic", "overloaded_error", status=529),)
    await desk.taken_over(await dead(desk, "answered"))
    notes = desk.seen.notes
    assert notes is not None
    assert (notes.model, notes.failover_from, notes.tokens) == ("gpt", "claude", 120)


async def test_a_delivered_answer_may_hold_what_stood_in_the_thread(desk: Desk) -> None:
    turn = await dead(desk, "answered", text="Is <https://a.example/x?y=1&amp;z=2> right?")
    await desk.taken_over(turn)
    assert desk.seen.sources.allows("https://a.example/x?y=1&z=2")
    assert not desk.seen.sources.allows("https://a.example/x?y=secret")


async def test_a_stop_before_the_crash_is_still_a_stop(desk: Desk) -> None:
    turn = await dead(desk, "sent")
    async with desk.uow() as uow:
        await uow.chat.stop_turn(turn.id)
        await uow.commit()
    assert (await desk.taken_over(turn)).state is TurnState.CANCELLED
    assert not desk.show.all_of("uncertain")
    assert desk.budget().reserved == 0
    assert desk.outcomes() == [CallOutcome.RELEASED]


async def test_an_answer_that_slack_does_not_take_is_kept_for_a_later_try(desk: Desk) -> None:
    desk.show.errors["finish"] = [SlackUnavailable("chat.stopStream", "timeout")]
    turn = await desk.heard(make.mention())
    with pytest.raises(SlackUnavailable):
        await desk.worked(turn)
    assert desk.turn(turn.id).state is TurnState.DELIVERING
    assert (await desk.taken_over(turn)).state is TurnState.ANSWERED
    assert len(desk.claude.asked) == 1
    assert not desk.show.all_of("failed")


async def test_a_place_closed_for_good_ends_the_tries(desk: Desk) -> None:
    desk.show.errors["finish"] = [Refused("chat.stopStream", "is_archived")]
    turn = await desk.answered(make.mention())
    assert turn.state is TurnState.FAILED


async def test_asked_again_what_failed_only_in_slack_is_shown_and_not_paid_again(desk: Desk) -> None:
    desk.show.errors["finish"] = [Refused("chat.stopStream", "is_archived")]
    turn = await desk.answered(make.mention())
    assert await desk.choices.ask_again(make.anna(), turn.id)
    assert (await desk.worked(turn)).state is TurnState.ANSWERED
    assert desk.show.all_of("deliver") == ["Ninety seconds."]
    assert len(desk.claude.asked) == 1


async def test_a_slack_that_stays_away_is_given_up_in_the_end(desk: Desk) -> None:
    gone = SlackUnavailable("chat.postMessage", "timeout")
    desk.show.errors = {"answer": [gone] * 9, "failed": [gone] * 9}
    turn = await desk.heard(make.mention())
    for _ in range(4):
        with pytest.raises(SlackUnavailable):
            await desk.taken_over(turn)
    assert (await desk.taken_over(turn)).state is TurnState.FAILED


async def test_a_turn_that_kills_its_workers_is_given_up(desk: Desk) -> None:
    turn = await dead(desk, "reserved")
    for _ in range(4):
        die_at(desk, "reserved")
        with pytest.raises(Killed):
            await desk.taken_over(turn)
    assert (await desk.taken_over(turn)).state is TurnState.FAILED
    assert not desk.claude.asked


async def test_a_question_deleted_after_the_crash_is_not_asked(desk: Desk) -> None:
    turn = await dead(desk, "reserved")
    await desk.intake.deleted(make.TEAM, "Ev9", make.CHANNEL, turn.key)
    assert (await desk.taken_over(turn)).state is TurnState.CANCELLED
    assert not desk.claude.asked


async def test_a_crash_while_folding_is_asked_about_and_booked_at_its_worst() -> None:
    desk = Desk(context_tokens=4_000)
    said = make.mention(text="Long " * 1_500)
    await desk.answered(said)
    turn = await desk.heard(make.reply(said, text="Long too " * 1_000))
    die_at(desk, "sent")
    with pytest.raises(Killed):
        await desk.worked(turn)
    assert (await desk.taken_over(turn)).state is TurnState.UNCERTAIN
    assert fold_reservation(turn.id) in desk.memory.reservations
    before = desk.budget()
    assert await desk.choices.ask_again(make.anna(), turn.id)
    assert desk.budget() == replace(before, spent=before.spent + before.reserved, reserved=0)
    assert (await desk.worked(turn)).state is TurnState.ANSWERED
    assert desk.budget().reserved == 0
