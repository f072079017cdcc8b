"""Which of the limits that are set apply to a person in a channel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.entities.limits import Limit, Scope
from services.entities.people import Actor, Role
from services.limits.amounts import TOKENS

PERSON = "person"
SCOPES = {PERSON: "user", "channel": "channel", "workspace": "workspace"}

EASED_TASK = "limits.eased"
"""A team was allowed more: what waits for that may go on."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One limit as it applies: a person's own, their role's and the default are one rule."""

    kind: str
    scope: Scope
    unit: str
    cap: int


def applying(
    limits: Iterable[Limit], actor: Actor, role: Role | None, channel: str | None, daily_tokens: int
) -> Sequence[Rule]:
    """A person's own limit overrides their role's, that the default; a channel's and the workspace's count apart."""
    personal = {("day", TOKENS): daily_tokens}
    shared: dict[tuple[str, str, str], int] = {}
    for kind, subject in (("role", role), (PERSON, actor.user)):
        personal |= {
            (limit.period, limit.unit): limit.cap
            for limit in limits
            if limit.kind == kind and limit.subject == subject
        }
    for limit in limits:
        if limit.kind == "workspace" or (limit.kind == "channel" and limit.subject == channel):
            shared[limit.kind, limit.period, limit.unit] = limit.cap
    found = {(PERSON, *key): cap for key, cap in personal.items()} | shared
    subjects = {PERSON: actor.user, "channel": channel or "", "workspace": ""}
    return [
        Rule(kind, Scope(SCOPES[kind], actor.team, subjects[kind], period), unit, cap)
        for (kind, period, unit), cap in found.items()
    ]
