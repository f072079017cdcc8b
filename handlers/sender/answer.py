"""The answer of a turn on its way into its thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import structlog

from handlers.blocks import chat as blocks
from handlers.blocks.kit import Block
from handlers.sender.pages import Pages
from handlers.sender.sanitise import Sanitiser, escape
from handlers.sender.target import Target
from handlers.sender.tools import Tools
from services.entities.conversations import Place
from services.errors import SlackUnavailable, Stopped
from services.ports.presenter import AnswerNotes, Sources

log = structlog.get_logger(__name__)

SLOWEST = 10.0  # seconds between two calls when the rate bucket is nearly empty
COMFORTABLE = 0.5  # fullness of a bucket above which nobody has to slow down
TROUBLE = 5.0  # seconds to wait after Slack or the database failed

Open = Callable[[], Awaitable[Pages]]
Idle = Callable[[Place], Awaitable[None]]


class SlackAnswer:
    """`write` only collects; one task at a time shows what was collected, and ends when all of it is shown.

    The first message is prepared while the model is still thinking, so the first text goes out at once.
    """

    def __init__(self, tools: Tools, target: Target, open_pages: Open, idle: Idle, sources: Sources) -> None:
        self._tools = tools
        self._target = target
        self._open_pages = open_pages
        self._idle = idle
        self._sanitiser = Sanitiser(sources)
        self._incoming: list[str] = []
        self._text = ""
        self._pages: Pages | None = None
        self._opening: asyncio.Future[Pages] | None = asyncio.ensure_future(open_pages())
        self._opening.add_done_callback(_note_failure)
        self._pump: asyncio.Task[None] | None = None
        self._pause: asyncio.Future[None] | None = None
        self._stopped = False
        self._refused: SlackUnavailable | None = None
        self._finishing = False
        self._finished = False

    @property
    def shown(self) -> int:
        """Characters of the sanitised answer that Slack has accepted."""
        return self._pages.accepted if self._pages else 0

    async def write(self, text: str) -> None:
        if self._stopped:
            raise Stopped
        if self._refused is not None:
            raise self._refused
        self._incoming.append(text)
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._keep_showing())
        if not self.shown:
            # A model that writes in a burst would be read to its end before its first words go out.
            await asyncio.sleep(0)

    async def finish(self, notes: AnswerNotes) -> None:
        """A second call does nothing. A Stop that Slack knows of is shown whatever `notes` says."""
        if self._finished:
            return
        await self._halt_pump()
        pages = await self._opened()
        self._text += self._sanitiser.feed(self._taken()) + self._sanitiser.close()
        if not self._stopped:
            await self._end(pages, notes)
        if self._stopped:
            await pages.stop(self._text, self._footer(replace(notes, stopped=True)))
        self._finished = True
        if not pages.is_streamed:
            await self._idle(self._target.place)

    async def abandon(self) -> None:
        self._finishing = self._finished = True
        for running in (self._pause, self._pump, self._opening):
            if running is not None:
                running.cancel()

    async def _end(self, pages: Pages, notes: AnswerNotes) -> None:
        try:
            await pages.end(self._text, self._footer(notes))
        except Stopped:
            self._stopped = True

    def _footer(self, notes: AnswerNotes) -> list[Block]:
        return footer(notes, self._target)

    # -- showing while the model writes --------------------------------------------------------

    async def _keep_showing(self) -> None:
        while self._behind and not self._finishing:
            try:
                pages = await self._show_news()
                seconds = await self._interval(pages)
            except Stopped:
                self._stopped = True
                return
            except SlackUnavailable as error:
                log.warning("answer.waits", method=error.method, code=error.code)
                if error.permanent:
                    self._refused = error
                    return
                seconds = TROUBLE
            except Exception:
                log.exception("answer.waits")
                seconds = TROUBLE
            await self._rest(seconds)

    @property
    def _behind(self) -> bool:
        return bool(self._incoming) or self.shown < len(self._text.rstrip())

    async def _show_news(self) -> Pages:
        pages = await self._opened()
        self._text += self._sanitiser.feed(self._taken())
        await pages.show(self._text)
        return pages

    async def _interval(self, pages: Pages) -> float:
        """Seconds until the next call: longer, the emptier the bucket that all answers share."""
        message = pages.page.message
        fullness = await self._tools.calls.gate.fullness(self._target.team, message.method)
        return min(message.pace * max(1.0, COMFORTABLE / max(fullness, 0.01)), SLOWEST)

    async def _rest(self, seconds: float) -> None:
        """Sleep, but not into the finish."""
        if self._finishing:
            return
        self._pause = asyncio.ensure_future(self._tools.clock.sleep(seconds))
        try:
            await asyncio.wait({self._pause})
        finally:
            self._pause.cancel()

    async def _halt_pump(self) -> None:
        self._finishing = True
        if self._pause is not None:
            self._pause.cancel()
        if self._pump is not None:
            await self._pump

    async def _opened(self) -> Pages:
        """The prepared first message; preparing is tried again where it failed."""
        if self._pages is None:
            opening, self._opening = self._opening, None
            self._pages = await (opening or self._open_pages())
        return self._pages

    def _taken(self) -> str:
        taken, self._incoming = "".join(self._incoming), []
        return taken


def footer(notes: AnswerNotes, target: Target) -> list[Block]:
    unread = tuple((escape(name), reason) for name, reason in notes.unread_files)
    return blocks.footer(replace(notes, unread_files=unread), target.turn_id)


def _note_failure(opening: asyncio.Future[Pages]) -> None:
    """An answer may end before its first text; what failed meanwhile is still worth a line."""
    if not opening.cancelled() and (error := opening.exception()) is not None:
        log.warning("answer.not_prepared", exc_info=error)
