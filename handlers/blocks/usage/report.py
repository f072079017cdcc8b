"""A usage report as a message: headline, trend, table, what caching did, limits, forecast, ways on."""

from __future__ import annotations

from handlers.blocks import kit
from handlers.blocks.figures import dollars
from handlers.blocks.kit import Block
from handlers.blocks.usage import words
from handlers.blocks.usage.bars import bar_line
from handlers.blocks.usage.chart import chart
from handlers.blocks.usage.table import KINDS, shown_dimensions, table
from services.entities.usage import Counted, Dimension, Forecast, ScopeKind
from services.usage import Report

CHOICES = ("today", "7d", "30d", "month")


def report_message(report: Report, view: Dimension | None = None) -> list[Block]:
    """`view`: what it is taken apart by; None: the first few of everything."""
    if report.is_empty:
        return [kit.header(title(report)), kit.text(nothing(report)), *limits(report)]
    split = view if view in (Dimension.MODEL, Dimension.PURPOSE) else Dimension.MODEL
    return [
        kit.header(title(report)),
        headline(report),
        kit.context(compared(report)),
        *chart(report, split),
        table(report, view),
        *remarks(report),
        *limits(report),
    ]


def title(report: Report) -> str:
    return f"Usage of {words.subject(report)}, {words.period(report.period.word)}"


def summary(report: Report) -> str:
    """For notifications, and for readers without blocks."""
    total = report.total
    return (
        f"{title(report)}: {words.tokens(total.tokens)} tokens, {money(total)}, "
        f"{words.plural(total.answers, 'answer')}"
    )


def nothing(report: Report) -> str:
    whose = {
        ScopeKind.PERSON: "No questions were answered",
        ScopeKind.CHANNEL: f"Nobody asked me anything in {words.subject_in_markup(report)}",
        ScopeKind.TEAM: "Nobody asked me anything",
    }[report.query.scope.kind]
    return f"{whose} {_when(report)}, so there is nothing to count. Try a longer period, as in `30d`."


def _when(report: Report) -> str:
    days = words.span(report.period.span)
    return f"on {days}" if report.period.span.days == 1 else f"between {days.replace('–', ' and ')}"


def headline(report: Report) -> Block:
    now, before = report.total, report.before
    cells = [
        ("Tokens", words.tokens(now.tokens), words.change(now.tokens, before.tokens)),
        ("Money", money(now), words.change(now.cost, before.cost)),
        ("Answers", f"{now.answers:,}", words.change(now.answers, before.answers)),
    ]
    if report.query.scope.kind is not ScopeKind.PERSON:
        cells.append(("People", f"{report.people:,}", words.change(report.people, report.people_before)))
    else:
        cells.append(("From cache", words.percent(now.from_cache), f"saved {dollars(now.saved)}"))
    return {
        "type": "section",
        "fields": [kit.mrkdwn(f"*{label}*\n{value}  _{changed}_") for label, value, changed in cells],
    }


def money(counted: Counted) -> str:
    if counted.unpriced and not counted.cost:
        return "cost unknown"
    return dollars(counted.cost) + (" + unpriced" if counted.unpriced else "")


def compared(report: Report) -> str:
    channel = report.query.scope.kind is ScopeKind.CHANNEL
    whose = f"{words.subject_in_markup(report)} · " if channel else ""
    return (
        f"{whose}{words.span(report.period.span)}, compared with {words.before(report.period.word)} "
        f"({words.span(report.period.before)}) · days as in {report.zone}"
    )


def remarks(report: Report) -> list[Block]:
    lines = [*caching(report.total), *outlook(report.forecast), *trouble(report.total)]
    return [kit.text("\n".join(lines))] if lines else []


def caching(total: Counted) -> list[str]:
    if not (total.cached_read or total.hits or total.saved):
        return []
    hits = f", {words.plural(total.hits, 'answer')} came from the answer cache" if total.hits else ""
    read = f"*Caching* {words.percent(total.from_cache)} of the input was read from a cache"
    return [f"{read}{hits}; that saved *{dollars(total.saved)}*."]


def outlook(found: Forecast | None) -> list[str]:
    if found is None:
        return []
    daily = f"{dollars(found.daily_cost)} and {words.short(found.daily_tokens)} tokens a day"
    come = f"about *{dollars(found.cost)}* and {words.short(found.tokens)} tokens"
    how = f"{daily} (the mean of the last {found.basis} full days)"
    left = words.plural(found.days_left, "day")
    return [f"*Outlook* By {words.day(found.until)} it comes to {come}: so far, and {how} for {left} more."]


def trouble(total: Counted) -> list[str]:
    lines = []
    if total.failed or total.failovers:
        stood_in = (
            f"; {words.plural(total.failovers, 'time')} another model stood in" if total.failovers else ""
        )
        lines.append(f"*Failures* {words.plural(total.failed, 'call')} of {total.calls:,} failed{stood_in}.")
    if total.unpriced:
        lines.append(
            f"*Unpriced* {words.plural(total.unpriced, 'call')} used a model whose price I don't know: "
            "the sums of money leave that out."
        )
    return lines


def limits(report: Report) -> list[Block]:
    return [kit.text("\n".join(map(bar_line, report.limits)))] if report.limits else []


def controls(report: Report, state: str, *, shareable: bool) -> Block:
    """`state` comes back as the value of every button; `period` and view are replaced in it by a choice."""
    kind, key, word, view = state.split("|")
    looks = [kit.button("Overview", "usage.overview", f"{kind}|{key}|{word}|")] if view else []
    looks += [
        kit.button(f"By {KINDS[one].lower()}", f"usage.{one}", f"{kind}|{key}|{word}|{one}")
        for one in shown_dimensions(report)
        if one != view and not report.is_empty
    ]
    chosen = [(words.period(each).capitalize(), f"{kind}|{key}|{each}|{view}") for each in CHOICES]
    share = [kit.button("Share", "usage.share", state)] if shareable else []
    return kit.actions(
        *looks, _initial(kit.select("Period", "usage.period", chosen), state), _file(state), *share
    )


def _file(state: str) -> Block:
    return kit.button("CSV", "usage.csv", state)


def _initial(select: Block, state: str) -> Block:
    chosen = next((option for option in select["options"] if option["value"] == state), None)
    return {**select, "initial_option": chosen} if chosen else select


def shared_by(user: str) -> Block:
    return kit.context(f"Shared by <@{user}>")
