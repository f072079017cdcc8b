"""The content library over the wire: dropped into a channel, found again, by those who may."""

from __future__ import annotations

import re

import pytest

from sandbox.providers.faults import Fault
from tests.e2e.stage import everything
from tests.services.media.recordings import write_media

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(autouse=True)
async def newcomers(stage):
    """The sandbox tells nobody of the channels that a test begins with."""
    await stage.rows("DELETE FROM memberships")


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
    assert "not what its name or its declared type says" in everything(
        await shown(stage, channel, message, "Not added")
    )


async def test_an_item_is_looked_after_by_commands(stage):
    channel = stage.channel()
    message = await dropped(stage, "ana", channel, "care.txt", unlike("bilby", channel), "text/plain")
    short = short_of(await ready(stage, channel, message))

    async def typed(text, answer):
        await stage.people.command("ana", channel, "/library", text)
        return await stage.private("ana", answer)

    await typed(f"rename {short} Better name", "Now called *Better name*")
    await typed(f"tag {short} Raw launch", "#raw #launch")
    await shown(stage, channel, message, "#raw")
    await typed(f"search tag:raw in:<#{channel.id}|x>", "Better name")
    await typed("recent", "Added lately")
    await typed(f"export {short} md", "I have sent you the file")
    direct = stage.workspace.app_dm(stage.workspace.user("ana"))
    sent = [file.name for each in direct.messages.values() for file in each.files]
    assert "Better name.md" in sent
    await typed(f"export {short} exe", "is not a form")
    await typed(f"delete {short}", "is deleted")
    await shown(stage, channel, message, "library.restore")
    await typed(f"show {short}", "can't find that item")
    await typed(f"restore {short}", "is back in the library")
    await ready(stage, channel, message)
    await typed("serch x", "Did you mean `search`")


async def test_buttons_open_what_they_say(stage):
    channel = stage.channel()
    message = await dropped(stage, "ana", channel, "buttons.txt", unlike("wombat", channel), "text/plain")
    card = await ready(stage, channel, message)
    await stage.people.press("ana", "library.rename", card)
    await stage.sandbox.wait_for(lambda: stage.people.view("ana"))
    await stage.people.submit("ana", {"title": "By form"})
    await shown(stage, channel, message, "By form")
    await stage.people.press("ana", "library.tags", card)
    await stage.sandbox.wait_for(lambda: stage.people.view("ana"))
    await stage.people.submit("ana", {"tags": "one two"})
    await shown(stage, channel, message, "#two")
    await stage.people.press("ben", "library.inside", card)
    await stage.sandbox.wait_for(lambda: stage.people.view("ben"))
    await stage.people.submit("ben", {"words": "Esperanza"})
    await stage.private("ben", "*Esperanza*")
    await stage.people.press("ben", "library.open", card)
    assert "/library/" in everything(await stage.private("ben", "opens within a minute"))
    await stage.people.press("ben", "library.delete", card)
    await stage.private("ben", "can't do that here")
    card = await ready(stage, channel, message)
    markdown = re.search(r"[0-9a-f-]{36}\|md", everything(card)).group()
    await stage.people.press("ben", "library.export", card, markdown)
    await stage.private("ben", "I have sent you the file")
    await stage.people.press("ana", "library.delete", card)
    deleted = await shown(stage, channel, message, "library.restore")
    await stage.people.press("ben", "library.restore", deleted)
    await stage.private("ben", "can't find that item")
    await stage.people.press("ana", "library.restore", deleted)
    await ready(stage, channel, message)


async def test_a_mention_does_what_a_command_does(stage):
    channel = stage.channel()
    message = await dropped(stage, "ana", channel, "said.txt", unlike("bandicoot", channel), "text/plain")
    short = short_of(await ready(stage, channel, message))
    for text, answer in (
        ("library search bandicoot", "*bandicoot*"),
        ("library recent", "Added lately"),
        (f"library show {short}", "library.rename"),
        (f"library export {short} txt", "I have sent you the file"),
        (f"library rename {short} Marsupials", "Now called *Marsupials*"),
        (f"library tag {short} pouch", "#pouch"),
        (f"library delete {short}", "library.restore"),
        (f"library restore {short}", "is back in the library"),
    ):
        await stage.mention("ana", channel, text)
        await stage.private("ana", answer)


async def test_more_results_than_a_page_are_turned(stage):
    channel = stage.channel()
    pages = "\n\n".join(f"The numeral marsupial {n} " + "and so on " * 60 for n in range(14))
    message = await dropped(stage, "ana", channel, "long.txt", f"{pages} {channel.id}".encode(), "text/plain")
    await ready(stage, channel, message)
    await stage.people.command("ana", channel, "/library", f"search marsupial in:<#{channel.id}|x>")
    first = await stage.private("ana", "library.next")
    await stage.people.press("ana", "library.next", first)
    await stage.private("ana", "library.previous")


