"""What an incident is called, and what is known of it: plain text, for Slack and for email alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from handlers.blocks import figures
from services.costs import signs
from services.entities.alerts import Incident, IncidentState, Reading

Facts = Mapping[str, str]

WHOSE = {"workspace": "The team", "channel": "One channel", "thread": "One thread"}
TODAY = {"day": "today's money", "month": "this month's money"}
SPENDING = {"day": "Today", "month": "This month"}


def headline(incident: Incident) -> str:
    """Of its worst reading."""
    worst = max(incident.readings, key=lambda reading: reading.level, default=None)
    if worst is None:
        return "Something is wrong"
    return _HEADLINES.get(worst.kind, _unknown)(worst.facts)


def line(reading: Reading) -> str:
    return _LINES.get(reading.kind, _unknown)(reading.facts)


def state(incident: Incident) -> str:
    match incident.state:
        case IncidentState.RESOLVED:
            return "Over"
        case IncidentState.ACKNOWLEDGED:
            return "Snoozed" if incident.snoozed_until else "Acknowledged"
        case _:
            return "Open"


def whose(facts: Facts) -> str:
    subject = facts.get("subject", "")
    return facts.get("name", "Somebody") if subject == "person" else WHOSE.get(subject, "The desk")


def _dollars(amount: str) -> str:
    return figures.dollars(Decimal(amount))


def _spent_headline(facts: Facts) -> str:
    percent = facts["percent"]
    money = TODAY[facts["period"]]
    if int(percent) >= 100:
        return f"{whose(facts)} has used up {money}"
    return f"{whose(facts)} has used {percent} % of {money}"


def _spent_line(facts: Facts) -> str:
    spent, cap = _dollars(facts["spent"]), _dollars(facts["cap"])
    return f"{SPENDING[facts['period']]}: {spent} of {cap} ({facts['percent']} %)"


def _jump_headline(facts: Facts) -> str:
    return f"{whose(facts)} spends much more than usual today"


def _jump_line(facts: Facts) -> str:
    usual = Decimal(facts["usual"])
    times = f", {Decimal(facts['spent']) / usual:.0f} times the usual" if usual else "; the usual is"
    return (
        f"Today: {_dollars(facts['spent'])}{times} {_dollars(facts['usual'])} a day (of {facts['days']} days)"
    )


def _runaway_headline(facts: Facts) -> str:
    where = "One thread" if facts["thread_ts"] else f"{facts['name']}'s {facts['purpose']} work"
    return f"{where} is running away"


def _runaway_line(facts: Facts) -> str:
    return f"In the last hour: {_dollars(facts['spent'])} in {facts['calls']} calls, most of them for {facts['name']}"


def _unknown(facts: Facts) -> str:
    told = ", ".join(f"{name} {value}" for name, value in facts.items())
    return told or "Something is wrong"


_HEADLINES: dict[str, Callable[[Facts], str]] = {
    signs.SPENT: _spent_headline,
    signs.JUMP: _jump_headline,
    signs.RUNAWAY: _runaway_headline,
}
_LINES: dict[str, Callable[[Facts], str]] = {
    signs.SPENT: _spent_line,
    signs.JUMP: _jump_line,
    signs.RUNAWAY: _runaway_line,
}
