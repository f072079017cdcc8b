"""Who acts, and who they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. Slack ids are only unique inside their team, so the two always travel together."""

    team: str
    user: str


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    GUEST = "guest"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Person:
    """A Slack user as last read from the workspace, with the settings they chose here."""

    team: str
    user: str
    name: str
    timezone: str = "UTC"
    is_bot: bool = False
    is_guest: bool = False
    is_admin: bool = False
    is_deleted: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        return Actor(self.team, self.user)
