"""The LibraryStore port in memory."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.entities.library import (
    MARK,
    UNMARK,
    ChannelMode,
    Content,
    ContentState,
    Hit,
    Part,
    PartState,
    Passage,
    Query,
    Share,
    Stage,
)
from services.entities.people import Actor
from services.errors import LostClaim
from services.folding import folded, needles
from services.folding import marked as folded_marks
from services.ports.library import Membership, Received
from services.short import short_of
from tests.fakes.memory import FakeStore

STOPPABLE = frozenset({ContentState.OPEN, ContentState.WAITING, ContentState.UNCERTAIN})
NEWEST = 200


@dataclass(frozen=True, slots=True)
class ContentRow:
    content: Content
    lease_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tables:
    """What `Memory` keeps for the library."""

    contents: dict[UUID, ContentRow] = field(default_factory=dict)
    shares: dict[UUID, Share] = field(default_factory=dict)
    parts: dict[tuple[UUID, int], Part] = field(default_factory=dict)
    passages: dict[tuple[UUID, int], Passage] = field(default_factory=dict)
    modes: dict[tuple[str, str], ChannelMode] = field(default_factory=dict)
    memberships: dict[Actor, tuple[frozenset[str], datetime | None, int]] = field(default_factory=dict)


class FakeLibraryStore(FakeStore):
    @property
    def _t(self) -> Tables:
        return self._memory.library

    # -- coming in

    async def receive(self, content: Content, share: Share) -> Received:
        known = self._by_file(content.team, share.file.id) if share.file else None
        there = self._there(share)
        if known is None or (known.deleted_at is not None and there is None):
            taken = {
                row.content.short for row in self._t.contents.values() if row.content.team == content.team
            }
            again = [content.short, *(short_of(content.id, again=each) for each in range(1, 5))]
            content = replace(content, short=next(one for one in again if one not in taken))
            self._put(self._t.contents, content.id, ContentRow(content))
            self._put(self._t.shares, share.id, share)
            return Received(content, share, fresh=True)
        if there is not None:
            return Received(known, there, fresh=False, linked=True)
        linked = replace(share, content_id=known.id)
        self._put(self._t.shares, share.id, linked)
        return Received(known, linked, fresh=True, linked=True)

    async def share(self, share: Share) -> None:
        self._put(self._t.shares, share.id, share)

    async def drop_share(self, share_id: UUID) -> None:
        self._drop(self._t.shares, share_id)

    async def by_object(self, key: str) -> Content | None:
        found = [c for c in self._contents() if key in {c.object_key, c.poster_key, c.sheet_key}]
        found.sort(key=lambda content: (content.deleted_at is not None, -content.id.int))
        return found[0] if found else None

    async def show_by(self, content_id: UUID, poster_file: str | None, *, instead_of: str | None) -> bool:
        if self._t.contents[content_id].content.poster_file != instead_of:
            return False
        self._change(content_id, poster_file=poster_file)
        return True

    async def by_file(self, team: str, file_id: str) -> Content | None:
        found = self._by_file(team, file_id)
        return found if found and found.deleted_at is None else None

    async def mode(self, team: str, channel: str) -> ChannelMode | None:
        return self._t.modes.get((team, channel))

    async def set_mode(self, actor: Actor, channel: str, mode: ChannelMode) -> None:
        self._put(self._t.modes, (actor.team, channel), mode)

    # -- being worked on

    async def claim(
        self, content_id: UUID, *, worker: str, now: datetime, lease_until: datetime
    ) -> Content | None:
        row = self._t.contents.get(content_id)
        if row is None or row.content.state is not ContentState.OPEN or row.content.deleted_at:
            return None
        if row.lease_until is not None and row.lease_until > now:
            return None
        claimed = replace(row.content, attempts=row.content.attempts + 1, wake_at=None, reason=None)
        self._put(self._t.contents, content_id, ContentRow(claimed, lease_until))
        return claimed

    async def extend(self, content_id: UUID, attempt: int, lease_until: datetime) -> bool:
        row = self._held(content_id, attempt)
        self._put(self._t.contents, content_id, replace(row, lease_until=lease_until))
        return row.content.stop_requested or row.content.deleted_at is not None

    async def keep(self, content: Content) -> None:
        row = self._held(content.id, content.attempts)
        stored = row.content
        twin = await self.by_hash(content.team, content.sha256) if content.sha256 else None
        if content.object_key and twin and twin.id != content.id:
            raise LostClaim
        kept = replace(
            content, title=stored.title, tags=stored.tags, stop_requested=stored.stop_requested,
            deleted_at=stored.deleted_at, poster_file=stored.poster_file,
        )  # fmt: skip
        lease = row.lease_until if content.state is ContentState.OPEN else None
        self._put(self._t.contents, content.id, ContentRow(kept, lease))

    async def link(self, content: Content, to: UUID) -> None:
        self._held(content.id, content.attempts)
        merged = replace(content, state=ContentState.MERGED, object_key=None)
        self._put(self._t.contents, content.id, ContentRow(merged))
        for share in list(self._t.shares.values()):
            if share.content_id == content.id:
                self._put(self._t.shares, share.id, replace(share, content_id=to))

    async def by_hash(self, team: str, sha256: str) -> Content | None:
        wanted = (team, sha256)
        return next(
            (
                c
                for c in self._contents()
                if (c.team, c.sha256) == wanted and c.object_key and not c.deleted_at
            ),
            None,
        )

    async def overdue(self, now: datetime, *, waiting_since: datetime) -> Sequence[UUID]:
        found = []
        for row in list(self._t.contents.values()):
            content = row.content
            free = row.lease_until is None or row.lease_until <= now
            left = content.state is ContentState.OPEN and free and content.created_at <= waiting_since
            due = content.state is ContentState.WAITING and content.wake_at and content.wake_at <= now
            if (left or due) and not content.deleted_at:
                self._put(
                    self._t.contents,
                    content.id,
                    replace(row, content=replace(content, state=ContentState.OPEN)),
                )
                found.append(content.id)
        return found

    async def wake(self, team: str, reasons: Collection[str]) -> Sequence[UUID]:
        found = [
            c.id
            for c in self._contents()
            if c.team == team and c.state is ContentState.WAITING and c.reason in reasons and not c.deleted_at
        ]
        for content_id in found:
            self._change(content_id, state=ContentState.OPEN)
        return found

    async def turn(
        self, content_id: UUID, to: ContentState, *, of: Collection[ContentState], reason: str | None = None
    ) -> bool:
        row = self._t.contents.get(content_id)
        if row is None or row.content.state not in of:
            return False
        changes: dict[str, Any] = {"state": to, "reason": reason, "wake_at": None}
        if to is ContentState.OPEN:
            changes["stop_requested"] = False
            row = replace(row, lease_until=None)
        self._put(self._t.contents, content_id, replace(row, content=replace(row.content, **changes)))
        return True

    async def request_stop(self, content_id: UUID, now: datetime) -> None:
        row = self._t.contents.get(content_id)
        if row is None or row.content.state not in STOPPABLE:
            return
        busy = row.content.state is ContentState.OPEN and row.lease_until and row.lease_until > now
        state = row.content.state if busy else ContentState.STOPPED
        self._put(
            self._t.contents,
            content_id,
            replace(row, content=replace(row.content, stop_requested=True, state=state)),
        )

    # -- parts and passages

    async def plan_parts(self, content_id: UUID, parts: Sequence[Part]) -> None:
        for part in parts:
            if (content_id, part.number) not in self._t.parts:
                self._put(self._t.parts, (content_id, part.number), part)

    async def parts(self, content_id: UUID) -> Sequence[Part]:
        found = [part for (of, _), part in self._t.parts.items() if of == content_id]
        return sorted(found, key=lambda part: part.number)

    async def start_part(self, content_id: UUID, number: int, call_id: UUID) -> None:
        part = self._t.parts[content_id, number]
        started = replace(part, state=PartState.STARTED, call_id=call_id)
        self._put(self._t.parts, (content_id, number), started)

    async def reopen_part(self, content_id: UUID, number: int) -> None:
        part = self._t.parts[content_id, number]
        if part.state is PartState.STARTED:
            self._put(self._t.parts, (content_id, number), replace(part, state=PartState.OPEN))

    async def finish_part(
        self, content_id: UUID, number: int, call_id: UUID, passages: Sequence[Passage]
    ) -> bool:
        part = self._t.parts.get((content_id, number))
        if part is None or part.call_id != call_id:
            return False
        if part.state not in {PartState.STARTED, PartState.UNCERTAIN}:
            return False
        self._put(self._t.parts, (content_id, number), replace(part, state=PartState.DONE))
        for passage in passages:
            self._put(self._t.passages, (content_id, passage.number), passage)
        return True

    async def turn_parts(self, content_id: UUID, of: PartState, to: PartState) -> Sequence[Part]:
        found = [part for part in await self.parts(content_id) if part.state is of]
        for part in found:
            self._put(self._t.parts, (content_id, part.number), replace(part, state=to))
        return found

    async def add_passages(self, content_id: UUID, passages: Sequence[Passage]) -> None:
        for key in [key for key in self._t.passages if key[0] == content_id]:
            self._drop(self._t.passages, key)
        for passage in passages:
            self._put(self._t.passages, (content_id, passage.number), passage)

    async def passages(self, content_id: UUID) -> Sequence[Passage]:
        found = [passage for (of, _), passage in self._t.passages.items() if of == content_id]
        return sorted(found, key=lambda passage: passage.number)

    async def count_passages(self, content_id: UUID) -> int:
        return len(await self.passages(content_id))

    # -- reading

    async def item(self, team: str, audiences: Collection[str], which: UUID | str) -> Content | None:
        return next((c for c in self._visible(team, audiences, Query()) if which in {c.id, c.short}), None)

    async def newest(
        self, team: str, audiences: Collection[str], query: Query, *, limit: int, offset: int = 0
    ) -> Sequence[Content]:
        found = [one for one in self._visible(team, audiences, query) if one.stage is not Stage.RECEIVED]
        found.sort(key=lambda content: (content.created_at, content.id), reverse=True)
        return found[offset : offset + limit]

    async def named(
        self, team: str, audiences: Collection[str], query: Query, *, limit: int
    ) -> Sequence[Content]:
        found = await self.newest(team, audiences, query, limit=1_000)
        return [one for one in found if matches(" ".join((one.title, *one.tags)), query)][:limit]

    async def search(
        self, team: str, audiences: Collection[str], query: Query, *, limit: int, offset: int = 0
    ) -> Sequence[Hit]:
        allowed = {content.id for content in self._visible(team, audiences, query)}
        found = [
            Hit(of, passage, marked(passage.text, query), 1.0)
            for (of, _), passage in self._t.passages.items()
            if of in allowed and matches(passage.text, query)
        ]
        newest = sorted(found, key=lambda hit: (hit.content_id, hit.passage.number), reverse=True)[:NEWEST]
        best = sorted(newest, key=lambda hit: (-hit.rank, -hit.content_id.int, hit.passage.number))
        return best[offset : offset + limit]

    # -- by id

    async def content(self, content_id: UUID) -> Content | None:
        row = self._t.contents.get(content_id)
        return row.content if row else None

    async def contents(self, ids: Collection[UUID]) -> Sequence[Content]:
        return [content for content in self._contents() if content.id in ids]

    async def cost(self, content_id: UUID) -> Decimal | None:
        calls = (
            self._memory.calls.get(part.call_id) for part in await self.parts(content_id) if part.call_id
        )
        costs = [call.cost for call in calls if call is not None and call.cost is not None]
        return sum(costs, Decimal(0)) if costs else None

    async def shares(self, content_id: UUID) -> Sequence[Share]:
        found = [share for share in self._t.shares.values() if share.content_id == content_id]
        return sorted(found, key=lambda share: (share.at, share.id))

    async def first_in(self, share: Share) -> bool:
        here = (share.place.team, share.audience)
        return not any(
            (one.place.team, one.audience) == here and one.id < share.id for one in self._t.shares.values()
        )

    async def deleted_item(self, team: str, short: str) -> Content | None:
        wanted = (team, short)
        return next((c for c in self._contents() if (c.team, c.short) == wanted and c.deleted_at), None)

    async def rename(self, content_id: UUID, title: str) -> None:
        self._change(content_id, title=title)

    async def tag(self, content_id: UUID, tags: Sequence[str]) -> None:
        self._change(content_id, tags=tuple(tags))

    async def delete(self, content_id: UUID, at: datetime | None) -> bool:
        content = self._t.contents[content_id].content
        if at is None and content.sha256 and await self.by_hash(content.team, content.sha256):
            return False
        self._change(content_id, deleted_at=at)
        return True

    async def drop_shares(self, content_id: UUID, user: str) -> int:
        found = [share for share in await self.shares(content_id) if share.user == user]
        for share in found:
            self._drop(self._t.shares, share.id)
        return len(found)

    async def deleted_before(self, moment: datetime) -> Sequence[Content]:
        return [c for c in self._contents() if c.deleted_at and c.deleted_at <= moment]

    async def forget(self, content_id: UUID) -> None:
        self._drop(self._t.contents, content_id)
        for share in await self.shares(content_id):
            self._drop(self._t.shares, share.id)
        await self.add_passages(content_id, [])
        for part in await self.parts(content_id):
            self._drop(self._t.parts, (content_id, part.number))

    # -- who is where

    async def membership(self, actor: Actor, *, fresh_since: datetime) -> Membership:
        channels, read_at, changes = self._t.memberships.get(actor, (frozenset(), None, 0))
        fresh = read_at is not None and read_at >= fresh_since
        return Membership(channels if fresh else None, changes)

    async def save_membership(
        self, actor: Actor, channels: Collection[str], changes: int, at: datetime
    ) -> bool:
        known = self._t.memberships.get(actor)
        if known is not None and known[2] != changes:
            return False
        self._put(self._t.memberships, actor, (frozenset(channels), at, changes))
        return True

    async def moved(self, actor: Actor) -> None:
        channels, _, changes = self._t.memberships.get(actor, (frozenset(), None, 0))
        self._put(self._t.memberships, actor, (channels, None, changes + 1))

    async def channel_changed(self, team: str, channel: str) -> None:
        for actor in list(self._t.memberships):
            if actor.team == team:
                await self.moved(actor)

    async def channel_became(self, team: str, old: str, new: str) -> None:
        for key, share in list(self._t.shares.items()):
            if share.place.team == team and share.audience == old:
                moved = replace(share, audience=new, place=replace(share.place, channel=new))
                self._put(self._t.shares, key, moved)
        mode = self._t.modes.get((team, old))
        if mode is not None:
            self._drop(self._t.modes, (team, old))
            self._put(self._t.modes, (team, new), mode)
        await self.channel_changed(team, new)

    # -- inside

    def _contents(self) -> list[Content]:
        return [row.content for row in self._t.contents.values()]

    def _held(self, content_id: UUID, attempt: int) -> ContentRow:
        row = self._t.contents.get(content_id)
        if row is None or (row.content.attempts, row.content.state) != (attempt, ContentState.OPEN):
            raise LostClaim
        return row

    def _change(self, content_id: UUID, **changes: Any) -> None:
        row = self._t.contents[content_id]
        self._put(self._t.contents, content_id, replace(row, content=replace(row.content, **changes)))

    def _by_file(self, team: str, file_id: str) -> Content | None:
        found = [
            self._t.contents[share.content_id].content
            for share in self._t.shares.values()
            if share.place.team == team and share.file and share.file.id == file_id
        ]
        found.sort(key=lambda content: (content.deleted_at is not None, -content.id.int))
        return found[0] if found else None

    def _there(self, share: Share) -> Share | None:
        def is_same(one: Share) -> bool:
            return bool(
                one.file and share.file and (one.file.id, one.audience) == (share.file.id, share.audience)
            )

        return next(filter(is_same, self._t.shares.values()), None)

    def _visible(self, team: str, audiences: Collection[str], query: Query) -> list[Content]:
        allowed = {one for one in audiences if not query.channels or one in query.channels}
        shared = {
            share.content_id
            for share in self._t.shares.values()
            if share.place.team == team and share.audience in allowed
        }
        return [
            content
            for content in self._contents()
            if content.id in shared
            and content.team == team
            and content.deleted_at is None
            and fits(content, query)
        ]


def fits(content: Content, query: Query) -> bool:
    return (
        (not query.users or content.user in query.users)
        and (not query.kinds or content.kind in query.kinds)
        and set(query.tags) <= set(content.tags)
        and (query.after is None or content.created_at >= query.after)
        and (query.before is None or content.created_at < query.before)
        and (query.item is None or content.id == query.item)
    )


def sought(query: Query) -> list[str]:
    if query.any_word:
        return re.findall(r"'([^']*)'", query.words)
    return [a or b for a, b in re.findall(r'"([^"]+)"|(\S+)', query.words.lower())]


def matches(text: str, query: Query) -> bool:
    if query.folded:
        excluded = " ".join(re.findall(r'(?<!\S)-("[^"]*"|\S+)', query.words))
        if any(needle.search(folded(text)) for needle in needles(excluded)):
            return False
        found = [needle.search(folded(text)) is not None for needle in needles(query.words)]
        return any(found) if query.any_word else bool(found) and all(found)
    words = re.findall(r"\w+", text.lower())
    said = " " + " ".join(words) + " "
    wanted = sought(query)
    if query.any_word:
        return any(word.startswith(start) for word in words for start in wanted)
    return bool(wanted) and all(f" {word} " in said for word in wanted)


def marked(text: str, query: Query) -> str:
    """Not as PostgreSQL cuts it; the words are marked."""
    if query.folded:
        return folded_marks(text, query.words)
    for word in sought(query):
        text = re.sub(rf"(?i)\b({re.escape(word)}\w*)", rf"{MARK}\1{UNMARK}", text)
    return text
