"""What the page gets: who sees what, live, and what a person writes."""

from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from tests.sandbox.window import Window


async def test_boot_shows_each_person_their_channels(ana: Window, gil: Window) -> None:
    hers, his = await ana.get("boot"), await gil.get("boot")
    assert [channel["name"] for channel in hers["channels"] if channel["kind"] == "private"] == ["edit-room"]
    assert [channel["name"] for channel in his["channels"]] == ["general", "launch-video", "Stock Bot"]
    assert [channel["kind"] for channel in his["channels"]] == ["public", "public", "app"]
    assert [command["command"] for command in hers["commands"]] == ["/ask", "/plain"]
    assert hers["app"]["name"] == "Stock Bot"


async def test_a_post_is_seen_live_by_members_only(
    sandbox: Sandbox, ana: Window, gil: Window, general
) -> None:
    await ana.listen()
    await gil.listen()
    room = sandbox.workspace.channel("#edit-room").id
    assert (await ana.do("post", channel=room, text="private"))["ok"]
    assert (await ana.do("post", channel=general, text="public"))["ok"]
    assert (await ana.hears("message"))["message"]["text"] == "private"
    assert (await gil.hears("message"))["message"]["text"] == "public"


async def test_an_ephemeral_is_seen_by_its_reader_only(sandbox: Sandbox, client, ana, gil, general) -> None:
    await ana.listen()
    await gil.listen()
    await client.chat_postEphemeral(channel=general, user=ana.me, text="psst")
    shown = (await ana.hears("ephemeral"))["message"]
    assert shown["ephemeral"]
    await ana.do("post", channel=general, text="next")
    await gil.hears("message")
    assert "ephemeral" not in {event["type"] for event in gil.heard}
    assert [message["text"] for message in (await gil.get("messages", channel=general))["messages"]] == [
        "next"
    ]
    await ana.do("delete", channel=general, ts=shown["ts"])
    assert (await ana.hears("ephemeral_deleted"))["ts"] == shown["ts"]


async def test_a_stream_is_seen_growing(client: AsyncWebClient, sandbox: Sandbox, ana: Window) -> None:
    asked = await sandbox.people.post("ana", sandbox.workspace.app_dm("ana"), "hi")
    await ana.listen()
    started = await client.chat_startStream(channel=asked.channel.id, thread_ts=asked.ts)
    begun = (await ana.hears("message"))["message"]
    assert (begun["streaming_state"], begun["stoppable"]) == ("in_progress", True)
    await client.chat_appendStream(channel=asked.channel.id, ts=started["ts"], markdown_text="# One")
    assert (await ana.hears("stream"))["append"] == "# One"
    task = {"type": "task_update", "id": "1", "title": "Read", "status": "complete"}
    await client.chat_appendStream(channel=asked.channel.id, ts=started["ts"], chunks=[task])
    await ana.hears("message_changed")
    await client.chat_stopStream(channel=asked.channel.id, ts=started["ts"])
    ended = (await ana.hears("message_changed"))["message"]
    assert (ended["streaming_state"], ended["markdown"]) == ("completed", "# One")
    assert ended["chunks"][0]["title"] == "Read"


async def test_a_thread_is_read_with_its_parent(sandbox: Sandbox, ana: Window, general: str) -> None:
    parent = (await ana.do("post", channel=general, text="parent"))["message"]
    await ana.do("post", channel=general, text="reply", thread_ts=parent["ts"])
    thread = await ana.get("messages", channel=general, thread_ts=parent["ts"])
    assert [message["text"] for message in thread["messages"]] == ["parent", "reply"]
    top = await ana.get("messages", channel=general)
    assert [message.get("reply_count") for message in top["messages"]] == [1]


async def test_older_messages_are_fetched_before_a_moment(ana: Window, general: str) -> None:
    stamps = [(await ana.do("post", channel=general, text=str(n)))["message"]["ts"] for n in range(5)]
    newest = await ana.get("messages", channel=general, limit=2)
    assert ([message["ts"] for message in newest["messages"]], newest["has_more"]) == (stamps[3:], True)
    older = await ana.get("messages", channel=general, before=stamps[3], limit=3)
    assert ([message["ts"] for message in older["messages"]], older["has_more"]) == (stamps[:3], False)


async def test_unread_counts_rise_and_fall(ana: Window, gil: Window, general: str) -> None:
    await gil.listen()
    posted = (await ana.do("post", channel=general, text="hi"))["message"]
    assert (await gil.hears("unread"))["unread"] == 1
    await gil.do("read", channel=general, ts=posted["ts"])
    assert (await gil.hears("unread"))["unread"] == 0


async def test_editing_reacting_and_deleting(ana: Window, gil: Window, general: str) -> None:
    await gil.listen()
    ts = (await ana.do("post", channel=general, text="hi"))["message"]["ts"]
    await ana.do("edit", channel=general, ts=ts, text="hello")
    assert (await gil.hears("message_changed"))["message"]["text"] == "hello"
    await gil.do("react", channel=general, ts=ts, name="eyes")
    assert (await gil.hears("reaction"))["reactions"][0]["users"] == [gil.me]
    assert (await gil.do("delete", channel=general, ts=ts))["error"] == "cant_delete_message"
    await ana.do("delete", channel=general, ts=ts)
    assert (await gil.hears("message_deleted"))["ts"] == ts


async def test_a_file_goes_up_and_comes_back(sandbox: Sandbox, ana: Window, http, general: str) -> None:
    url = f"{sandbox.url}/ui/upload"
    async with http.post(url, params={"as": ana.me, "name": "a.png"}, data=b"png") as answer:
        file = (await answer.json())["file"]
    message = (await ana.do("post", channel=general, text="", files=[file["id"]]))["message"]
    assert (message["subtype"], message["files"][0]["mimetype"]) == ("file_share", "image/png")
    async with http.get(f"{sandbox.url}/ui/file/{file['id']}", params={"as": ana.me}) as answer:
        assert await answer.read() == b"png"
