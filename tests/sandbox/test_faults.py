"""What goes wrong on purpose, and Slack's rate limits."""

import aiohttp
import pytest
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from tests.sandbox.slack import error_of, refusal


@pytest.fixture
def general(sandbox: Sandbox) -> str:
    return sandbox.workspace.channel("#general").id


@pytest.fixture
def impatient(sandbox: Sandbox, http: aiohttp.ClientSession) -> AsyncWebClient:
    """Without the client's own retry after a lost connection."""
    return AsyncWebClient(
        token=sandbox.credentials.bot_token, base_url=f"{sandbox.url}/api/", session=http, retry_handlers=[]
    )


@pytest.mark.parametrize("error", ["unknown_method", "missing_scope", "fatal_error"])
async def test_any_error_as_often_as_wanted(sandbox: Sandbox, client: AsyncWebClient, error: str) -> None:
    sandbox.faults.answer("auth.test", error, times=2)
    assert [await error_of(client.auth_test()) for _ in range(2)] == [error, error]
    assert (await client.auth_test())["ok"]


async def test_an_error_until_cleared(sandbox: Sandbox, client: AsyncWebClient) -> None:
    sandbox.faults.answer("*", "service_unavailable", times=None)
    for _ in range(3):
        assert await error_of(client.auth_test()) == "service_unavailable"
    sandbox.faults.clear()
    assert (await client.auth_test())["ok"]


async def test_a_rate_limit_says_how_long(sandbox: Sandbox, client: AsyncWebClient) -> None:
    sandbox.faults.rate_limit("auth.test", retry_after=7)
    answer = await refusal(client.auth_test())
    assert (answer.status_code, answer["error"], answer.headers["Retry-After"]) == (429, "ratelimited", "7")


async def test_the_clients_own_retry_works(sandbox: Sandbox, client: AsyncWebClient, monkeypatch) -> None:
    sandbox.faults.rate_limit("auth.test", retry_after=0)
    client.retry_handlers = [AsyncRateLimitErrorRetryHandler()]
    monkeypatch.setattr("random.random", lambda: 0.0)
    assert (await client.auth_test())["ok"]
    assert [call.status for call in sandbox.calls("auth.test")] == [429, 200]


async def test_a_server_error_is_one(sandbox: Sandbox, client: AsyncWebClient) -> None:
    sandbox.faults.server_error("auth.test")
    assert (await refusal(client.auth_test())).status_code == 500


async def test_a_cut_after_accepting_has_done_the_work(sandbox: Sandbox, impatient, general) -> None:
    sandbox.faults.cut("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await impatient.chat_postMessage(channel=general, text="kept")
    assert [message.text for message in sandbox.workspace.channels[general].top] == ["kept"]
    assert sandbox.calls("chat.postMessage")[0].answer is None


async def test_a_cut_before_accepting_has_not(sandbox: Sandbox, impatient, general) -> None:
    sandbox.faults.cut("chat.postMessage", when="before")
    with pytest.raises(aiohttp.ClientError):
        await impatient.chat_postMessage(channel=general, text="lost")
    assert not sandbox.workspace.channels[general].top


async def test_the_connection_retry_of_the_client_posts_twice(sandbox: Sandbox, client, general) -> None:
    sandbox.faults.cut("chat.postMessage")
    await client.chat_postMessage(channel=general, text="twice")
    assert len(sandbox.workspace.channels[general].top) == 2


async def test_stream_starts_are_counted_by_the_minute(sandbox: Sandbox, client: AsyncWebClient) -> None:
    sandbox.api.tiers.enforced = True
    asked = await sandbox.people.post("ana", sandbox.workspace.app_dm("ana"), "hi")
    target = {"channel": asked.channel.id, "thread_ts": asked.ts}
    for _ in range(20):
        await client.chat_startStream(**target)
    answer = await refusal(client.chat_startStream(**target))
    assert (answer.status_code, answer["error"]) == (429, "ratelimited")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    sandbox.clock.advance(61)
    assert (await client.chat_startStream(**target))["ok"]


async def test_a_channel_takes_one_post_a_second(sandbox: Sandbox, client: AsyncWebClient, general) -> None:
    sandbox.api.tiers.enforced = True
    await client.chat_postMessage(channel=general, text="1")
    assert await error_of(client.chat_postMessage(channel=general, text="2")) == "ratelimited"
    assert (await client.chat_postMessage(channel="#launch-video", text="3"))["ok"]


async def test_limits_are_off_by_default(client: AsyncWebClient, general: str) -> None:
    for _ in range(60):
        await client.chat_postMessage(channel=general, text="x")
