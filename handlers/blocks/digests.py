"""A day or a week of the desk, for its channel."""

from __future__ import annotations

from handlers.blocks import kit
from handlers.blocks.kit import Block
from handlers.blocks.usage import report_message, words
from services.usage import Report

TITLES = {"daily": "The desk's day", "weekly": "The desk's week"}
WHEN = {"daily": "every morning at 9:00", "weekly": "every Monday at 9:00"}
PERIOD = {"daily": "day", "weekly": "week"}


def digest(kind: str, report: Report) -> list[Block]:
    remark = kit.context(f"Told {WHEN[kind]} ({report.zone}) · more with `/usage team 7d`")
    if report.is_empty:
        return [kit.header(title(kind, report)), kit.text(nothing(kind)), remark]
    _, *shown = report_message(report)
    return [kit.header(title(kind, report)), *shown, remark]


def title(kind: str, report: Report) -> str:
    return f"{TITLES[kind]}: {words.span(report.period.span)}"


def nothing(kind: str) -> str:
    return f"A quiet {PERIOD[kind]}: nobody needed me, and nothing was spent. Mention me when something comes up."
