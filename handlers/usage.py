"""`/usage`: who used what, seen in whatever way, shared, and taken away as a file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from handlers.blocks import usage as blocks
from handlers.blocks.usage.chart import days_label, lines_of, title
from handlers.blocks.usage.words import period as period_in_words
from handlers.blocks.usage.words import span, subject
from handlers.grammar import nearest
from handlers.pictures import Drawing, drawn
from handlers.routes import Audience, Button, Call, Command, Press, Route
from handlers.sender.reports import Page, SlackReports
from handlers.sender.uploads import SlackUploads, Upload
from services.entities.people import Actor
from services.entities.usage import Dimension, Scope, ScopeKind
from services.errors import BadArgument
from services.usage import Query, Report, UsageService, as_csv
from services.usage.periods import DEFAULT, USAGE, is_period

_WORD = re.compile(r"<[@#!][^>]*>|[^\s,]+")
_MARKED = re.compile(r"<([@#])([A-Z0-9]+)(?:\|[^>]*)?>")
OWN, TEAM, FILE = frozenset({"me", "mine", "my"}), frozenset({"team", "all"}), "csv"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the words say; `view` is what a look at it is taken apart by, None for a bit of everything."""

    query: Query
    view: Dimension | None = None
    as_file: bool = False

    @property
    def state(self) -> str:
        """The whole of it, for a button's value."""
        scope = self.query.scope
        return f"{scope.kind}|{scope.id}|{self.query.period}|{self.view or ''}"


class UsageHandlers:
    def __init__(self, usage: UsageService, reports: SlackReports, uploads: SlackUploads) -> None:
        self._usage = usage
        self._reports = reports
        self._uploads = uploads

    def routes(self) -> Iterable[Route]:
        yield Command(
            "usage",
            "",
            self.usage,
            "tokens, money, limits and trend",
            USAGE.removeprefix("/usage "),
            takes,
        )
        yield Button("usage.overview", self.look)
        yield Button("usage.person", self.look)
        yield Button("usage.channel", self.look)
        yield Button("usage.model", self.look)
        yield Button("usage.purpose", self.look)
        yield Button("usage.period", self.look)
        yield Button("usage.open", self.open)
        yield Button("usage.csv", self.file)
        yield Button("usage.share", self.share)

    async def usage(self, call: Call) -> None:
        asked = asked_of(call.args, call.actor)
        report = await self._usage.asked(call.actor, asked.query)
        if asked.as_file:
            await self._send_file(call.to, report)
        else:
            shareable = not call.to.place.channel.startswith("D")
            await self._reports.show(call.to, page_of(report, asked, shareable=shareable))

    async def look(self, press: Press) -> None:
        asked = asked_again(press.value, press.actor.team)
        report = await self._usage.asked(press.actor, asked.query)
        await self._reports.replace(press, page_of(report, asked, shareable=press.channel_kind != "im"))

    async def open(self, press: Press) -> None:
        """From Home, where nothing can be shown: into their messages with us."""
        asked = asked_again(press.value, press.actor.team)
        report = await self._usage.asked(press.actor, asked.query)
        await self._reports.show(press.to, page_of(report, asked, shareable=False))

    async def file(self, press: Press) -> None:
        asked = asked_again(press.value, press.actor.team)
        await self._send_file(press.beside, await self._usage.asked(press.actor, asked.query))

    async def share(self, press: Press) -> None:
        asked = asked_again(press.value, press.actor.team)
        report = await self._usage.asked(press.actor, asked.query)
        page = page_of(report, asked)
        shown = [*page.blocks, blocks.shared_by(press.actor.user)]
        await self._reports.share(press, replace(page, blocks=shown))

    async def _send_file(self, to: Audience, report: Report) -> None:
        """To the person's own conversation with us: a channel would show it to everybody."""
        upload = Upload(file_name(report), blocks.title(report), as_csv(report))
        await self._uploads.direct(to.actor, upload, blocks.summary(report))
        if not to.place.channel.startswith("D"):
            await self._reports.tell(to, "The file is in your messages with me.")


def takes(args: str) -> bool:
    """Raises BadArgument, which says more than a no."""
    asked_of(args, Actor("", ""))
    return True


def asked_of(args: str, actor: Actor) -> Asked:
    """The words in any order. Raises BadArgument."""
    scopes, periods, as_file = [], [], False
    for word in _WORD.findall(args):
        plain = word.lower()
        if (scope := _scope(word, actor)) is not None:
            scopes.append(scope)
        elif plain == FILE:
            as_file = True
        elif is_period(plain):
            periods.append(plain)
        else:
            raise _unknown(word)
    if len(set(scopes)) > 1 or len(set(periods)) > 1:
        raise BadArgument("I report on one person, channel or team, and one period at a time", USAGE)
    own = Scope(actor.team, ScopeKind.PERSON, actor.user)
    return Asked(Query((scopes or [own])[0], (periods or [DEFAULT])[0]), as_file=as_file)


def _scope(word: str, actor: Actor) -> Scope | None:
    if word.lower() in OWN:
        return Scope(actor.team, ScopeKind.PERSON, actor.user)
    if word.lower() in TEAM:
        return Scope(actor.team, ScopeKind.TEAM)
    marked = _MARKED.fullmatch(word)
    if marked is None:
        return None
    kind = ScopeKind.PERSON if marked[1] == "@" else ScopeKind.CHANNEL
    return Scope(actor.team, kind, marked[2])


def _unknown(word: str) -> BadArgument:
    if word.startswith("@"):
        return BadArgument(
            f"I know nobody called `{word[:40]}`; pick a name from Slack's list as you type", USAGE
        )
    if word.startswith("#"):
        return BadArgument(f"I know no channel `{word[:40]}`; pick one from Slack's list as you type", USAGE)
    return unknown_word(word)


def unknown_word(word: str) -> BadArgument:
    near = nearest(word.lower(), ("me", "team", "today", "7d", "30d", "month", "csv"))
    meant = f"; did you mean `{near}`?" if near else ""
    return BadArgument(f"`{word[:40]}` is neither a person, a channel nor a period{meant}", USAGE)


def asked_again(state: str, team: str) -> Asked:
    kind, key, period, view = state.split("|")
    return Asked(Query(Scope(team, ScopeKind(kind), key), period), Dimension(view) if view else None)


def page_of(report: Report, asked: Asked, *, shareable: bool | None = None) -> Page:
    """`shareable` None: without its buttons, as others see it."""
    shown = blocks.report_message(report, asked.view)
    if shareable is not None:
        shown.append(blocks.controls(report, asked.state, shareable=shareable))
    return Page(blocks.summary(report), shown, partial(picture_of, report, asked.view))


async def picture_of(report: Report, view: Dimension | None) -> Upload:
    split = view if view is Dimension.PURPOSE else Dimension.MODEL
    lines = lines_of(report, split)
    labels = [span(bucket.span) for bucket in report.trend.buckets]
    png = await drawn(Drawing(labels, lines, days_label(report), "Tokens"))
    sums = ", ".join(f"{name} {sum(values):,}" for name, values in lines)
    alt = f"{title(split)}, {subject(report)}, {period_in_words(report.period.word)}: {sums} tokens."
    return Upload("usage.png", title(split), png, alt)


def file_name(report: Report) -> str:
    whose = re.sub(r"[^\w-]+", "-", report.subject or "team").strip("-").lower() or "person"
    return f"usage-{whose}-{report.period.span.first}-{report.period.span.last}.csv"
