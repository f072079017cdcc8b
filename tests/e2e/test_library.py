"""The content library over the wire: dropped into a channel, found again, by those who may."""

from __future__ import annotations

import re

import pytest

from tests.e2e.stage import everything

pytestmark = pytest.mark.asyncio(loop_scope="session")

BRIEF = b"# Aurora brief\n\nThe launch film is ninety seconds long.\n\nThe voice is Esperanza Ruiz.\n"


async def dropped(stage, who, channel, name, data, mimetype=None, text=""):
    """A file shared in a channel."""
    file = await stage.people.upload(who, name, data, mimetype)
    return await stage.people.post(who, channel, text, files=[file])


async def shown(stage, channel, message, containing, timeout=20):
    """Our message in the thread of a file, once it contains a text."""

    def found():
        ours = stage.ours_in(channel, message.ts)
        return next((each for each in ours if containing in everything(each)), None)

    return await stage.sandbox.wait_for(found, timeout)


async def ready(stage, channel, message):
    return await shown(stage, channel, message, "library.inside")


def short_of(card) -> str:
    return re.search(r"`([0-9a-z]{6})`", everything(card)).group(1)


def unlike(word: str, channel) -> bytes:
    """A brief of its own for a test: the same bytes would be the same item."""
    return BRIEF + f"\nCode word: {word} {channel.id}.\n".encode()


async def test_a_document_is_ready_and_found_by_a_word_in_it(stage):
    channel = stage.channel()
    message = await dropped(stage, "ana", channel, "brief.md", unlike("quokka", channel), "text/markdown")
    card = await ready(stage, channel, message)
    assert "brief" in everything(card)
    assert len(stage.ours_in(channel, message.ts)) == 1
    await stage.people.command("ben", channel, "/library", f"search quokka in:<#{channel.id}|x>")
    found = await stage.private("ben", "quokka")
    assert "*quokka*" in everything(found)


async def test_who_is_not_in_the_channel_finds_nothing(stage):
    channel, elsewhere = stage.channel("ana"), stage.channel("ben")
    message = await dropped(stage, "ana", channel, "plan.txt", unlike("numbat", channel), "text/plain")
    card = await ready(stage, channel, message)
    await stage.people.command("ben", elsewhere, "/library", "search numbat")
    assert "Nothing in the library" in everything(await stage.private("ben", "numbat"))
    await stage.people.command("ben", elsewhere, "/library", f"show {short_of(card)}")
    await stage.private("ben", "can't find that item")


async def test_leaving_takes_effect_on_the_next_request(stage):
    channel, elsewhere = stage.channel("ana", "mia"), stage.channel("mia")
    message = await dropped(stage, "ana", channel, "cut.txt", unlike("potoroo", channel), "text/plain")
    card = await ready(stage, channel, message)
    await stage.people.command("mia", elsewhere, "/library", "search potoroo")
    await stage.private("mia", "*potoroo*")
    await stage.people.leave("mia", channel)
    mia = stage.workspace.user("mia").id

    async def forgotten():
        rows = await stage.rows("SELECT read_at FROM memberships WHERE user_id = $1", mia)
        return rows and rows[0]["read_at"] is None

    import asyncio

    async with asyncio.timeout(10):
        while not await forgotten():
            await asyncio.sleep(0.02)
    await stage.people.command("mia", elsewhere, "/library", f"show {short_of(card)}")
    await stage.private("mia", "can't find that item")


async def test_a_wrong_file_is_refused_and_says_why(stage):
    channel = stage.channel()
    message = await dropped(stage, "ana", channel, "film.mp4", b"this is not a film", "video/mp4")
    assert "not what its name says" in everything(await shown(stage, channel, message, "Not added"))
