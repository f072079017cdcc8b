"""conversations.*, users.* and the rest of reading."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from tests.sandbox.slack import error_of


@pytest.fixture
def general(sandbox: Sandbox) -> str:
    return sandbox.workspace.channel("#general").id


async def test_history_pages_back_from_the_newest(sandbox: Sandbox, client: AsyncWebClient, general) -> None:
    for number in range(7):
        await sandbox.people.post("ana", general, str(number))
    texts, cursor = [], ""
    while True:
        answer = await client.conversations_history(channel=general, limit=3, cursor=cursor)
        texts.append([message["text"] for message in answer["messages"]])
        if not answer["has_more"]:
            break
        cursor = answer["response_metadata"]["next_cursor"]
    assert texts == [["6", "5", "4"], ["3", "2", "1"], ["0"]]


async def test_history_leaves_replies_out(sandbox: Sandbox, client: AsyncWebClient, general) -> None:
    parent = await sandbox.people.post("ana", general, "parent")
    await sandbox.people.post("ben", general, "reply", thread_ts=parent.ts)
    messages = (await client.conversations_history(channel=general))["messages"]
    assert [message["text"] for message in messages] == ["parent"]
    assert (messages[0]["reply_count"], messages[0]["latest_reply"]) == (1, parent.replies[0].ts)


async def test_history_between_two_moments(sandbox: Sandbox, client: AsyncWebClient, general) -> None:
    stamps = [(await sandbox.people.post("ana", general, str(number))).ts for number in range(4)]
    window = {"channel": general, "oldest": stamps[0], "latest": stamps[2]}
    without_ends = (await client.conversations_history(**window))["messages"]
    with_ends = (await client.conversations_history(**window, inclusive=True))["messages"]
    assert [message["text"] for message in without_ends] == ["1"]
    assert [message["text"] for message in with_ends] == ["2", "1", "0"]


async def test_replies_page_forward_and_repeat_the_parent(sandbox: Sandbox, client, general) -> None:
    parent = await sandbox.people.post("ana", general, "parent")
    for number in range(5):
        await sandbox.people.post("ben", general, str(number), thread_ts=parent.ts)
    pages, cursor = [], ""
    while True:
        answer = await client.conversations_replies(channel=general, ts=parent.ts, limit=2, cursor=cursor)
        pages.append([message["text"] for message in answer["messages"]])
        if not answer["has_more"]:
            break
        cursor = answer["response_metadata"]["next_cursor"]
    assert pages == [["parent", "0", "1"], ["parent", "2", "3"], ["parent", "4"]]


@pytest.mark.parametrize(
    ("method", "args", "error"),
    [
        ("conversations.history", {"limit": "1001"}, "invalid_limit"),
        ("conversations.history", {"cursor": "!"}, "invalid_cursor"),
        ("conversations.history", {"oldest": "soon"}, "invalid_ts_oldest"),
        ("conversations.replies", {"ts": "1.000001"}, "thread_not_found"),
        ("conversations.join", {"channel": "C404"}, "channel_not_found"),
    ],
)
async def test_questions_that_slack_refuses(client: AsyncWebClient, general, method, args, error) -> None:
    assert await error_of(client.api_call(method, params={"channel": general, **args})) == error


async def test_only_members_read(sandbox: Sandbox, client: AsyncWebClient) -> None:
    marketing = sandbox.workspace.channel("#marketing").id
    assert await error_of(client.conversations_history(channel=marketing)) == "not_in_channel"
    joined = await client.conversations_join(channel=marketing)
    assert joined["channel"]["is_member"]
    messages = (await client.conversations_history(channel=marketing))["messages"]
    assert messages[0]["subtype"] == "channel_join"
    again = await client.conversations_join(channel=marketing)
    assert again["warning"] == "already_in_channel"


async def test_channels_are_listed_by_kind_and_page(sandbox: Sandbox, client: AsyncWebClient) -> None:
    public = await client.conversations_list()
    private = await client.conversations_list(types="private_channel")
    direct = await client.conversations_list(types="im", limit=2)
    assert [channel["name"] for channel in public["channels"]] == ["general", "launch-video", "marketing"]
    assert [channel["name"] for channel in private["channels"]] == ["edit-room"]
    assert direct["channels"][0]["user"] == sandbox.workspace.user("ana").id
    rest = await client.conversations_list(types="im", cursor=direct["response_metadata"]["next_cursor"])
    assert len(rest["channels"]) == 2
    assert await error_of(client.conversations_list(types="secret")) == "invalid_types"


async def test_the_channels_of_a_person_are_those_the_app_sees(sandbox: Sandbox, client) -> None:
    gil = sandbox.workspace.user("gil").id
    answer = await client.users_conversations(user=gil, types="public_channel,private_channel")
    assert [channel["name"] for channel in answer["channels"]] == ["general", "launch-video"]


async def test_a_direct_message_between_others_is_hidden(sandbox: Sandbox, client: AsyncWebClient) -> None:
    theirs = sandbox.workspace.direct(sandbox.workspace.user("ana"), sandbox.workspace.user("ben"))
    assert await error_of(client.conversations_info(channel=theirs.id)) == "channel_not_found"


async def test_members_have_a_cursor(sandbox: Sandbox, client: AsyncWebClient, general: str) -> None:
    first = await client.conversations_members(channel=general, limit=4)
    rest = await client.conversations_members(
        channel=general, cursor=first["response_metadata"]["next_cursor"]
    )
    assert [*first["members"], *rest["members"]] == list(sandbox.workspace.channels[general].members)


async def test_a_direct_message_is_opened_once(sandbox: Sandbox, client: AsyncWebClient) -> None:
    ana = sandbox.workspace.user("ana").id
    answer = await client.conversations_open(users=[ana])
    assert answer["channel"]["id"] == sandbox.workspace.app_dm("ana").id
    assert answer["already_open"]
    assert await error_of(client.conversations_open(users=["U404"])) == "user_not_found"
    assert await error_of(client.conversations_open(users="")) == "users_list_not_supplied"


async def test_people_are_told_with_zone_and_rights(sandbox: Sandbox, client: AsyncWebClient) -> None:
    mia = (await client.users_info(user=sandbox.workspace.user("mia").id))["user"]
    gil = (await client.users_info(user=sandbox.workspace.user("gil").id))["user"]
    assert (mia["tz"], mia["is_admin"], mia["is_restricted"]) == ("Europe/London", True, False)
    assert (gil["is_admin"], gil["is_restricted"]) == (False, True)
    assert gil["tz_offset"] == 9 * 3600
    assert mia["profile"]["email"].startswith("mia@")
    assert await error_of(client.users_info(user="U404")) == "user_not_found"


async def test_people_are_found_by_email(sandbox: Sandbox, client: AsyncWebClient) -> None:
    ana = sandbox.workspace.user("ana")
    assert (await client.users_lookupByEmail(email=ana.email))["user"]["id"] == ana.id
    assert await error_of(client.users_lookupByEmail(email="nobody@sandbox.example")) == "users_not_found"


async def test_bots_team_and_the_empty_lists(sandbox: Sandbox, client: AsyncWebClient) -> None:
    bot = (await client.bots_info(bot=sandbox.workspace.bot.bot_id))["bot"]
    assert bot["user_id"] == sandbox.workspace.bot.id
    assert await error_of(client.bots_info(bot="B404")) == "bot_not_found"
    assert (await client.team_info())["team"]["id"] == sandbox.workspace.team_id
    assert (await client.emoji_list())["emoji"] == {}
    assert (await client.usergroups_list())["usergroups"] == []
    assert len((await client.users_list(limit=200))["members"]) == len(sandbox.workspace.users)


async def test_reactions_are_added_once_and_taken_back(sandbox: Sandbox, client, general) -> None:
    message = await sandbox.people.post("ana", general, "hi")
    target = {"channel": general, "timestamp": message.ts}
    await client.reactions_add(**target, name="eyes")
    assert await error_of(client.reactions_add(**target, name="eyes")) == "already_reacted"
    found = (await client.reactions_get(**target))["message"]["reactions"]
    assert found == [{"name": "eyes", "users": [sandbox.workspace.bot.id], "count": 1}]
    await client.reactions_remove(**target, name="eyes")
    assert await error_of(client.reactions_remove(**target, name="eyes")) == "no_reaction"
    assert await error_of(client.reactions_add(**target, name="not a name")) == "invalid_name"
    assert (
        await error_of(client.reactions_add(channel=general, timestamp="1.1", name="eyes"))
        == "message_not_found"
    )
