from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from handlers.blocks import limits as blocks
from services.entities.limits import Limit, LimitRequest, LimitState, NearlyFull
from services.entities.people import Actor
from services.errors import NotEnoughBudget

RESET = datetime(2026, 11, 24, tzinfo=UTC)
STATE = LimitState(
    "person", "day", "tokens", 500_000, 480_000, 8_000, RESET, "user:T1:U1/day", date(2026, 11, 23)
)
ID = UUID(int=7)
WISH = LimitRequest(ID, Actor("T1", "U1"), "C1", STATE.scope, STATE.starts, "tokens", RESET, turn_id=ID)


def test_money_is_told_in_dollars_and_cents_rounded_up() -> None:
    assert blocks.quantity(20_000_000, "microdollars") == "$20.00"
    assert blocks.quantity(1, "microdollars") == "$0.01"
    assert blocks.quantity(1_234_567_890_000, "microdollars") == "$1,234,567.89"
    assert (blocks.quantity(1, "tokens"), blocks.quantity(1_200, "tokens")) == ("1 token", "1,200 tokens")


def test_a_refusal_names_the_limit_what_is_left_when_it_resets_and_who_can_raise_it() -> None:
    error = NotEnoughBudget(STATE, 54_000, ["UBOSS", "UVICE"])
    what, todo = blocks.what_is_full(error), blocks.what_to_do(error)
    assert "Your own limit of 500,000 tokens a day" in what
    assert "up to 54,000 tokens, and 12,000 tokens are left" in what
    assert "<@UBOSS> or <@UVICE> can raise it" in todo
    assert f"<!date^{int(RESET.timestamp())}" in todo
    [actions] = blocks.ways_on(error, ID)
    assert actions["elements"][0]["value"] == f"user:T1:U1/day 2026-11-23 tokens {ID}"


def test_where_nobody_could_grant_it_nobody_is_asked() -> None:
    assert blocks.ways_on(NotEnoughBudget(STATE, 54_000), ID) == []


def test_an_open_wish_can_be_granted_or_declined_with_one_press() -> None:
    _, [text, actions] = blocks.wish(WISH, STATE, [100_000, 500_000])
    assert "480,000 tokens used, 12,000 tokens left" in text["text"]["text"]
    assert [(one["text"]["text"], one["value"]) for one in actions["elements"]] == [
        ("+100,000 tokens today", f"{ID} 100000"),
        ("+500,000 tokens today", f"{ID} 500000"),
        ("Decline", str(ID)),
    ]


def test_a_decided_wish_has_no_buttons_and_says_who_decided() -> None:
    granted = replace(WISH, state="granted", bonus=100_000, decided_by="UBOSS")
    _, [_, remark] = blocks.wish(granted, STATE, [100_000])
    assert remark["elements"][0]["text"] == "<@UBOSS> granted 100,000 tokens more."


def test_who_asked_hears_the_answer_and_may_ask_again() -> None:
    granted = replace(WISH, state="granted", bonus=100_000, decided_by="UBOSS")
    told, [_, actions] = blocks.answer(granted, STATE)
    assert told == "<@UBOSS> has granted you 100,000 tokens more."
    assert actions["elements"][0]["action_id"] == "chat.again"
    declined, shown = blocks.answer(replace(WISH, state="declined", decided_by="UBOSS"), STATE)
    assert "has not granted you more" in declined
    assert len(shown) == 1


def test_a_warning_says_how_much_is_left() -> None:
    told, [text] = blocks.nearly_full(NearlyFull(STATE.scope, STATE.starts, "tokens", WISH.actor), STATE)
    assert told == "Your own limit of 500,000 tokens a day is 96 % used."
    assert "12,000 tokens left" in text["text"]["text"]


def test_the_table_has_a_line_for_each_subject() -> None:
    limits = [
        Limit("person", "U1", "day", "tokens", 5, "UB"),
        Limit("person", "U1", "month", "microdollars", 5_000_000, "UB"),
        Limit("role", "member", "day", "tokens", 7, "UB"),
        Limit("workspace", "", "month", "tokens", 9, "UB"),
    ]
    _, table, _ = blocks.table(limits, 500_000, 20)
    lines = table["text"]["text"].splitlines()
    assert lines[0] == "*Everybody*  500,000 tokens a day; 20 questions a minute, unless set otherwise"
    assert lines[1] == "*<@U1>*  5 tokens a day (by <@UB>) · $5.00 a month (by <@UB>)"
    assert [line.split("*")[1] for line in lines[2:]] == [
        "People with the role member",
        "The whole workspace",
    ]
