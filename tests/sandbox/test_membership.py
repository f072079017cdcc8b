"""Channels that the app makes, names, fills, empties and closes; pins, later messages, guests and Slackbot."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.people import Refused
from sandbox.server import Sandbox
from tests.sandbox.slack import error_of, refusal


@pytest.fixture
async def made(client: AsyncWebClient) -> str:
    """A channel of the app's own."""
    return (await client.conversations_create(name="aurora-one"))["channel"]["id"]


async def test_a_made_channel_is_told_and_has_its_maker_in_it(sandbox: Sandbox, made: str) -> None:
    event = sandbox.deliveries("channel_created")[0].payload["event"]
    assert event["channel"] == {
        "id": made,
        "name": "aurora-one",
        "created": sandbox.workspace.channels[made].created,
        "creator": sandbox.workspace.bot.id,
    }
    assert list(sandbox.workspace.channels[made].members) == [sandbox.workspace.bot.id]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("general", "name_taken"),
        ("", "invalid_name_required"),
        ("a" * 81, "invalid_name_maxlength"),
        ("--", "invalid_name_punctuation"),
        ("Aurora", "invalid_name_specials"),
        ("two words", "invalid_name_specials"),
    ],
)
async def test_names_that_slack_refuses(client: AsyncWebClient, name: str, error: str) -> None:
    assert await error_of(client.api_call("conversations.create", params={"name": name})) == error


async def test_an_invited_person_is_in_and_everyone_hears_it(
    sandbox: Sandbox, client: AsyncWebClient, made: str
) -> None:
    ana = sandbox.workspace.user("ana")
    answer = await client.conversations_invite(channel=made, users=[ana.id])
    assert answer["channel"]["id"] == made
    assert ana.id in sandbox.workspace.channels[made].members
    joined = sandbox.deliveries("member_joined_channel")[0].payload["event"]
    assert (joined["user"], joined["inviter"]) == (ana.id, sandbox.workspace.bot.id)


@pytest.mark.parametrize(
    ("user", "error"),
    [
        ("U404", "user_not_found"),
        ("U0SANDBOT1", "cant_invite_self"),
        ("USLACKBOT", "cant_invite"),
        ("U0SANDANA1", "already_in_channel"),
    ],
)
async def test_invitations_that_slack_refuses(client: AsyncWebClient, general: str, user, error) -> None:
    answer = await refusal(client.conversations_invite(channel=general, users=user))
    assert answer["error"] == error
    assert answer["errors"] == [{"user": user, "ok": False, "error": error}]


async def test_force_invites_those_who_can_be(sandbox: Sandbox, client: AsyncWebClient, made: str) -> None:
    answer = await client.conversations_invite(channel=made, users=["U404", "U0SANDBEN1"], force=True)
    assert answer["errors"][0]["user"] == "U404"
    assert "U0SANDBEN1" in sandbox.workspace.channels[made].members


async def test_only_members_invite(sandbox: Sandbox, client: AsyncWebClient) -> None:
    marketing = sandbox.workspace.channel("#marketing").id
    assert (
        await error_of(client.conversations_invite(channel=marketing, users="U0SANDBEN1")) == "not_in_channel"
    )


async def test_a_person_is_removed_once(sandbox: Sandbox, client: AsyncWebClient, made: str) -> None:
    ana = sandbox.workspace.user("ana").id
    await client.conversations_invite(channel=made, users=ana)
    await client.conversations_kick(channel=made, user=ana)
    assert sandbox.deliveries("member_left_channel")[0].payload["event"]["user"] == ana
    assert await error_of(client.conversations_kick(channel=made, user=ana)) == "not_in_channel"


@pytest.mark.parametrize(
    ("channel", "user", "error"),
    [
        ("C0SANDLAU1", "U0SANDBOT1", "cant_kick_self"),
        ("C0SANDGEN1", "U0SANDANA1", "cant_kick_from_general"),
        ("C0SANDLAU1", "U404", "user_not_found"),
        ("D0SANDANA1", "U0SANDANA1", "method_not_supported_for_channel_type"),
    ],
)
async def test_removals_that_slack_refuses(client: AsyncWebClient, channel, user, error) -> None:
    assert await error_of(client.conversations_kick(channel=channel, user=user)) == error


async def test_the_app_leaves_and_hears_of_it(sandbox: Sandbox, client: AsyncWebClient) -> None:
    launch = sandbox.workspace.channel("#launch-video").id
    assert (await client.conversations_leave(channel=launch)).get("not_in_channel") is None
    assert sandbox.deliveries("channel_left")[0].payload["event"]["channel"] == launch
    assert (await client.conversations_leave(channel=launch))["not_in_channel"]
    assert await error_of(client.chat_postMessage(channel=launch, text="x")) == "not_in_channel"


async def test_some_places_are_not_left(client: AsyncWebClient, general: str, made: str) -> None:
    assert await error_of(client.conversations_leave(channel=general)) == "cant_leave_general"
    assert await error_of(client.conversations_leave(channel=made)) == "last_member"


