"""Agent sessions, the thinking line and suggested prompts."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from sandbox.state import Message
from tests.sandbox.slack import error_of


@pytest.fixture
async def question(sandbox: Sandbox) -> Message:
    return await sandbox.people.post("ana", sandbox.workspace.app_dm("ana"), "hi")


@pytest.fixture
def place(question: Message) -> dict[str, str]:
    return {"channel_id": question.channel.id, "thread_ts": question.ts}


async def test_a_session_is_made_named_and_renamed(sandbox: Sandbox, client: AsyncWebClient, place) -> None:
    await client.agents_sessions_setStatus(**place, status="processing", title="Pricing")
    session = sandbox.workspace.sessions[place["channel_id"], place["thread_ts"]]
    assert (session.status, session.title) == ("processing", "Pricing")
    await client.agents_sessions_setStatus(**place, status="active", title="Ignored")
    await client.agents_sessions_rename(**place, title="Prices")
    assert (session.status, session.title) == ("active", "Prices")


async def test_a_session_has_four_states(client: AsyncWebClient, place) -> None:
    assert await error_of(client.agents_sessions_setStatus(**place, status="bored")) == "invalid_arguments"


async def test_a_title_has_two_hundred_characters(client: AsyncWebClient, place) -> None:
    setting = client.agents_sessions_setStatus(**place, status="active", title="a" * 201)
    assert await error_of(setting) == "invalid_arguments"


async def test_only_a_known_session_is_renamed(client: AsyncWebClient, place) -> None:
    assert await error_of(client.agents_sessions_rename(**place, title="x")) == "session_not_found"


async def test_a_person_renames_a_session(sandbox: Sandbox, client: AsyncWebClient, place) -> None:
    await client.agents_sessions_setStatus(**place, status="active", title="Old")
    session = sandbox.workspace.sessions[place["channel_id"], place["thread_ts"]]
    sandbox.agents.rename_by(session, "New", sandbox.workspace.user("ana"))
    event = sandbox.deliveries("agent_session_title_changed")[0].payload["event"]
    assert (event["title"], event["previous_title"]) == ("New", "Old")


async def test_the_thinking_line_goes_when_the_app_writes(sandbox: Sandbox, client, place) -> None:
    await client.assistant_threads_setStatus(**place, status="is thinking…", loading_messages=["Reading"])
    key = (place["channel_id"], place["thread_ts"])
    assert sandbox.workspace.statuses[key].loading_messages == ("Reading",)
    await client.chat_postMessage(channel=key[0], thread_ts=key[1], text="Done")
    assert key not in sandbox.workspace.statuses


async def test_an_empty_status_clears_the_line(sandbox: Sandbox, client: AsyncWebClient, place) -> None:
    await client.assistant_threads_setStatus(**place, status="is thinking…")
    await client.assistant_threads_setStatus(**place, status="")
    assert not sandbox.workspace.statuses


async def test_there_are_ten_loading_messages_at_most(client: AsyncWebClient, place) -> None:
    setting = client.assistant_threads_setStatus(**place, status="x", loading_messages=["a"] * 11)
    assert await error_of(setting) == "invalid_arguments"


async def test_prompts_are_suggested_without_a_thread(
    sandbox: Sandbox, client: AsyncWebClient, place
) -> None:
    prompts = [{"title": "Try", "message": "Do it"}]
    await client.assistant_threads_setSuggestedPrompts(
        channel_id=place["channel_id"], prompts=prompts, title="Now"
    )
    assert sandbox.workspace.prompts[place["channel_id"]].prompts == tuple(prompts)


@pytest.mark.parametrize("prompts", [[], [{"title": "a", "message": "b"}] * 5, [{"title": "a"}], ["plain"]])
async def test_prompts_that_slack_refuses(client: AsyncWebClient, place, prompts) -> None:
    setting = client.assistant_threads_setSuggestedPrompts(channel_id=place["channel_id"], prompts=prompts)
    assert await error_of(setting) == "invalid_arguments"


async def test_a_title_of_a_thread_is_the_sessions(sandbox: Sandbox, client: AsyncWebClient, place) -> None:
    await client.assistant_threads_setTitle(**place, title="Prices")
    assert sandbox.workspace.sessions[place["channel_id"], place["thread_ts"]].title == "Prices"
