"""Which events the app gets, and what is in them."""

from dataclasses import replace
from typing import Any

import pytest

from sandbox.server import Sandbox
from sandbox.settings import SandboxSettings
from tests.sandbox.stock import StockBot


def events(sandbox: Sandbox, name: str) -> list[dict[str, Any]]:
    return [delivery.payload["event"] for delivery in sandbox.deliveries(name)]


async def test_an_envelope_is_complete(sandbox: Sandbox) -> None:
    message = await sandbox.people.mention("ana", "#general", "hi")
    envelope = sandbox.deliveries("app_mention")[0].payload
    bot = sandbox.workspace.bot
    assert (envelope["type"], envelope["team_id"], envelope["api_app_id"]) == (
        "event_callback",
        sandbox.workspace.team_id,
        bot.app_id,
    )
    assert envelope["authorizations"][0]["user_id"] == bot.id
    assert envelope["event"]["ts"] == message.ts
    assert envelope["event_id"].startswith("Ev")
    assert envelope["is_ext_shared_channel"] is False
    assert {"token", "event_time", "event_context", "context_team_id"} <= envelope.keys()


async def test_each_event_has_its_own_id(sandbox: Sandbox) -> None:
    await sandbox.people.mention("ana", "#general", "hi")
    ids = {delivery.payload["event_id"] for delivery in sandbox.deliveries()}
    assert len(ids) == 2


async def test_a_mention_where_the_app_is_not_comes_without_its_twin(sandbox: Sandbox) -> None:
    await sandbox.people.mention("ana", "#marketing", "hi")
    assert len(events(sandbox, "app_mention")) == 1
    assert not events(sandbox, "message")


async def test_a_direct_message_is_no_mention(sandbox: Sandbox) -> None:
    await sandbox.people.mention("ana", sandbox.workspace.app_dm("ana"), "hi")
    assert not events(sandbox, "app_mention")
    event = events(sandbox, "message")[0]
    assert event["channel_type"] == "im"
    assert "thread_ts" not in event


@pytest.mark.parametrize(("channel", "kind"), [("#general", "channel"), ("#edit-room", "group")])
async def test_messages_name_the_kind_of_their_channel(sandbox: Sandbox, channel: str, kind: str) -> None:
    await sandbox.people.post("ana", channel, "hello <@U0SANDBEN1> :tada:")
    event = events(sandbox, "message")[0]
    assert event["channel_type"] == kind
    assert event["client_msg_id"]
    elements = event["blocks"][0]["elements"][0]["elements"]
    assert [element["type"] for element in elements] == ["text", "user", "text", "emoji"]


async def test_what_happens_elsewhere_stays_there(sandbox: Sandbox) -> None:
    await sandbox.people.post("ana", "#marketing", "ours")
    assert not sandbox.deliveries()


async def test_an_edit_and_a_deletion_carry_both_versions(sandbox: Sandbox) -> None:
    message = await sandbox.people.post("ana", "#general", "first")
    await sandbox.people.edit("ana", message, "second")
    await sandbox.people.delete("ana", message)
    changed = events(sandbox, "message/message_changed")[0]
    assert (changed["previous_message"]["text"], changed["message"]["text"]) == ("first", "second")
    assert changed["message"]["edited"]["user"] == message.sender.id
    deleted = events(sandbox, "message/message_deleted")[0]
    assert (deleted["deleted_ts"], deleted["previous_message"]["text"]) == (message.ts, "second")
    assert deleted["hidden"]


async def test_another_bot_is_heard_with_its_bot_id(sandbox: Sandbox) -> None:
    bot = sandbox.workspace.bot
    await sandbox.people.other_bot_posts("#general", f"<@{bot.id}> hello")
    assert events(sandbox, "app_mention")[0]["bot_id"] == sandbox.workspace.other_bot.bot_id
    assert "client_msg_id" not in events(sandbox, "message")[0]


async def test_a_broadcast_reply_has_its_subtype(sandbox: Sandbox) -> None:
    parent = await sandbox.people.post("ana", "#general", "parent")
    await sandbox.people.post("ben", "#general", "all", thread_ts=parent.ts, broadcast=True)
    event = events(sandbox, "message/thread_broadcast")[0]
    assert (event["thread_ts"], event["parent_user_id"]) == (parent.ts, parent.sender.id)


async def test_reactions_are_told(sandbox: Sandbox) -> None:
    message = await sandbox.people.post("ana", "#general", "hi")
    await sandbox.people.react("ben", message, "eyes")
    await sandbox.people.unreact("ben", message, "eyes")
    added, removed = events(sandbox, "reaction_added")[0], events(sandbox, "reaction_removed")[0]
    assert added["item"] == {"type": "message", "channel": message.channel.id, "ts": message.ts}
    assert (added["item_user"], removed["reaction"]) == (message.sender.id, "eyes")


async def test_coming_and_going_are_told(sandbox: Sandbox) -> None:
    await sandbox.people.leave("ben", "#general")
    await sandbox.people.join("ben", "#general")
    await sandbox.people.invite("ana", "#edit-room", "mia")
    joined = events(sandbox, "member_joined_channel")
    assert [event["channel_type"] for event in joined] == ["C", "G"]
    assert joined[1]["inviter"] == sandbox.workspace.user("ana").id
    assert len(events(sandbox, "member_left_channel")) == 1
    assert len(events(sandbox, "message/channel_join")) == 1


async def test_a_changed_person_is_told(sandbox: Sandbox) -> None:
    gil = sandbox.workspace.user("gil")
    gil.tz = "Europe/Paris"
    sandbox.workspace.change_user(gil)
    assert events(sandbox, "user_change")[0]["user"]["tz"] == "Europe/Paris"


async def test_an_uninstalled_app_hears_it_and_then_nothing(sandbox: Sandbox, client) -> None:
    sandbox.uninstall()
    await sandbox.people.mention("ana", "#general", "hi")
    assert [delivery.name for delivery in sandbox.deliveries()] == ["app_uninstalled", "tokens_revoked"]


async def test_events_may_overtake_each_other(sandbox: Sandbox) -> None:
    heard: list[str] = []
    async with StockBot.connected(sandbox) as bot:

        @bot.app.event("message")
        async def hear(event: dict[str, Any]) -> None:
            heard.append(event["text"])

        sandbox.courier.reorder_next(3)
        for text in ("one", "two"):
            await sandbox.people.post("ana", "#general", text)
        assert all(not delivery.attempts for delivery in sandbox.deliveries("message"))
        await sandbox.people.post("ana", "#general", "three")
        await sandbox.wait_for(lambda: len(heard) == 3)
    assert heard == ["three", "two", "one"]


async def test_only_declared_events_are_delivered(settings: SandboxSettings, tmp_path) -> None:
    text = (
        settings.manifest.read_text().replace("      - app_mention\n", "").replace("      - im:history\n", "")
    )
    (tmp_path / "manifest.yml").write_text(text)
    async with Sandbox.running(replace(settings, manifest=tmp_path / "manifest.yml")) as sandbox:
        await sandbox.people.mention("ana", "#general", "hi")
        await sandbox.people.post("ana", sandbox.workspace.app_dm("ana"), "hi")
        assert [delivery.payload["event"]["channel_type"] for delivery in sandbox.deliveries()] == ["channel"]
