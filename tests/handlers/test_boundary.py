"""Whatever is raised, the person reads what happened and what to do."""

import re
from datetime import UTC, datetime

import pytest

from handlers.blocks import files
from handlers.boundary import Boundary, explain
from handlers.routes import Audience
from services import errors
from services.entities.conversations import Place
from services.entities.limits import LimitState
from services.entities.people import Actor
from services.media.unreadable import REASONS

TO = Audience(Actor("T1", "U1"), Place("T1", "C1"))
TOMORROW = datetime(2026, 1, 2, tzinfo=UTC)


class Told:
    def __init__(self):
        self.said = []

    async def problem(self, to, explanation, incident):
        self.said.append((to, explanation, incident))


async def told_after(error):
    told = Told()
    async with Boundary(told).guard(TO):
        raise error
    return told.said[0]


async def test_a_bug_is_told_without_its_text_and_with_an_id():
    _, explanation, incident = await told_after(KeyError("secret detail"))
    assert "secret" not in explanation.what + explanation.todo
    assert incident


async def test_a_mistake_of_the_person_has_no_id():
    _, _, incident = await told_after(errors.EmptyQuestion())
    assert incident is None


async def test_what_may_pass_has_an_id():
    _, _, incident = await told_after(errors.SlackUnavailable("chat.postMessage", "fatal_error"))
    assert incident


def test_a_budget_refusal_says_what_is_left_and_when_it_resets():
    error = errors.NotEnoughBudget(
        LimitState("person", "day", "tokens", 500_000, 499_000, 880, TOMORROW), 9_000, ["UOWNER", "UBOSS"]
    )
    said = explain(error)
    assert "500,000" in said.what
    assert "120" in said.what
    assert "<!date^" in said.todo
    assert "<@UOWNER> or <@UBOSS>" in said.todo


def test_a_missing_key_names_the_variables():
    assert "`ANTHROPIC_API_KEY`" in explain(errors.NoModel(("ANTHROPIC_API_KEY", "OPENAI_API_KEY"))).todo


def test_all_providers_down_says_which_and_why():
    causes = (
        errors.ModelUnavailable("anthropic", "x", status=529),
        errors.ModelUnavailable("openai", "y", status=401),
    )
    what = explain(errors.AllModelsFailed(causes)).what
    assert "anthropic: it is overloaded" in what
    assert "openai: it does not accept our key" in what


def test_a_channel_we_are_not_in_says_how_to_invite_us():
    assert "/invite" in explain(errors.SlackUnavailable("chat.postMessage", "not_in_channel")).todo


@pytest.mark.parametrize("reason", files.CLAUSES)
def test_every_reason_of_a_file_says_what_happened_and_what_to_do(reason):
    said = explain(errors.FileUnreadable("interview.mp4", reason))
    assert said.what.startswith("*interview.mp4* ")
    assert said.todo
    assert "_" not in said.what + said.todo


def test_the_reasons_of_a_file_are_those_of_the_error_and_of_the_reader():
    told = set(re.findall(r'"(\w+)"', errors.FileUnreadable.__doc__ or ""))
    assert set(files.CLAUSES) == told
    assert set(files.TOLD) == told
    assert set(REASONS.values()) <= told


def test_a_files_name_calls_nobody_and_turns_nothing_around():
    said = explain(errors.FileUnreadable("../../<!channel>\u202e4pm.exe", "type"))
    assert said.what.startswith("*&lt;!channel&gt;4pm.exe* ")
