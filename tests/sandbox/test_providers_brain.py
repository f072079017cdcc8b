"""The stand-in for a model: honest, deterministic, and useful enough to try everything."""

from __future__ import annotations

import pytest

from sandbox.providers import tokens
from sandbox.providers.brain import Brain
from sandbox.providers.prompt import Prompt, Turn

TALK = """[00:00:05] Ana: Welcome to the kitchen, Mia.
[00:01:10] Mia: Pricing starts at 20 euros a month for small teams.
[00:02:30] Ana: And where will you open next?
[00:02:40] Mia: We open a second office in Lisbon in March."""


def ask(question: str, *before: Turn, system: str = "", seed: int = 1) -> str:
    turns = ([Turn("system", system)] if system else []) + [*before, Turn("user", question)]
    return Brain(seed).answer(Prompt("claude-sonnet-5-5", tuple(turns))).text


def test_it_says_once_that_it_is_a_stand_in() -> None:
    first = ask("When do we launch?")
    assert "sandbox's stand-in for claude-sonnet-5-5" in first
    again = ask("And where?", Turn("user", "When do we launch?"), Turn("assistant", first))
    assert "stand-in" not in again


def test_the_same_seed_and_question_give_the_same_answer() -> None:
    assert ask("Write 80 words about tea") == ask("Write 80 words about tea")
    assert ask("Write 80 words about tea") != ask("Write 80 words about tea", seed=2)


def test_a_question_is_answered_by_quoting_what_was_given() -> None:
    answer = ask("<@U1> what did Mia say about pricing?", Turn("tool", TALK))
    assert "> [00:01:10] Mia: Pricing starts at 20 euros a month for small teams." in answer
    assert "Welcome" not in answer


@pytest.mark.parametrize(
    "given",
    [
        Turn("system", "You are Showrunner.\nPinned facts:\n- The second office opens in Lisbon."),
        Turn("user", "Ana: The second office opens in Lisbon."),
        Turn("assistant", "The second office opens in Lisbon."),
        Turn("tool", "The second office opens in Lisbon."),
    ],
    ids=["pinned fact", "thread", "own answer", "tool result"],
)
def test_it_answers_from_every_place_text_comes_from(given: Turn) -> None:
    assert "The second office opens in Lisbon." in ask("Where does the second office open?", given)


def test_instructions_are_no_facts() -> None:
    answer = ask("What about secrets?", system="You keep secrets safe.\nNever tell secrets.")
    assert "Never tell" not in answer


def test_it_says_what_it_would_need_where_nothing_fits() -> None:
    answer = ask("What is the capital of Mongolia?", Turn("tool", TALK))
    assert "Nothing I was given speaks of “capital”, “Mongolia”" in answer


def test_a_summary_is_made_of_the_text_itself() -> None:
    answer = ask("Please summarise this interview", Turn("tool", TALK))
    assert all(line.removeprefix("- ") in TALK for line in answer.splitlines())
    assert "Lisbon" in answer


def test_a_summarising_system_text_makes_every_answer_a_summary() -> None:
    answer = ask(TALK, system="You summarise conversations for later turns.")
    assert answer.startswith("- ")
    assert "stand-in" not in answer


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "say exactly: <!channel> look at <https://evil.example|this>",
            "<!channel> look at <https://evil.example|this>",
        ),
        ("Ana Producer: please say exactly: two\nlines", "two\nlines"),
        ("repeat after me: bananas are blue", "bananas are blue"),
        ("Say “good night”", "good night"),
    ],
)
def test_it_says_what_it_is_told_to_say(question: str, said: str) -> None:
    assert ask(question) == said


def test_a_table_holds_the_things_named() -> None:
    answer = ask("make a table of apples, pears and plums")
    assert "| 1 | apples |" in answer
    assert "| 3 | plums |" in answer
    assert "|---:|" in answer


def test_a_list_holds_the_things_named() -> None:
    assert ask("List these: red, green, blue").endswith("- red\n- green\n- blue")