async def test_an_archived_channel_is_closed(client: AsyncWebClient, made: str, general: str) -> None:
    assert await error_of(client.conversations_archive(channel=general)) == "cant_archive_general"
    await client.conversations_archive(channel=made)
    assert await error_of(client.conversations_archive(channel=made)) == "already_archived"
    assert await error_of(client.chat_postMessage(channel=made, text="x")) == "is_archived"
    listed = await client.conversations_list(exclude_archived=True)
    assert made not in [channel["id"] for channel in listed["channels"]]


async def test_a_renamed_channel_remembers_its_name(sandbox: Sandbox, client: AsyncWebClient, made) -> None:
    renamed = (await client.conversations_rename(channel=made, name="aurora-two"))["channel"]
    assert (renamed["name"], renamed["previous_names"]) == ("aurora-two", ["aurora-one"])
    assert sandbox.deliveries("channel_rename")[0].payload["event"]["channel"]["name"] == "aurora-two"
    general = sandbox.workspace.channel("#general").id
    assert await error_of(client.conversations_rename(channel=general, name="other")) == "not_authorized"


async def test_a_topic_is_told_in_the_channel(sandbox: Sandbox, client: AsyncWebClient, made: str) -> None:
    channel = (await client.conversations_setTopic(channel=made, topic="Film"))["channel"]
    assert channel["topic"]["value"] == "Film"
    assert sandbox.workspace.channels[made].top[-1].subtype == "channel_topic"
    assert await error_of(client.conversations_setTopic(channel=made, topic="x" * 251)) == "too_long"


async def test_the_app_marks_what_it_has_read(sandbox: Sandbox, client: AsyncWebClient, general) -> None:
    message = await sandbox.people.post("ana", general, "hi")
    await client.conversations_mark(channel=general, ts=message.ts)
    assert (await client.conversations_info(channel=general))["channel"]["last_read"] == message.ts
    assert await error_of(client.conversations_mark(channel=general, ts="soon")) == "invalid_timestamp"


async def test_a_pin_is_told_listed_and_taken_back(sandbox: Sandbox, client: AsyncWebClient, general) -> None:
    message = await sandbox.people.post("ana", general, "the plan")
    target = {"channel": general, "timestamp": message.ts}
    await client.pins_add(**target)
    assert await error_of(client.pins_add(**target)) == "already_pinned"
    item = (await client.pins_list(channel=general))["items"][0]
    assert (item["message"]["text"], item["message"]["pinned_to"]) == ("the plan", [general])
    assert (await client.conversations_history(channel=general))["pin_count"] == 1
    await client.pins_remove(**target)
    assert await error_of(client.pins_remove(**target)) == "no_pin"
    assert [delivery.name for delivery in sandbox.deliveries() if "pin" in delivery.name] == [
        "pin_added",
        "pin_removed",
    ]


async def test_a_pin_needs_a_message(client: AsyncWebClient, general: str) -> None:
    assert await error_of(client.pins_add(channel=general)) == "no_item_specified"
    assert await error_of(client.pins_add(channel=general, timestamp="1.1")) == "message_not_found"


async def test_guests_stay_where_they_were_invited(sandbox: Sandbox, client: AsyncWebClient) -> None:
    gil = sandbox.workspace.user("gil").id
    with pytest.raises(Refused):
        await sandbox.people.join("gil", "#marketing")
    with pytest.raises(Refused):
        await sandbox.people.invite("gil", "#general", "ana")
    await client.conversations_join(channel="C0SANDMKT1")
    await client.conversations_invite(channel="C0SANDMKT1", users=gil)
    assert gil in sandbox.workspace.channel("#marketing").members


async def test_slackbot_is_among_the_people(client: AsyncWebClient) -> None:
    members = {user["id"]: user for user in (await client.users_list())["members"]}
    assert (members["USLACKBOT"]["name"], members["USLACKBOT"]["is_bot"]) == ("slackbot", False)
    assert await error_of(client.conversations_open(users=["USLACKBOT"])) == "cannot_dm_bot"


async def test_what_someone_reacted_to_is_listed(sandbox: Sandbox, client: AsyncWebClient, general) -> None:
    texts = ["one", "two", "three"]
    for text in texts:
        await sandbox.people.react("ben", await sandbox.people.post("ana", general, text), "eyes")
    ben = sandbox.workspace.user("ben").id
    first = await client.reactions_list(user=ben, limit=2)
    assert [item["message"]["text"] for item in first["items"]] == ["three", "two"]
    rest = await client.reactions_list(user=ben, cursor=first["response_metadata"]["next_cursor"], limit=2)
    assert [item["message"]["text"] for item in rest["items"]] == ["one"]
    assert (await client.reactions_list())["items"] == []
    assert await error_of(client.reactions_list(user="U404")) == "user_not_found"
