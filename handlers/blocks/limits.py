"""Limits, refusals, wishes for more and warnings, as they are seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from handlers.blocks import kit
from handlers.blocks.figures import meter
from handlers.blocks.kit import Block, slack_date
from services.entities.limits import Limit, LimitRequest, LimitState, NearlyFull, scope_of
from services.errors import NotEnoughBudget

A_DOLLAR = 1_000_000
OWN = {
    "person": "Your own limit",
    "channel": "This channel's limit",
    "workspace": "The whole workspace's limit",
}
WHOSE = {
    "person": "their own limit",
    "channel": "the limit of {}",
    "workspace": "the whole workspace's limit",
}
TARGETS = "@PERSON, #CHANNEL, role:member or workspace"
USAGE = "/ops limits @PERSON | #CHANNEL | role:ROLE | workspace   1m tokens/day | $20/month | default"


def quantity(number: int, unit: str) -> str:
    """`12,300 tokens`, `$4.50`; fractions of a cent are rounded up."""
    if unit == "tokens":
        return f"{number:,} token{'' if number == 1 else 's'}"
    cents = math.ceil(Decimal(number) * 100 / A_DOLLAR)
    return f"${cents // 100:,}.{cents % 100:02d}"


def cap_of(limit: LimitState | Limit) -> str:
    return f"{quantity(limit.cap, limit.unit)} a {limit.period}"


def people(users: Sequence[str]) -> str:
    """`<@U1>, <@U2> or <@U3>`."""
    named = [f"<@{user}>" for user in users]
    return " or ".join(filter(None, [", ".join(named[:-1]), *named[-1:]]))


# ---- a refusal -----------------------------------------------------------------------------------


def what_is_full(error: NotEnoughBudget) -> str:
    limit = error.limit
    return (
        f"{OWN[limit.kind]} of {cap_of(limit)} does not allow this: it may need up to "
        f"{quantity(error.needed, limit.unit)}, and {quantity(limit.left, limit.unit)} "
        f"{'is' if limit.left == 1 else 'are'} left."
    )


def what_to_do(error: NotEnoughBudget) -> str:
    who = people(error.raisers) or "Whoever runs Showrunner"
    return (
        f"It starts anew {slack_date(error.limit.resets_at)}. {who} can raise it. "
        "A shorter question in a new thread needs less."
    )


def ways_on(error: NotEnoughBudget, turn_id: UUID | None) -> list[Block]:
    limit, ways = error.limit, []
    if error.raisers:
        value = f"{limit.scope} {limit.starts.isoformat()} {limit.unit} {turn_id or '-'}"
        ways.append(kit.button("Ask for more", "limits.more", value, "primary"))
    if error.cheaper is not None and turn_id is not None:
        ways.append(kit.button(f"Answer with {error.cheaper}", "chat.again", f"{turn_id}|{error.cheaper}"))
    return [kit.actions(*ways)] if ways else []


def asked(raisers: Sequence[str], *, fresh: bool) -> str:
    if fresh:
        return f"I have asked {people(raisers)} for you. You will hear from me as soon as it is decided."
    return f"That is asked already, and {people(raisers)} has not decided yet. I'll tell you at once."


# ---- a wish --------------------------------------------------------------------------------------


def wish(request: LimitRequest, state: LimitState | None, steps: Sequence[int]) -> tuple[str, list[Block]]:
    """For those who decide."""
    told = f"<@{request.actor.user}> asks for more"
    blocks = [kit.text(f"{told}.\n{_fill(request, state)}")]
    if request.state != "open":
        return told, [*blocks, kit.context(_decision(request))]
    if state is None:
        return told, [*blocks, kit.context("This limit is set no more: nothing is to be decided.")]
    grants = [
        kit.button(
            f"+{quantity(step, request.unit)} {_now(state.period)}",
            f"limits.grant.{place}",
            f"{request.id} {step}",
            "primary" if place == 0 else None,
        )
        for place, step in enumerate(steps)
    ]
    decline = kit.button("Decline", "limits.decline", str(request.id))
    return told, [*blocks, kit.actions(*grants, decline)]


def answer(request: LimitRequest, state: LimitState | None) -> tuple[str, list[Block]]:
    """For who asked."""
    if request.state != "granted":
        until = f" It starts anew {slack_date(state.resets_at)}." if state else ""
        told = f"<@{request.decided_by}> has not granted you more this time."
        return told, [kit.text(told + until)]
    until = f" {_now(state.period)}, until {slack_date(state.resets_at)}" if state else ""
    told = f"<@{request.decided_by}> has granted you {quantity(request.bonus, request.unit)} more"
    left = f"\n{quantity(state.left, state.unit)} are left now." if state else ""
    blocks = [kit.text(f"{told}{until}.{left}")]
    if request.turn_id is not None:
        blocks.append(kit.actions(kit.button("Ask again", "chat.again", f"{request.turn_id}|", "primary")))
    return f"{told}.", blocks


def _fill(request: LimitRequest, state: LimitState | None) -> str:
    scope = scope_of(request.scope)
    if state is None:
        return "The limit that was in the way is set no more."
    where = WHOSE[state.kind].format(f"<#{scope.subject}>")
    return (
        f"It is about {where}, {cap_of(state)}:\n{bar(state)}  {quantity(state.spent, state.unit)} used, "
        f"{quantity(state.left, state.unit)} left; it starts anew {slack_date(state.resets_at)}."
    )


def _decision(request: LimitRequest) -> str:
    if request.state == "granted":
        return f"<@{request.decided_by}> granted {quantity(request.bonus, request.unit)} more."
    return f"<@{request.decided_by}> declined."


def _now(period: str) -> str:
    return "today" if period == "day" else "this month"


# ---- a warning -----------------------------------------------------------------------------------


def nearly_full(of: NearlyFull, state: LimitState) -> tuple[str, list[Block]]:
    scope = scope_of(of.scope)
    whose = {"channel": f"The limit of <#{scope.subject}>"}.get(state.kind, OWN[state.kind])
    percent = 100 * state.spent // state.cap if state.cap else 100
    told = f"{whose} of {cap_of(state)} is {percent} % used"
    line = (
        f"{told}.\n{bar(state)}  {quantity(state.left, state.unit)} left. "
        f"It starts anew {slack_date(state.resets_at)}."
    )
    return f"{told}.", [kit.text(line)]


def bar(state: LimitState) -> str:
    return meter(state.spent + state.reserved, state.cap)


# ---- what is set ---------------------------------------------------------------------------------


def table(limits: Sequence[Limit], daily_tokens: int, per_minute: int) -> list[Block]:
    minute = f"; {per_minute} questions a minute" if per_minute else ""
    usual = f"*Everybody*  {daily_tokens:,} tokens a day{minute}, unless set otherwise"
    named: dict[str, list[str]] = {}
    for limit in limits:
        named.setdefault(_subject(limit), []).append(f"{cap_of(limit)} (by <@{limit.set_by}>)")
    lines = [usual, *(f"*{who}*  {' · '.join(caps)}" for who, caps in named.items())]
    return [kit.header("Limits"), kit.text("\n".join(lines)), kit.context(f"Set one: `{USAGE}`")]


def was_set(limit: Limit) -> str:
    each = " each" if limit.kind == "role" else ""
    return f"{_subject(limit)} may use {cap_of(limit)}{each} from now on."


def was_unset(kind: str, subject: str, count: int) -> str:
    who = _subject(Limit(kind, subject, "day", "tokens", 0))
    return f"{who}: back to the default." if count else f"{who}: no limit was set, the default holds already."


def _subject(limit: Limit) -> str:
    match limit.kind:
        case "person":
            return f"<@{limit.subject}>"
        case "channel":
            return f"<#{limit.subject}>"
        case "role":
            return f"People with the role {limit.subject}"
        case _:
            return "The whole workspace"
