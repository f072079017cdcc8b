"""What is in the object store already becomes an item, by its key: a generated document, an operator's upload."""

from __future__ import annotations

import re
from dataclasses import replace

from services.entities.conversations import Place
from services.entities.library import Content
from services.entities.people import Actor
from services.errors import BadArgument, NotFound
from services.library.naming import title_of
from services.library.receiving import SHOW_TASK, WORK_TASK, Receiving
from services.library.rights import Rights
from services.library.settings import LibrarySettings
from services.library.storing import AREAS
from services.ports.clock import Clock
from services.ports.library import Received
from services.ports.objects import ObjectStore
from services.ports.work import UnitOfWork, UnitOfWorkFactory

ACT = "library.objects"
USAGE = "add object KEY [TITLE]"
WHAT = "object"
LONGEST = 900
PART = re.compile(r"[^\W_][\w .+,()=@-]*")


class FromStore:
    def __init__(
        self,
        uow: UnitOfWorkFactory,
        rights: Rights,
        objects: ObjectStore,
        clock: Clock,
        settings: LibrarySettings,
    ) -> None:
        self._uow = uow
        self._rights = rights
        self._objects = objects
        self._receiving = Receiving(clock, settings)

    async def ask(
        self, actor: Actor, key: str, place: Place, *, is_direct: bool, title: str = ""
    ) -> Received:
        """By owners and admins, for the channel they ask in, or in a direct message for themselves.

        Raises NotAllowed, BadArgument, NotFound or StoreUnavailable.
        """
        await self._rights.check(actor, ACT)
        if not is_key(key):
            raise BadArgument(f"A key begins with {' or '.join(f'`{area}/`' for area in AREAS)}", USAGE)
        await (self._rights.reader(actor) if is_direct else self._rights.member(actor, place.channel))
        if await self._objects.head(key) is None:
            raise NotFound(WHAT)
        return await self.add(actor, key, place, actor.user if is_direct else place.channel, title=title)

    async def add(self, actor: Actor, key: str, place: Place, audience: str, *, title: str = "") -> Received:
        """Without asking who may. An object that is an item's already is that item, shared once more where
        `actor` may see it. Raises NotFound or BadArgument where they may not, or it is deleted."""
        async with self._uow(atomic=False) as uow:
            known = await uow.library.by_object(key)
        if known is not None:
            content = await self._seen(actor, known, key)
            async with self._uow() as uow:
                received = await self._shared(uow, actor, content, place, audience)
                await uow.commit()
            return received
        async with self._uow() as uow:
            received = await self._received(uow, actor, key, place, audience, title)
            await uow.commit()
        return received

    async def _received(
        self, uow: UnitOfWork, actor: Actor, key: str, place: Place, audience: str, title: str
    ) -> Received:
        named = title or title_of(key)
        content = replace(self._receiving.new(actor.team, actor.user, named), object_key=key)
        received = await uow.library.receive(
            content, self._receiving.share(content, actor.user, place, audience)
        )
        await uow.enqueue(WORK_TASK, content=str(content.id))
        return received

    async def _seen(self, actor: Actor, known: Content, key: str) -> Content:
        """Not its poster, and not by those who may not see it."""
        if known.team != actor.team or known.object_key != key:
            raise NotFound(WHAT)
        if known.deleted_at is not None:
            raise BadArgument("This object belongs to an item that was deleted", f"restore {known.short}")
        return await self._rights.item(actor, known.id)

    async def _shared(
        self, uow: UnitOfWork, actor: Actor, content: Content, place: Place, audience: str
    ) -> Received:
        await self._receiving.taken_up(uow, content)
        for share in await uow.library.shares(content.id):
            if share.audience == audience:
                return Received(content, share, fresh=False, linked=True)
        share = self._receiving.share(content, actor.user, place, audience)
        await uow.library.share(share)
        await uow.enqueue(SHOW_TASK, content=str(content.id))
        return Received(content, share, fresh=True, linked=True)


def is_key(key: str) -> bool:
    """Of one of our areas, and a safe path: no part of it is empty, hidden or upwards."""
    area, *parts = key.split("/")
    return area in AREAS and bool(parts) and len(key) <= LONGEST and all(map(PART.fullmatch, parts))
