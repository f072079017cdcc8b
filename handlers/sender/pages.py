"""An answer as a row of messages: nothing dropped, nothing doubled, whatever Slack does to one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from handlers.blocks.kit import Block
from handlers.sender import codes
from handlers.sender.edits import EditedMessage
from handlers.sender.gate import ResponseLost, SlackRefused
from handlers.sender.ledger import ANSWER
from handlers.sender.split import CLOSING, LIMIT, around_at, best_cut, good_cut
from handlers.sender.stream import START, StreamedMessage
from handlers.sender.target import Target
from handlers.sender.tools import Tools
from services.entities.posts import Post
from services.errors import Stopped

log = structlog.get_logger(__name__)

ROOM = LIMIT - CLOSING
COMFORT = 9_000  # characters from which the next good place ends a message
GRACE = 30.0  # seconds over a stream's age in which a good place is waited for
PATIENCE = 3.0  # seconds before the first post where no stream may start: many answers are done by then
NO_TEXT = "_The model gave no answer._"
NO_MORE = "_End of the answer._"


@dataclass(slots=True)
class Page:
    """One message of the answer; it shows `reopen` and then the text from `start`."""

    post: Post
    start: int
    reopen: str
    message: StreamedMessage | EditedMessage
    born: float
    held_until: float = 0.0

    def shown(self, text: str, end: int) -> str:
        return self.reopen + text[self.start : end]


class Pages:
    """`accepted` characters of the text are in Slack; `page` is the message being written."""

    def __init__(self, tools: Tools, target: Target, page: Page, known: Sequence[str] = ()) -> None:
        self._tools = tools
        self._target = target
        self._known = set(known)
        self.page = page
        self.accepted = page.start

    async def show(self, text: str) -> None:
        """Bring Slack up to `text`, which only ever grows. Raises Stopped."""
        while text[self.accepted :].strip() or (self.accepted < len(text) and self.page.message.ts):
            if self.page.message.ts is None and self._tools.clock.monotonic() < self.page.held_until:
                return
            cut = self._cut(text)
            if cut is None:
                await self._grow(text)
            else:
                await self._turn(text, cut)

    async def end(self, text: str, footer: Sequence[Block]) -> None:
        """Show what is left, the footer below it. Raises Stopped."""
        text = text[: max(self.accepted, len(text.rstrip()))]
        while (cut := self._full(text)) is not None:
            await self._turn(text, cut)
        await self._close(text, len(text), "", footer)
        await self._seal(len(text))

    async def stop(self, text: str, footer: Sequence[Block]) -> None:
        """End with what is in Slack: the person wants no more."""
        if self.page.message.ts is None:
            await self._close(text, self.accepted, "", footer)
        else:
            await self._take_over()
            tail = around_at(self.page.shown(text, len(text)), self._lowest).close
            await self._rewrite(self.page.shown(text, self.accepted) + tail, footer)
        await self._seal(self.accepted)

    @property
    def is_streamed(self) -> bool:
        return isinstance(self.page.message, StreamedMessage)

    # -- where a message ends ------------------------------------------------------------------

    def _full(self, text: str) -> int | None:
        shown = self.page.shown(text, len(text))
        return self._in_text(best_cut(shown, self._lowest, ROOM)) if len(shown) > ROOM else None

    def _cut(self, text: str) -> int | None:
        """Where this message should end; None while all of `text` belongs into it."""
        full = self._full(text)
        if full is not None:
            return full
        shown, over = self.page.shown(text, len(text)), self._age - self._tools.stream_age
        if over < 0 and len(shown) < COMFORT:
            return None
        cut = good_cut(shown, self._lowest)
        last = len(shown.rstrip()) - 1
        if cut is None and over > GRACE and last > self._lowest:
            cut = best_cut(shown, self._lowest, last)
        return None if cut is None else self._in_text(cut)

    @property
    def _age(self) -> float:
        alive = self.is_streamed and self.page.message.ts is not None
        return self._tools.clock.monotonic() - self.page.born if alive else 0.0

    @property
    def _lowest(self) -> int:
        return len(self.page.reopen) + self.accepted - self.page.start

    def _in_text(self, cut: int) -> int:
        return self.page.start + cut - len(self.page.reopen)

    # -- writing -------------------------------------------------------------------------------

    async def _grow(self, text: str) -> None:
        """One try to show all of `text` in this message; the caller looks how far it came."""
        opening = self.page.message.ts is None
        try:
            await self.page.message.show(self.page.shown(text, len(text)), text[self.accepted :])
        except SlackRefused as error:
            await (self._not_started(error) if opening else self._not_appended(text, error))
        except ResponseLost as error:
            if not self.is_streamed:
                raise
            log.warning("answer.response_lost", method=error.method)
            await (self._perhaps_started(text) if opening else self._take_over())
        else:
            self.accepted = len(text)

    async def _turn(self, text: str, cut: int) -> None:
        """End this message at `cut` and begin the next."""
        around = around_at(self.page.shown(text, len(text)), cut - self.page.start + len(self.page.reopen))
        await self._close(text, cut, around.close, ())
        await self._next(cut, around.reopen)

    async def _close(self, text: str, end: int, tail: str, footer: Sequence[Block]) -> None:
        whole = self.page.shown(text, end) + tail
        if not whole.strip():
            whole = NO_MORE if self.page.start else NO_TEXT
        if self.page.message.ts is None:
            self.page.message = self._tools.edited(self._target, self.page.post)
        try:
            await self.page.message.close(whole, text[self.accepted : end] + tail, footer)
        except SlackRefused as error:
            if error.code == codes.STOPPED:
                raise Stopped from error
            if not self.is_streamed:
                raise
            await self._take_over()
            await self._rewrite(whole, footer)
        self.accepted = end

    async def _rewrite(self, whole: str, footer: Sequence[Block]) -> None:
        edited = self._tools.edited(self._target, self.page.post, self.page.message.ts)
        await edited.rewrite(whole, footer)

    # -- when Slack does otherwise -------------------------------------------------------------

    async def _not_started(self, error: SlackRefused) -> None:
        if not self.is_streamed or error.code in codes.HOPELESS:
            raise error
        if codes.is_missing(error.code):
            self._tools.able.missing(self._target.team, START)
        log.info("answer.not_streamed", code=error.code, team=self._target.team)
        self.page.message = self._tools.edited(self._target, self.page.post)

    async def _perhaps_started(self, text: str) -> None:
        """The start carried the whole text so far: a message that is there has all of it."""
        found = await self._tools.finder.after_loss(self.page.post, self._known)
        if found is not None and found.streaming:
            self.page.message = self._tools.streamed(self._target, self.page.post, found.ts)
            self.accepted = len(text)
        else:
            self.page.message = self._tools.edited(self._target, self.page.post, found.ts if found else None)

    async def _not_appended(self, text: str, error: SlackRefused) -> None:
        if not self.is_streamed:
            raise error
        if error.code == codes.STOPPED:
            raise Stopped from error
        if error.code not in codes.CLOSED:
            await self._take_over()
            return
        whole = self.page.shown(text, len(text))
        around = around_at(whole, self._lowest)
        if around.close:
            await self._rewrite(self.page.shown(text, self.accepted) + around.close, ())
        await self._next(self.accepted, around.reopen)

    async def _take_over(self) -> None:
        """Whatever the stream holds by now: end it, and go on by rewriting the message as a whole."""
        if isinstance(self.page.message, StreamedMessage):
            await self.page.message.halt()
            self.page.message = self._tools.edited(self._target, self.page.post, self.page.message.ts)

    # -- from message to message ---------------------------------------------------------------

    async def _next(self, start: int, reopen: str) -> None:
        place, part = self._target.place, self.page.post.part + 1
        following = self._tools.ledger.draft(self._target.turn_id, place, part, ANSWER)
        await self._seal(start, following)
        self.page = await new_page(self._tools, self._target, following, start, reopen)

    async def _seal(self, length: int, following: Post | None = None) -> None:
        ts = self.page.message.ts
        if ts is not None:
            self._known.add(ts)
            await self._tools.ledger.sealed(self.page.post, ts, length, following=following)


async def new_page(tools: Tools, target: Target, post: Post, start: int = 0, reopen: str = "") -> Page:
    """Streamed where that is possible now, else posted and edited."""
    now = tools.clock.monotonic()
    if await tools.may_stream(target.team):
        return Page(post, start, reopen, tools.streamed(target, post), now)
    crowded = tools.able.has(target.team, START)
    held_until = now + PATIENCE if crowded else 0.0
    return Page(post, start, reopen, tools.edited(target, post), now, held_until)
