"""What we mean to show, or have shown, in Slack."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Post:
    """A message we mean to show, or have shown, in Slack. `ts` is None while it is only meant."""

    id: UUID
    turn_id: UUID | None
    part: int
    kind: str  # "stream", "post", "ephemeral", "question"
    team: str
    channel: str
    thread_ts: str | None
    at: datetime
    ts: str | None = None
    sealed: bool = False  # nothing more will be written into it
    length: int = 0  # characters of the answer shown up to and including this message


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post that one process alone may send for now. `fresh`: nobody can have sent it yet."""

    post: Post
    holder: UUID
    fresh: bool