async def test_a_channel_that_asks_first(stage):
    channel = stage.channel()
    await stage.people.command("ben", channel, "/library", "channel ask")
    await stage.private("ben", "I ask whoever shared it")
    message = await dropped(stage, "ana", channel, "asked.txt", unlike("dunnart", channel), "text/plain")
    question = await stage.private("ana", "library.accept")
    assert stage.ours_in(channel, message.ts) == []
    await stage.people.press("ana", "library.accept", question)
    await ready(stage, channel, message)


async def test_by_shortcut_and_by_emoji_where_nothing_is_added_by_itself(stage):
    channel = stage.channel()
    await stage.people.command("ana", channel, "/library", "channel off")
    await stage.private("ana", "are not added")
    first = await dropped(stage, "ana", channel, "one.txt", unlike("quoll", channel), "text/plain")
    second = await dropped(stage, "ana", channel, "two.txt", unlike("echidna", channel), "text/plain")
    await stage.people.shortcut("ben", "library.add", first)
    await ready(stage, channel, first)
    await stage.people.react("ben", second, "inbox_tray")
    await ready(stage, channel, second)


async def test_files_of_the_form_are_kept_for_the_channel(stage):
    channel = stage.channel()
    file = await stage.people.upload("ana", "form.txt", unlike("kultarr", channel), "text/plain")
    await stage.people.post("ana", stage.workspace.app_dm(stage.workspace.user("ana")), "", files=[file])
    await stage.people.command("ana", channel, "/library", "add")
    await stage.sandbox.wait_for(lambda: stage.people.view("ana"))
    shape = {"type": "file_input", "files": [{"id": file.id}]}
    view = stage.people.view("ana")
    outcome = await stage.people.submit_state("ana", view, {"files": {"files": shape}})
    assert outcome.ok
    await stage.sandbox.wait_for(lambda: any("form" in everything(each) for each in channel.top))


async def test_a_question_is_answered_from_the_library_with_its_link(stage):
    """In the channel and in a direct message; who is not in the channel is told that it is not in the library."""
    channel, elsewhere = stage.channel(), stage.channel("mia")
    said = b"The pricing of the kowari camera: ninety euros a day.\n" + channel.id.encode()
    message = await dropped(stage, "ana", channel, "facts.txt", said)
    other = await dropped(stage, "mia", elsewhere, "lamps.txt", b"Lamps only.\n" + channel.id.encode())
    for each, place in ((message, channel), (other, elsewhere)):
        await ready(stage, place, each)
    here = await stage.mention("ben", channel, "What did she say about the kowari's pricing?")
    alone = await stage.people.post("ben", dm(stage, "ben"), "And what is the pricing of the kowari camera?")
    there = await stage.mention("mia", elsewhere, "What did she say about the kowari's pricing?")
    link = f"/archives/{channel.id}/p{message.ts.replace('.', '')}"
    for question, place in ((here, channel), (alone, dm(stage, "ben"))):
        told = everything(await stage.answer(place, question.ts))
        assert "ninety euros" in told
        assert link in told
    told = everything(await stage.answer(elsewhere, there.ts))
    assert "it is not in the library" in told
    assert "ninety" not in told
    calls = await stage.rows(
        "SELECT outcome FROM ai_calls AS c JOIN turns AS t ON t.id = c.turn_id WHERE t.key = $1", here.ts
    )
    assert [call["outcome"] for call in calls] == ["answered", "answered"]


def dm(stage, who):
    return stage.workspace.app_dm(stage.workspace.user(who))


async def test_a_file_of_another_workspace_is_added_by_its_id_alone(stage):
    channel = stage.channel()
    file = await stage.people.upload("ana", "shared.md", unlike("mulgara", channel), elsewhere=True)
    message = await stage.people.post("ana", channel, "", files=[file])
    card = await ready(stage, channel, message)
    assert "*shared*" in everything(card)


async def test_what_was_deleted_in_slack_is_told_and_the_rest_is_added(stage):
    channel = stage.channel()
    await stage.people.command("ana", channel, "/library", "channel off")
    await stage.private("ana", "are not added")
    kept = await stage.people.upload("ana", "kept.md", unlike("phascogale", channel))
    gone = await stage.people.upload("ana", "gone.md", b"Soon gone.")
    message = await stage.people.post("ana", channel, "", files=[kept, gone])
    await stage.people.delete_file(gone)
    await stage.people.shortcut("ben", "library.add", message)
    assert "was deleted in Slack" in everything(await stage.private("ben", "Added; its progress"))
    await ready(stage, channel, message)


