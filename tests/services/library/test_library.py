"""Finding, reading and looking after."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pysubs2
import pytest

from services.calendar import Calendar
from services.entities.conversations import Place
from services.entities.library import ChannelMode, ContentState, Passage, Query
from services.entities.media import AudioPart, MediaKind, Page, Segment, Transcript
from services.entities.people import Actor
from services.errors import BadArgument, NotFound
from services.library import texts
from services.library.naming import file_name, saved_as, shown, tags_of, title_of
from services.library.query import QueryParser, as_text, loosened, stem
from services.library.summary import lines_of, understood
from services.ports.objects import StoredObject
from services.short import as_typed, short_of
from tests.factories import ANNA, BEN, NOON, TEAM
from tests.library import content, ready, said
from tests.services.library.desk import LibraryDesk, titles

ANNA_ACTOR, BEN_ACTOR = Actor(TEAM, ANNA), Actor(TEAM, BEN)


@pytest.fixture
def desk() -> LibraryDesk:
    return LibraryDesk()


@pytest.fixture
def parse():
    parser = QueryParser(Calendar(ZoneInfo("Europe/Berlin")), lambda: NOON)
    return lambda text: parser.parse(ANNA_ACTOR, text)


# -- what is typed


def test_filters_are_taken_out_of_the_words(parse):
    query = parse('price &lt;b&gt; in:<#C123|general> by:<@U9|ben> type:videos tag:"raw" “the launch”')
    assert query.words == 'price <b> "the launch"'
    assert (query.channels, query.users, query.tags) == (("C123",), ("U9",), ("raw",))
    assert query.kinds == (MediaKind.VIDEO,)


def test_dates_are_days_of_the_desk(parse):
    query = parse("x after:2026-11-20 before:yesterday")
    assert query.after == datetime(2026, 11, 19, 23, tzinfo=UTC)
    assert query.before == datetime(2026, 11, 21, 23, tzinfo=UTC)
    assert parse("after:7d").after == datetime(2026, 11, 15, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["in:general x", "by:ben x", "type:smell x", "after:soon x", "before:2026-13-01"]
)
def test_what_is_not_understood_is_said(parse, text):
    with pytest.raises(BadArgument):
        parse(text)


def test_a_query_survives_a_button(parse):
    query = parse('price "the launch" in:<#C123ABCDE|x> by:<@U123ABCDE> type:video tag:raw')
    assert parse(as_text(query)) == query


def test_a_page_turned_keeps_its_days_and_its_reader(parse):
    query = parse("price after:2026-11-20 before:yesterday in:me")
    assert parse(as_text(query)) == query


def test_of_a_very_long_query_whole_words_are_looked_for(parse):
    assert set(parse("wombat " * 100).words.split()) == {"wombat"}
    assert len(parse("x" * 600).words) == 500


def test_what_was_excluded_is_not_looked_for_loosely():
    loose = loosened(Query('launch -rain -"two words"'))
    assert loose is not None
    assert loose.words == "'launch':*"


def test_questions_become_beginnings_of_words():
    loose = loosened(Query("What did she say about pricing?"))
    assert loose is not None
    assert "'pric':*" in loose.words
    assert loosened(Query("?!")) is None
    assert stem("prices") == stem("pricing") == stem("price") == "pric"


@pytest.mark.parametrize(
    ("name", "as_shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\windows\\evil.pdf", "evil.pdf"),
        ("photo\u202egpj.exe.jpg", "photogpj.exe.jpg"),
        ("a\x00b\nc\td.md", "ab c d.md"),
        ("\u200b\u200b", "file"),
        ("...", "file"),
        ("x" * 300 + ".mp4", "x" * 99 + "…" + "x" * 16 + ".mp4"),
    ],
)
def test_names_lose_what_cannot_be_seen(name, as_shown):
    assert shown(name) == as_shown


@pytest.mark.parametrize(
    ("title", "mimetype", "name"),
    [
        ("plan", "application/pdf", "plan.pdf"),
        ("Script.md", "text/markdown", "Script.md"),
        ("talk v1.2", "video/mp4", "talk v1.2.mp4"),
        ("con", "image/png", "_con.png"),
        ("x", "application/strange", "x"),
    ],
)
def test_a_saved_file_has_the_ending_of_its_kind(title, mimetype, name):
    assert saved_as(title, mimetype) == name


def test_titles_tags_and_downloads():
    assert title_of("launch_interview_v2.mp4") == "launch interview v2"
    assert tags_of("#Launch, raw  launch") == ("launch", "raw")
    assert file_name('What? "Yes": a/b', "srt") == "b.srt"
    assert file_name("CON", "txt") == "_CON.txt"


def test_short_ids_forgive_how_they_are_typed():
    item = content()
    assert len(item.short) == 6
    assert as_typed(f"#{item.short.upper()}") == item.short
    assert as_typed("1LIo0u") == "11100v"
    assert short_of(item.id, again=1) != item.short


# -- texts


def test_lines_of_subtitles_join_to_sentences():
    pieces = [Segment(0, 2, "The price"), Segment(2, 4, "is ninety euros."), Segment(4, 30, "Long.")]
    joined = list(texts.grouped(pieces))
    assert [piece.text for piece in joined] == ["The price is ninety euros.", "Long."]
    assert (joined[0].start, joined[0].end) == (0, 4)


def test_without_times_sentences_share_the_parts():
    part = AudioPart(2, None, 60, 120)
    passages = texts.said_in(part, Transcript("One two three. " * 40))
    assert passages[0].start == 60
    assert abs(passages[-1].end - 120) < 0.01
    assert passages[0].number == 20_000


def test_long_pages_are_cut_and_short_paragraphs_joined():
    passages = texts.written_on([Page(1, "a\n\nb"), Page(2, "word " * 400)])
    assert passages[0].text == "a\nb"
    assert all(len(passage.text) <= 700 for passage in passages)
    assert {passage.page for passage in passages} == {1, 2}


def test_exports():
    item = ready(title="Talk", summary="About it.", tags=("raw",))
    passages = [said(0, "Hello <b>", 0), Passage(1, "Bye", 3_661.5, 3_662, speaker="Ana")]
    assert "00:00:00,000 --> 00:00:05,000" in texts.exported(item, passages, "srt")
    vtt = texts.exported(item, passages, "vtt")
    assert vtt.startswith("WEBVTT\n\n")
    assert "Hello &lt;b&gt;" in vtt
    assert "01:01:01.500 --> 01:01:02.000\nAna: Bye" in vtt
    assert texts.exported(item, passages, "txt") == "Hello <b>\nAna: Bye\n"
    assert "**1:01:01** Ana: Bye" in texts.exported(item, passages, "md")


def test_markdown_that_is_nothing_but_text():
    passages = [Passage(0, "Yes <now> & *here* --> there", 1.5, 2.0)]
    exported = texts.exported(ready(title="Kick_off", summary="# 1", tags=("a_b",)), passages, "md")
    assert exported.startswith("# Kick\\_off\n\n\\# 1\n\nTags: a\\_b\n")
    assert "**0:01** Yes \\<now\\> & \\*here\\* --\\> there\n" in exported


def test_a_summary_not_quite_in_form_is_taken_all_the_same():
    plain = understood("Just a text.", [])
    assert plain.summary == "Just a text."
    told = understood(
        "**Summary:** A\n**Topics:** x; y\nLanguage: de\nChapters:\n- [0:00] One\n- [9:59] Late",
        [said(0, "a")],
    )
    assert (told.summary, told.topics, told.language) == ("A", ("x", "y"), "de")
    assert [chapter.title for chapter in told.chapters] == ["One"]


def test_of_a_long_item_pieces_are_read_from_all_over():
    lines = lines_of(
        [said(number, f"sentence number {number}", number) for number in range(4_000)], room=2_000
    )
    assert "sentence number 0" in lines[0]
    assert any("sentence number 380" in line for line in lines)
    assert len(lines) < 500


HARD = (
    Passage(0, "First --> not an arrow", 0.0, 2.5),
    Passage(1, "<b>bold</b> & {\\an8} up", 2.5, 2.5, speaker="Ada: <Lovelace>"),
    Passage(2, "Line one\n\nline two WEBVTT", 3_600.25, 3_601.0),
    Passage(3, "価格は Ünïcode 🎬", 36_000.0, 36_002.0),
)


@pytest.mark.parametrize("form", ["srt", "vtt"])
def test_exported_subtitles_are_read_by_others_as_they_were(form):
    """What people said can neither end a cue nor begin one, nor lose its time."""
    read = pysubs2.SSAFile.from_string(texts.exported(ready(), HARD, form), format_=form)
    assert [cue.start for cue in read] == [0, 2_500, 3_600_250, 36_000_000]
    assert all(cue.end > cue.start for cue in read)
    assert "arrow" in read[0].text
    assert "bold" in read[1].text
    assert "line two" in read[2].text
    assert "価格は Ünïcode 🎬" in read[3].text


@pytest.mark.parametrize("form", ["txt", "md"])
def test_exported_texts_have_every_passage(form):
    told = texts.exported(ready(summary="About *all*"), HARD, form)
    assert all(word in told for word in ("arrow", "bold", "line two", "価格は"))
    assert "<b>" not in told or form == "txt"


# -- the service


async def test_hits_are_grouped_by_item(desk):
    first = await desk.added(desk.file("a.md", b"The price is fair.\fAnother price."))
    await desk.added(desk.file("b.md", b"Some price."))
    results = await desk.library.search(ANNA_ACTOR, "price")
    assert sorted(titles(results.found)) == ["a", "b"]
    assert sum(len(one.hits) for one in results.found if one.content.id == first.id) == 2


async def test_an_item_is_found_by_its_name_and_tags(desk):
    item = await desk.added(desk.file("harbour_at_dusk.png", b"a picture"))
    await desk.added(desk.file("b.md", b"We film the harbour."))
    assert await desk.titles(ANNA, "harbour") == ["harbour at dusk", "b"]
    assert await desk.titles(ANNA, "dusk -harbour") == []
    await desk.library.tag(ANNA_ACTOR, item.id, "établissement")
    assert await desk.titles(ANNA, "dusk etablissement") == ["harbour at dusk"]


async def test_pages_follow_each_other(desk):
    await desk.added(desk.file("a.md", "\f".join(f"price {n}" for n in range(25)).encode()))
    first = await desk.library.search(ANNA_ACTOR, "price")
    last = await desk.library.search(ANNA_ACTOR, "price", 2)
    assert first.more
    assert not last.more
    assert [len(one.hits) for one in (*first.found, *last.found)] == [10, 5]


async def test_what_no_passage_has_whole_is_looked_for_in_parts(desk):
    await desk.added(desk.file("a.md", b"All prices are final."))
    results = await desk.library.search(ANNA_ACTOR, "price elephant")
    assert results.loose
    assert titles(results.found) == ["a"]


async def test_filters_alone_list_items(desk):
    await desk.added(desk.file("a.md", b"Text."))
    await desk.added(desk.file("b.mp4", b"film"))
    assert await desk.titles(ANNA, "type:video") == ["b"]
    with pytest.raises(BadArgument):
        await desk.library.search(ANNA_ACTOR, "  ")


async def test_rename_and_tag(desk):
    item = await desk.added(desk.file("a.md", b"Text."))
    await desk.library.rename(ANNA_ACTOR, item.short, "  New\nname ")
    await desk.library.tag(ANNA_ACTOR, item.short, "Raw, launch")
    assert (desk.item(item).title, desk.item(item).tags) == ("New name", ("raw", "launch"))
    assert await desk.titles(BEN, "tag:raw") == ["New name"]
    with pytest.raises(BadArgument):
        await desk.library.rename(ANNA_ACTOR, item.short, "\u200b")


async def test_delete_and_restore(desk):
    item = await desk.added(desk.file("a.md", b"Text."))
    await desk.library.delete(ANNA_ACTOR, item.short)
    assert await desk.titles(ANNA, "Text") == []
    with pytest.raises(NotFound):
        await desk.library.restore(BEN_ACTOR, item.short)
    await desk.library.restore(ANNA_ACTOR, item.short)
    assert await desk.titles(ANNA, "Text") == ["a"]


async def test_export_refuses_what_makes_no_sense(desk):
    item = await desk.added(desk.file("a.md", b"Text."))
    assert (await desk.library.export(ANNA_ACTOR, item.short, "md")).name == "a.md"
    for form in ("srt", "exe"):
        with pytest.raises(BadArgument):
            await desk.library.export(ANNA_ACTOR, item.short, form)


# -- channels


async def test_a_channel_may_ask_first(desk):
    await desk.intake.set_mode(ANNA_ACTOR, "C1", ChannelMode.ASK)
    item = await desk.added(desk.file("a.md", b"Text."))
    assert item.state is ContentState.ASKED
    assert [share.user for share in desk.seen.asked] == [ANNA]
    assert await desk.library.recent(ANNA_ACTOR) == []
    assert await desk.intake.accept(BEN_ACTOR, item.id)
    assert not await desk.intake.decline(ANNA_ACTOR, item.id)
    await desk.run()
    assert desk.item(item).state is ContentState.DONE


async def test_a_channel_may_add_nothing_but_people_may(desk):
    await desk.intake.set_mode(ANNA_ACTOR, "C1", ChannelMode.OFF)
    posted = desk.posted(desk.file("a.md", b"Text."))
    await desk.intake.hear(posted)
    assert desk.memory.library.contents == {}
    await desk.intake.add_message(BEN_ACTOR, "C1", posted.key)
    await desk.run()
    assert desk.newest().state is ContentState.DONE
    with pytest.raises(NotFound):
        await desk.intake.set_mode(BEN_ACTOR, "C2", ChannelMode.OFF)


async def test_files_of_a_form_can_be_ones_own(desk):
    file = desk.file("a.md", b"Secret plan.")
    await desk.intake.add_files(ANNA_ACTOR, [file.id], None, title="Plan", tags="x")
    await desk.run()
    assert await desk.titles(ANNA, "secret") == ["Plan"]
    assert await desk.titles(BEN, "secret") == []


async def test_what_bots_post_and_what_is_no_item_is_left_alone(desk):
    await desk.intake.hear(desk.posted(desk.file("a.md"), is_bot=True))
    await desk.intake.hear(desk.posted(desk.file("a.zip")))
    assert desk.memory.library.contents == {}


async def test_what_is_in_the_store_already_becomes_an_item(desk):
    stored = StoredObject("documents/2026/x", 31, "aa", "text/markdown", NOON)
    desk.objects.kept[stored.key] = (stored, b"A generated script about lamps.")
    await desk.from_store.add(ANNA_ACTOR, "documents/2026/x", Place(TEAM, "C1"), "C1", title="Script.md")
    await desk.run()
    assert await desk.titles(BEN, "lamps") == ["Script.md"]
