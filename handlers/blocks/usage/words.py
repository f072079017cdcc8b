"""How numbers, days and names of a report are written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from handlers.sender.sanitise import escape
from services.entities.usage import Dimension, ScopeKind, Span
from services.usage import Report

PERIODS = {
    "today": "today",
    "yesterday": "yesterday",
    "week": "last week",
    "7d": "last 7 days",
    "30d": "last 30 days",
    "month": "this month",
}
BEFORE = {
    "today": "yesterday",
    "yesterday": "the day before",
    "week": "the week before",
    "month": "the same days of last month",
}
PURPOSES = {
    "chat": "Answers",
    "summary": "Folding threads",
    "transcription": "Transcripts",
    "library": "Library",
}
OTHERS = "all others"


def tokens(number: int) -> str:
    return f"{number:,}"


def short(number: int) -> str:
    """`1.24 M`, for where room is scarce."""
    for size, letter in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        if number >= size:
            return (
                f"{number / size:.3g} {letter}" if number < 1_000 * size else f"{number // size:,} {letter}"
            )
    return str(number)


def plural(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def percent(share: float) -> str:
    if 0 < share < 0.01:
        return "under 1 %"
    return f"{share * 100:.0f} %"


def change(now: float | Decimal, before: float | Decimal) -> str:
    """Against the period before: `▲ 12 %`; from nothing there is no percentage."""
    if now == before:
        return "as before"
    if not before:
        return "none before"
    if not now:
        return "▼ to none"
    ratio = float(now) / float(before) - 1
    if ratio >= 9:
        return f"▲ {ratio + 1:.0f} times"
    return f"{'▲' if ratio > 0 else '▼'} {percent(abs(ratio))}"


def day(of: date) -> str:
    return f"{of.day} {of:%b}"


def span(of: Span) -> str:
    if of.first == of.last:
        return day(of.first)
    first = str(of.first.day) if of.first.replace(day=1) == of.last.replace(day=1) else day(of.first)
    return f"{first}–{day(of.last)}"


def period(word: str) -> str:
    return PERIODS.get(word) or f"last {word[:-1]} days"


def before(word: str) -> str:
    return BEFORE.get(word) or "the days before"


def subject(report: Report) -> str:
    """In plain text, for headers; a channel there has no name, Slack finds it only in markup."""
    match report.query.scope.kind:
        case ScopeKind.PERSON:
            return report.subject
        case ScopeKind.CHANNEL:
            return "this channel"
        case ScopeKind.TEAM:
            return "the team"


def subject_in_markup(report: Report) -> str:
    if report.query.scope.kind is ScopeKind.CHANNEL:
        return f"<#{report.subject}>"
    return escape(subject(report))


def name(dimension: Dimension, plain: str) -> str:
    return PURPOSES.get(plain, plain.capitalize()) if dimension is Dimension.PURPOSE else plain