async def test_a_reply_is_added_by_emoji_and_shown_in_its_thread(stage):
    channel = stage.channel()
    await stage.people.command("ana", channel, "/library", "channel off")
    await stage.private("ana", "are not added")
    root = await stage.people.post("ana", channel, "The brief is below.")
    file = await stage.people.upload("ana", "reply.md", unlike("bettong", channel))
    reply = await stage.people.post("ana", channel, "", thread_ts=root.ts, files=[file])
    await stage.people.react("ben", reply, "inbox_tray")
    assert "*reply*" in everything(await ready(stage, channel, root))


async def test_an_object_of_the_store_is_shared_by_an_admin_alone(stage):
    channel, other = stage.channel("mia", "ben"), stage.channel("mia", "ben")
    message = await dropped(stage, "mia", channel, "stored.md", unlike("potoroo two", channel))
    short = short_of(await ready(stage, channel, message))
    [row] = await stage.rows("SELECT object_key FROM contents WHERE short = $1", short)
    await stage.people.command("ben", other, "/library", f"add object {row['object_key']}")
    await stage.private("ben", "can't do that here")
    await stage.people.command("mia", other, "/library", f"add object {row['object_key']}")
    await stage.sandbox.wait_for(lambda: any(short in everything(each) for each in other.top))
    await stage.people.command("mia", other, "/library", "add object backups/2026/secret")
    await stage.private("mia", "A key begins with")


async def test_a_direct_message_has_no_setting_of_its_own(stage):
    await stage.people.command("ben", dm(stage, "ben"), "/library", "channel off")
    await stage.private("ben", "is added for you alone")


async def test_the_card_of_a_film_shows_its_picture_until_it_is_deleted(stage, tmp_path):
    channel = stage.channel()
    film = write_media(tmp_path / "silent film.webm", seconds=1, pictures="libvpx", sound=None)
    with film.open("ab") as file:  # unlike the same film in another channel
        file.write(bytes([0xEC, 0x80 + len(channel.id), *channel.id.encode()]))
    message = await dropped(stage, "ana", channel, film.name, film.read_bytes(), "video/webm")
    card = await shown(stage, channel, message, "slack_file")
    assert "It has no sound" in everything(card)
    [picture] = [block["slack_file"]["id"] for block in card.blocks if block["type"] == "image"]
    assert stage.sandbox.files.readable(stage.workspace.user("ben"), stage.workspace.files[picture])
    assert not stage.sandbox.files.readable(stage.workspace.user("mia"), stage.workspace.files[picture])
    await stage.people.press("ana", "library.delete", card)
    await shown(stage, channel, message, "was deleted")
    await stage.sandbox.wait_for(lambda: stage.workspace.files[picture].mode == "tombstone")


async def test_home_lists_what_was_added_where_one_is(stage):
    channel = stage.channel("mia", "ben")
    message = await dropped(stage, "mia", channel, "at home.md", unlike("numbat two", channel))
    short = short_of(await ready(stage, channel, message))

    async def at_home(who: str) -> str:
        user = stage.workspace.user(who).id
        stage.workspace.homes.pop(user, None)
        await stage.people.open_home(who)
        return str((await stage.sandbox.wait_for(lambda: stage.workspace.homes.get(user))).content)

    assert short in await at_home("mia")
    assert short not in await at_home("ana")


async def test_another_provider_answers_what_the_first_has_looked_up(stage):
    channel = stage.channel()
    said = b"The pricing of the bilby: ninety euros a day.\n" + channel.id.encode()
    message = await dropped(stage, "ana", channel, "facts.txt", said)
    await ready(stage, channel, message)
    faults, sonnet = stage.sandbox.providers.faults, "claude-sonnet-5-5"
    faults.push("anthropic", Fault("slow", seconds=0.0, model=sonnet), Fault("status", 529, model=sonnet))
    question = await stage.mention("ben", channel, "What did she say about the bilby's pricing?")
    told = everything(await stage.answer(channel, question.ts))
    assert "ninety euros" in told
    calls = await stage.rows(
        "SELECT provider, outcome, searched FROM ai_calls AS c JOIN turns AS t ON t.id = c.turn_id"
        " WHERE t.key = $1 ORDER BY c.started_at, c.id",
        question.ts,
    )
    assert [tuple(call.values()) for call in calls] == [
        ("anthropic", "answered", True),
        ("anthropic", "failed", False),
        ("openai", "answered", False),
    ]
