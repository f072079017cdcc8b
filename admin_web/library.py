"""The page of one item of the library: what it shows, plays and sends, each time only to whom it may."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from aiohttp import web

from admin_web.cookies import ItemCookies
from admin_web.rendering import Static, Templates
from admin_web.security import PLAYER_POLICY, Guard
from admin_web.sending import Sender, Sent
from services.errors import LinkExpired, LinkForged, NotFound
from services.links import ItemSessions, LinkSigner, Pass
from services.media import captions
from services.media.times import timecode
from services.ports.player import ItemReader, PlayableItem

JPEG = "image/jpeg"
SHORTEST_CUE = 0.5  # seconds


class LibraryPages:
    def __init__(
        self,
        items: ItemReader,
        links: LinkSigner,
        sessions: ItemSessions,
        cookies: ItemCookies,
        sender: Sender,
        templates: Templates,
        guard: Guard,
    ) -> None:
        self._items = items
        self._links = links
        self._sessions = sessions
        self._cookies = cookies
        self._sender = sender
        self._templates = templates
        self._guard = guard

    def routes(self) -> Iterable[web.RouteDef]:
        yield web.get("/library/{id}", self._guard(self.page))
        yield web.get("/library/{id}/file", self._guard(self.file))
        yield web.get("/library/{id}/poster", self._guard(self.poster))
        yield web.get("/library/{id}/sheet", self._guard(self.sheet))
        yield web.get("/library/{id}/captions.vtt", self._guard(self.captions))
        yield web.get("/static/{name}", self._guard(Static().file))

    async def page(self, request: web.Request) -> web.StreamResponse:
        content_id = id_of(request)
        if "sig" in request.query:
            return await self._exchange(request, content_id)
        item, granted = await self._allowed(request)
        text = await self._items.text_of(item)
        shown: dict[str, Any] = {"at": moment(request), "page": page_number(request), "clock": timecode}
        response = self._templates.page("item.html", item=item, text=text, **shown)
        response.headers["Content-Security-Policy"] = PLAYER_POLICY
        self._renew(request, response, content_id, granted)
        return response

    async def file(self, request: web.Request) -> web.StreamResponse:
        item, granted = await self._allowed(request)
        return await self._send(request, item, granted, item.key, item.mimetype, item.name)

    async def poster(self, request: web.Request) -> web.StreamResponse:
        item, granted = await self._allowed(request)
        return await self._picture(request, item, granted, item.poster, "poster.jpg")

    async def sheet(self, request: web.Request) -> web.StreamResponse:
        item, granted = await self._allowed(request)
        return await self._picture(request, item, granted, item.sheet, "sheet.jpg")

    async def _picture(
        self, request: web.Request, item: PlayableItem, granted: Pass, key: str | None, name: str
    ) -> web.StreamResponse:
        if key is None:
            raise NotFound("picture")
        return await self._send(request, item, granted, key, JPEG, name)

    async def captions(self, request: web.Request) -> web.StreamResponse:
        item, _ = await self._allowed(request)
        text = await self._items.text_of(item)
        written = captions.write(text.segments, "vtt", shortest=SHORTEST_CUE)
        return web.Response(text=written, content_type="text/vtt", charset="utf-8")

    async def _send(
        self, request: web.Request, item: PlayableItem, granted: Pass, key: str, mimetype: str, name: str
    ) -> web.StreamResponse:
        async def may() -> bool:
            return await self._items.item_for(granted.actor, item.id) is not None

        def renew(response: web.StreamResponse) -> None:
            self._renew(request, response, item.id, granted)

        return await self._sender.send(
            request, Sent(await self._sender.stored(key), mimetype, name, may, renew)
        )

    async def _exchange(self, request: web.Request, content_id: UUID) -> web.StreamResponse:
        """The link for a session; its signature is out of the address bar before the page is seen."""
        response = seeing_other(request)
        try:
            actor = self._links.opened(content_id, request.query["sig"])
        except (LinkExpired, LinkForged):
            if not self._is_open(request, content_id):
                raise
            return response  # reloaded, or opened twice: the link no longer matters
        self._cookies.give(request, response, content_id, self._sessions.begin(content_id, actor))
        return response

    async def _allowed(self, request: web.Request) -> tuple[PlayableItem, Pass]:
        """Raises LinkForged, LinkExpired, and NotFound for what the person may not see now."""
        content_id = id_of(request)
        granted = self._session(request, content_id)
        item = await self._items.item_for(granted.actor, content_id)
        if item is None:
            raise NotFound("item")
        return item, granted

    def _session(self, request: web.Request, content_id: UUID) -> Pass:
        return self._sessions.read(content_id, self._cookies.read(request, content_id) or "")

    def _is_open(self, request: web.Request, content_id: UUID) -> bool:
        try:
            self._session(request, content_id)
        except (LinkExpired, LinkForged):
            return False
        return True

    def _renew(
        self, request: web.Request, response: web.StreamResponse, content_id: UUID, granted: Pass
    ) -> None:
        if (signed := self._sessions.renewed(content_id, granted)) is not None:
            self._cookies.give(request, response, content_id, signed)


def id_of(request: web.Request) -> UUID:
    try:
        return UUID(request.match_info["id"])
    except ValueError:
        raise NotFound("item") from None


def seeing_other(request: web.Request) -> web.Response:
    """The same page without what only the link was for."""
    kept = {name: value for name, value in request.query.items() if name in {"t", "page"}}
    return web.Response(status=303, headers={"Location": str(request.rel_url.with_query(kept))})


def moment(request: web.Request) -> float | None:
    """Seconds; None for what is no time."""
    try:
        seconds = float(request.query.get("t", ""))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def page_number(request: web.Request) -> int | None:
    given = request.query.get("page", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 7 else None
