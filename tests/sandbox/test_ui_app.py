"""What the page gets from the app: modals, buttons, Home, status, traffic; and the page's own files."""

from typing import Any

import aiohttp
import orjson
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from tests.sandbox.slack import actions, button, home, modal, section, text_input
from tests.sandbox.stock import StockBot
from tests.sandbox.window import Window


async def test_a_modal_opens_where_the_person_is(sandbox: Sandbox, ana: Window) -> None:
    async with StockBot.connected(sandbox) as bot:

        @bot.app.command("/ask")
        async def ask(ack, command, client):
            await ack()
            await client.views_open(trigger_id=command["trigger_id"], view=modal(text_input()))

        @bot.app.view("form")
        async def submitted(ack):
            await ack(response_action="errors", errors={"q": "No"})

        await ana.listen()
        general = sandbox.workspace.channel("#general").id
        assert (await ana.do("command", channel=general, command="/ask", text=""))["ok"]
        view = (await ana.hears("view_opened"))["view"]
        state = {"values": {"q": {"question": {"type": "plain_text_input", "value": "x"}}}}
        answer = await ana.do("submit", view_id=view["id"], state=state)
        assert answer["errors"] == {"q": "No"}
        assert (await ana.hears("view_errors"))["errors"] == {"q": "No"}
        await ana.do("close", view_id=view["id"])
        assert (await ana.hears("view_closed"))["view_id"] is None


async def test_a_button_is_pressed_with_its_payload(sandbox: Sandbox, ana: Window, general: str) -> None:
    pressed = []
    async with StockBot.connected(sandbox) as bot:

        @bot.app.action("press")
        async def press(ack, action):
            await ack()
            pressed.append(action)

        posted = await bot.app.client.chat_postMessage(channel=general, text="x", blocks=[actions(button())])
        fields = {"type": "button", "value": "1"}
        answer = await ana.do(
            "action", channel=general, ts=posted["ts"], block_id="row", action_id="press", action=fields
        )
        assert answer["ok"]
    assert (pressed[0]["value"], pressed[0]["block_id"]) == ("1", "row")


async def test_the_home_tab_and_the_prompts(sandbox: Sandbox, client: AsyncWebClient, ana: Window) -> None:
    await ana.listen()
    assert (await ana.get("home"))["view"] is None
    await client.views_publish(user_id=ana.me, view=home(section("Mine")))
    assert (await ana.hears("home"))["view"]["type"] == "home"
    assert (await ana.get("home"))["view"]["blocks"][0]["text"]["text"] == "Mine"
    assert (await ana.get("home", tab="messages"))["prompts"][0]["title"] == "What can you do?"


async def test_status_session_and_prompts_are_told(sandbox: Sandbox, client: AsyncWebClient, ana) -> None:
    asked = await sandbox.people.post("ana", sandbox.workspace.app_dm("ana"), "hi")
    place = {"channel_id": asked.channel.id, "thread_ts": asked.ts}
    await ana.listen()
    await client.agents_sessions_setStatus(**place, status="processing", title="Pricing")
    assert (await ana.hears("session"))["title"] == "Pricing"
    assert (await ana.hears("status"))["status"] == "processing"
    await client.assistant_threads_setStatus(**place, status="is reading…")
    assert (await ana.hears("status"))["text"] == "is reading…"
    prompts = [{"title": "a", "message": "b"}]
    await client.assistant_threads_setSuggestedPrompts(channel_id=asked.channel.id, prompts=prompts)
    assert (await ana.hears("prompts"))["prompts"] == prompts


async def test_the_inspector_shows_the_wire_without_tokens(sandbox: Sandbox, ana: Window, http) -> None:
    await ana.listen(traffic="1")
    form = {"token": sandbox.credentials.bot_token}
    async with http.post(f"{sandbox.url}/api/auth.test", data=form) as answer:
        assert answer.status == 200
    entry = (await ana.hears("traffic"))["entry"]
    assert (entry["direction"], entry["name"], entry["status"]) == ("app→slack", "auth.test", 200)
    assert sandbox.credentials.bot_token not in orjson.dumps(sandbox.traffic.entries()[0].public()).decode()


async def test_the_inspector_keeps_what_fits(sandbox: Sandbox, client: AsyncWebClient) -> None:
    for _ in range(sandbox.settings.traffic_kept + 10):
        await client.api_test()
    assert len(sandbox.traffic.entries()) == sandbox.settings.traffic_kept


@pytest.mark.parametrize(
    ("deed", "error"),
    [
        ({"do": "post", "channel": "#marketing", "text": "x", "as": "ben"}, "not_in_channel"),
        ({"do": "post", "channel": "#general", "text": ""}, "no_text"),
        ({"do": "command", "channel": "#general", "command": "/ask", "thread_ts": "1.1"}, "not_in_thread"),
        ({"do": "join", "channel": "#marketing", "as": "gil"}, "not_allowed"),
        ({"do": "edit", "channel": "#general", "ts": "1.1", "text": "x"}, "not_found"),
        ({"do": "dance"}, "unknown_deed"),
        ({"do": "post", "as": "nobody"}, "not_found"),
    ],
)
async def test_what_a_person_may_not_do(ana: Window, deed: dict[str, Any], error: str) -> None:
    fields = {"as": ana.me, **deed}
    answer = await ana.do(fields.pop("do"), **fields)
    assert (answer["ok"], answer["error"]) == (False, error)
    assert answer["text"]


async def test_the_page_itself_is_served(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    async with http.get(sandbox.url) as answer:
        assert answer.content_type == "text/html"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    async with http.get(f"{sandbox.url}/page/js/main.js") as answer:
        assert answer.content_type == "text/javascript"
    async with http.get(f"{sandbox.url}/page/../server.py") as answer:
        assert answer.status == 404
    async with http.get(f"{sandbox.url}/page/%2e%2e/server.py") as answer:
        assert answer.status == 404
