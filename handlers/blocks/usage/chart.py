"""The trend as one of Slack's own charts, within what those take."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.blocks.kit import Block, shortened
from handlers.blocks.usage import words
from services.entities.usage import Dimension, Series, Span
from services.usage import Report

KIND = "data_visualization"
LABEL, AXIS = 20, 50
MOST_BARS = 24
"""So many side by side still look like bars; more are drawn as lines."""


def chart(report: Report, split: Dimension) -> list[Block]:
    """Empty where no tokens were used: an axis without a line tells nothing."""
    lines = lines_of(report, split)
    if not lines:
        return []
    labels = [words.span(bucket.span) for bucket in report.trend.buckets]
    series = [
        {
            "name": label,
            "data": [{"label": at, "value": value} for at, value in zip(labels, values, strict=True)],
        }
        for label, values in lines
    ]
    axes = {"categories": labels, "x_label": days_label(report), "y_label": "Tokens"}
    kind = "bar" if len(labels) * len(series) <= MOST_BARS else "line"
    return [
        {
            "type": KIND,
            "title": title(split),
            "chart": {"type": kind, "series": series, "axis_config": axes},
        }
    ]


def lines_of(report: Report, split: Dimension) -> list[tuple[str, list[int]]]:
    """Each line's label and its tokens, point by point; labels differ."""
    lines: list[tuple[str, list[int]]] = []
    for one in series_of(report, split):
        values = [counted.tokens for counted in one.values]
        if any(values):
            lines.append((_unlike(_label(one, split), [label for label, _ in lines]), values))
    return lines


def series_of(report: Report, split: Dimension) -> Sequence[Series]:
    return report.trend.by_purpose if split is Dimension.PURPOSE else report.trend.by_model


def title(split: Dimension) -> str:
    return "Tokens by purpose" if split is Dimension.PURPOSE else "Tokens by model"


def days_label(report: Report) -> str:
    zone = f"days of {report.zone}"
    return shortened(zone if _step(report) == 1 else f"each point {_step(report)} days, {zone}", AXIS)


def _step(report: Report) -> int:
    spans: list[Span] = [bucket.span for bucket in report.trend.buckets]
    return spans[-1].days


def _label(series: Series, split: Dimension) -> str:
    if not series.key:
        return words.OTHERS
    plain = series.key.partition("/")[2] if split is Dimension.MODEL else series.key
    return shortened(words.name(split, plain), LABEL)


def _unlike(label: str, taken: Sequence[str]) -> str:
    """Long names may begin alike; Slack tells series apart by name."""
    number = 2
    unlike = label
    while unlike in taken:
        unlike = f"{label[: LABEL - 3]} {number}"
        number += 1
    return unlike
