"""Slack's documented requests, answers and errors, asked by the SDK's clients and by a stock Bolt app.

The cases are in `cases/*.json`, made after the examples of Slack's method pages and the SDK's own types.
"""

import inspect
from collections.abc import AsyncIterator

import pytest
from slack_sdk import WebClient

from sandbox.server import Sandbox
from tests.sandbox.conformance.callers import CALLERS, Ask, asking
from tests.sandbox.conformance.cases import Case, all_cases, cases_of, families, filled, misfits
from tests.sandbox.conformance.world import furnished

_NOT_FOR_BOLT = {"apps.connections.open"}  # an app token's method; in Socket Mode Bolt has called it already
_ALWAYS_TAKEN = {"self", "kwargs", "team_id", "app_token"}


@pytest.fixture(params=CALLERS)
async def ask(request: pytest.FixtureRequest, sandbox: Sandbox) -> AsyncIterator[Ask]:
    async with asking(request.param, sandbox) as asked:
        asked.is_bolt = "Bolt" in request.param
        yield asked


@pytest.mark.filterwarnings("ignore:The top-level `text` argument is missing")
@pytest.mark.parametrize("family", families())
async def test_slack_s_examples_and_errors(sandbox: Sandbox, ask: Ask, family: str) -> None:
    skipped = _NOT_FOR_BOLT if ask.is_bolt else set()
    wrong = [
        line
        for case in cases_of(family)
        if case.method not in skipped
        for line in await tried(case, sandbox, ask)
    ]
    assert wrong == []


async def tried(case: Case, sandbox: Sandbox, ask: Ask) -> list[str]:
    """What does not fit; the errors first, since they change nothing."""
    world = await furnished(sandbox) | {"app_token": sandbox.credentials.app_token}
    wrong = []
    for error, change in case.errors:
        answer = await ask(case.method, filled({**case.request, **change}, world))
        if answer.get("error") != error:
            wrong.append(f"{case.method} with {change}: {answer.get('error', 'ok')}, not {error}")
    request = filled(case.request, world)
    answer = await ask(case.method, request)
    wrong += [f"{case.method}: {line} in {answer}" for line in misfits(case.answer, answer)]
    if case.again is not None:
        error = (await ask(case.method, request)).get("error")
        if error != case.again:
            wrong.append(f"{case.method} again: {error}, not {case.again}")
    return wrong


def test_every_method_has_its_case(sandbox: Sandbox) -> None:
    assert {case.method for case in all_cases()} == {method.name for method in sandbox.api.methods()}


async def test_every_argument_of_the_sdk_is_known(sandbox: Sandbox) -> None:
    for method in sandbox.api.methods():
        function = getattr(WebClient, method.name.replace(".", "_"))
        names = inspect.signature(function).parameters.keys() - _ALWAYS_TAKEN
        assert names - method.arguments.readers.keys() == set(), method.name
