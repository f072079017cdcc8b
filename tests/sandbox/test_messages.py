"""chat.*: what is stored, what is shown, what is refused."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from tests.sandbox.slack import actions, button, error_of, plain, refusal, section


@pytest.fixture
def general(sandbox: Sandbox) -> str:
    return sandbox.workspace.channel("#general").id


async def test_timestamps_are_unique_and_rise(client: AsyncWebClient, general: str) -> None:
    stamps = [(await client.chat_postMessage(channel=general, text=str(n)))["ts"] for n in range(20)]
    assert stamps == sorted(set(stamps))


async def test_a_post_comes_back_as_slack_shows_it(sandbox: Sandbox, client: AsyncWebClient, general) -> None:
    answer = await client.chat_postMessage(channel=general, text="Hi", blocks=[section("Hi")])
    message = answer["message"]
    assert answer["channel"] == general
    assert (message["bot_id"], message["user"]) == (sandbox.workspace.bot.bot_id, sandbox.workspace.bot.id)
    assert message["bot_profile"]["app_id"] == sandbox.workspace.bot.app_id
    assert message["blocks"][0]["block_id"]


async def test_a_person_can_be_written_to_by_id(sandbox: Sandbox, client: AsyncWebClient) -> None:
    ana = sandbox.workspace.user("ana")
    answer = await client.chat_postMessage(channel=ana.id, text="Hi")
    assert answer["channel"] == sandbox.workspace.app_dm(ana).id


@pytest.mark.parametrize(
    ("channel", "error"),
    [("#marketing", "not_in_channel"), ("#nowhere", "channel_not_found"), ("C404", "channel_not_found")],
)
async def test_places_that_take_no_post(client: AsyncWebClient, channel: str, error: str) -> None:
    assert await error_of(client.chat_postMessage(channel=channel, text="Hi")) == error


async def test_a_private_channel_without_the_app_does_not_exist_for_it(sandbox: Sandbox, client) -> None:
    room = sandbox.workspace.channel("#edit-room")
    sandbox.workspace.leave(room, sandbox.workspace.bot)
    assert await error_of(client.chat_postMessage(channel=room.id, text="Hi")) == "channel_not_found"


async def test_an_archived_channel_takes_no_post(sandbox: Sandbox, client, general) -> None:
    sandbox.workspace.channel("#general").archived = True
    assert await error_of(client.chat_postMessage(channel=general, text="Hi")) == "is_archived"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"blocks": []}, "no_text"),
        ({"markdown_text": "a" * 12_001}, "msg_too_long"),
        ({"markdown_text": "a", "text": "b"}, "markdown_text_conflict"),
        ({"text": "a", "attachments": [{}] * 101}, "too_many_attachments"),
        ({"text": "a", "metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        (
            {"text": "a", "metadata": {"event_type": "x", "event_payload": {"k": "v" * 17_000}}},
            "metadata_too_large",
        ),
        ({"text": "a", "thread_ts": "1.000001"}, "thread_not_found"),
        (
            {"blocks": [{"type": "markdown", "text": "a" * 11_990}, section("b" * 1_500)]},
            "msg_blocks_too_long",
        ),
        ({"blocks": [section("x")] * 51}, "invalid_blocks"),
    ],
)
@pytest.mark.filterwarnings("ignore:The top-level `text` argument is missing")
async def test_content_that_slack_refuses(client: AsyncWebClient, general: str, content, error) -> None:
    assert await error_of(client.chat_postMessage(channel=general, **content)) == error


async def test_text_is_cut_at_forty_thousand(client: AsyncWebClient, general: str) -> None:
    answer = await client.chat_postMessage(channel=general, text="a" * 40_500)
    assert len(answer["message"]["text"]) == 40_000


async def test_wrong_blocks_are_named_with_their_place(client: AsyncWebClient, general: str) -> None:
    answer = await refusal(client.chat_postMessage(channel=general, text="x", blocks=[section("a" * 3_001)]))
    assert answer["error"] == "invalid_blocks"
    assert "/blocks/0/text/text" in answer["response_metadata"]["messages"][0]


async def test_metadata_is_shown_only_when_asked_for(client: AsyncWebClient, general: str) -> None:
    about = {"event_type": "turn", "event_payload": {"id": "1"}}
    await client.chat_postMessage(channel=general, text="Hi", metadata=about)
    silent = await client.conversations_history(channel=general)
    asked = await client.conversations_history(channel=general, include_all_metadata=True)
    assert "metadata" not in silent["messages"][0]
    assert asked["messages"][0]["metadata"] == about


async def test_another_name_makes_it_a_bot_message(client: AsyncWebClient, general: str) -> None:
    answer = await client.chat_postMessage(channel=general, text="Hi", username="Digest", icon_emoji=":tv:")
    assert (answer["message"]["subtype"], answer["message"]["username"]) == ("bot_message", "Digest")


async def test_an_update_keeps_the_blocks_it_does_not_mention(client: AsyncWebClient, general: str) -> None:
    posted = await client.chat_postMessage(channel=general, text="a", blocks=[section("a")])
    answer = await client.chat_update(channel=general, ts=posted["ts"], text="b")
    assert answer["message"]["blocks"] == posted["message"]["blocks"]
    assert answer["message"]["edited"]["user"] == posted["message"]["user"]


async def test_an_update_takes_four_thousand_characters(client: AsyncWebClient, general: str) -> None:
    posted = await client.chat_postMessage(channel=general, text="a")
    assert (
        await error_of(client.chat_update(channel=general, ts=posted["ts"], text="b" * 4_001))
        == "msg_too_long"
    )


async def test_only_own_messages_are_changed(sandbox: Sandbox, client: AsyncWebClient, general: str) -> None:
    theirs = await sandbox.people.post("ana", general, "mine")
    assert (
        await error_of(client.chat_update(channel=general, ts=theirs.ts, text="b")) == "cant_update_message"
    )
    assert await error_of(client.chat_delete(channel=general, ts=theirs.ts)) == "cant_delete_message"
    assert await error_of(client.chat_delete(channel=general, ts="1.000001")) == "message_not_found"


async def test_a_deleted_parent_stays_as_a_tombstone(
    sandbox: Sandbox, client: AsyncWebClient, general
) -> None:
    posted = await client.chat_postMessage(channel=general, text="parent")
    await client.chat_postMessage(channel=general, text="reply", thread_ts=posted["ts"])
    await client.chat_delete(channel=general, ts=posted["ts"])
    replies = (await client.conversations_replies(channel=general, ts=posted["ts"]))["messages"]
    assert [message.get("subtype") for message in replies] == ["tombstone", None]


async def test_an_ephemeral_is_for_one_person(sandbox: Sandbox, client: AsyncWebClient, general: str) -> None:
    ana = sandbox.workspace.user("ana")
    await client.chat_postEphemeral(channel=general, user=ana.id, text="psst")
    assert [message.text for message in sandbox.workspace.ephemerals("ana")] == ["psst"]
    assert not sandbox.workspace.ephemerals("ben")
    assert not (await client.conversations_history(channel=general))["messages"]


async def test_an_ephemeral_needs_its_reader_in_the_channel(sandbox: Sandbox, client: AsyncWebClient) -> None:
    room, mia = sandbox.workspace.channel("#edit-room").id, sandbox.workspace.user("mia").id
    assert (
        await error_of(client.chat_postEphemeral(channel=room, user=mia, text="x")) == "user_not_in_channel"
    )


async def test_a_permalink_names_the_thread(sandbox: Sandbox, client: AsyncWebClient, general: str) -> None:
    parent = await sandbox.people.post("ana", general, "parent")
    reply = await sandbox.people.post("ben", general, "reply", thread_ts=parent.ts)
    link = (await client.chat_getPermalink(channel=general, message_ts=reply.ts))["permalink"]
    assert link.endswith(
        f"/archives/{general}/p{reply.ts.replace('.', '')}?thread_ts={parent.ts}&cid={general}"
    )


async def test_a_reply_to_a_reply_joins_its_thread(sandbox: Sandbox, client: AsyncWebClient, general) -> None:
    parent = await sandbox.people.post("ana", general, "parent")
    reply = await sandbox.people.post("ben", general, "reply", thread_ts=parent.ts)
    answer = await client.chat_postMessage(channel=general, text="me too", thread_ts=reply.ts)
    assert answer["message"]["thread_ts"] == parent.ts
    assert [message.text for message in sandbox.workspace.thread(general, parent.ts)] == [
        "parent",
        "reply",
        "me too",
    ]


async def test_a_broadcast_reply_stands_in_the_channel(
    sandbox: Sandbox, client: AsyncWebClient, general
) -> None:
    parent = await sandbox.people.post("ana", general, "parent")
    await client.chat_postMessage(channel=general, text="all", thread_ts=parent.ts, reply_broadcast=True)
    newest = (await client.conversations_history(channel=general))["messages"][0]
    assert (newest["subtype"], newest["text"]) == ("thread_broadcast", "all")


async def test_elements_without_an_id_get_one(client: AsyncWebClient, general: str) -> None:
    nameless = {"type": "button", "text": plain("x")}
    answer = await client.chat_postMessage(channel=general, text="x", blocks=[actions(nameless, button())])
    ids = [element["action_id"] for element in answer["message"]["blocks"][0]["elements"]]
    assert ids[0]
    assert ids[1] == "press"


async def test_markdown_takes_the_place_of_blocks(client: AsyncWebClient, general: str) -> None:
    posted = await client.chat_postMessage(channel=general, text="a", blocks=[section("a")])
    answer = await client.chat_update(channel=general, ts=posted["ts"], markdown_text="# b")
    assert "blocks" not in answer["message"]
    assert answer["text"] == "# b"
