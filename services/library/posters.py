"""An item's poster as a file in Slack: cards show it, and only to those who see the card.

Links that are posted must not open anything by themselves, so a card can't point at our own store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog

from services.entities.library import Content, ContentState, Share
from services.entities.media import MediaKind
from services.errors import ObjectMissing, SlackUnavailable, StoreUnavailable
from services.ports.objects import ObjectStore
from services.ports.showing import Picture, SlackPictures
from services.ports.work import UnitOfWorkFactory

log = structlog.get_logger()

MOST = 5 * 2**20  # bytes
NAME = "poster.jpg"


class Posters:
    """One picture of an item is in Slack, however many cards show it and however often they are shown."""

    def __init__(self, uow: UnitOfWorkFactory, objects: ObjectStore, pictures: SlackPictures) -> None:
        self._uow = uow
        self._objects = objects
        self._pictures = pictures

    async def shown(self, item: Content, shares: Sequence[Share]) -> Content:
        """With its picture, if it can be had now; taken back from what is deleted."""
        try:
            if item.deleted_at is not None:
                return await self.taken_back(item)
            if item.poster_file is None and is_wanted(item, shares):
                return await self._kept(item)
        except (ObjectMissing, StoreUnavailable, SlackUnavailable) as error:
            log.warning("library.no_poster", content=str(item.id), error=type(error).__name__)
        return item

    async def taken_back(self, item: Content) -> Content:
        """Raises SlackUnavailable where Slack may do it later."""
        if item.poster_file is None:
            return item
        await self._pictures.remove(item.team, item.poster_file)
        async with self._uow(atomic=False) as uow:
            await uow.library.show_by(item.id, None, instead_of=item.poster_file)
        return replace(item, poster_file=None)

    async def _kept(self, item: Content) -> Content:
        data = b"".join([piece async for piece in self._objects.read(item.poster_key or "", end=MOST)])
        picture = Picture(NAME, item.title, f"A picture from “{item.title}”", data)
        file_id = await self._pictures.keep(item.team, picture)
        async with self._uow(atomic=False) as uow:
            if await uow.library.show_by(item.id, file_id, instead_of=None):
                return replace(item, poster_file=file_id)
            now = await uow.library.content(item.id)  # another process was faster
        await self._pictures.remove(item.team, file_id)
        return now or item


def is_wanted(item: Content, shares: Sequence[Share]) -> bool:
    """Slack itself shows pictures that were shared in it, but no frame of a film in a card."""
    if item.state is not ContentState.DONE or item.poster_key is None:
        return False
    return item.kind is MediaKind.VIDEO or not any(share.file for share in shares)
