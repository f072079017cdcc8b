"""How alerts look, in Slack and in a mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from uuid_utils.compat import uuid7

from handlers.alert_mail import composer
from handlers.alerts import outcome, span_of, takes
from handlers.blocks import alerts as blocks
from services.costs import signs
from services.entities.alerts import Incident, IncidentState, IncidentView, Level, Pause, Reading
from services.entities.costs import Burst, Costs, Spender
from services.entities.limits import LimitState
from services.errors import BadArgument
from tests.factories import ANNA, BEN, NOON, TEAM, after

URL = "https://studio.slack.com/"
WHO = {"person": BEN, "name": "Ben <!channel> & co"}


def spent(amount: str = "41.20", period: str = "day", **facts: str) -> Reading:
    found = signs.threshold(period, Decimal(amount), Decimal(50), {"subject": "workspace", **WHO, **facts})
    assert found
    return found


def jumped() -> Reading:
    found = signs.jump(Decimal(30), [Decimal(2)] * 9, Decimal(5), {"subject": "person", **WHO})
    assert found
    return found


def ran_away() -> Reading:
    burst = Burst("k", BEN, "C1", "1700000000.000100", "chat", Decimal(9), 44)
    found = signs.runaway(burst, Decimal(0), {"subject": "thread", "channel": "C1", **WHO})
    assert found
    return found


def incident(*readings: Reading, **given: Any) -> Incident:
    level = max((reading.level for reading in readings), default=Level.WELL)
    plain = Incident(
        uuid7(), TEAM, "cost:workspace", IncidentState.FIRING, level, NOON, readings=readings, told_at=NOON
    )
    return replace(plain, **given)


def shown(one: Incident, *pauses: Pause) -> list[dict[str, Any]]:
    return blocks.incident(IncidentView(one, pauses), URL)


def words(found: list[dict[str, Any]]) -> str:
    """All the mrkdwn of a message."""
    texts = [text for block in found for text in [block.get("text"), *block.get("elements", ())] if text]
    return "\n".join(text["text"] for text in texts if text["type"] == "mrkdwn")


def buttons(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [
        (one["action_id"], one["text"]["text"])
        for block in found
        if block["type"] == "actions"
        for one in block["elements"]
    ]


def test_money_that_runs_out_says_how_much_of_what() -> None:
    text = words(shown(incident(spent())))
    assert ":large_orange_circle: *The team has used 82 % of today's money*" in text
    assert "• Today: $41.20 of $50.00 (82 %)" in text


@pytest.mark.parametrize(
    ("reading", "headline", "line"),
    [
        (spent("50"), "The team has used up today's money", "Today: $50.00 of $50.00 (100 %)"),
        (spent("25", "month"), "used 50 % of this month's money", "This month: $25.00 of $50.00 (50 %)"),
        (jumped(), "spends much more than usual today", "$30.00, 15 times the usual $2.00 a day (of 9 days)"),
        (ran_away(), "One thread is running away", "In the last hour: $9.00 in 44 calls"),
    ],
)
def test_each_sign_has_its_words(reading: Reading, headline: str, line: str) -> None:
    text = words(shown(incident(reading)))
    assert headline in text
    assert line in text


def test_a_name_is_shown_as_it_is_and_calls_nobody() -> None:
    text = words(shown(incident(jumped())))
    assert "<!channel>" not in text
    assert "Ben &lt;!channel&gt; &amp; co" in text
    assert f"<@{BEN}>" not in text


def test_a_thread_is_linked() -> None:
    assert f"<{URL}archives/C1/p1700000000000100|The thread> in <#C1>" in words(shown(incident(ran_away())))


def test_an_unknown_kind_still_says_something() -> None:
    other = Reading("disk", Level.CRITICAL, "health.disk", {"free": "1 %"})
    assert "free 1 %" in words(shown(incident(other)))
    assert words(shown(incident()))


def test_open_it_offers_to_look_after_it_and_to_pause() -> None:
    labels = [action for action, _ in buttons(shown(incident(ran_away())))]
    assert labels == ["alerts.acknowledge", "alerts.snooze", "alerts.pause", "alerts.pause"]


def test_acknowledged_it_says_by_whom() -> None:
    held = incident(spent(), state=IncidentState.ACKNOWLEDGED, held_by=ANNA, held_at=after(60))
    assert f"acknowledged by <@{ANNA}>" in words(shown(held))
    assert [action for action, _ in buttons(shown(held))] == ["alerts.snooze", "alerts.pause"]


def test_snoozed_it_says_until_when() -> None:
    held = incident(spent(), state=IncidentState.ACKNOWLEDGED, held_by=ANNA, snoozed_until=after(3600))
    assert f"snoozed by <@{ANNA}> until" in words(shown(held))


def test_a_pause_is_shown_and_can_be_resumed_even_when_all_is_over() -> None:
    pause = Pause(TEAM, "person", BEN, ANNA, NOON, NOON + timedelta(hours=24))
    over = incident(spent(), state=IncidentState.RESOLVED, resolved_at=after(60), level=Level.WELL)
    assert "AI is paused for" in words(shown(over, pause))
    assert [action for action, _ in buttons(shown(over, pause))] == ["alerts.resume"]
    assert buttons(shown(over)) == []


def test_over_it_says_so_once_and_keeps_what_it_was() -> None:
    over = incident(spent(), state=IncidentState.RESOLVED, resolved_at=after(60), reopened=2)
    text = words(shown(over))
    assert text.count("Over") == 1
    assert "82 %" in text
    assert "came back 2 times" in text


def test_labels_of_buttons_fit() -> None:
    long = replace(jumped(), facts={**jumped().facts, "name": "N" * 300})
    assert all(len(label) <= 75 for _, label in buttons(shown(incident(long))))


def test_the_list_is_short_however_many_are_open() -> None:
    listed = blocks.open_list([incident(spent()) for _ in range(40)])
    assert len(listed) <= 50
    assert "40 open" in words(listed)
    assert "All is well" in words(blocks.open_list([]))


def test_costs_are_told_against_their_limits() -> None:
    limits = (
        LimitState("workspace", "day", "microdollars", 50_000_000, 41_200_000, 0, after(3600)),
        LimitState("workspace", "month", "microdollars", 0, 1, 0, after(3600)),
    )
    people = (Spender(BEN, "Ben <b>", Decimal(30), Decimal("90.5")),)
    text = words(blocks.costs(Costs(Decimal("41.2"), Decimal(100), limits, people, 3, "Europe/Berlin")))
    assert "$41.20 of $50.00 (82 %)" in text
    assert "1. Ben &lt;b&gt;: $90.50 this month, $30.00 today" in text
    assert "3 calls" in text
    assert "Europe/Berlin" in text


def test_costs_of_nothing_say_so() -> None:
    text = words(blocks.costs(Costs(Decimal(0), Decimal(0), (), (), 0, "UTC")))
    assert "No limit in money is set" in text


# -- mail -----------------------------------------------------------------------------------------


def test_a_mail_says_the_same_in_the_desks_time() -> None:
    mail = composer(ZoneInfo("Europe/Berlin"), URL)(uuid7(), IncidentView(incident(jumped())))
    assert mail.subject.startswith("[Showrunner] Open: Ben")
    assert "- Today: $30.00, 15 times the usual $2.00 a day (of 9 days)" in mail.text
    assert "2026-11-23 13:00 (Europe/Berlin)" in mail.text
    assert "<!channel>" not in mail.html


def test_a_mail_about_the_end_asks_for_nothing() -> None:
    over = incident(spent(), state=IncidentState.RESOLVED)
    mail = composer(ZoneInfo("UTC"), URL)(uuid7(), IncidentView(over))
    assert mail.subject.startswith("[Showrunner] Over:")
    assert "Acknowledge" not in mail.text


# -- words of the command -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "args", ["", "ack a1b2c3", "snooze a1b2c3", "snooze a1b2c3 2h", "quiet", "quiet 30m"]
)
def test_what_the_command_takes(args: str) -> None:
    assert takes(args)


@pytest.mark.parametrize(
    "args",
    ["acknowledge", "ack", "snooze", "snooze a1b2c3 soon", "quiet 0h", "quiet 8d", "quiet 2h now", "-1"],
)
def test_what_it_does_not_take_is_explained(args: str) -> None:
    with pytest.raises(BadArgument):
        takes(args)


def test_times_are_read() -> None:
    assert [span_of([word]) for word in ("30m", "2h", "7d")] == [
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(days=7),
    ]
    assert span_of([]) is None


def test_who_presses_too_late_is_told() -> None:
    over = incident(spent(), state=IncidentState.RESOLVED, held_by=ANNA)
    held = incident(spent(), state=IncidentState.ACKNOWLEDGED, held_by=ANNA)
    assert "over already" in outcome(over, BEN)
    assert f"<@{ANNA}> looks after it" in outcome(held, BEN)
    assert "yours" in outcome(held, ANNA)
