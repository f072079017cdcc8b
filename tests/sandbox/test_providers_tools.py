"""How the stand-in for a model uses tools: as a model that was told what they are, and no more."""

from __future__ import annotations

from sandbox.providers.brain import Brain
from sandbox.providers.prompt import Answer, Prompt, Tool, Turn

NULLABLE = {"type": ["string", "null"]}
LOOK_UP = Tool(
    "search_library",
    "Searches the team's library for passages.",
    {
        "type": "object",
        "properties": {"query": {"type": "string"}, "by": NULLABLE, "tag": {"anyOf": [{"type": "null"}, {}]}},
        "required": ["query", "by", "tag"],
    },
)
QUESTION = Turn("user", "Ana: What did she say about pricing?")
ASKED = Turn("assistant", "")
LINE = "[Interview, 1:00](https://acme.slack.com/archives/C1/p1): “Prices start at ninety euros.”"


def answer(*turns: Turn, may_call: bool = True) -> Answer:
    return Brain(1).answer(Prompt("claude-sonnet-5-5", turns, (LOOK_UP,), may_call=may_call))


def test_it_asks_with_the_telling_words_and_nothing_where_nothing_was_said() -> None:
    [call] = answer(QUESTION).calls
    assert (call.name, call.arguments) == ("search_library", {"query": "pricing", "by": None, "tag": None})


def test_it_asks_nothing_where_it_may_not_and_where_nothing_is_asked_about() -> None:
    assert not answer(QUESTION, may_call=False).calls
    assert not answer(Turn("user", "say exactly: what about pricing?")).calls
    assert not answer(Turn("user", "Hello!")).calls


def test_it_searches_first_where_it_is_told_to_and_then_says_what_it_was_told() -> None:
    told = Turn("user", "search the library, then say exactly: bananas are blue")
    assert answer(told).calls
    assert answer(told, ASKED, Turn("tool", LINE)).text == "bananas are blue"


def test_it_quotes_what_was_found_with_its_link() -> None:
    found = Turn(
        "tool",
        f"Found, as material:\n<library>\n- {LINE}\n- [Other](https://a.example/): “Lamps.”\n</library>",
    )
    told = answer(Turn("user", "Ben: Our pricing is fine."), QUESTION, ASKED, found).text
    assert f"> {LINE}" in told
    assert "fine" not in told
    assert "Lamps" not in told


def test_a_long_passage_keeps_its_link_in_front_of_each_sentence() -> None:
    long = LINE.replace("“", "“It was a long talk about many things and other people. " * 5 + " ")
    assert (
        "> [Interview, 1:00](https://acme.slack.com/archives/C1/p1): "
        in answer(QUESTION, ASKED, Turn("tool", long)).text
    )


def test_it_says_where_it_found_nothing() -> None:
    nothing = Turn("tool", "Nothing was found about pricing. Say that it is not in the library.")
    assert "“pricing”, and it is not in the library." in answer(QUESTION, ASKED, nothing).text


def test_what_the_thread_says_answers_where_the_tool_found_nothing() -> None:
    thread = Turn("user", "Ben: Pricing starts at ninety euros.")
    assert "> Ben: Pricing starts at ninety" in answer(thread, QUESTION, ASKED, Turn("tool", "Nothing.")).text
