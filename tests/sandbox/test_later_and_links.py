"""Messages for later, link previews, files that are no uploads, and how much is remembered."""

from dataclasses import replace

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from tests.sandbox.slack import error_of


def in_seconds(sandbox: Sandbox, seconds: float) -> int:
    return int(sandbox.clock.now() + seconds)


async def test_a_scheduled_message_comes_at_its_time(
    sandbox: Sandbox, client: AsyncWebClient, general
) -> None:
    post_at = in_seconds(sandbox, 600)
    answer = await client.chat_scheduleMessage(channel=general, post_at=post_at, text="Rolling!")
    listed = (await client.chat_scheduledMessages_list(channel=general))["scheduled_messages"]
    assert (listed[0]["id"], listed[0]["text"]) == (answer["scheduled_message_id"], "Rolling!")
    sandbox.clock.advance(601)
    message = sandbox.workspace.channel(general).top[-1]
    assert (message.text, message.sender) == ("Rolling!", sandbox.workspace.bot)
    assert (await client.chat_scheduledMessages_list())["scheduled_messages"] == []


async def test_a_scheduled_message_comes_by_itself(sandbox: Sandbox, client: AsyncWebClient, general) -> None:
    await client.chat_scheduleMessage(channel=general, post_at=in_seconds(sandbox, 2), text="soon")
    await sandbox.wait_for(lambda: sandbox.workspace.channel(general).top)


async def test_a_scheduled_message_is_taken_back_in_time(
    sandbox: Sandbox, client: AsyncWebClient, general: str
) -> None:
    async def scheduled(seconds: float) -> str:
        post_at = in_seconds(sandbox, seconds)
        answer = await client.chat_scheduleMessage(channel=general, post_at=post_at, text="x")
        return answer["scheduled_message_id"]

    late, soon = await scheduled(600), await scheduled(30)
    await client.chat_deleteScheduledMessage(channel=general, scheduled_message_id=late)
    for gone in (late, soon, "Q404"):
        call = client.chat_deleteScheduledMessage(channel=general, scheduled_message_id=gone)
        assert await error_of(call) == "invalid_scheduled_message_id"


@pytest.mark.parametrize(
    ("seconds", "error"), [(-10, "time_in_past"), (121 * 24 * 3600, "time_too_far"), (None, "invalid_time")]
)
async def test_times_that_slack_refuses(sandbox: Sandbox, client, general, seconds, error) -> None:
    post_at = "tomorrow" if seconds is None else in_seconds(sandbox, seconds)
    assert await error_of(client.chat_scheduleMessage(channel=general, post_at=post_at, text="x")) == error


async def test_five_minutes_take_thirty_scheduled_messages(sandbox: Sandbox, client, general) -> None:
    post_at = in_seconds(sandbox, 3600)
    for _ in range(30):
        await client.chat_scheduleMessage(channel=general, post_at=post_at, text="x")
    again = client.chat_scheduleMessage(channel=general, post_at=post_at + 10, text="x")
    assert await error_of(again) == "restricted_too_many"


async def test_a_link_of_the_apps_own_domain_is_unfurled(sandbox: Sandbox, client, general) -> None:
    url = "https://films.example/aurora"
    message = await sandbox.people.post("ana", general, f"see <{url}>")
    await client.chat_unfurl(channel=general, ts=message.ts, unfurls={url: {"text": "A film"}})
    assert message.attachments is not None
    assert (message.attachments[0]["text"], message.attachments[0]["from_url"]) == ("A film", url)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"channel": ""}, "missing_channel"),
        ({"ts": ""}, "missing_ts"),
        ({"unfurls": ""}, "missing_unfurls"),
        ({"channel": "C404"}, "cannot_find_channel"),
        ({"ts": "1.1"}, "cannot_find_message"),
        ({"unfurls": "nothing"}, "invalid_unfurls_format"),
        ({"unfurls": '{"https://films.example/other": {"text": "x"}}'}, "cannot_unfurl_message"),
        ({"unfurls": '{"https://else.example/": {"text": "x"}}'}, "cannot_unfurl_url"),
        ({"unfurls": '{"https://films.example/aurora": {"colour": "x"}}'}, "cannot_parse_attachment"),
    ],
)
async def test_unfurls_that_slack_refuses(sandbox: Sandbox, client, general, change, error) -> None:
    text = "see <https://films.example/aurora> and <https://else.example/>"
    message = await sandbox.people.post("ana", general, text)
    args = {
        "channel": general,
        "ts": message.ts,
        "unfurls": '{"https://films.example/aurora": {"text": "x"}}',
    }
    assert await error_of(client.api_call("chat.unfurl", params={**args, **change})) == error


async def test_a_file_from_elsewhere_has_no_bytes(sandbox: Sandbox, client: AsyncWebClient, http) -> None:
    file = await sandbox.people.link_file("ana", "script.gdoc", "https://docs.example/script")
    await sandbox.people.post("ana", "#general", "the script", files=[file])
    shown = (await client.files_info(file=file.id))["file"]
    assert (shown["mode"], shown["is_external"], shown["external_type"]) == ("external", True, "gdrive")
    assert shown["url_private"] == "https://docs.example/script"
    assert "url_private_download" not in shown


async def test_a_snippet_is_one(client: AsyncWebClient, http: aiohttp.ClientSession) -> None:
    begun = await client.files_getUploadURLExternal(filename="a.py", length=1, snippet_type="python")
    async with http.post(begun["upload_url"], data=b"x") as answer:
        assert answer.status == 200
    await client.files_completeUploadExternal(files=[{"id": begun["file_id"], "title": "a"}])
    shown = (await client.files_info(file=begun["file_id"]))["file"]
    assert (shown["mode"], shown["filetype"], shown["editable"]) == ("snippet", "python", True)


async def test_a_file_may_be_only_an_id_until_it_is_asked_for(sandbox: Sandbox, client, general) -> None:
    file = await sandbox.people.upload("ana", "cut.mp4", b"film")
    file.needs_info = True
    await sandbox.people.post("ana", general, "from the other company", files=[file])
    event = sandbox.deliveries("message/file_share")[0].payload["event"]
    assert event["files"][0]["file_access"] == "check_file_info"
    assert "url_private" not in event["files"][0]
    assert (await client.files_info(file=file.id))["file"]["file_access"] == "visible"


async def test_the_oldest_threads_are_forgotten(settings) -> None:
    async with Sandbox.running(replace(settings, messages_kept=40)) as sandbox:
        old = await sandbox.people.post("ana", "#general", "old")
        await sandbox.people.post("ben", "#general", "reply", thread_ts=old.ts)
        for number in range(60):
            await sandbox.people.post("ana", "#general", str(number))
        general = sandbox.workspace.channel("#general")
        assert len(general.messages) <= 40
        assert "old" not in [message.text for message in general.messages.values()]
        assert [message.text for message in general.top][-1] == "59"
        assert len(general.top) == len(general.messages)
