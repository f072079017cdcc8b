"""Files: the three steps up, the way down, and who may have them."""

import asyncio
import io

import aiohttp
import pytest
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from sandbox.state import File
from tests.sandbox.slack import error_of


@pytest.fixture
async def clip(sandbox: Sandbox) -> File:
    """A person's file, shared where the app is."""
    file = await sandbox.people.upload("ana", "notes.txt", b"said at 00:01")
    await sandbox.people.post("ana", "#general", "look", files=[file])
    return file


async def test_the_app_uploads_into_a_thread(sandbox: Sandbox, client: AsyncWebClient) -> None:
    parent = await sandbox.people.post("ana", "#general", "report?")
    answer = await client.files_upload_v2(
        filename="report.txt",
        content="All well",
        channel=parent.channel.id,
        thread_ts=parent.ts,
        title="Report",
        initial_comment="Here",
    )
    await sandbox.wait_for(lambda: parent.replies)
    message = sandbox.workspace.shown(parent.replies[0])
    assert (message["subtype"], message["text"]) == ("file_share", "Here")
    assert message["files"][0]["id"] == answer["file"]["id"]
    assert message["files"][0]["title"] == "Report"


async def test_the_synchronous_client_uploads_too(sandbox: Sandbox) -> None:
    client = WebClient(token=sandbox.credentials.bot_token, base_url=f"{sandbox.url}/api/")
    channel = sandbox.workspace.channel("#general")
    await asyncio.to_thread(client.files_upload_v2, filename="a.txt", content="a", channel=channel.id)
    await sandbox.wait_for(lambda: channel.top and channel.top[-1].files)


async def test_a_shared_file_arrives_twice(sandbox: Sandbox, clip: File) -> None:
    shared = sandbox.deliveries("message/file_share")[0].payload["event"]
    assert shared["files"][0]["id"] == clip.id
    assert sandbox.deliveries("file_shared")[0].payload["event"]["file_id"] == clip.id


async def test_a_download_needs_the_token(sandbox: Sandbox, http: aiohttp.ClientSession, clip: File) -> None:
    allowed = {"Authorization": f"Bearer {sandbox.credentials.bot_token}"}
    async with http.get(clip.download_url, headers=allowed) as answer:
        assert (answer.status, await answer.read()) == (200, b"said at 00:01")
    for headers in ({}, {"Authorization": "Bearer xoxb-wrong"}):
        async with http.get(clip.download_url, headers=headers) as answer:
            assert (answer.status, answer.content_type) == (200, "text/html")
            assert "Sign in" in await answer.text()


async def test_a_file_from_elsewhere_is_out_of_reach(sandbox: Sandbox, client: AsyncWebClient, http) -> None:
    file = await sandbox.people.upload("ana", "secret.txt", b"x")
    await sandbox.people.post("ana", "#marketing", "ours", files=[file])
    assert await error_of(client.files_info(file=file.id)) == "file_not_found"
    headers = {"Authorization": f"Bearer {sandbox.credentials.bot_token}"}
    async with http.get(file.url, headers=headers) as answer:
        assert answer.content_type == "text/html"


async def test_a_file_tells_where_it_is_shared(sandbox: Sandbox, client: AsyncWebClient, clip: File) -> None:
    file = (await client.files_info(file=clip.id))["file"]
    general = sandbox.workspace.channel("#general")
    assert file["shares"]["public"][general.id][0]["ts"] == general.top[-1].ts
    assert (file["mimetype"], file["filetype"], file["size"]) == ("text/plain", "txt", 13)
    listed = await client.files_list(channel=general.id)
    assert [item["id"] for item in listed["files"]] == [clip.id]


async def test_only_own_files_are_deleted(sandbox: Sandbox, client: AsyncWebClient, clip: File) -> None:
    assert await error_of(client.files_delete(file=clip.id)) == "cant_delete_file"
    own = (await client.files_upload_v2(filename="a.txt", content="a"))["file"]["id"]
    await client.files_delete(file=own)
    assert await error_of(client.files_info(file=own)) == "file_deleted"


async def test_an_upload_has_the_length_it_announced(client: AsyncWebClient, http) -> None:
    begun = await client.files_getUploadURLExternal(filename="a.txt", length=3)
    async with http.post(begun["upload_url"], data=b"four") as answer:
        assert answer.status == 400
    completing = client.files_completeUploadExternal(files=[{"id": begun["file_id"], "title": "a"}])
    assert await error_of(completing) == "file_not_found"


async def test_what_is_deleted_or_hidden_is_no_more_than_its_id(
    sandbox: Sandbox, client: AsyncWebClient, clip: File
) -> None:
    channel = sandbox.workspace.channel("#general")
    await sandbox.people.hide_file(clip)
    assert sandbox.workspace.shown(channel.top[-1])["files"][0]["mode"] == "hidden_by_limit"
    assert "url_private" not in (await client.files_info(file=clip.id))["file"]
    await sandbox.people.delete_file(clip)
    assert sandbox.workspace.shown(channel.top[-1])["files"] == [{"id": clip.id, "mode": "tombstone"}]
    assert await error_of(client.files_info(file=clip.id)) == "file_deleted"


async def test_an_image_block_needs_a_file_that_is_there(sandbox: Sandbox, client: AsyncWebClient) -> None:
    general = sandbox.workspace.channel("#general").id
    own = (await client.files_upload_v2(filename="a.png", file=b"png"))["file"]["id"]
    block = {"type": "image", "alt_text": "a", "slack_file": {"id": own}}
    assert (await client.chat_postMessage(channel=general, text="a", blocks=[block]))["ok"]
    missing = {**block, "slack_file": {"id": "F404"}}
    assert (
        await error_of(client.chat_postMessage(channel=general, text="a", blocks=[missing]))
        == "invalid_blocks"
    )


async def test_a_picture_in_a_block_is_for_those_who_see_the_message(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    workspace = sandbox.workspace
    ana, ben = workspace.user("ana"), workspace.user("ben")
    own = (await client.files_upload_v2(filename="a.png", file=b"png"))["file"]["id"]
    file = workspace.files[own]
    block = {"type": "image", "alt_text": "a", "slack_file": {"id": own}}
    assert not sandbox.files.readable(ana, file)
    general = workspace.channel("#general").id
    await client.chat_postEphemeral(channel=general, user=ana.id, text="a", blocks=[block])
    assert [sandbox.files.readable(one, file) for one in (ana, ben)] == [True, False]
    await client.chat_postMessage(channel=general, text="a", blocks=[block])
    assert sandbox.files.readable(ben, file)


async def test_a_big_file_streams_through(sandbox: Sandbox, client: AsyncWebClient, http) -> None:
    data = bytes(range(256)) * 4096 * 5
    begun = await client.files_getUploadURLExternal(filename="cut.mp4", length=len(data))
    form = aiohttp.FormData()
    form.add_field("filename", io.BytesIO(data), filename="cut.mp4", content_type="video/mp4")
    async with http.post(begun["upload_url"], data=form) as answer:
        assert answer.status == 200
    await client.files_completeUploadExternal(files=[{"id": begun["file_id"], "title": "Cut"}])
    url = (await client.files_info(file=begun["file_id"]))["file"]["url_private_download"]
    async with http.get(url, headers={"Authorization": f"Bearer {sandbox.credentials.bot_token}"}) as answer:
        assert (await answer.read() == data) is True
        assert answer.content_type == "video/mp4"
