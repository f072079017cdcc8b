"""A long answer is cut where a reader would pause, and every piece stands on its own."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.sender.split import LIMIT, around_at, best_cut, split

MARKUP = [
    "",
    "# Title",
    "- an item",
    "1. first",
    "| a | b |",
    "|---|---|",
    "| 1 | 2 |",
    "```python",
    "```",
    "~~~",
]
LINES = st.sampled_from([*MARKUP, "words " * 9, "x" * 70, "> q", "````"])
TEXTS = st.lists(LINES, max_size=60).map("\n".join) | st.text(max_size=600)


def shown(text: str, limit: int) -> list[str]:
    return [piece.shown for piece in split(text, limit=limit)]


def test_a_short_answer_is_one_piece() -> None:
    assert shown("Hello.", LIMIT) == ["Hello."]


def test_nothing_is_made_of_nothing() -> None:
    assert shown(" \n ", LIMIT) == []


def test_paragraphs_stay_whole() -> None:
    text = "one " * 10 + "\n\n" + "two " * 10 + "\n\n" + "three " * 5
    assert [piece.strip() for piece in shown(text, 110)] == [
        ("one " * 10 + "\n\n" + "two " * 10).strip(),
        ("three " * 5).strip(),
    ]


def test_list_items_stay_whole() -> None:
    text = "\n".join(f"- item {number} of the list" for number in range(12))
    assert all(piece.startswith("- item") for piece in shown(text, 100))


def test_a_fence_is_closed_and_reopened_with_its_language() -> None:
    text = "Look:\n```python\n" + "print('hello')\n" * 20 + "```\nDone."
    pieces = shown(text, 150)
    assert all(piece.count("```") == 2 for piece in pieces[1:-1])
    assert pieces[1].startswith("```python\nprint")
    assert pieces[0].endswith("\n```")


def test_a_fence_that_fits_is_not_cut() -> None:
    code = "```python\n" + "print('hello')\n" * 3 + "```\n"
    text = "word " * 14 + "\n" + code + "after"
    assert any(code.strip() in piece for piece in shown(text, 110))


def test_a_tables_header_is_repeated() -> None:
    text = "| name | size |\n|---|---:|\n" + "".join(f"| film {n} | {n} |\n" for n in range(30))
    pieces = shown(text, 120)
    assert len(pieces) > 3
    assert all(piece.startswith("| name | size |\n|---|---:|\n| film") for piece in pieces)


def test_one_endless_line_is_cut_at_a_space_or_anywhere() -> None:
    assert [len(piece) for piece in shown("x" * 250, 116)] == [100, 100, 50]
    assert all(piece.strip().split() == ["word"] * len(piece.split()) for piece in shown("word " * 60, 116))


def test_a_cut_never_lies_before_what_was_shown_already() -> None:
    text = "one\n\n" + "two " * 50
    assert best_cut(text, 60, 100) > 60


@given(TEXTS, st.integers(100, 300))
@settings(max_examples=300, deadline=None)
def test_pieces_hold_the_whole_text_within_the_limit(text: str, limit: int) -> None:
    pieces = list(split(text, limit=limit))
    assert "".join(text[piece.start : piece.end] for piece in pieces).rstrip() == text.rstrip() or not pieces
    assert all(len(piece.shown) <= limit for piece in pieces)
    assert all(text[piece.start : piece.end] in piece.shown for piece in pieces)


@given(TEXTS, st.integers(100, 300))
@settings(max_examples=200, deadline=None)
def test_no_piece_but_the_last_ends_inside_a_fence(text: str, limit: int) -> None:
    text = re.sub("~", "`", text)
    for piece in list(split(text, limit=limit))[:-1]:
        around = around_at(piece.shown + "\n", len(piece.shown) + 1)
        assert around.close == "", piece.shown
