"""The sandbox from outside, over HTTP."""

import re
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import control
from sandbox.server import Sandbox
from tests.sandbox.slack import error_of


class Remote:
    def __init__(self, sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
        self._url, self._http = f"{sandbox.url}/control", http

    async def read(self, what: str, **params: Any) -> dict[str, Any]:
        async with self._http.get(f"{self._url}/{what}", params=params) as answer:
            assert answer.status == 200
            return await answer.json()

    async def order(self, what: str, /, **body: Any) -> dict[str, Any]:
        async with self._http.post(f"{self._url}/{what}", json=body) as answer:
            return await answer.json()


@pytest.fixture
def remote(sandbox: Sandbox, http: aiohttp.ClientSession) -> Remote:
    return Remote(sandbox, http)


async def test_everything_can_be_read(sandbox: Sandbox, remote: Remote, client: AsyncWebClient) -> None:
    await remote.order("do", **{"as": "ana", "do": "post", "channel": "#general", "text": "hi"})
    await client.chat_postEphemeral(
        channel=sandbox.workspace.channel("#general").id, user=sandbox.workspace.user("ana").id, text="psst"
    )
    state = await remote.read("state")
    assert {channel["name"] for channel in state["channels"] if "name" in channel} >= {"general", "edit-room"}
    messages = (await remote.read("messages", channel="#general"))["messages"]
    assert [message["text"] for message in messages] == ["hi"]
    assert (await remote.read("ephemerals", user="ana"))["messages"][0]["text"] == "psst"
    assert (await remote.read("calls", method="chat.postEphemeral"))["calls"][0]["answer"]["ok"]
    delivery = (await remote.read("deliveries", name="message"))["deliveries"][0]
    assert (delivery["acked"], delivery["payload"]["event"]["text"]) == (False, "hi")


async def test_faults_are_set_and_cleared(remote: Remote, client: AsyncWebClient) -> None:
    await remote.order("faults", method="auth.test", error="fatal_error", times=None)
    assert await error_of(client.auth_test()) == "fatal_error"
    await remote.order("faults/clear")
    assert (await client.auth_test())["ok"]


async def test_the_clock_and_the_tiers_obey(sandbox: Sandbox, remote: Remote) -> None:
    await remote.order("clock", advance=60)
    assert sandbox.clock.offset == 60
    await remote.order("tiers", enforced=True)
    assert sandbox.api.tiers.enforced


async def test_the_app_is_revoked_from_outside(remote: Remote, client: AsyncWebClient) -> None:
    await remote.order("revoke")
    assert await error_of(client.auth_test()) == "token_revoked"


async def test_any_subscribed_event_is_sent(sandbox: Sandbox, remote: Remote) -> None:
    known = await remote.order("event", event={"type": "user_change", "user": {}})
    unknown = await remote.order("event", event={"type": "star_added"})
    assert (known["delivered"], unknown["delivered"]) == (True, False)


async def test_a_wrong_order_is_told(remote: Remote) -> None:
    answer = await remote.order("faults")
    assert (answer["ok"], answer["error"]) == (False, "invalid_order")


async def test_a_reset_forgets_everything(sandbox: Sandbox, remote: Remote, client: AsyncWebClient) -> None:
    await sandbox.people.post("ana", "#general", "hi")
    sandbox.faults.answer("auth.test", "fatal_error", times=None)
    sandbox.clock.advance(60)
    await remote.order("reset")
    general = sandbox.workspace.channel("#general")
    assert not general.messages
    assert not sandbox.deliveries()
    assert sandbox.clock.offset == 0
    assert (await client.auth_test())["ok"]
    await sandbox.people.mention("ana", "#general", "again")
    assert len(sandbox.deliveries()) == 2


async def test_an_event_id_never_comes_twice(sandbox: Sandbox, settings) -> None:
    await sandbox.people.mention("ana", "#general", "hi")
    ids = [delivery.payload["event_id"] for delivery in sandbox.deliveries()]
    sandbox.reset()
    await sandbox.people.mention("ana", "#general", "hi")
    async with Sandbox.running(settings) as restarted:
        await restarted.people.mention("ana", "#general", "hi")
        later = [*sandbox.deliveries(), *restarted.deliveries()]
        ids += [delivery.payload["event_id"] for delivery in later]
    assert len(set(ids)) == 6


async def test_things_are_broken_listed_and_mended(remote: Remote, client: AsyncWebClient) -> None:
    await remote.order("break", what="no-streaming")
    assert (await remote.read("state"))["broken"] == ["no-streaming"]
    assert await error_of(client.api_call("chat.startStream", json={})) == "feature_not_enabled"
    await remote.order("mend")
    assert (await remote.read("state"))["broken"] == []
    strange = await remote.order("break", what=["coffee"])
    assert (strange["ok"], strange["error"]) == (False, "unknown_break")
    assert "slack-429" in (await remote.read("breaks"))["breaks"]


async def test_a_fault_has_only_known_fields(remote: Remote) -> None:
    answer = await remote.order("faults", method="auth.test", colour="red")
    assert (answer["ok"], "colour" in answer["text"]) == (False, True)


async def test_a_fault_may_hit_every_second_call(remote: Remote, client: AsyncWebClient) -> None:
    await remote.order("faults", method="auth.test", error="fatal_error", times=None, every=2)
    assert (await client.auth_test())["ok"]
    assert await error_of(client.auth_test()) == "fatal_error"
    assert (await client.auth_test())["ok"]


async def test_held_events_go_out_when_released(sandbox: Sandbox, remote: Remote) -> None:
    await remote.order("reorder", events=5)
    await sandbox.people.post("ana", "#general", "hi")
    await remote.order("reorder/release")
    await sandbox.wait_for(lambda: sandbox.deliveries("message")[0].attempts, timeout=20)


async def test_history_is_written_on_demand(sandbox: Sandbox, remote: Remote) -> None:
    answer = await remote.order("history", weeks=1)
    assert answer["messages"] == len(list(sandbox.workspace.all_messages())) > 0


async def test_everything_the_docstring_lists_exists(sandbox: Sandbox) -> None:
    listed = set(re.findall(r"^    ([a-z/]+)[?&\w]*  ", control.__doc__ or "", re.MULTILINE))
    routes = {route.path.removeprefix("/control/") for route in sandbox.control.routes()}
    assert routes <= listed


async def test_a_reset_takes_back_every_order(sandbox: Sandbox, remote: Remote, client, general) -> None:
    trigger = sandbox.triggers.new(sandbox.workspace.user("ana").id)
    await client.chat_scheduleMessage(channel=general, post_at=int(sandbox.clock.now()) + 600, text="later")
    for order, body in {
        "break": {"what": "both-down"},
        "tiers": {"enforced": True},
        "delay": {"seconds": 5},
        "duplicate": {"times": 3},
        "reorder": {"events": 3},
    }.items():
        await remote.order(order, **body)
    await remote.order("reset")
    state = await remote.read("state")
    assert (state["broken"], state["scheduled"], state["canvases"], state["files"]) == ([], [], [], [])
    assert (sandbox.courier.delay, sandbox.api.tiers.enforced) == (0, False)
    assert (
        await error_of(client.views_open(trigger_id=trigger, view={"type": "home"})) == "invalid_trigger_id"
    )
    await sandbox.people.post("ana", "#general", "hi")
    assert len(sandbox.deliveries("message")) == 1
