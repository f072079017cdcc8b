"""What a newcomer finds: samples to ask about, weeks of history, and who pays for the answers."""

import io
import struct
import zlib
from typing import Any

import pytest
from pypdf import PdfReader
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.__main__ import _options, _tell_providers
from sandbox.history import seed_history
from sandbox.pictures import png
from sandbox.samples import brief_pdf, place_samples
from sandbox.server import Sandbox


def written(sandbox: Sandbox) -> list[tuple[Any, ...]]:
    """What stands in the workspace, without ids."""
    return [
        (
            message.channel.id,
            message.ts,
            message.sender.id,
            message.text,
            message.thread_ts,
            message.reactions,
        )
        for message in sorted(sandbox.workspace.all_messages(), key=lambda item: item.ts)
    ]


async def test_samples_stand_in_the_launch_channel_untold(sandbox: Sandbox, client: AsyncWebClient) -> None:
    place_samples(sandbox)
    launch = sandbox.workspace.channel("#launch-video")
    found = (await client.conversations_history(channel=launch.id))["messages"]
    names = [file["name"] for message in found for file in message.get("files", [])]
    assert names == ["storyboard.png", "aurora-one-brief.pdf"]
    assert sandbox.deliveries() == []
    assert launch.unread == {}


def test_the_brief_is_a_document_that_can_be_read() -> None:
    page = PdfReader(io.BytesIO(brief_pdf()), strict=True).pages[0]
    assert "Voice: Esperanza Ruiz." in page.extract_text()


def test_pictures_are_pictures() -> None:
    picture = png(3, 2, [(1, 0, 3, 1, "#ff0000")])
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", picture[16:24]) == (3, 2)
    start = picture.index(b"IDAT") + 4
    rows = zlib.decompressobj().decompress(picture[start:])
    assert rows[:10] == b"\x00" + b"\xff\xff\xff" + b"\xff\x00\x00" * 2


async def test_history_is_weeks_of_use_of_all_kinds(sandbox: Sandbox, client: AsyncWebClient) -> None:
    count = seed_history(sandbox)
    messages = list(sandbox.workspace.all_messages())
    assert count == len(messages) > 150
    ages = [(sandbox.clock.now() - message.at / 1e6) / 86_400 for message in messages]
    assert max(ages) > 24
    assert min(ages) > 0
    assert {message.channel.name for message in messages} >= {
        "general",
        "launch-video",
        "marketing",
        "edit-room",
    }
    assert any(message.reactions for message in messages)
    assert any(message.files for message in messages)
    answers = [message for message in messages if message.sender is sandbox.workspace.bot]
    assert answers
    assert all(message.is_reply for message in answers)
    assert not any("{" in message.text for message in messages)
    assert sandbox.deliveries() == []


async def test_history_reads_in_order_page_by_page(sandbox: Sandbox, client: AsyncWebClient, general) -> None:
    await sandbox.people.post("ana", "#general", "today")
    seed_history(sandbox)
    stamps, cursor = [], ""
    while True:
        answer = await client.conversations_history(channel=general, limit=20, cursor=cursor)
        stamps += [message["ts"] for message in answer["messages"]]
        if not answer["has_more"]:
            break
        cursor = answer["response_metadata"]["next_cursor"]
    assert stamps == sorted(stamps, reverse=True)
    assert len(stamps) == len(sandbox.workspace.channel("#general").top)


async def test_the_same_seed_writes_the_same_weeks(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 1_795_000_000.0)
    found = []
    for _ in range(2):
        async with Sandbox.running(settings) as sandbox:
            seed_history(sandbox)
            found.append(written(sandbox))
    assert found[0] == found[1]


async def test_the_page_is_told_whose_money_it_is(sandbox: Sandbox, http) -> None:
    _tell_providers(sandbox, ["OPENAI_API_KEY"])
    async with http.get(f"{sandbox.url}/ui/boot") as answer:
        settings = (await answer.json())["settings"]
    assert settings["real_providers"] == ["OPENAI_API_KEY"]
    assert any("cost money" in note for note in settings["notes"])


async def test_people_have_pictures(sandbox: Sandbox, client: AsyncWebClient, http) -> None:
    ana = (await client.users_info(user=sandbox.workspace.user("ana").id))["user"]
    async with http.get(ana["profile"]["image_48"]) as answer:
        assert (answer.status, answer.content_type) == (200, "image/png")
        assert struct.unpack(">II", (await answer.read())[16:24]) == (48, 48)


def test_several_things_are_broken_with_commas_or_again() -> None:
    assert _options(["--break", "sockets,clock", "--break", "slack-429"]).broken == [
        "sockets,clock",
        "slack-429",
    ]
