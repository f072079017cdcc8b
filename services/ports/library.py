"""What the library asks of its store and of Slack."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from services.entities.library import (
    ChannelMode,
    Content,
    ContentState,
    Hit,
    Part,
    PartState,
    Passage,
    Query,
    Share,
)
from services.entities.people import Actor


@dataclass(frozen=True, slots=True)
class Received:
    """`fresh`: this share was not known before. `linked`: it leads to an item that was there already."""

    content: Content
    share: Share
    fresh: bool
    linked: bool = False


@dataclass(frozen=True, slots=True)
class Membership:
    """`channels` is None where Slack has to be asked; `changes` counts what was heard of since."""

    channels: frozenset[str] | None
    changes: int


class LibraryStore(Protocol):
    """Items, their shares, parts and passages; channels' modes; who is in which channel.

    `audiences` are what a reader may see by: their channels, and their own id for what is theirs alone.
    """

    # -- coming in

    async def receive(self, content: Content, share: Share) -> Received:
        """Store a new item with its first share. A Slack file that is known is only shared once more: in
        this place or, known there too, not even that. Of a deleted item only the same place is known."""
        ...

    async def share(self, share: Share) -> None:
        """One more place of an item that is there."""
        ...

    async def drop_share(self, share_id: UUID) -> None: ...

    async def by_object(self, key: str) -> Content | None:
        """The item whose object, poster or contact sheet this is; deleted ones last."""
        ...

    async def by_file(self, team: str, file_id: str) -> Content | None:
        """The undeleted item that a Slack file is."""
        ...

    async def mode(self, team: str, channel: str) -> ChannelMode | None: ...

    async def set_mode(self, actor: Actor, channel: str, mode: ChannelMode) -> None: ...

    # -- being worked on

    async def claim(
        self, content_id: UUID, *, worker: str, now: datetime, lease_until: datetime
    ) -> Content | None:
        """An open item that nobody works on, one attempt more than before."""
        ...

    async def extend(self, content_id: UUID, attempt: int, lease_until: datetime) -> bool:
        """Whether it is asked to stop, or deleted. Raises LostClaim."""
        ...

    async def keep(self, content: Content) -> None:
        """What this attempt found out, its stage and state; a state other than OPEN ends the claim. Title and
        tags are people's and stay. Raises LostClaim."""
        ...

    async def link(self, content: Content, to: UUID) -> None:
        """Its shares lead to the item `to` from now on; itself becomes MERGED. Raises LostClaim."""
        ...

    async def by_hash(self, team: str, sha256: str) -> Content | None:
        """The stored, undeleted item of these bytes."""
        ...

    async def show_by(self, content_id: UUID, poster_file: str | None, *, instead_of: str | None) -> bool:
        """Which file in Slack its poster is; False where it is another one by now."""
        ...

    async def overdue(self, now: datetime, *, waiting_since: datetime) -> Sequence[UUID]:
        """Items to wake: open since then and in nobody's hands, or waiting until now. The latter turn OPEN."""
        ...

    async def wake(self, team: str, reasons: Collection[str]) -> Sequence[UUID]:
        """Those that wait for one of these turn OPEN."""
        ...

    async def turn(
        self, content_id: UUID, to: ContentState, *, of: Collection[ContentState], reason: str | None = None
    ) -> bool:
        """Whether it was in one of these states and now is in the other."""
        ...

    async def request_stop(self, content_id: UUID, now: datetime) -> None:
        """Whoever works on it hears of it; what only waits is STOPPED at once."""
        ...

    # -- parts and passages

    async def plan_parts(self, content_id: UUID, parts: Sequence[Part]) -> None:
        """Known ones stay as they are."""
        ...

    async def parts(self, content_id: UUID) -> Sequence[Part]:
        """In order; the summary, if it was begun, first."""
        ...

    async def start_part(self, content_id: UUID, number: int, call_id: UUID) -> None: ...

    async def reopen_part(self, content_id: UUID, number: int) -> None:
        """Its call gave nothing."""
        ...

    async def finish_part(
        self, content_id: UUID, number: int, call_id: UUID, passages: Sequence[Passage]
    ) -> bool:
        """False where the part belongs to another call by now: nothing is stored."""
        ...

    async def turn_parts(self, content_id: UUID, of: PartState, to: PartState) -> Sequence[Part]:
        """Those that were `of`, as they were."""
        ...

    async def add_passages(self, content_id: UUID, passages: Sequence[Passage]) -> None:
        """In place of those that were there."""
        ...

    async def passages(self, content_id: UUID) -> Sequence[Passage]:
        """In order."""
        ...

    async def count_passages(self, content_id: UUID) -> int: ...

    # -- reading, always as one reader may

    async def item(self, team: str, audiences: Collection[str], which: UUID | str) -> Content | None:
        """By id or by short id; deleted ones are not there."""
        ...

    async def newest(
        self, team: str, audiences: Collection[str], query: Query, *, limit: int, offset: int = 0
    ) -> Sequence[Content]: ...

    async def named(
        self, team: str, audiences: Collection[str], query: Query, *, limit: int
    ) -> Sequence[Content]:
        """Newest first, those with all words in title and tags; the query is a folded one."""
        ...

    async def search(
        self, team: str, audiences: Collection[str], query: Query, *, limit: int, offset: int = 0
    ) -> Sequence[Hit]:
        """Of the newest matches the best, best first."""
        ...

    # -- by id, for those who have asked already or act for nobody

    async def content(self, content_id: UUID) -> Content | None: ...

    async def contents(self, ids: Collection[UUID]) -> Sequence[Content]: ...

    async def cost(self, content_id: UUID) -> Decimal | None:
        """US dollars of its calls; None where it needed none, or no price is known."""
        ...

    async def first_in(self, share: Share) -> bool:
        """Whether nothing was shared there before."""
        ...

    async def shares(self, content_id: UUID) -> Sequence[Share]:
        """Oldest first."""
        ...

    async def deleted_item(self, team: str, short: str) -> Content | None: ...

    async def rename(self, content_id: UUID, title: str) -> None: ...

    async def tag(self, content_id: UUID, tags: Sequence[str]) -> None: ...

    async def delete(self, content_id: UUID, at: datetime | None) -> bool:
        """None restores; False where the same bytes have been added anew meanwhile."""
        ...

    async def drop_shares(self, content_id: UUID, user: str) -> int:
        """How many of this person's shares there were."""
        ...

    async def deleted_before(self, moment: datetime) -> Sequence[Content]: ...

    async def forget(self, content_id: UUID) -> None:
        """For good, with everything that hangs on it."""
        ...

    # -- who is where

    async def membership(self, actor: Actor, *, fresh_since: datetime) -> Membership: ...

    async def save_membership(
        self, actor: Actor, channels: Collection[str], changes: int, at: datetime
    ) -> bool:
        """False, storing nothing, where a change was heard of since `changes` was read."""
        ...

    async def moved(self, actor: Actor) -> None:
        """They joined or left a channel."""
        ...

    async def channel_changed(self, team: str, channel: str) -> None:
        """It was closed, or we are no longer in it."""
        ...

    async def channel_became(self, team: str, old: str, new: str) -> None:
        """It has another id: what was shared there, and whether files are added there, goes with it."""
        ...
