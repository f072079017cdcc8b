"""The very same question, in the very same context, has the answer it had; anything else is asked anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from services.chat.answers import digest_of, key_of
from services.entities.calls import CallOutcome
from services.entities.turns import Heard, Source, TurnState
from services.errors import ModelBroke, ModelUnavailable, SlackUnavailable
from services.ports.models import Finished, ImagePart, ModelMessage, ModelRequest, TextDelta, TextPart
from services.ports.slack import FileText
from tests import factories as make
from tests.fakes.models import USED
from tests.services.chat.desk import Desk, saying


@pytest.fixture
def desk() -> Desk:
    return Desk(kept_hours=24)


def elsewhere(**given: object) -> Heard:
    """The same question at the top of another channel."""
    return make.mention(channel="C2", **given)


async def test_the_same_question_is_answered_without_asking_a_model(desk: Desk) -> None:
    first = await desk.answered(make.mention())
    second = await desk.answered(elsewhere())
    assert len(desk.claude.asked) == 1
    assert second.state is TurnState.ANSWERED
    texts = [(await desk.thread(turn))[-1].text for turn in (first, second)]
    assert texts[0] == texts[1] == desk.show.all_of("deliver")[0]


async def test_a_hit_is_logged_as_a_call_that_cost_nothing_and_what_it_saved(desk: Desk) -> None:
    await desk.answered(make.mention())
    spent = desk.budget()
    await desk.answered(elsewhere())
    paid, hit = desk.calls()
    assert hit.outcome is CallOutcome.CACHED
    assert (hit.usage.total, hit.cost, hit.saved) == (0, Decimal(0), paid.cost)
    assert (hit.provider, hit.model, hit.channel) == (paid.provider, paid.model, "C2")
    assert hit.id in desk.memory.rolled_up
    assert desk.budget() == spent
    assert not desk.memory.reservations


async def test_a_day_used_up_still_has_what_was_answered(desk: Desk) -> None:
    await desk.answered(make.mention())
    desk.daily_tokens = 10
    desk._wire()
    assert (await desk.answered(elsewhere())).state is TurnState.ANSWERED
    assert (await desk.answered(elsewhere(text="Another?"))).state is TurnState.REFUSED


async def test_it_is_said_that_it_was_answered_before(desk: Desk) -> None:
    await desk.answered(make.mention())
    await desk.answered(elsewhere())
    assert desk.seen.notes is not None
    assert desk.seen.notes.kept
    assert desk.seen.notes.model == "claude"


async def test_answer_again_asks_anew_and_its_answer_is_the_one_kept(desk: Desk) -> None:
    said = make.mention()
    turn = await desk.answered(said)
    desk.claude.script = saying("A minute.")
    again = await desk.choices.answer_again(make.anna(), turn.id, make.next_trigger(), None)
    assert again is not None
    await desk.worked(again)
    assert len(desk.claude.asked) == 2
    await desk.answered(elsewhere())
    assert len(desk.claude.asked) == 2
    assert desk.show.all_of("deliver") == ["A minute."]


@pytest.mark.parametrize(
    "other",
    [
        {"text": "How short?"},
        {"user": make.BEN},
        {"files": (make.file("F1"),)},
        {"team": "T2"},
    ],
)
async def test_what_differs_in_anything_is_asked(desk: Desk, other: dict[str, object]) -> None:
    await desk.answered(make.mention())
    await desk.answered(elsewhere(**other))
    assert len(desk.claude.asked) == 2


async def test_a_file_that_reads_differently_is_another_question(desk: Desk) -> None:
    for text in ("Draft one", "Draft two"):
        desk.files.texts["F1"] = FileText("notes.pdf", text)
        await desk.answered(elsewhere(files=(make.file("F1"),)))
    assert len(desk.claude.asked) == 2


async def test_the_same_words_after_other_words_are_asked(desk: Desk) -> None:
    said = make.mention()
    await desk.answered(said)
    await desk.answered(make.reply(said, text=said.text))
    assert len(desk.claude.asked) == 2


async def test_after_a_day_it_is_asked_anew(desk: Desk) -> None:
    await desk.answered(make.mention())
    desk.clock.tick(timedelta(hours=24).total_seconds())
    await desk.answered(elsewhere())
    assert len(desk.claude.asked) == 2


async def test_a_hit_does_not_make_the_answer_younger(desk: Desk) -> None:
    await desk.answered(make.mention())
    for _ in range(2):
        desk.clock.tick(timedelta(hours=13).total_seconds())
        await desk.answered(elsewhere())
    assert len(desk.claude.asked) == 2


async def test_without_hours_nothing_is_kept() -> None:
    desk = Desk(kept_hours=0)
    for _ in range(2):
        await desk.answered(elsewhere())
    assert len(desk.claude.asked) == 2
    assert not desk.memory.kept


@pytest.mark.parametrize("stop", ["length", "refusal", "context"])
async def test_what_is_not_whole_is_not_kept(desk: Desk, stop: str) -> None:
    desk.claude.script = (TextDelta("Half"), Finished(USED, stop))  # type: ignore[arg-type]
    await desk.answered(make.mention())
    assert not desk.memory.kept


async def test_what_broke_off_and_its_continuation_are_not_kept(desk: Desk) -> None:
    desk.claude.scripts = [(TextDelta("Half"), ModelBroke("anthropic", "gone"))]
    turn = await desk.answered(make.mention())
    assert turn.state is TurnState.PARTIAL
    rest = await desk.choices.go_on(make.anna(), turn.id, make.next_trigger())
    assert rest is not None
    assert rest.source is Source.CONTINUE
    await desk.worked(rest)
    assert not desk.memory.kept


async def test_the_model_asked_first_is_looked_up_first(desk: Desk) -> None:
    said = make.mention()
    turn = await desk.answered(said)
    desk.gpt.script = saying("From gpt.")
    again = await desk.choices.answer_again(make.anna(), turn.id, make.next_trigger(), "gpt")
    assert again is not None
    await desk.worked(again)
    await desk.answered(elsewhere())
    assert desk.show.all_of("deliver") == ["Ninety seconds."]


async def test_an_answer_of_the_model_that_took_over_is_as_good(desk: Desk) -> None:
    desk.claude.scripts = [(ModelUnavailable("anthropic", "down"),)]
    await desk.answered(make.mention())
    await desk.answered(elsewhere())
    assert [call.model for call in desk.calls()] == ["claude", "gpt", "gpt"]
    assert len(desk.claude.asked) == 1


async def test_shown_to_nobody_else_once_the_turn_is_lost(desk: Desk) -> None:
    await desk.answered(make.mention())
    claim = await desk.claimed(elsewhere())
    await desk.claim(claim.turn)
    await desk.chat.answer(claim)
    assert not desk.show.all_of("deliver")
    assert [call.outcome for call in desk.calls()] == [CallOutcome.ANSWERED]


async def test_a_hit_that_slack_did_not_take_is_shown_by_a_later_try(desk: Desk) -> None:
    await desk.answered(make.mention())
    desk.show.errors["deliver"] = [SlackUnavailable("chat.postMessage", "timeout")]
    turn = await desk.heard(elsewhere())
    with pytest.raises(SlackUnavailable):
        await desk.worked(turn)
    assert (await desk.taken_over(turn)).state is TurnState.ANSWERED
    assert desk.seen.notes is not None
    assert desk.seen.notes.kept
    assert len(desk.calls()) == 2


def test_all_that_a_model_is_sent_is_in_the_key() -> None:
    def request(**changes: object) -> ModelRequest:
        parts = (TextPart("Why?"), ImagePart("image/png", b"one"))
        plain = ModelRequest((TextPart("Be brief"),), (ModelMessage("user", parts),), 500, "chat")
        return replace(plain, **changes)  # type: ignore[arg-type]

    image = ModelMessage("user", (TextPart("Why?"), ImagePart("image/png", b"two")))
    said = ModelMessage("assistant", request().messages[0].parts)
    others = [
        request(),
        request(system=(TextPart("Be long"),)),
        request(messages=(image,)),
        request(messages=(said,)),
        request(max_tokens=501),
        request(purpose="summary"),
    ]
    assert len({digest_of(other) for other in others}) == len(others)
    steered = request(system=(TextPart("Be brief", cache=True),), cache_key="c")
    assert digest_of(steered) == digest_of(request())
    keys = {
        key_of(*who, b"d") for who in (("T1", "p", "m"), ("T2", "p", "m"), ("T1", "q", "m"), ("T1", "p", "n"))
    }
    assert len(keys) == 4
