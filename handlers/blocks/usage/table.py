"""The keys of a report as a table that can be sorted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from handlers.blocks.figures import dollars
from handlers.blocks.kit import Block
from handlers.blocks.usage import words
from services.entities.usage import Counted, Dimension, Row, ScopeKind
from services.usage import Report

ROWS, PAGE, TOP = 100, 10, 5  # Slack takes 101 rows with the heading
NAME = 60
KINDS = {
    Dimension.PERSON: "Person",
    Dimension.CHANNEL: "Channel",
    Dimension.MODEL: "Model",
    Dimension.PURPOSE: "Purpose",
}
PLURALS = {
    Dimension.PERSON: "people",
    Dimension.CHANNEL: "channels",
    Dimension.MODEL: "models",
    Dimension.PURPOSE: "purposes",
}


def table(report: Report, view: Dimension | None) -> Block:
    return _overview(report) if view is None else _detail(report, view)


def shown_dimensions(report: Report) -> list[Dimension]:
    """A person is one person, a channel one channel: no need to take those apart."""
    own = {ScopeKind.PERSON: Dimension.PERSON, ScopeKind.CHANNEL: Dimension.CHANNEL}
    return [one for one in Dimension if one is not own.get(report.query.scope.kind)]


def _overview(report: Report) -> Block:
    """The first few of each kind."""
    rows = [
        [_text(KINDS[dimension]), _name(dimension, row), *_numbers(row.counted, report.total)]
        for dimension in shown_dimensions(report)
        for row in report.tops[dimension][:TOP]
    ]
    parts = ", ".join(PLURALS[dimension] for dimension in shown_dimensions(report))
    return _table(f"Top {parts}", ["Kind", "Name", *HEADINGS], rows)


def _detail(report: Report, view: Dimension) -> Block:
    rows = [
        [
            _name(view, row),
            *_numbers(row.counted, report.total),
            _number(Decimal(f"{row.counted.from_cache * 100:.0f}"), words.percent(row.counted.from_cache)),
            _number(row.counted.failed, str(row.counted.failed)),
        ]
        for row in report.tops[view][:ROWS]
    ]
    more = len(report.tops[view]) - ROWS
    caption = f"By {KINDS[view].lower()}" + (f", the first {ROWS} of {ROWS + more}" if more > 0 else "")
    return _table(caption, [KINDS[view], *HEADINGS, "From cache", "Failed"], rows)


HEADINGS = ("Answers", "Tokens", "Cost", "Share")


def _numbers(counted: Counted, total: Counted) -> Iterable[Block]:
    yield _number(counted.answers, f"{counted.answers:,}")
    yield _number(counted.tokens, words.tokens(counted.tokens))
    yield _number(counted.cost, _cost(counted))
    share = _share(counted, total)
    yield _number(Decimal(f"{share * 100:.1f}"), words.percent(share))


def _share(counted: Counted, total: Counted) -> float:
    """Of the money; where no price is known, of the tokens."""
    if total.cost:
        return float(counted.cost / total.cost)
    return counted.tokens / total.tokens if total.tokens else 0.0


def _cost(counted: Counted) -> str:
    if counted.unpriced and not counted.cost:
        return "unknown"
    return dollars(counted.cost) + (" + ?" if counted.unpriced else "")


def _name(dimension: Dimension, row: Row) -> Block:
    """Slack shows a channel's name to those who may know it. People by name: a mention would call them."""
    if dimension is Dimension.CHANNEL and row.key[:1] in {"C", "G"}:
        channel = {"type": "channel", "channel_id": row.key}
        return {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [channel]}],
        }
    if dimension is Dimension.CHANNEL:
        return _text("Direct messages")
    return _text(words.name(dimension, row.name)[:NAME])


def _text(plain: str) -> Block:
    return {"type": "raw_text", "text": plain}


def _number(value: Decimal | int, shown: str) -> Block:
    return {
        "type": "raw_number",
        "value": float(value) if isinstance(value, Decimal) else value,
        "text": shown,
    }


def _table(caption: str, headings: Sequence[str], rows: Sequence[list[Block]]) -> Block:
    head = [_text(heading) for heading in headings]
    return {"type": "data_table", "caption": caption, "page_size": PAGE, "rows": [head, *rows]}
