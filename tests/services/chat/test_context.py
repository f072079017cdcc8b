"""What a model is sent: in which order, how stable, and what is said about what is left out."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chat.reading import beginning, shortened
from services.models.anthropic.request import BREAKPOINTS
from services.models.estimate import estimate_tokens
from services.ports.models import ImagePart, ModelRequest, TextPart
from services.ports.slack import FileText
from tests import factories as make
from tests.services.chat.desk import Desk, all_of, saying, texts


def prefix(request: ModelRequest) -> list[tuple[str, str]]:
    """All parts in order, without what does not change what a cache sees."""
    said = [(message.role, part) for message in request.messages for part in message.parts]
    parts = [("system", part) for part in request.system] + said
    return [(role, part.text if isinstance(part, TextPart) else "image") for role, part in parts]


def breakpoints(request: ModelRequest) -> list[str]:
    parts = [*request.system, *(part for message in request.messages for part in message.parts)]
    return [part.text for part in parts if isinstance(part, TextPart) and part.cache]


async def test_everybody_is_named_to_the_model(desk: Desk) -> None:
    said = make.mention(text="How long?")
    claim = await desk.claimed(said)
    await desk.intake.hear(make.reply(said, user=make.BEN, text="Short, please"))
    await desk.chat.answer(claim)
    await desk.answered(make.reply(said, text="Well?"))
    assert {"Anna: How long?", "Ben: Short, please", "Anna: Well?"} <= set(texts(desk.claude.asked[-1]))


async def test_whom_slack_does_not_know_is_someone(desk: Desk) -> None:
    said = make.mention()
    await desk.answered(said)
    await desk.intake.hear(make.reply(said, user="UGONE", text="Hello"))
    await desk.answered(make.reply(said))
    assert "Someone: Hello" in texts(desk.claude.asked[-1])


async def test_over_ten_turns_each_request_begins_with_the_one_before(desk: Desk) -> None:
    said = make.mention(text="Question 0")
    await desk.answered(said)
    for number in range(1, 10):
        desk.claude.script = saying(f"Answer {number}")
        if number % 3 == 0:
            await desk.intake.hear(make.reply(said, user=make.BEN, text=f"Aside {number}"))
        await desk.answered(make.reply(said, text=f"Question {number}"))
    requests = [prefix(request) for request in desk.claude.asked]
    assert len(requests) == 10
    for before, after in itertools.pairwise(requests):
        assert after[: len(before)] == before
        assert len(after) > len(before)


async def test_what_the_request_before_ended_with_is_a_breakpoint(desk: Desk) -> None:
    said = make.mention(text="Question 0")
    await desk.answered(said)
    for number in range(30):
        await desk.intake.hear(make.reply(said, user=make.BEN, text=f"Aside {number}"))
    await desk.answered(make.reply(said, text="Question 1"))
    first, second = (breakpoints(request) for request in desk.claude.asked)
    assert first[-1] == "Anna: Question 0"
    assert second[-2:] == ["Anna: Question 0", "Anna: Question 1"]


async def test_breakpoints_are_at_most_as_many_as_the_provider_takes(desk: Desk) -> None:
    said = make.mention()
    turn = await desk.answered(said)
    known = desk.conversation(turn)
    desk.memory.conversations[known.id] = replace(
        known, pinned="Lamps are blue", summary="Earlier on", summary_until=make.after(-1)
    )
    for _ in range(3):
        await desk.answered(make.reply(said))
        assert len(breakpoints(desk.claude.asked[-1])) <= BREAKPOINTS


async def test_pinned_facts_and_the_summary_stand_before_the_thread(desk: Desk) -> None:
    said = make.mention()
    turn = await desk.answered(said)
    known = desk.conversation(turn)
    desk.memory.conversations[known.id] = replace(
        known, pinned="Lamps are blue", summary="They met", summary_until=make.after(-1)
    )
    await desk.answered(make.reply(said))
    system = [part.text for part in desk.claude.asked[-1].system]
    assert [line.split("\n")[0] for line in system[1:]] == ["Pinned:", "Earlier in this thread:"]


async def test_roles_take_turns_and_a_user_begins(desk: Desk) -> None:
    said = make.mention(thread_ts=make.next_ts())
    desk.slack.threads[make.thread_of(said)] = [
        make.told(ts=said.thread_ts, author=make.Author.US, text="I began"),
        make.told(text="Then I"),
        make.told(text="and I"),
    ]
    await desk.answered(replace(said, key=make.next_ts(), at=make.after(900)))
    roles = [message.role for message in desk.claude.asked[0].messages]
    assert roles[0] == roles[-1] == "user"
    assert all(one != other for one, other in itertools.pairwise(roles))


async def test_a_clock_that_is_slow_does_not_hide_a_commands_question(desk: Desk) -> None:
    said = make.mention(text="One?")
    await desk.answered(said)
    late = make.reply(said, key=make.next_trigger(), at=make.after(-3600), source=make.Source.ASK)
    await desk.answered(replace(late, text="Two?"))
    request = desk.claude.asked[-1]
    assert request.messages[-1].role == "user"
    assert texts(request)[-1] == "Anna: Two?"


# -- files --------------------------------------------------------------------------------------


async def test_a_files_text_stands_with_its_message(desk: Desk) -> None:
    desk.files.texts["F1"] = FileText("notes.pdf", "The lamp is marzipan")
    await desk.answered(make.mention(files=(make.file("F1"),)))
    assert "<file name='notes.pdf'>\nThe lamp is marzipan\n</file>" in texts(desk.claude.asked[0])
    assert desk.seen.notes is not None
    assert desk.seen.notes.unread_files == ()


async def test_an_image_is_sent_as_one(desk: Desk) -> None:
    image = ImagePart("image/png", b"png")
    desk.files.texts["F1"] = FileText("lamp.png", image=image)
    await desk.answered(make.mention(files=(make.file("F1", name="lamp.png"),)))
    assert image in desk.claude.asked[0].messages[0].parts


async def test_what_could_not_be_read_is_told_to_model_and_person(desk: Desk) -> None:
    await desk.answered(make.mention(files=(make.file("F9"),)))
    assert "[file 'notes.pdf': could not be read]" in texts(desk.claude.asked[0])
    assert desk.seen.notes is not None
    assert desk.seen.notes.unread_files == (("notes.pdf", "gone"),)


@pytest.mark.parametrize("letter", ["lamp ", "灯", "🎬"])
async def test_a_long_file_is_cut_with_a_note_in_any_script(letter: str) -> None:
    desk = Desk(context_tokens=4_000)
    desk.files.texts["F1"] = FileText("notes.pdf", letter * 8_000)
    await desk.answered(make.mention(files=(make.file("F1"),)))
    assert "[cut here: the first" in all_of(desk.claude.asked[0])
    assert desk.seen.notes is not None
    assert desk.seen.notes.unread_files == (("notes.pdf", "cut"),)


async def test_the_newest_file_is_read_first_where_room_is_short() -> None:
    desk = Desk(context_tokens=4_000)
    old, new = make.file("F1", name="old.txt"), make.file("F2", name="new.txt")
    desk.files.texts = {file.id: FileText(file.name, "word " * 1_000) for file in (old, new)}
    await desk.answered(make.mention(files=(old, new)))
    assert desk.seen.notes is not None
    assert desk.seen.notes.unread_files == (("old.txt", "cut"),)


async def test_a_file_shared_twice_is_told_about_once(desk: Desk) -> None:
    said = make.mention(files=(make.file("F9"),))
    await desk.answered(said)
    await desk.answered(make.reply(said, files=(make.file("F9"),)))
    assert desk.seen.notes is not None
    assert len(desk.seen.notes.unread_files) == 1


@given(st.text(alphabet="a b灯я🎬", max_size=300), st.integers(0, 200))
def test_a_cut_text_fits_and_could_not_be_longer(text: str, tokens: int) -> None:
    kept = beginning(text, tokens)
    assert text.startswith(kept)
    assert estimate_tokens(kept) <= tokens
    assert kept == text or estimate_tokens(text[: len(kept) + 1]) > tokens


def test_a_file_without_room_leaves_only_its_note() -> None:
    assert shortened(FileText("a.txt", "words"), -5).text == "\n[cut here: the first 0 of 5 characters]"
