"""Blocks are pure functions of data."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from handlers.blocks import chat, kit
from handlers.blocks.kit import Block
from services.ports.presenter import AnswerNotes

TURN = UUID(int=1)


def remarks(notes: AnswerNotes) -> str:
    return str(chat.footer(notes, TURN)[0]["elements"][0]["text"])


def elements(blocks: list[Block]) -> list[Block]:
    return [element for block in blocks if block["type"] == "actions" for element in block["elements"]]


def test_a_plain_answer_names_its_model_and_asks_for_feedback() -> None:
    notes = AnswerNotes(model="claude-sonnet-5-5", tokens=1_240, cost=Decimal("0.00412"))
    assert chat.footer(notes, TURN) == [
        {
            "type": "context",
            "elements": [{"type": "mrkdwn", "text": "claude-sonnet-5-5 · 1,240 tokens, $0.0041"}],
        },
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "chat.feedback",
                    "positive_button": thumb("Good", f"up:{TURN}"),
                    "negative_button": thumb("Bad", f"down:{TURN}"),
                }
            ],
        },
    ]


def thumb(label: str, value: str) -> Block:
    shown = {"type": "plain_text", "text": label, "emoji": True}
    return {"text": shown, "value": value, "accessibility_label": f"{label} answer"}


@pytest.mark.parametrize(
    ("notes", "said"),
    [
        (AnswerNotes("m", failover_from="gpt-6"), "gpt-6 could not answer"),
        (AnswerNotes("m", stopped=True), "Stopped"),
        (AnswerNotes("m", broken=True), "Broke off"),
        (AnswerNotes("m", cut=True), "Cut"),
        (AnswerNotes("m", context_full=83), "83 %"),
        (AnswerNotes("m", unread_files=(("a.pdf", "password"),)), "a.pdf (protected by a password)"),
    ],
)
def test_what_a_person_should_know_is_said(notes: AnswerNotes, said: str) -> None:
    assert said in remarks(notes)


@pytest.mark.parametrize("notes", [AnswerNotes("m", broken=True), AnswerNotes("m", cut=True)])
def test_an_unfinished_answer_can_be_continued(notes: AnswerNotes) -> None:
    [button] = elements(chat.footer(notes, TURN))
    assert (button["action_id"], button["value"]) == ("chat.continue", str(TURN))


def test_another_model_can_be_asked() -> None:
    [select] = elements(chat.footer(AnswerNotes("m", models=("a", "b")), TURN))
    assert [option["value"] for option in select["options"]] == [f"{TURN}|a", f"{TURN}|b"]


def test_a_long_question_is_shown_by_its_beginning() -> None:
    [section] = chat.question("U1", "word " * 5_000)
    assert len(section["text"]["text"]) <= kit.SECTION_LIMIT
    assert section["text"]["text"].startswith("<@U1> asked:\n>word")


def test_every_line_of_a_question_is_quoted() -> None:
    [section] = chat.question("U1", "one\ntwo")
    assert section["text"]["text"] == "<@U1> asked:\n>one\n>two"


def test_slacks_limits_are_kept() -> None:
    many = [(f"{number} " + "x" * 90, str(number)) for number in range(120)]
    select = kit.select("p" * 200, "a", many)
    assert len(select["options"]) == 100
    assert all(len(option["text"]["text"]) <= 75 for option in select["options"])
    assert len(kit.header("x" * 200)["text"]["text"]) == 150
    assert len(kit.text("x" * 4_000)["text"]["text"]) == 3_000
    assert len(kit.context(*"abcdefghijklmnop")["elements"]) == 10


@pytest.mark.parametrize(
    ("cost", "told"),
    [
        ("0", "$0.00"),
        ("0.000408", "$0.00041"),
        ("0.012345", "$0.01"),
        ("3.5", "$3.50"),
        (None, "cost unknown"),
    ],
)
def test_money_is_told_to_what_matters_and_an_unknown_price_as_such(cost: str | None, told: str) -> None:
    notes = AnswerNotes(model="m", tokens=10, cost=Decimal(cost) if cost is not None else None)
    assert chat.spent(notes) == f"10 tokens, {told}"


def test_an_answer_given_before_says_so_and_can_be_asked_anew() -> None:
    notes = AnswerNotes(model="m", models=("n",), kept=True)
    assert "Answered before" in remarks(notes)
    assert "tokens" not in remarks(notes)
    anew, other = (block for block in chat.footer(notes, TURN) if block["type"] == "actions")
    assert [(one["action_id"], one["value"]) for one in anew["elements"]] == [("chat.again", f"{TURN}|")]
    assert other["elements"][0]["action_id"] == "chat.again"


def test_a_file_that_was_cut_says_so() -> None:
    assert "Only the beginning of a.pdf was read" in remarks(
        AnswerNotes(model="m", unread_files=(("a.pdf", "cut"),))
    )
