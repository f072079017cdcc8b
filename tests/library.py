"""Items, shares and passages to test with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from services.entities.conversations import Place
from services.entities.library import Content, ContentState, Passage, Share, Stage
from services.entities.media import MediaKind, Probe
from services.ports.work import UnitOfWorkFactory
from services.short import short_of
from tests.factories import ANNA, CHANNEL, NOON, TEAM, file, next_ts

VIDEO = Probe(MediaKind.VIDEO, "video/mp4", "mp4", duration=60.0, audio_codec="aac")
DOCUMENT = Probe(MediaKind.DOCUMENT, "application/pdf", "pdf", pages=2)


def content(**given: Any) -> Content:
    content_id = uuid7()
    plain = Content(
        id=content_id,
        team=TEAM,
        short=short_of(content_id),
        user=ANNA,
        title="Launch interview",
        created_at=NOON,
    )
    return replace(plain, **given)


def ready(**given: Any) -> Content:
    """Stored, transcribed and done."""
    done = {"state": ContentState.DONE, "stage": Stage.READY, "probe": VIDEO, "size": 1234}
    return content(**done | {"object_key": f"media/{uuid7()}"} | given)


def share(of: Content, channel: str = CHANNEL, **given: Any) -> Share:
    share_id = uuid7()
    plain = Share(
        id=share_id,
        content_id=of.id,
        place=Place(of.team, channel, next_ts()),
        audience=channel,
        user=of.user,
        at=NOON,
        file=file(f"F{share_id.hex[-8:]}"),
    )
    return replace(plain, **given)


def said(number: int, text: str, start: float = 0.0) -> Passage:
    return Passage(number, text, start, start + 5)


async def stored(
    stores: UnitOfWorkFactory, item: Content, *passages: Passage, shares: tuple[Share, ...] = ()
) -> Content:
    """The item as if it had been through everything."""
    async with stores() as uow:
        first, *others = shares or (share(item),)
        await uow.library.receive(replace(item, state=ContentState.OPEN), first)
        claim = await uow.library.claim(item.id, worker="w", now=NOON, lease_until=NOON)
        assert claim is not None
        await uow.library.keep(replace(item, attempts=claim.attempts))
        await uow.library.add_passages(item.id, passages)
        for other in others:
            await uow.library.receive(item, replace(other, file=first.file))
        await uow.commit()
    return replace(item, attempts=1)


async def read(stores: UnitOfWorkFactory, content_id: UUID) -> Content:
    async with stores() as uow:
        found = await uow.library.content(content_id)
    assert found is not None
    return found
