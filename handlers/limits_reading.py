"""What people write to set a limit, read kindly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from handlers.blocks.limits import A_DOLLAR, TARGETS, USAGE
from services.entities.limits import Limit
from services.errors import BadArgument

TARGET = re.compile(
    r"<@(?P<person>[UW][A-Z0-9]+)(?:\|[^>]*)?>|<#(?P<channel>[CGD][A-Z0-9]+)(?:\|[^>]*)?>"
    r"|role:(?P<role>\S+)|(?P<workspace>workspace|team|everybody|everyone)\b",
    re.IGNORECASE,
)
AMOUNT = re.compile(
    r"(?P<minus>[-−])?\s*(?P<dollar>\$|usd\s*)?\s*(?P<after>[-−])?(?P<number>\d[\d,_' ]*(?:\.\d+)?|\.\d+)\s*"
    r"(?P<times>k|m|bn|b)?\b\s*(?P<unit>[a-z$]+)?\s*(?:(?:/|per\b|a\b|each\b)\s*(?P<period>[a-z]+))?",
    re.IGNORECASE,
)
TIMES = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "bn": 10**9}
PERIODS = {"day": "day", "daily": "day", "d": "day", "month": "month", "monthly": "month", "mo": "month"}
DOLLARS = frozenset({"$", "usd", "dollar", "dollars"})
TOKENS = frozenset({"", "token", "tokens", "tok"})
BACK = frozenset({"default", "reset", "none", "off", "remove"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """`limit` None: back to the default."""

    kind: str
    subject: str
    limit: Limit | None


def wanted(text: str) -> Wanted:
    """Raises BadArgument."""
    target = TARGET.match(text)
    if target is None:
        word = text.split()[0]
        raise BadArgument(f"`{_safe(word)}` is nobody I can set a limit for: name {TARGETS}", USAGE)
    kind, subject = _subject(target)
    rest = text[target.end() :].strip()
    if rest.lower() in BACK:
        return Wanted(kind, subject, None)
    number, unit, period = _cap(rest)
    return Wanted(kind, subject, Limit(kind, subject, period, unit, number))


def _subject(target: re.Match[str]) -> tuple[str, str]:
    kind = target.lastgroup or ""
    subject = target.group(kind)
    return kind, {"workspace": "", "role": subject.lower()}.get(kind, subject)


def _cap(text: str) -> tuple[int, str, str]:
    found = AMOUNT.fullmatch(text)
    if found is None:
        raise BadArgument(f"`{_safe(text) or ' '}` is not an amount I understand", USAGE)
    word = (found["unit"] or "").lower()
    period = PERIODS.get((found["period"] or word).lower())
    if period is None:
        raise BadArgument("Say for how long: `/day` or `/month`", USAGE)
    if found["period"] is None:
        word = ""
    money = bool(found["dollar"]) or word in DOLLARS
    if not money and word not in TOKENS:
        raise BadArgument(f"`{_safe(word)}` is not a unit: limits are in tokens or in $", USAGE)
    if found["minus"] or found["after"]:
        raise BadArgument("A limit can't be negative", USAGE)
    number = Decimal(re.sub(r"[,_' ]", "", found["number"])) * TIMES[(found["times"] or "").lower()]
    return int(number * A_DOLLAR) if money else int(number), "microdollars" if money else "tokens", period


def _safe(text: str) -> str:
    return re.sub(r"[`<>&]", "", text)[:40]
