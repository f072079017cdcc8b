"""chat.startStream and its friends: growth, life, death and Stop."""

from dataclasses import replace

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from sandbox.settings import SandboxSettings
from sandbox.state import Message
from tests.sandbox.slack import actions, button, error_of


@pytest.fixture
async def question(sandbox: Sandbox) -> Message:
    return await sandbox.people.post("ana", "#general", "question")


@pytest.fixture
def target(sandbox: Sandbox, question: Message) -> dict[str, str]:
    return {
        "channel": question.channel.id,
        "thread_ts": question.ts,
        "recipient_team_id": sandbox.workspace.team_id,
        "recipient_user_id": question.sender.id,
    }


@pytest.fixture
async def stream(client: AsyncWebClient, target: dict[str, str]) -> dict[str, str]:
    """A live stream, as channel and ts."""
    started = await client.chat_startStream(**target, markdown_text="One")
    return {"channel": started["channel"], "ts": started["ts"]}


def streamed(sandbox: Sandbox, stream: dict[str, str]) -> Message:
    return sandbox.workspace.channels[stream["channel"]].messages[stream["ts"]]


async def test_text_adds_up(sandbox: Sandbox, client: AsyncWebClient, stream) -> None:
    await client.chat_appendStream(**stream, markdown_text=" two")
    assert streamed(sandbox, stream).streaming_state == "in_progress"
    answer = await client.chat_stopStream(**stream, chunks=[{"type": "markdown_text", "text": " three"}])
    assert answer["message"]["text"] == "One two three"
    assert streamed(sandbox, stream).streaming_state == "completed"


async def test_tasks_are_replaced_and_their_details_added(sandbox: Sandbox, client, stream) -> None:
    task = {"type": "task_update", "id": "1", "title": "Read", "status": "in_progress", "details": "a"}
    await client.chat_appendStream(**stream, chunks=[{"type": "plan_update", "title": "Plan"}, task])
    done = {**task, "title": "Read it", "status": "complete", "details": "b"}
    await client.chat_appendStream(**stream, chunks=[done])
    plan, merged = streamed(sandbox, stream).chunks
    assert plan["title"] == "Plan"
    assert (merged["title"], merged["status"], merged["details"]) == ("Read it", "complete", "ab")


async def test_closing_blocks_and_metadata_are_kept(client: AsyncWebClient, stream) -> None:
    about = {"event_type": "turn", "event_payload": {}}
    answer = await client.chat_stopStream(**stream, blocks=[actions(button())], metadata=about)
    assert answer["message"]["blocks"][0]["type"] == "actions"
    assert answer["message"]["metadata"] == about


async def test_a_start_takes_no_metadata(client: AsyncWebClient, target) -> None:
    starting = client.chat_startStream(**target, metadata={"event_type": "a", "event_payload": {}})
    assert await error_of(starting) == "invalid_arguments"


@pytest.mark.parametrize("name", ["recipient_team_id", "recipient_user_id"])
async def test_a_channel_stream_needs_its_recipient(client: AsyncWebClient, target, name) -> None:
    del target[name]
    assert await error_of(client.chat_startStream(**target)) == f"missing_{name}"


async def test_a_direct_message_needs_no_recipient(sandbox: Sandbox, client: AsyncWebClient) -> None:
    asked = await sandbox.people.post("ana", sandbox.workspace.app_dm("ana"), "hi")
    assert (await client.chat_startStream(channel=asked.channel.id, thread_ts=asked.ts))["ok"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({"markdown_text": "a", "chunks": []}, "cannot_provide_both_markdown_text_and_chunks"),
        ({"markdown_text": "a" * 12_001}, "msg_too_long"),
        ({"chunks": [{"type": "shout"}]}, "invalid_chunks"),
        ({"chunks": [{"type": "task_update", "id": "1", "title": "x"}]}, "invalid_chunks"),
        ({"chunks": [{"type": "plan_update", "title": "x" * 257}]}, "invalid_chunks"),
        ({"chunks": [{"type": "blocks", "blocks": [{"type": "shout"}]}]}, "invalid_blocks"),
        ({}, "no_text"),
    ],
)
async def test_chunks_that_slack_refuses(client: AsyncWebClient, stream, content, error) -> None:
    assert await error_of(client.chat_appendStream(**stream, **content)) == error


async def test_a_stopped_stream_is_over(client: AsyncWebClient, stream) -> None:
    await client.chat_stopStream(**stream)
    for call in (client.chat_appendStream(**stream, markdown_text="x"), client.chat_stopStream(**stream)):
        assert await error_of(call) == "message_not_in_streaming_state"


async def test_a_stream_dies_after_five_minutes(sandbox: Sandbox, client: AsyncWebClient, stream) -> None:
    sandbox.clock.advance(301)
    appending = client.chat_appendStream(**stream, markdown_text="x")
    assert await error_of(appending) == "message_not_in_streaming_state"
    assert (await client.chat_update(**stream, text="Whole answer"))["text"] == "Whole answer"


async def test_a_stream_dies_by_itself(settings: SandboxSettings, http) -> None:
    async with Sandbox.running(replace(settings, stream_lifetime=0.01)) as sandbox:
        token = sandbox.credentials.bot_token
        client = AsyncWebClient(token=token, base_url=f"{sandbox.url}/api/", session=http)
        asked = await sandbox.people.post("ana", sandbox.workspace.app_dm("ana"), "hi")
        started = await client.chat_startStream(channel=asked.channel.id, thread_ts=asked.ts)
        message = asked.channel.messages[started["ts"]]
        await sandbox.wait_for(lambda: message.streaming_state == "completed")


async def test_a_live_stream_cannot_be_updated(client: AsyncWebClient, stream) -> None:
    assert await error_of(client.chat_update(**stream, text="x")) == "streaming_state_conflict"


async def test_stop_ends_the_stream_and_tells_the_app(sandbox: Sandbox, client, stream, question) -> None:
    stopped = await sandbox.people.stop("ana", "#general", question.ts)
    assert stopped == [stream["ts"]]
    assert await error_of(client.chat_appendStream(**stream, markdown_text="x")) == "stopped_by_user"
    event = sandbox.deliveries("agent_session_stopped")[0].payload["event"]
    assert event["streaming_message_ts"] == stopped
    assert (event["thread_ts"], event["user"]) == (question.ts, question.sender.id)


async def test_only_messages_of_the_app_are_streams(client: AsyncWebClient, question: Message) -> None:
    target = {"channel": question.channel.id, "ts": question.ts}
    assert await error_of(client.chat_appendStream(**target, markdown_text="x")) == "message_not_owned_by_app"


async def test_the_end_of_a_stream_may_end_the_session(sandbox: Sandbox, client, stream, question) -> None:
    channel = question.channel.id
    await client.agents_sessions_setStatus(channel_id=channel, thread_ts=question.ts, status="processing")
    await client.chat_stopStream(**stream, session_status="active")
    assert sandbox.workspace.sessions[channel, question.ts].status == "active"
