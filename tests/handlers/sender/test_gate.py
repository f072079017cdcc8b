"""Calls are made when the gate lets them, and again only where that can do no harm."""

from __future__ import annotations

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from handlers.sender.capabilities import Capabilities
from handlers.sender.gate import ResponseLost, SlackCalls, SlackRefused
from sandbox.server import Sandbox
from services.errors import SlackUnavailable
from tests.handlers.sender.conftest import OpenGate, SteeredClock

UPDATE = "chat.update"


async def refused(calls: SlackCalls, **options: bool) -> SlackUnavailable:
    with pytest.raises(SlackUnavailable) as caught:
        await calls.send("T1", "auth.test", {}, **options)
    return caught.value


async def test_a_refusal_is_permanent_and_named(sandbox: Sandbox, calls: SlackCalls) -> None:
    sandbox.faults.answer("auth.test", "token_revoked")
    error = await refused(calls)
    assert isinstance(error, SlackRefused)
    assert (error.method, error.code, error.permanent) == ("auth.test", "token_revoked", True)


async def test_the_gates_wait_is_slept(calls: SlackCalls, gate: OpenGate, clock: SteeredClock) -> None:
    gate.wait = 2.5
    await calls.send("T1", "auth.test", {})
    assert clock.monotonic() == 2.5


async def test_a_place_taken_before_is_not_taken_twice(
    calls: SlackCalls, gate: OpenGate, clock: SteeredClock
) -> None:
    gate.wait = 2.5
    await calls.send("T1", "auth.test", {}, taken=True)
    assert clock.monotonic() == 0


async def test_a_rate_limit_is_told_to_every_process_and_waited_out(
    sandbox: Sandbox, calls: SlackCalls, gate: OpenGate, clock: SteeredClock
) -> None:
    sandbox.faults.rate_limit("auth.test", retry_after=9)
    assert (await calls.send("T1", "auth.test", {}))["ok"]
    assert gate.punished == [("auth.test", 9.0)]
    assert clock.monotonic() == 9


async def test_patience_with_rate_limits_ends(
    sandbox: Sandbox, calls: SlackCalls, clock: SteeredClock
) -> None:
    sandbox.faults.rate_limit("auth.test", retry_after=50, times=None)
    assert (await refused(calls)).code == "ratelimited"
    assert clock.monotonic() < 180


@pytest.mark.parametrize("fault", ["cut", "500", "fatal_error"])
async def test_what_may_have_happened_is_not_repeated_blindly(
    sandbox: Sandbox, calls: SlackCalls, fault: str
) -> None:
    break_once(sandbox, fault)
    assert isinstance(await refused(calls), ResponseLost)
    assert len(sandbox.calls("auth.test")) == 1


@pytest.mark.parametrize("fault", ["cut", "500", "fatal_error"])
async def test_what_does_no_harm_is_repeated(sandbox: Sandbox, calls: SlackCalls, fault: str) -> None:
    break_once(sandbox, fault)
    assert (await calls.send("T1", "auth.test", {}, repeat=True))["ok"]


async def test_without_a_connection_nothing_was_sent(gate: OpenGate, clock: SteeredClock) -> None:
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(
            token="xoxb-1", base_url="http://127.0.0.1:9/api/", session=session, retry_handlers=[]
        )
        error = await refused(SlackCalls(client, gate, clock))
    assert not isinstance(error, ResponseLost)
    assert not error.permanent


def test_what_is_missing_is_forgotten_after_a_while() -> None:
    clock = SteeredClock()
    able = Capabilities(clock, memory=60)
    able.missing("T1", UPDATE)
    assert not able.has("T1", UPDATE)
    assert able.has("T2", UPDATE)
    clock.tick(60)
    assert able.has("T1", UPDATE)


def break_once(sandbox: Sandbox, fault: str) -> None:
    match fault:
        case "cut":
            sandbox.faults.cut("auth.test", when="after")
        case "500":
            sandbox.faults.server_error("auth.test")
        case _:
            sandbox.faults.answer("auth.test", fault)
