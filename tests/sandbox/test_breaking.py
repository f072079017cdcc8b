"""What `--break` breaks, and that it can be mended."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.__main__ import main
from sandbox.breaking import BREAKS, unknown
from sandbox.server import Sandbox
from tests.sandbox.slack import error_of, refusal

ANTHROPIC = {"model": "claude-sonnet-5", "max_tokens": 16, "messages": [{"role": "user", "content": "hi"}]}
OPENAI = {"model": "gpt-5.5", "input": "hi"}


async def asked(sandbox: Sandbox, http: aiohttp.ClientSession, provider: str) -> int:
    """The status that this provider answers."""
    keys = sandbox.credentials
    if provider == "anthropic":
        url, body, headers = (
            "anthropic/v1/messages",
            ANTHROPIC,
            {"x-api-key": keys.anthropic_key, "anthropic-version": "2023-06-01"},
        )
    else:
        url, body, headers = "openai/v1/responses", OPENAI, {"Authorization": f"Bearer {keys.openai_key}"}
    async with http.post(f"{sandbox.url}/{url}", json=body, headers=headers) as answer:
        return answer.status


async def test_every_other_post_is_limited(sandbox: Sandbox, client: AsyncWebClient, general: str) -> None:
    sandbox.breaking.start(["slack-429"])
    await client.chat_postMessage(channel=general, text="goes through")
    limited = await refusal(client.chat_postMessage(channel=general, text="does not"))
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "2")
    await client.chat_postMessage(channel=general, text="goes through again")


async def test_every_third_post_meets_a_server_error(sandbox: Sandbox, client, general: str) -> None:
    sandbox.breaking.start(["slack-500"])
    for _ in range(2):
        await client.chat_postMessage(channel=general, text="fine")
    assert await error_of(client.chat_postMessage(channel=general, text="not")) == "internal_error"


async def test_streaming_is_not_there(sandbox: Sandbox, client: AsyncWebClient, general: str) -> None:
    sandbox.breaking.start(["no-streaming"])
    call = client.api_call("chat.startStream", json={"channel": general})
    assert await error_of(call) == "feature_not_enabled"


@pytest.mark.parametrize(
    ("what", "anthropic", "openai"),
    [("claude-down", 529, 200), ("openai-down", 200, 500), ("both-down", 529, 500)],
)
async def test_providers_are_down(sandbox: Sandbox, http, what, anthropic, openai) -> None:
    sandbox.breaking.start([what])
    assert await asked(sandbox, http, "anthropic") == anthropic
    assert await asked(sandbox, http, "openai") == openai


@pytest.mark.parametrize(("what", "kind"), [("slow-model", "slow"), ("cut-model", "cut")])
async def test_models_are_slow_or_cut_off(sandbox: Sandbox, what: str, kind: str) -> None:
    sandbox.breaking.start([what])
    faults = [sandbox.providers.faults.standing(provider) for provider in ("anthropic", "openai")]
    assert [fault.kind for fault in faults if fault] == [kind, kind]


async def test_charts_are_refused_in_messages_and_on_home(sandbox: Sandbox, client, general: str) -> None:
    point = {"label": "Mon", "value": 1}
    line = {
        "type": "line",
        "series": [{"name": "a", "data": [point]}],
        "axis_config": {"categories": ["Mon"]},
    }
    chart = {"type": "data_visualization", "title": "a", "chart": line}
    home = {"type": "home", "blocks": [chart]}
    await client.chat_postMessage(channel=general, text="a", blocks=[chart])
    sandbox.breaking.start(["no-charts"])
    with pytest.raises(SlackApiError, match="invalid_blocks"):
        await client.chat_postMessage(channel=general, text="a", blocks=[chart])
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client.views_publish(user_id=sandbox.workspace.user("ana").id, view=home)


async def test_sockets_drop_again_and_again(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    dropped: list[str | None] = []
    monkeypatch.setattr("sandbox.breaking._DROPPED_EVERY", 0.01)
    monkeypatch.setattr(sandbox.socket_mode, "drop", lambda connection=None: dropped.append(connection))
    sandbox.breaking.start(["sockets"])
    await sandbox.wait_for(lambda: len(dropped) >= 2)


async def test_the_clock_is_ahead(sandbox: Sandbox) -> None:
    sandbox.breaking.start(["clock"])
    assert sandbox.clock.offset == 600


@pytest.mark.parametrize("what", BREAKS)
async def test_everything_can_be_mended(sandbox: Sandbox, client, http, general: str, what: str) -> None:
    sandbox.breaking.start([what])
    assert what in sandbox.breaking.notes[0]
    sandbox.breaking.mend()
    assert (sandbox.breaking.notes, sandbox.clock.offset) == ([], 0.0)
    for _ in range(3):
        await client.chat_postMessage(channel=general, text="fine")
    assert [await asked(sandbox, http, provider) for provider in ("anthropic", "openai")] == [200, 200]


def test_a_strange_name_gets_a_friendly_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--break", "sockets,coffee", "--no-bot"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("coffee is nothing that can be broken here")
    assert all(f"  {name} " in told for name in BREAKS)
    assert unknown(BREAKS) == ""
