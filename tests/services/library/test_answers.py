"""Questions answered from the library: with the rights of everyone who will read the answer."""

from __future__ import annotations

import pytest

from services.chat.sources import addresses_of
from services.entities import Actor
from services.entities.media import MediaKind
from services.errors import FileUnreadable
from services.library.files import LibraryFiles
from services.ports.slack import FileText
from tests.factories import ANNA, BEN, TEAM
from tests.fakes.slack import FakeReader
from tests.services.library.desk import LibraryDesk

ANNA_ACTOR, BEN_ACTOR = Actor(TEAM, ANNA), Actor(TEAM, BEN)


@pytest.fixture
def desk() -> LibraryDesk:
    return LibraryDesk()


async def test_a_question_comes_with_passages_their_time_and_link(desk):
    desk.transcriber.said = {0: "Hello everyone.", 1: "The prices start at ninety euros."}
    item = await desk.added(desk.file("interview.mp4"))
    told = await desk.answers.about(ANNA_ACTOR, "C1", "What did she say about pricing?")
    assert "“The prices start at ninety euros.”" in told
    assert "interview, 1:00" in told
    async with desk.uow() as uow:
        [share] = await uow.library.shares(item.id)
    link = f"https://acme.slack.com/archives/C1/p{share.place.thread_ts.replace('.', '')}"
    assert f"]({link})" in told
    assert addresses_of([told]).allows(link)


async def test_in_a_channel_only_its_own_items_are_quoted(desk):
    """Anna may see what is in C2; those who read an answer in C1 may not."""
    await desk.added(desk.file("a.md", b"The secret price is ninety."), channel="C2")
    await desk.added(desk.file("b.md", b"Lamps."), channel="C1")
    assert "ninety" not in await desk.answers.about(ANNA_ACTOR, "C1", "What is the price?")
    assert "ninety" in await desk.answers.about(ANNA_ACTOR, "C2", "What is the price?")
    assert "ninety" in await desk.answers.about(ANNA_ACTOR, None, "What is the price?")
    assert "ninety" not in await desk.answers.about(BEN_ACTOR, None, "What is the price?")
    assert "ninety" not in await desk.answers.about(BEN_ACTOR, "C2", "What is the price?")


async def test_what_is_not_there_is_said(desk):
    await desk.added(desk.file("a.md", b"Lamps."))
    told = await desk.answers.about(ANNA_ACTOR, "C1", "What was said about elephants in the interview?")
    assert "not in the library" in told
    assert await desk.answers.about(ANNA_ACTOR, "C1", "How do I cook rice?") == ""


async def test_where_nothing_is_kept_slack_is_not_asked(desk):
    assert await desk.answers.about(ANNA_ACTOR, "C1", "What is the price?") == ""
    assert desk.slack.asked == 0


async def test_without_slacks_word_an_answer_does_without_the_library(desk):
    await desk.added(desk.file("a.md", b"The price is ninety."))
    desk.slack.down = True
    assert await desk.answers.about(BEN_ACTOR, "C1", "What is the price?") == ""


async def test_rare_words_count_more(desk):
    common = "\f".join(f"The film has scene {n}." for n in range(30))
    await desk.added(desk.file("a.md", common.encode()))
    await desk.added(desk.file("b.md", b"Esperanza speaks in studio two."))
    [best, *_] = await desk.answers.near(ANNA_ACTOR, "In which film scene does Esperanza speak?", 3)
    assert best.content.title == "b"


async def test_recordings_of_a_thread_are_read_as_transcripts(desk):
    film, paper = desk.file("talk.mp4"), desk.file("paper.md")
    files = LibraryFiles(
        FakeReader({paper.id: FileText("paper.md", "As before.")}), desk.slack, desk.uow, TEAM
    )
    with pytest.raises(FileUnreadable) as early:
        await files.read(film)
    assert early.value.reason == "untranscribed"
    item = await desk.added(film)
    assert item.kind is MediaKind.VIDEO
    assert "[1:00] This is part 1." in (await files.read(film)).text
    assert (await files.read(paper)).text == "As before."