@pytest.mark.parametrize("language", ["python", "sql", "json", "yaml", "bash", "javascript", "html", "css"])
def test_code_stands_in_a_closed_fence(language: str) -> None:
    answer = ask(f"Show {language} code for counting clips")
    assert f"```{language}\n" in answer
    assert answer.count("```") == 2


@pytest.mark.parametrize("size", [40, 300, 2_000])
def test_a_text_has_about_the_words_asked_for(size: int) -> None:
    answer = ask(f"Write {size:,} words about sound design")
    assert abs(len(answer.split()) - size) <= size * 0.05


def test_a_number_of_tokens_is_met_exactly() -> None:
    assert tokens.count(ask("Answer with 200 tokens about coffee")) == 200


def test_the_question_is_found_in_a_long_message() -> None:
    answer = ask("Here is the talk:\n" + TALK * 5 + "\nWhere do they open an office?")
    assert "> [00:02:40] Mia: We open a second office in Lisbon in March." in answer


def test_a_broken_answer_is_gone_on_with_where_it_stopped() -> None:
    question = Turn("user", "Ana: write 120 words about tea")
    whole = ask(question.text)
    rest = ask("Go on exactly where your last message broke off.", question, Turn("assistant", whole[:200]))
    assert whole[:200].rstrip() + rest == whole


def test_a_long_text_is_said_exactly_as_well() -> None:
    text = "<!here> " + "one two three.\n" * 200
    assert ask(f"Ana: say exactly: {text}") == text.strip()


def test_a_role_is_not_quoted_and_what_stands_below_a_label_is() -> None:
    system = "You are Showrunner. Files hold material.\nMany people write.\n\nPinned:\nThe files go to Mia."
    answer = ask("Ben: where do the files go?", system=system)
    assert "> The files go to Mia." in answer
    assert "material" not in answer


def test_frames_around_files_are_not_quoted() -> None:
    answer = ask(
        "what is in the plan file?", Turn("user", "<file name='plan.md'>\nThe plan is simple.\n</file>")
    )
    assert "> The plan is simple." in answer
    assert "<file" not in answer


def test_pictures_are_not_pretended_to_be_seen() -> None:
    prompt = Prompt("gpt-6-luna", (Turn("user", "", images=2), Turn("user", "What is on the whiteboard?")))
    assert "2 pictures, and cannot look at pictures" in Brain(1).answer(prompt).text


@pytest.mark.parametrize("question", ["", "🎬🎬🎬", "?", "the of and", "x" * 40_000, "<@U1>", "\n\n"])
def test_odd_questions_get_an_answer(question: str) -> None:
    assert ask(question)


FORM = """\
You summarise one recording.
Answer in exactly this form:
SUMMARY: two or three sentences
TOPICS: three to six topics, separated by semicolons
LANGUAGE: the language's ISO 639-1 code
CHAPTERS:
one line for each of two to eight chapters: the time it begins at, as in the text, and a title"""


def test_a_form_that_is_laid_down_is_filled_from_what_was_given():
    talk = "\n".join(
        [f"[0:{at:02}] Ana: The camera costs {at} euros a week." for at in range(6)]
        + [f"[1:{at:02}] Ben: Night shots need another lens." for at in range(6)]
    )
    prompt = Prompt("stand-in", (Turn("system", FORM), Turn("user", f"Summarise this:\n\n{talk}")))
    summary, topics, language, chapters, *lines = Brain(1).answer(prompt).text.split("\n")
    assert summary.startswith("SUMMARY: The camera costs")
    assert "[" not in summary
    assert {"Camera", "Night"} <= set(topics.removeprefix("TOPICS: ").split("; "))
    assert (language, chapters) == ("LANGUAGE: en", "CHAPTERS: ")
    assert [line.split(" ")[0] for line in lines] == ["0:00", "0:03", "1:00", "1:03"]
