"""What the library has to say to a question: passages, with the rights of everyone who will read the answer.

An answer is read by everyone in its place: in a channel it may only quote what was shared in that very channel,
and only where the asker is in it. In a direct message it may quote all that the asker may see.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from services.entities.library import Content, Found, Hit, Query, Share
from services.errors import NotAllowed, NotFound, SlackUnavailable
from services.folding import folded, needles
from services.library.query import forgiving, loosened, telling
from services.library.rights import Reader, Rights
from services.library.texts import where
from services.ports.clock import Clock
from services.ports.tools import Asker
from services.ports.work import UnitOfWork, UnitOfWorkFactory
from services.slack import permalink

CANDIDATES, WORDS = 60, 8
LONGEST = 500  # characters of a passage
SUMMARY = 200
NAMED = 3  # items that are told because of their title or tags
REMEMBERED = 5.0  # seconds that a place is taken to have nothing in the library
STAYS = 60.0  # seconds that it is taken to have something: asking again would only show the same tool
ROOM = 2_000


class LibraryAnswers:
    """`workspace_url`: of the Slack workspace, for links to where an item stands."""

    def __init__(self, uow: UnitOfWorkFactory, rights: Rights, clock: Clock, workspace_url: str) -> None:
        self._uow = uow
        self._rights = rights
        self._clock = clock
        self._url = workspace_url
        self._known: dict[tuple[str, str], tuple[bool, float]] = {}

    async def has_something(self, asker: Asker) -> bool:
        """Most places have nothing in the library: nobody has to be told of it there."""
        place, now = (asker.actor.team, asker.channel or asker.actor.user), self._clock.monotonic()
        known, until = self._known.get(place, (False, 0.0))
        if until > now:
            return known
        try:
            found = await self._has_something(asker)
        except (NotAllowed, NotFound, SlackUnavailable):
            return False
        if len(self._known) >= ROOM:
            self._known.clear()
        self._known[place] = (found, now + (STAYS if found else REMEMBERED))
        return found

    async def _has_something(self, asker: Asker) -> bool:
        audiences: Collection[str] = [asker.channel or ""]
        if asker.channel is None:
            audiences = (await self._rights.reader(asker.actor)).audiences
        async with self._uow(atomic=False) as uow:
            return bool(await uow.library.newest(asker.actor.team, audiences, Query(), limit=1))

    async def search(self, asker: Asker, query: Query, limit: int) -> Sequence[str]:
        """A line for each passage, best first; without words for each item, newest first. Raises NotAllowed."""
        reader, allowed = await self._allowed(asker)
        loose = loosened(replace(query, words=" ".join(telling(query.words))))
        if not allowed:
            return []
        if loose is None:
            async with self._uow(atomic=False) as uow:
                items = await uow.library.newest(reader.team, allowed, query, limit=limit)
            return [_about(item, link) for item, link in await self._linked(items, allowed)]
        found = await self._best(reader.team, allowed, loose, limit)
        links = {item.id: link for item, link in await self._linked([one.content for one in found], allowed)}
        lines = [_line(one.content, links[one.content.id], hit) for one in found for hit in one.hits]
        return [*lines, *await self._named(reader.team, allowed, query, links)]

    async def _named(
        self, team: str, allowed: Collection[str], query: Query, known: Collection[UUID]
    ) -> list[str]:
        """Items that are called what is looked for, where no passage of theirs tells it."""
        async with self._uow(atomic=False) as uow:
            items = await uow.library.named(team, allowed, forgiving(query), limit=NAMED)
        others = [item for item in items if item.id not in known]
        return [_about(item, link) for item, link in await self._linked(others, allowed)]

    async def _allowed(self, asker: Asker) -> tuple[Reader, frozenset[str]]:
        reader = await self._rights.reader(asker.actor, at=asker.channel)
        return reader, reader.audiences if asker.channel is None else reader.audiences & {asker.channel}

    async def _best(self, team: str, allowed: Collection[str], loose: Query, limit: int) -> Sequence[Found]:
        async with self._uow(atomic=False) as uow:
            hits = await self._hits(uow, team, allowed, loose)
            best = ranked(hits, loose)[:limit]
            items = {one.id: one for one in await uow.library.contents({hit.content_id for hit in best})}
        return grouped(best, items)

    async def _hits(
        self, uow: UnitOfWork, team: str, audiences: Collection[str], loose: Query
    ) -> Sequence[Hit]:
        """Those with all words, and those with each: among the many with a common word those with a rare one
        could be too old to be looked at."""
        each = loose.words.split(" | ")[:WORDS]
        looked = [replace(loose, words=words) for words in dict.fromkeys([" & ".join(each), *each])]
        return [
            hit
            for query in looked
            for hit in await uow.library.search(team, audiences, query, limit=CANDIDATES)
        ]

    async def _linked(self, items: Sequence[Content], allowed: Collection[str]) -> list[tuple[Content, str]]:
        async with self._uow(atomic=False) as uow:
            return [(item, self._link(await uow.library.shares(item.id), allowed)) for item in items]

    def _link(self, shares: Sequence[Share], allowed: Collection[str]) -> str:
        """Where it stands in Slack, in a place that its readers know of."""
        for share in shares:
            if share.audience in allowed and share.place.thread_ts is not None:
                return permalink(self._url, share.place.channel, share.place.thread_ts)
        return ""


def _line(item: Content, link: str, hit: Hit) -> str:
    text = " ".join(hit.passage.text.split())[:LONGEST]
    who = f"{hit.passage.speaker}: " if hit.passage.speaker else ""
    return f"- {_named(item, link, where(hit.passage))}: {who}“{text}”"


def _about(item: Content, link: str) -> str:
    kind = item.kind.value if item.kind else "file"
    summary = " ".join(item.summary.split())[:SUMMARY]
    told = f"- {_named(item, link)}: {kind}, added on {item.created_at:%Y-%m-%d}"
    return f"{told}. {summary}" if summary else told


def _named(item: Content, link: str, place: str = "") -> str:
    title = item.title.replace("]", ")").replace("[", "(")
    name = ", ".join(filter(None, (title, place)))
    return f"[{name}]({link})" if link else name


def ranked(hits: Sequence[Hit], query: Query) -> list[Hit]:
    """By how many of the words they have, rare ones counting more."""
    different = {(hit.content_id, hit.passage.number): hit for hit in hits}
    stems = list(needles(query.words))
    has = {key: _stems_in(folded(hit.passage.text), stems) for key, hit in different.items()}
    common = Counter(stem for found in has.values() for stem in found)

    def worth(key: tuple[UUID, int]) -> tuple[float, float]:
        return sum(1 / common[stem] for stem in has[key]), different[key].rank

    return [different[key] for key in sorted(different, key=worth, reverse=True)]


def _stems_in(said: str, stems: Sequence[re.Pattern[str]]) -> set[re.Pattern[str]]:
    return {stem for stem in stems if stem.search(said)}


def grouped(hits: Sequence[Hit], items: dict[UUID, Content]) -> list[Found]:
    order = dict.fromkeys(hit.content_id for hit in hits if hit.content_id in items)
    return [Found(items[each], [hit for hit in hits if hit.content_id == each]) for each in order]
