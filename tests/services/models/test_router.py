from __future__ import annotations

from contextlib import aclosing

import pytest
from structlog.testing import capture_logs

from services.entities.calls import Usage
from services.errors import AllModelsFailed, ModelBroke, ModelUnavailable, NoModel
from services.models.failures import ModelGaveUp
from services.models.router import ModelRouter, Opened
from services.ports.models import TextDelta
from tests.services.models.fakes import (
    END,
    Clock,
    Ledger,
    ScriptedModel,
    bad_key,
    claude,
    gpt,
    overloaded,
    rejected,
)
from tests.services.models.providers import ask

HALF = Usage(10, tokens_out=1, estimated=True)


def router(*models: ScriptedModel, clock: Clock | None = None) -> ModelRouter:
    return ModelRouter({"chat": models}, clock or Clock())


async def heard(router, ledger=None, preferred=None):
    return [event async for event in router.stream(ask(), ledger or Ledger(), preferred)]


async def who_answers(router, preferred=None):
    opened = (await heard(router, preferred=preferred))[0]
    return opened.model.name


async def test_the_first_model_of_the_chain_answers():
    first = claude()
    opened, *events = await heard(router(first, gpt()))
    assert (opened.model, opened.failed_over_from) == (first, None)
    assert events == [TextDelta("claude speaking"), END]


async def test_the_preferred_model_is_asked_first():
    assert await who_answers(router(claude(), gpt()), preferred="gpt") == "gpt"


async def test_a_preferred_model_that_is_not_in_the_chain_changes_nothing():
    assert await who_answers(router(claude(), gpt()), preferred="other") == "claude"


@pytest.mark.parametrize("error", [overloaded(), bad_key(), rejected()])
async def test_the_next_model_answers_where_the_first_fails(error):
    opened, *_ = await heard(router(claude(error), gpt()))
    assert (opened.model.name, opened.failed_over_from) == ("gpt", "claude")


async def test_a_model_that_says_nothing_at_all_has_failed():
    silent = claude()
    silent.script = ()
    assert await who_answers(router(silent, gpt())) == "gpt"


async def test_every_attempt_is_told_before_it_is_made_and_when_it_fails():
    ledger = Ledger()
    await heard(router(claude(overloaded()), gpt()), ledger)
    assert ledger.told == [("begin", "claude"), ("fail", "claude"), ("begin", "gpt")]


async def test_what_a_failed_attempt_may_have_cost_is_told():
    ledger = Ledger()
    gave_up = ModelGaveUp("anthropic", "timed out", status=None, usage=HALF)
    await heard(router(claude(gave_up), gpt(overloaded("openai")), gpt(name="gpt-2")), ledger)
    assert ledger.usages == [HALF, None]


async def test_an_attempt_that_cannot_be_noted_is_not_made():
    class Full(Ledger):
        async def begin(self, model):
            raise RuntimeError("no database")

    model = claude()
    with pytest.raises(RuntimeError, match="no database"):
        await heard(router(model), Full())
    assert model.asked == 0


async def test_all_causes_are_told_where_all_models_fail():
    causes = overloaded(), rejected("openai")
    with pytest.raises(AllModelsFailed) as failure:
        await heard(router(claude(causes[0]), gpt(causes[1])))
    assert failure.value.causes == causes


async def test_no_model_says_which_variables_would_give_one():
    with pytest.raises(NoModel) as failure:
        await heard(router())
    assert failure.value.variables == ("ANTHROPIC_API_KEY", "OPENAI_API_KEY")


async def test_an_answer_that_breaks_off_is_not_asked_again():
    second = gpt()
    broken = claude(TextDelta("Half"), ModelBroke("anthropic", "cut", usage=HALF))
    events = router(broken, second).stream(ask(), Ledger())
    assert [type(await anext(events)) for _ in range(2)] == [Opened, TextDelta]
    with pytest.raises(ModelBroke) as failure:
        await anext(events)
    assert (failure.value.usage, second.asked) == (HALF, 0)


async def test_closing_early_closes_the_model():
    model = claude(TextDelta("One"), TextDelta("two"), END)
    async with aclosing(router(model).stream(ask(), Ledger())) as events:
        assert isinstance(await anext(events), Opened)
    assert model.closed == 1


async def test_a_complete_answer_is_its_text_and_its_end():
    done = await router(claude(TextDelta("A "), TextDelta("summary"), END)).complete(ask(), Ledger())
    assert (done.text, done.finished, done.model.name) == ("A summary", END, "claude")


