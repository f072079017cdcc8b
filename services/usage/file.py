"""A report as a file for spreadsheets: every number of it, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal

from services.entities.usage import Counted, Span
from services.usage.report import Report

MEASURES = tuple(one.name for one in fields(Counted))
HEAD = ("what", "key", "name", "first_day", "last_day", "people", *MEASURES, "tokens")
MARK = "\ufeff"  # without it Excel takes UTF-8 for something else
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(report: Report) -> bytes:
    """A line for the whole, the period before, each day, each key of each dimension, and the forecast."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEAD)
    writer.writerows([_harmless(cell) for cell in line] for line in _lines(report))
    return (MARK + out.getvalue()).encode()


def _lines(report: Report) -> Iterator[list[str]]:
    period = report.period
    yield _line("total", report.subject, report.subject, period.span, report.total, report.people)
    yield _line("before", report.subject, report.subject, period.before, report.before, report.people_before)
    for day, counted in report.days:
        yield _line("day", day.isoformat(), "", Span(day, day), counted)
    for dimension, rows in report.tops.items():
        for row in rows:
            yield _line(dimension.value, row.key, row.name, period.span, row.counted)
    if report.forecast:
        found = report.forecast
        known = {"cost": _number(found.cost), "tokens": _number(found.tokens)}
        numbers = [known.get(name, "") for name in (*MEASURES, "tokens")]
        yield ["forecast", "", f"mean of {found.basis} days", "", found.until.isoformat(), "", *numbers]


def _line(
    what: str, key: str, name: str, span: Span, counted: Counted, people: int | None = None
) -> list[str]:
    numbers = [_number(getattr(counted, measure)) for measure in (*MEASURES, "tokens")]
    shown = "" if people is None else str(people)
    return [what, key, name, span.first.isoformat(), span.last.isoformat(), shown, *numbers]


def _number(value: int | Decimal) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _harmless(cell: str) -> str:
    """Names are people's own words: one that begins like a formula is told to be text."""
    return f"'{cell}" if cell.startswith(_RUNS) else cell
