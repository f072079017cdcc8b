"""What a search shows of a passage."""

from __future__ import annotations

from handlers.blocks.library import words
from services.entities.library import MARK, UNMARK


def found(text: str, word: str) -> str:
    return words.marked(text.replace(word, f"{MARK}{word}{UNMARK}"))


def test_the_whole_of_a_short_passage_is_shown_with_what_was_found_in_bold():
    assert found("Esperanza reads in studio two.", "Esperanza") == "*Esperanza* reads in studio two."


def test_of_a_long_passage_what_is_around_the_find():
    long = f"{'before ' * 70}needle {'after ' * 70}".strip()
    told = found(long, "needle")
    assert "*needle*" in told
    assert told.startswith("…before")
    assert told.endswith("after…")
    assert len(told) < 420


def test_the_end_of_a_long_passage_is_reached():
    told = found(f"{'before ' * 90}needle", "needle")
    assert told.endswith("*needle*")


def test_a_passage_without_spaces_is_cut_too():
    told = found(f"{'あ' * 500}価格{'あ' * 500}", "価格")
    assert f"{words.NARROW}*価格*{words.NARROW}" in told
    assert len(told) < 420


def test_a_persons_asterisks_and_links_stay_what_they_are():
    assert found("*bold* <http://x> `code` price", "price") == "∗bold∗ &lt;http://x&gt; ˋcodeˋ *price*"
