"""HTTP mode: signed requests, three seconds, Slack's retries."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import orjson
import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from sandbox.server import Sandbox
from tests.sandbox.slack import actions, button


@dataclass
class App:
    """A request URL that keeps what it gets; `answer` says what it returns."""

    url: str = ""
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answer: Callable[[], Awaitable[web.Response]] | None = None

    async def handle(self, request: web.Request) -> web.Response:
        self.requests.append((dict(request.headers), await request.read()))
        return await self.answer() if self.answer else web.Response()


@pytest.fixture
async def app(sandbox: Sandbox) -> AsyncIterator[App]:
    served, application = App(), web.Application()
    application.router.add_post("/slack/events", served.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    sandbox.deliver_over_http(served.url)
    yield served
    await runner.cleanup()


def is_signed(sandbox: Sandbox, headers: dict[str, str], body: bytes) -> bool:
    verifier = SignatureVerifier(sandbox.credentials.signing_secret)
    return verifier.is_valid_request(body, headers)


async def test_an_event_is_signed_json(sandbox: Sandbox, app: App) -> None:
    await sandbox.people.post("ana", "#general", "hi")
    await sandbox.wait_for(lambda: app.requests)
    headers, body = app.requests[0]
    assert is_signed(sandbox, headers, body)
    assert orjson.loads(body)["event"]["text"] == "hi"
    assert "X-Slack-Retry-Num" not in headers


async def test_a_clock_that_is_off_breaks_the_signature(sandbox: Sandbox, app: App) -> None:
    sandbox.clock.advance(-301)
    await sandbox.people.post("ana", "#general", "hi")
    await sandbox.wait_for(lambda: app.requests)
    assert not is_signed(sandbox, *app.requests[0])


async def test_a_failing_app_is_tried_three_more_times(sandbox: Sandbox, app: App) -> None:
    async def fail() -> web.Response:
        return web.Response(status=500)

    app.answer = fail
    await sandbox.people.post("ana", "#general", "hi")
    await sandbox.wait_for(lambda: len(app.requests) == 4)
    numbers = [headers.get("X-Slack-Retry-Num") for headers, _ in app.requests]
    assert numbers == [None, "1", "2", "3"]
    assert app.requests[1][0]["X-Slack-Retry-Reason"] == "http_error"


async def test_a_slow_app_is_tried_again(hasty: Sandbox, app: App) -> None:
    async def dawdle() -> web.Response:
        if len(app.requests) == 1:
            await asyncio.Event().wait()
        return web.Response()

    app.answer = dawdle
    hasty.deliver_over_http(app.url)
    await hasty.people.post("ana", "#general", "hi")
    await hasty.wait_for(lambda: len(app.requests) == 2)
    assert app.requests[1][0]["X-Slack-Retry-Reason"] == "http_timeout"


async def test_an_app_may_ask_for_no_retry(sandbox: Sandbox, app: App) -> None:
    async def refuse() -> web.Response:
        return web.Response(status=503, headers={"X-Slack-No-Retry": "1"})

    app.answer = refuse
    await sandbox.people.post("ana", "#general", "hi")
    delivery = sandbox.deliveries("message")[0]
    await sandbox.wait_for(lambda: delivery.attempts)
    assert delivery.attempts[0].outcome.final


async def test_an_app_that_is_away_is_tried_again(sandbox: Sandbox) -> None:
    sandbox.deliver_over_http("http://127.0.0.1:9/slack/events")
    await sandbox.people.post("ana", "#general", "hi")
    delivery = sandbox.deliveries("message")[0]
    await sandbox.wait_for(lambda: len(delivery.attempts) == 4)
    assert {attempt.outcome.reason for attempt in delivery.attempts} == {"connection_failed"}


async def test_several_request_urls_share_the_load(sandbox: Sandbox, app: App) -> None:
    sandbox.deliver_over_http(app.url, f"{app.url}?second")
    sandbox.courier.duplicate_next(2, everywhere=True)
    await sandbox.people.post("ana", "#general", "hi")
    await sandbox.wait_for(lambda: len(app.requests) == 4)


async def test_commands_and_interactions_are_forms(sandbox: Sandbox, app: App, client) -> None:
    await sandbox.people.command("ana", "#general", "/ask", "why?")
    posted = await client.chat_postMessage(channel="#general", text="x", blocks=[actions(button())])
    message = sandbox.workspace.channel("#general").messages[posted["ts"]]
    await sandbox.people.press("ana", "press", message)
    for headers, body in app.requests:
        if headers["Content-Type"] == "application/x-www-form-urlencoded":
            assert is_signed(sandbox, headers, body)
    bodies = [body.split(b"=")[0] for _, body in app.requests if not body.startswith(b"{")]
    assert bodies == [b"token", b"payload"]


async def test_a_text_answer_to_a_command_is_shown(sandbox: Sandbox, app: App) -> None:
    async def answer() -> web.Response:
        return web.Response(text="Working on it")

    app.answer = answer
    outcome = await sandbox.people.command("ana", "#general", "/ask", "why?")
    assert outcome.message is not None
    assert (outcome.message.text, outcome.message.ephemeral_for) == (
        "Working on it",
        sandbox.workspace.user("ana").id,
    )


async def test_an_app_that_fails_a_command_is_named(sandbox: Sandbox, app: App) -> None:
    async def fail() -> web.Response:
        return web.Response(status=500)

    app.answer = fail
    outcome = await sandbox.people.command("ana", "#general", "/ask")
    assert outcome.text == '/ask failed with the error "dispatch_failed"'


async def test_a_new_request_url_is_challenged(sandbox: Sandbox, app: App) -> None:
    async def parrot() -> web.Response:
        return web.Response(text=orjson.loads(app.requests[-1][1])["challenge"])

    assert not await sandbox.verify_url(app.url)
    app.answer = parrot
    assert await sandbox.verify_url(app.url)
