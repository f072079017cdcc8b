"""What every answer of the site carries, and what becomes of errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiohttp import web
from uuid_utils.compat import uuid7

from admin_web.rendering import Templates
from services.errors import LinkExpired, LinkForged, NotFound, ObjectMissing, ShowrunnerError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = structlog.get_logger()

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PLAYER_POLICY = f"{POLICY}; media-src 'self'"
"""For the page that plays, and it alone: the film and its captions come from here, too."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
HSTS = {"Strict-Transport-Security": "max-age=31536000"}

WORDS: Mapping[type[ShowrunnerError], tuple[int, str, str]] = {
    LinkExpired: (
        410,
        "This link has run out",
        "For safety it opens for one minute only. Go back to Slack and press Open once more.",
    ),
    LinkForged: (
        403,
        "Open it from Slack",
        "Pages of the library open from Slack, where it is known who you are. Search for the item there and press Open.",
    ),
    NotFound: (
        404,
        "Nothing here for you",
        "It was deleted, or it belongs to a channel that you are not in. If you left that channel, join it again.",
    ),
    ObjectMissing: (
        404,
        "The file is gone",
        "Its text may still be found in Slack. Whoever added it can add it again.",
    ),
    ShowrunnerError: (
        503,
        "Not reachable just now",
        "The place where files are kept does not answer. Try again in a minute.",
    ),
}


class Guard:
    """`https`: whether people reach us that way, as anywhere but on their own machine they must."""

    def __init__(self, templates: Templates, *, https: bool) -> None:
        self._templates = templates
        self.headers: Mapping[str, str] = {**HEADERS, **(HSTS if https else {})}

    def __call__(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                return self._clothed(await handler(request))
            except ShowrunnerError as error:
                return self._clothed(self._told(error))
            except web.HTTPException as error:
                self._clothed(error)
                raise
            except ConnectionError:  # the reader left: nobody to tell
                raise
            except Exception as error:
                return self._clothed(self._broken(error))

        return guarded

    def _clothed(self, response: web.StreamResponse) -> web.StreamResponse:
        if not response.prepared:
            for name, value in self.headers.items():
                response.headers.setdefault(name, value)
        return response

    def _told(self, error: ShowrunnerError) -> web.Response:
        status, title, text = next(words for kind, words in WORDS.items() if isinstance(error, kind))
        if status == 503:
            log.warning("page.unavailable", error=type(error).__name__)
        return self._templates.page("message.html", status=status, title=title, text=text)

    def _broken(self, error: Exception) -> web.Response:
        incident = str(uuid7())[-8:]
        log.error("page.failed", incident=incident, exc_info=error)
        text = f"Try again; if it happens twice, show an admin this id: {incident}"
        return self._templates.page("message.html", status=500, title="Something went wrong here", text=text)
