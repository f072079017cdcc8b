"""One grammar, two doors."""

import pytest

from handlers.grammar import Grammar, mentions, without_mention
from handlers.routes import Call, Command
from services.errors import BadArgument, UnknownWord


async def nothing(_: Call) -> None: ...


@pytest.fixture
def grammar() -> Grammar:
    return Grammar(
        [
            Command("ask", "", nothing, "asks", "QUESTION", lambda _: True, by_mention=False),
            Command(
                "showrunner", "help", nothing, "helps", "help", lambda args: args in {"", "ask", "usage"}
            ),
            Command("showrunner", "settings", nothing, "sets", "settings"),
            Command("usage", "me", nothing, "yours", "me [7d]", lambda args: args in {"", "7d"}),
        ]
    )


def test_a_slash_command_finds_its_word_and_arguments(grammar):
    parsed = grammar.slash("usage", "me 7d")
    assert (parsed.command.group, parsed.command.word, parsed.args) == ("usage", "me", "7d")


def test_a_group_without_words_takes_its_whole_text(grammar):
    assert grammar.slash("ask", "  why is the sky blue? ").args == "why is the sky blue?"


def test_the_home_group_reaches_every_other_group(grammar):
    assert grammar.slash("showrunner", "ask why?").command.group == "ask"
    assert grammar.slash("showrunner", "usage me").command.word == "me"


@pytest.mark.parametrize("text", ["", "help"])
def test_nothing_and_help_both_help(grammar, text):
    assert grammar.slash("showrunner", text).command.word == "help"


def test_help_on_a_group_is_help_about_that_group(grammar):
    parsed = grammar.slash("usage", "help")
    assert (parsed.command.word, parsed.args) == ("help", "usage")


def test_an_unknown_word_gets_the_nearest_right_one_and_the_usage_line(grammar):
    with pytest.raises(UnknownWord) as caught:
        grammar.slash("showrunner", "setings")
    assert caught.value.nearest == "settings"
    assert caught.value.usage == "/showrunner help | settings"


def test_arguments_a_command_does_not_take_are_refused_with_the_usage_line(grammar):
    with pytest.raises(BadArgument) as caught:
        grammar.slash("usage", "me 9x")
    assert caught.value.usage == "/usage me [7d]"


def test_words_are_found_in_any_case(grammar):
    assert grammar.slash("showrunner", "HELP").command.word == "help"


@pytest.mark.parametrize("text", ["help", "settings", "usage me 7d", "help usage"])
def test_a_mention_is_a_command_when_its_whole_text_is_one(grammar, text):
    assert grammar.mention(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "help me with this script",
        "settings for the camera?",
        "setings",
        "usage of the word cut",
        "ask her",
        "",
    ],
)
def test_any_other_mention_is_a_question(grammar, text):
    assert grammar.mention(text) is None


def test_our_own_mention_is_left_out_wherever_it_stands():
    assert without_mention("<@U0BOT> what now <@U0BOT|bot>", "U0BOT") == "what now"


def test_mentions_are_found_with_and_without_names():
    assert mentions("<@U1> and <@W2|ben>, not <#C3>") == {"U1", "W2"}