async def test_a_complete_answer_that_breaks_off_is_told_as_failed():
    ledger = Ledger()
    broken = claude(TextDelta("Half"), ModelBroke("anthropic", "cut", usage=HALF))
    with pytest.raises(ModelBroke):
        await router(broken).complete(ask(), ledger)
    assert (ledger.told[-1], ledger.usages) == (("fail", "claude"), [HALF])


async def test_names_are_those_of_the_chain_in_its_order():
    assert router(claude(), gpt()).names("chat") == ("claude", "gpt")
    assert router(claude()).names("drafting") == ()


async def test_three_failures_in_a_row_put_a_provider_last():
    clock, flaky = Clock(), claude(overloaded())
    chosen = router(flaky, gpt(), clock=clock)
    for _ in range(4):
        assert await who_answers(chosen) == "gpt"
    assert flaky.asked == 3


async def test_the_answer_of_another_model_while_one_rests_says_so():
    chosen = router(claude(bad_key()), gpt())
    await heard(chosen)
    opened, *_ = await heard(chosen)
    assert opened.failed_over_from == "claude"


async def test_a_provider_that_rests_is_still_asked_when_all_others_fail():
    back, down = claude(bad_key()), gpt()
    chosen = router(back, down)
    await heard(chosen)
    back.script, down.script = (TextDelta("I am back"), END), (overloaded("openai"),)
    assert await who_answers(chosen) == "claude"


async def test_a_provider_is_asked_first_again_after_its_rest():
    clock, flaky = Clock(), claude(overloaded())
    chosen = router(flaky, gpt(), clock=clock)
    for _ in range(3):
        await heard(chosen)
    clock.seconds += 31
    flaky.script = (TextDelta("back"), END)
    assert await who_answers(chosen) == "claude"


async def test_a_rejected_key_rests_its_provider_for_five_minutes_and_is_logged():
    clock, locked = Clock(), claude(bad_key())
    chosen = router(locked, gpt(), clock=clock)
    with capture_logs() as logs:
        await heard(chosen)
    assert {"event": "model.key_rejected", "provider": "anthropic"}.items() <= logs[0].items()
    clock.seconds += 299
    await heard(chosen)
    assert locked.asked == 1
    clock.seconds += 2
    await heard(chosen)
    assert locked.asked == 2


async def test_other_models_of_a_failed_provider_are_tried_after_those_of_others():
    twin = claude(name="claude-2")
    assert await who_answers(router(claude(bad_key()), twin, gpt())) == "gpt"
    assert twin.asked == 0


@pytest.mark.parametrize(
    "error", [rejected(), ModelUnavailable("anthropic", "not_found_error", status=404)], ids=["400", "404"]
)
async def test_faults_of_a_request_or_a_model_do_not_rest_a_provider(error):
    wrong = claude(error)
    chosen = router(wrong, gpt())
    for _ in range(5):
        await heard(chosen)
    assert wrong.asked == 5


async def test_failures_far_apart_do_not_rest_a_provider():
    clock, flaky = Clock(), claude(overloaded())
    chosen = router(flaky, gpt(), clock=clock)
    for _ in range(5):
        await heard(chosen)
        clock.seconds += 40
    assert flaky.asked == 5


async def test_an_answer_in_between_forgets_earlier_failures():
    flaky = claude()
    chosen = router(flaky, gpt())
    for script in (
        (overloaded(),),
        (overloaded(),),
        (TextDelta("ok"), END),
        (overloaded(),),
        (overloaded(),),
    ):
        flaky.script = script
        await heard(chosen)
    flaky.script = (TextDelta("ok"), END)
    assert await who_answers(chosen) == "claude"


async def test_answers_that_break_off_count_as_failures():
    flaky = claude(TextDelta("Half"), ModelBroke("anthropic", "cut"))
    chosen = router(flaky, gpt())
    for _ in range(3):
        with pytest.raises(ModelBroke):
            await heard(chosen)
    assert await who_answers(chosen) == "gpt"


async def test_a_failure_is_logged_without_the_prompt():
    with capture_logs() as logs:
        await router(claude(overloaded()), gpt()).complete(ask("my SECRET plan"), Ledger())
    assert logs[-1] == {
        "event": "model.failed",
        "log_level": "warning",
        "provider": "anthropic",
        "model": "claude",
        "purpose": "chat",
        "status": 529,
        "kind": "ModelUnavailable",
        "detail": "overloaded_error",
    }
    assert "SECRET" not in str(logs)
