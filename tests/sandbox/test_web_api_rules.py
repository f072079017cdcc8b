"""Tokens, scopes, arguments and headers: what every method has in common."""

import asyncio
from dataclasses import replace

import aiohttp
import pytest
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from sandbox.settings import SandboxSettings
from tests.sandbox.slack import error_of, refusal


def caller(sandbox: Sandbox, http: aiohttp.ClientSession, token: str | None) -> AsyncWebClient:
    return AsyncWebClient(token=token, base_url=f"{sandbox.url}/api/", session=http)


async def test_the_synchronous_client_is_served_too(sandbox: Sandbox) -> None:
    client = WebClient(token=sandbox.credentials.bot_token, base_url=f"{sandbox.url}/api/")
    answer = await asyncio.to_thread(client.auth_test)
    assert answer["user_id"] == sandbox.workspace.bot.id
    assert answer["bot_id"] == sandbox.workspace.bot.bot_id


@pytest.mark.parametrize(("token", "error"), [(None, "not_authed"), ("xoxb-wrong", "invalid_auth")])
async def test_a_wrong_token_is_refused(sandbox: Sandbox, http, token, error) -> None:
    assert await error_of(caller(sandbox, http, token).auth_test()) == error


async def test_a_revoked_token_is_refused(sandbox: Sandbox, client: AsyncWebClient) -> None:
    sandbox.api.revoked = True
    assert await error_of(client.auth_test()) == "token_revoked"


async def test_an_app_token_opens_sockets_and_nothing_else(sandbox: Sandbox, http) -> None:
    with_app_token = caller(sandbox, http, sandbox.credentials.app_token)
    assert await error_of(with_app_token.users_list()) == "not_allowed_token_type"
    opened = await with_app_token.apps_connections_open(app_token=sandbox.credentials.app_token)
    assert opened["url"].startswith("ws://")


async def test_a_bot_token_opens_no_socket(sandbox: Sandbox, client: AsyncWebClient) -> None:
    opening = client.apps_connections_open(app_token=sandbox.credentials.bot_token)
    assert await error_of(opening) == "not_allowed_token_type"


async def test_an_unknown_method_is_refused(client: AsyncWebClient) -> None:
    assert await error_of(client.api_call("chat.shout")) == "unknown_method"


async def test_an_unknown_argument_is_refused_by_name(client: AsyncWebClient) -> None:
    answer = await refusal(client.chat_postMessage(channel="C1", text="x", colour="red"))
    assert answer["error"] == "invalid_arguments"
    assert "unknown argument: colour" in answer["response_metadata"]["messages"][0]


async def test_a_missing_argument_is_refused_by_name(client: AsyncWebClient) -> None:
    answer = await refusal(client.api_call("reactions.add", params={"name": "eyes"}))
    assert "missing required field: channel" in answer["response_metadata"]["messages"][0]


async def test_a_broken_body_is_refused(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    headers = {"Authorization": f"Bearer {sandbox.credentials.bot_token}", "Content-Type": "application/json"}
    answer = await http.post(f"{sandbox.url}/api/auth.test", data="{", headers=headers)
    assert (await answer.json())["error"] == "invalid_json"


@pytest.mark.parametrize("carrier", ["params", "data", "json"])
async def test_arguments_come_by_query_form_and_json(
    sandbox: Sandbox, client: AsyncWebClient, carrier
) -> None:
    args = {"channel": sandbox.workspace.channel("#general").id, "text": "hello", "blocks": "[]"}
    answer = await client.api_call("chat.postMessage", **{carrier: args})
    assert answer["message"]["text"] == "hello"


async def test_a_form_may_carry_the_token(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    form = {"token": sandbox.credentials.bot_token}
    answer = await http.post(f"{sandbox.url}/api/auth.test", data=form)
    assert (await answer.json())["ok"]


async def test_answers_name_the_scopes(sandbox: Sandbox, client: AsyncWebClient) -> None:
    answer = await client.users_list()
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")
    assert answer.headers["x-accepted-oauth-scopes"] == "users:read"
    assert answer.headers["x-slack-req-id"]


async def test_the_api_test_echoes_and_fails_on_demand(client: AsyncWebClient) -> None:
    assert (await client.api_test(foo="bar"))["args"] == {"foo": "bar"}
    assert await error_of(client.api_test(error="my_error")) == "my_error"


async def test_an_undeclared_scope_is_named(settings: SandboxSettings, http, tmp_path) -> None:
    text = (
        settings.manifest.read_text()
        .replace("      - users:read\n", "")
        .replace("      - channels:history\n", "")
    )
    (tmp_path / "manifest.yml").write_text(text)
    async with Sandbox.running(replace(settings, manifest=tmp_path / "manifest.yml")) as sandbox:
        client = caller(sandbox, http, sandbox.credentials.bot_token)
        answer = await refusal(client.users_list())
        assert (answer["error"], answer["needed"]) == ("missing_scope", "users:read")
        assert "chat:write" in answer["provided"]
        general = sandbox.workspace.channel("#general").id
        needed = (await refusal(client.conversations_history(channel=general)))["needed"]
        assert needed == "channels:history"


async def test_calls_are_kept_for_tests(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await client.api_test(foo="bar")
    await error_of(client.users_info(user="U404"))
    assert sandbox.calls("api.test")[0].args["foo"] == "bar"
    assert [call.ok for call in sandbox.calls("users.info")] == [False]
