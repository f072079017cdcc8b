"""The site, put together: what it asks of the outside comes in, routes go out."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from aiohttp import web

from admin_web.cookies import ItemCookies
from admin_web.library import LibraryPages
from admin_web.rendering import Templates
from admin_web.security import Guard
from admin_web.sending import Sender
from services.links import ItemSessions, LinkSigner
from services.ports.clock import Clock
from services.ports.objects import ObjectStore
from services.ports.player import ItemReader


def library_site(
    items: ItemReader,
    store: ObjectStore,
    links: LinkSigner,
    sessions: ItemSessions,
    clock: Clock,
    *,
    site: str,
) -> Iterable[web.RouteDef]:
    """`site`: the address under which people reach it; without https only on their own machine."""
    https = urlsplit(site).scheme == "https"
    templates = Templates()
    guard = Guard(templates, https=https)
    sender = Sender(store, clock, guard.headers)
    pages = LibraryPages(items, links, sessions, ItemCookies(https=https), sender, templates, guard)
    return pages.routes()
