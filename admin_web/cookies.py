"""A cookie an item: several may be open at once."""

from __future__ import annotations

from uuid import UUID

from aiohttp import web

from services.links import SESSION_LIVES

MOST = 12  # a browser sends them all with each request


class ItemCookies:
    """`https` False only on loopback: no browser keeps a `__Host-` cookie without it."""

    def __init__(self, *, https: bool) -> None:
        self._https = https
        self._prefix = "__Host-item-" if https else "item-"

    def read(self, request: web.Request, content_id: UUID) -> str | None:
        return request.cookies.get(self._name(content_id))

    def give(self, request: web.Request, response: web.StreamResponse, content_id: UUID, value: str) -> None:
        name = self._name(content_id)
        response.set_cookie(
            name,
            value,
            max_age=int(SESSION_LIVES.total_seconds()),
            path="/",
            secure=self._https,
            httponly=True,
            samesite="Lax",
        )
        others = sorted(
            other for other in request.cookies if other.startswith(self._prefix) and other != name
        )
        for other in others[
            : max(0, len(others) - MOST + 1)
        ]:  # ids begin with their time: the oldest items go
            response.del_cookie(other, path="/", secure=self._https, httponly=True, samesite="Lax")

    def _name(self, content_id: UUID) -> str:
        return f"{self._prefix}{content_id.hex}"
