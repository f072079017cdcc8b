"""The site on a port of its own, with a library that tests fill."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from aiohttp import web

from admin_web.app import library_site
from services.entities.media import Chapter, MediaKind, Page, Segment
from services.entities.people import Actor
from services.links import ItemSessions, LinkSigner
from services.ports.clock import Clock
from services.ports.objects import ObjectStore
from services.ports.player import PlayableItem, PlayableText
from storage.objects import FolderStore
from tests.admin_web.films import make_poster
from tests.e2e.stage import free_port
from tests.fakes.clock import FakeClock
from tests.fakes.items import FakeItems

SECRET = b"s" * 32
ANA, BEN = Actor("T1", "UANA"), Actor("T1", "UBEN")
FILM, PICTURE, REPORT = (UUID(int=number) for number in (1, 2, 3))

SAID = (
    "Thanks for having me.",
    "We began with two people and one camera.",
    "Then came the question of pricing.",
    "Pricing is <hard> & nobody likes it.",
    "So we asked twenty customers.",
    "Half of them named the same figure.",
    "That figure became our pricing.",
    "What would you do differently?",
    "Ask about pricing sooner.",
    "Thank you for the talk.",
)


@dataclass
class Desk:
    url: str
    items: FakeItems
    store: ObjectStore
    links: LinkSigner
    sessions: ItemSessions
    clock: Any

    def link(self, content_id: UUID = FILM, actor: Actor = ANA, **where: Any) -> str:
        return self.links.sign(content_id, actor, **where)


@asynccontextmanager
async def running(store: ObjectStore, clock: Clock, *, site: str | None = None) -> AsyncIterator[Desk]:
    port, items = free_port(), FakeItems()
    url = f"http://127.0.0.1:{port}"
    links, sessions = LinkSigner(SECRET, url, clock), ItemSessions(SECRET, clock)
    app = web.Application()
    app.add_routes(library_site(items, store, links, sessions, clock, site=site or url))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield Desk(url, items, store, links, sessions, clock)
    finally:
        await runner.cleanup()


@asynccontextmanager
async def filled(folder: Path, film_file: Path) -> AsyncIterator[Desk]:
    """The site with a film, a picture and a report that Ana may see."""
    async with running(FolderStore(folder / "objects"), FakeClock()) as desk:
        poster = make_poster(folder / "poster.jpg")
        for key, path, mimetype in (
            ("media/2026/film", film_file, "video/mp4"),
            ("media/2026/poster", poster, "image/jpeg"),
        ):
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            await desk.store.put(key, path, sha256=sha256, content_type=mimetype)
        for item, text in (film(), picture(), report()):
            desk.items.add(item, text, ANA)
        yield desk


def film() -> tuple[PlayableItem, PlayableText]:
    item = PlayableItem(
        FILM, "Interview with Ada, rough cut", MediaKind.VIDEO, "video/mp4", "ada „cut“ 3.mp4",
        "media/2026/film", "media/2026/poster", 40.0, "en", "media/2026/poster",
    )  # fmt: skip
    lines = [
        Segment(4.0 * at, 4.0 * at + 3.5, words, "Ada" if at % 2 else None) for at, words in enumerate(SAID)
    ]
    return item, PlayableText(lines, (Chapter(0, 8, "Beginnings"), Chapter(8, 40, "Pricing")))


def picture() -> tuple[PlayableItem, PlayableText]:
    key = "media/2026/poster"
    return PlayableItem(PICTURE, "The set", MediaKind.IMAGE, "image/jpeg", "set.jpg", key), PlayableText()


def report() -> tuple[PlayableItem, PlayableText]:
    pages = [Page(number, f"Words about pricing on page {number}.\n" * 30) for number in range(1, 6)]
    item = PlayableItem(REPORT, "Report", MediaKind.DOCUMENT, "application/pdf", "r.pdf", "documents/2026/r")
    return item, PlayableText(pages=pages)
