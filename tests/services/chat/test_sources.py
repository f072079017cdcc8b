"""Which addresses an answer may hold: those that the asker could see, and nothing made up from them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chat.sources import addresses_of
from services.ports.slack import FileText
from tests import factories as make
from tests.services.chat.desk import Desk, saying

SEEN = addresses_of(
    [
        "Read <https://docs.acme.com/a?b=1&amp;c=2|the docs>, and acme.com too.",
        "(see https://en.example.org/wiki/Lamp_(light)). Or http://plain.example.org/x, please",
        "<mailto:ben@acme.com|ben@acme.com>, eve@acme.com; call tel:+491234",
        "https://user:pw@odd.example.org/y https://port.example.org:8443/z",
    ]
)


@pytest.mark.parametrize(
    "address",
    [
        "https://docs.acme.com/a?b=1&c=2",
        "https://docs.acme.com/a?b=1&amp;c=2",
        "HTTPS://DOCS.acme.com/a?b=1&c=2",
        "https://docs.acme.com:443/a?b=1&c=2",
        "docs.acme.com/a?b=1&c=2",
        "https://en.example.org/wiki/Lamp_(light)",
        "http://plain.example.org/x",
        "http://plain.example.org/x/",
        "https://docs.acme.com",
        "https://docs.acme.com/",
        "acme.com",
        "https://acme.com",
        "http://www.acme.com/",
        "mailto:ben@acme.com",
        "mailto:eve@acme.com",
        "tel:+491234",
        "https://port.example.org:8443/z",
    ],
)
def test_what_stands_in_the_thread_and_the_roots_of_its_sites_pass(address: str) -> None:
    assert SEEN.allows(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://docs.acme.com/a?b=1&c=secret",
        "https://docs.acme.com/a?b=1&c=2&d=secret",
        "https://docs.acme.com/a?b=1&c=2#secret",
        "https://docs.acme.com/secret",
        "https://docs.acme.com/A?b=1&c=2",
        "https://docs.acme.com/%61?b=1&c=2",
        "https://docs.acme.com?secret",
        "https://docs.acme.com/#secret",
        "https://docs.acme.com:4242/",
        "https://secret.acme.com/",
        "https://secret@acme.com/",
        "https://acme.com.evil.example/",
        "https://odd.example.org/",
        "http://docs.acme.com/a?b=1&c=2",
        "ftp://docs.acme.com/",
        "mailto:ben@acme.com?subject=secret",
        "mailto:secret@acme.com",
        "slack://acme.com",
        "https://",
        "",
    ],
)
def test_what_was_made_up_from_it_does_not(address: str) -> None:
    assert not SEEN.allows(address)


@given(
    st.sampled_from(["https://docs.acme.com/a?b=1", "https://docs.acme.com/", "acme.com/"]),
    st.text(min_size=1),
)
def test_nothing_can_be_hung_onto_an_address(address: str, secret: str) -> None:
    made = address + secret
    assert made.removesuffix("/") == address.removesuffix("/") or not addresses_of([address]).allows(
        f"{address}s{secret}"
    )


def test_what_an_answer_says_is_no_source_for_the_next() -> None:
    assert not addresses_of([]).allows("https://docs.acme.com/")


async def test_the_sources_of_an_answer_are_its_thread(desk: Desk) -> None:
    desk.files.texts["F1"] = FileText("notes.txt", "at https://file.example.org/1")
    desk.claude.script = saying("See https://ours.example.org/2")
    said = make.mention(text="Is https://asked.example.org/3 it?", files=(make.file("F1"),))
    await desk.answered(said)
    await desk.intake.hear(make.reply(said, user=make.BEN, text="or https://aside.example.org/4"))
    await desk.answered(make.reply(said))
    sources = desk.seen.sources
    assert sources.allows("https://file.example.org/1")
    assert sources.allows("https://asked.example.org/3")
    assert sources.allows("https://aside.example.org/4")
    assert not sources.allows("https://ours.example.org/2")


async def test_folding_a_thread_takes_none_of_its_sources_away() -> None:
    desk = Desk(context_tokens=4_000)
    said = make.mention(text="See https://asked.example.org/3. " + "Long " * 2_000)
    turn = await desk.answered(said)
    await desk.answered(make.reply(said, text="Longer " * 1_000))
    assert desk.conversation(turn).summary
    assert desk.seen.sources.allows("https://asked.example.org/3")
