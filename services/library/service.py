"""Finding, reading and looking after what is in the library, always as the one who asks may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.entities.library import Content, Found, Hit, Passage, Query, Results, Share
from services.entities.people import Actor
from services.errors import BadArgument, NotFound, ShowrunnerError
from services.library.answers import grouped
from services.library.naming import file_name, tags_of, titled
from services.library.posters import Posters
from services.library.query import USAGE, QueryParser, forgiving, ways
from services.library.rights import ITEM, Reader, Rights
from services.library.settings import LibrarySettings
from services.library.storing import Storing
from services.library.texts import FORMATS, exported, has_times
from services.ports.clock import Clock
from services.ports.work import UnitOfWork, UnitOfWorkFactory
from services.short import as_typed

PER_PAGE, NAMED = 10, 5


@dataclass(frozen=True, slots=True)
class Export:
    name: str
    text: str
    content: Content


@dataclass(frozen=True, slots=True)
class Shown:
    """An item as its reader sees it: `shares` are only those they may know of."""

    content: Content
    shares: Sequence[Share]
    passages: int
    may_change: bool


class LibraryService:
    def __init__(
        self,
        uow: UnitOfWorkFactory,
        rights: Rights,
        storing: Storing,
        posters: Posters,
        parser: QueryParser,
        clock: Clock,
        settings: LibrarySettings,
    ) -> None:
        self._uow = uow
        self._rights = rights
        self._storing = storing
        self._posters = posters
        self._parser = parser
        self._clock = clock
        self._settings = settings

    # -- finding -------------------------------------------------------------------------------

    async def recent(self, actor: Actor, limit: int = PER_PAGE) -> Sequence[Content]:
        """The newest items that `actor` may see, newest first."""
        reader = await self._rights.reader(actor)
        async with self._uow(atomic=False) as uow:
            return await uow.library.newest(reader.team, reader.audiences, Query(), limit=limit)

    async def search(self, actor: Actor, text: str, page: int = 0, *, item: UUID | None = None) -> Results:
        """Raises BadArgument where there is nothing to search for."""
        query = replace(self._parser.parse(actor, text), item=item)
        return await self.find(actor, query, page)

    async def find(self, actor: Actor, query: Query, page: int = 0, limit: int = PER_PAGE) -> Results:
        """`any_word` of the query only says that nothing has all its words: it is asked for without."""
        if query == Query(item=query.item):
            raise BadArgument("There is nothing to search for", USAGE)
        reader = await self._rights.reader(actor)
        async with self._uow(atomic=False) as uow:
            if not query.words:
                return await self._listed(uow, reader, query, page, limit)
            named = [] if page or query.item else await self._named(uow, reader, query)
            way, hits = await self._found(uow, reader, query, page, limit, strictly=bool(named))
            found = with_named(named, await self._grouped(uow, hits[:limit]))
        return Results(query, page, found, len(hits) > limit, loose=way.any_word and bool(hits))

    async def _found(
        self, uow: UnitOfWork, reader: Reader, query: Query, page: int, limit: int, *, strictly: bool
    ) -> tuple[Query, Sequence[Hit]]:
        """The first way that finds anything at all: as typed, without accents, some of the words. So each page
        of one search is found the same way."""
        hits: Sequence[Hit] = ()
        for way in ways(query, strictly=strictly):
            hits = await self._hits(uow, reader, way, page, limit)
            if hits or (page and await self._hits(uow, reader, way, 0, 1)):
                return way, hits
        return query, hits

    async def _named(self, uow: UnitOfWork, reader: Reader, query: Query) -> Sequence[Content]:
        return await uow.library.named(reader.team, reader.audiences, forgiving(query), limit=NAMED)

    async def _hits(
        self, uow: UnitOfWork, reader: Reader, query: Query, page: int, limit: int
    ) -> Sequence[Hit]:
        """One more than is shown tells that there are more."""
        return await uow.library.search(
            reader.team, reader.audiences, query, limit=limit + 1, offset=page * limit
        )

    async def _listed(self, uow: UnitOfWork, reader: Reader, query: Query, page: int, limit: int) -> Results:
        items = await uow.library.newest(
            reader.team, reader.audiences, query, limit=limit + 1, offset=page * limit
        )
        return Results(query, page, [Found(item, ()) for item in items[:limit]], len(items) > limit)

    async def _grouped(self, uow: UnitOfWork, hits: Sequence[Hit]) -> list[Found]:
        """By item, in the order of each one's best passage."""
        items = {item.id: item for item in await uow.library.contents({hit.content_id for hit in hits})}
        return grouped(hits, items)

    # -- reading -------------------------------------------------------------------------------

    async def show(self, actor: Actor, which: UUID | str) -> Shown:
        reader = await self._rights.reader(actor)
        content = await self._item(actor, which)
        async with self._uow(atomic=False) as uow:
            shares = [s for s in await uow.library.shares(content.id) if s.audience in reader.audiences]
            passages = await uow.library.count_passages(content.id)
        mine = content.user == actor.user or any(share.user == actor.user for share in shares)
        return Shown(content, shares, passages, mine or await self._rights.runs_the_desk(actor))

    async def export(self, actor: Actor, which: UUID | str, form: str) -> Export:
        """Raises BadArgument where the item has no such form."""
        if form not in FORMATS:
            raise BadArgument(f"`{form[:20]}` is not a form: srt, vtt, txt or md", "export ID srt|vtt|txt|md")
        content = await self._item(actor, which)
        if form in {"srt", "vtt"} and not has_times(content):
            raise BadArgument("Only what is said has subtitles; take txt or md", "export ID txt")
        passages = await self._passages(content)
        if not passages:
            raise NotFound("text in that item")
        return Export(file_name(content.title, form), exported(content, passages, form), content)

    async def _passages(self, content: Content) -> Sequence[Passage]:
        async with self._uow(atomic=False) as uow:
            return await uow.library.passages(content.id)

    async def _item(self, actor: Actor, which: UUID | str) -> Content:
        return await self._rights.item(actor, as_typed(which) if isinstance(which, str) else which)

    # -- looking after -------------------------------------------------------------------------

    async def rename(self, actor: Actor, which: UUID | str, title: str) -> Content:
        content, _ = await self._owned(actor, which)
        name = titled(title)
        if not name:
            raise BadArgument("A title needs a letter or more", "rename ID TITLE")
        async with self._uow() as uow:
            await uow.library.rename(content.id, name)
            await uow.commit()
        return replace(content, title=name)

    async def tag(self, actor: Actor, which: UUID | str, words: str) -> Content:
        """In place of the tags it had."""
        content, _ = await self._owned(actor, which)
        tags = tags_of(words)
        async with self._uow() as uow:
            await uow.library.tag(content.id, tags)
            await uow.commit()
        return replace(content, tags=tags)

    async def delete(self, actor: Actor, which: UUID | str) -> tuple[Content, bool]:
        """For everybody, by whom it is; who only shared it once more takes that back. Whether it is gone."""
        content, wholly = await self._owned(actor, which)
        async with self._uow() as uow:
            if wholly:
                await uow.library.delete(content.id, self._clock.now())
            else:
                await uow.library.drop_shares(content.id, actor.user)
            await uow.commit()
        return content, wholly

    async def restore(self, actor: Actor, which: str) -> Content:
        """Raises NotFound, also for those who may not, and BadArgument where it was added anew."""
        await self._rights.reader(actor)
        async with self._uow(atomic=False) as uow:
            content = await uow.library.deleted_item(actor.team, as_typed(which))
        if content is None or not await self._may_restore(actor, content):
            raise NotFound(ITEM)
        async with self._uow() as uow:
            restored = await uow.library.delete(content.id, None)
            await uow.commit()
        if not restored:
            raise BadArgument("The same file has been added again since", "restore ID")
        return replace(content, deleted_at=None)

    async def remove_for_good(self) -> int:
        """What was deleted longer ago than it is kept: first its picture and objects, then its rows.

        What can't go now keeps nothing else from going; how many went, or else why one did not.
        """
        moment = self._clock.now() - self._settings.keep_deleted
        async with self._uow(atomic=False) as uow:
            due = await uow.library.deleted_before(moment)
        removed, errors = 0, []
        for content in due:
            try:
                removed += await self._removed(content.id, moment)
            except ShowrunnerError as error:
                errors.append(error)
        if errors:
            raise errors[0]
        return removed

    async def _removed(self, content_id: UUID, moment: datetime) -> bool:
        """Looked at once more: it may have been restored while others were removed."""
        async with self._uow(atomic=False) as uow:
            content = await uow.library.content(content_id)
        if content is None or content.deleted_at is None or content.deleted_at > moment:
            return False
        await self._posters.taken_back(content)
        await self._storing.remove(content)
        async with self._uow(atomic=False) as uow:
            await uow.library.forget(content_id)
        return True

    async def _may_restore(self, actor: Actor, content: Content) -> bool:
        return content.user == actor.user or await self._rights.runs_the_desk(actor)

    async def _owned(self, actor: Actor, which: UUID | str) -> tuple[Content, bool]:
        return await self._rights.owned(actor, as_typed(which) if isinstance(which, str) else which)


def with_named(named: Sequence[Content], found: Sequence[Found]) -> list[Found]:
    """Those whose name says it come first, with their passages if they have any."""
    by_id = {one.content.id: one for one in found}
    first = {item.id: by_id.get(item.id, Found(item, ())) for item in named}
    return [*first.values(), *(one for one in found if one.content.id not in first)]
