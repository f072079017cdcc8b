"""Search, recent, show, open, export: what is asked of the library."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from handlers.blocks.library import card, forms, words
from handlers.blocks.library import results as blocks
from handlers.routes import Audience, Button, Call, Command, Press, Problems, Route, Submission, View
from handlers.sender.library import SlackLibrary
from handlers.sender.replies import SlackReplies
from handlers.sender.reports import Page, SlackReports
from handlers.sender.uploads import SlackUploads, Upload
from services.entities.conversations import Place
from services.entities.library import Results
from services.entities.people import Actor
from services.errors import BadArgument
from services.library import LibraryService
from services.library.query import USAGE
from services.media.times import timecode


class Links(Protocol):
    """`at`: seconds, `page`: from 1; where it opens."""

    def sign(
        self, content_id: UUID, actor: Actor, *, at: float | None = None, page: int | None = None
    ) -> str: ...


class FindingHandlers:
    def __init__(
        self,
        library: LibraryService,
        shown: SlackLibrary,
        replies: SlackReplies,
        reports: SlackReports,
        uploads: SlackUploads,
        links: Links,
    ) -> None:
        self._library = library
        self._shown = shown
        self._replies = replies
        self._reports = reports
        self._uploads = uploads
        self._links = links

    def routes(self) -> Iterable[Route]:
        yield Command("library", "search", self.search, "finds what was said or written", USAGE, bool)
        yield Command("library", "recent", self.recent, "what was added last", "recent")
        yield Command("library", "show", self.show, "one item", "show ID", is_one_word)
        yield Command(
            "library", "export", self.export, "its text as a file", "export ID srt|vtt|txt|md", is_two_words
        )
        yield Button("library.show", self.show_one)
        yield Button("library.open", self.open)
        yield Button("library.inside", self.inside)
        yield Button("library.export", self.export_one)
        yield Button("library.previous", self.turn)
        yield Button("library.next", self.turn)
        yield View("library.inside_form", self.search_inside)

    async def search(self, call: Call) -> None:
        found = await self._library.search(call.actor, call.args)
        await self._replies.show(call.to, heading(found), blocks.results(found))

    async def recent(self, call: Call) -> None:
        items = await self._library.recent(call.actor, limit=10)
        await self._replies.show(call.to, "Added lately", card.recent(items))

    async def show(self, call: Call) -> None:
        await self._show(call.to, call.args)

    async def show_one(self, press: Press) -> None:
        await self._show(press.beside, UUID(press.value))

    async def export(self, call: Call) -> None:
        which, form = call.args.split()
        await self._export(call.to, which, form.lower())

    async def export_one(self, press: Press) -> None:
        which, _, form = press.value.partition("|")
        await self._export(press.beside, UUID(which), form)

    async def _export(self, to: Audience, which: str | UUID, form: str) -> None:
        made = await self._library.export(to.actor, which, form)
        upload = Upload(made.name, made.content.title, made.text.encode())
        told = f"Here is *{words.plainly(made.content.title)}* as {form}."
        await self._uploads.direct(to.actor, upload, told)
        await self._replies.show(to, "I have sent you the file in our direct messages.")

    async def open(self, press: Press) -> None:
        """Who presses is asked about anew: the link is made for them, and lives for a minute."""
        which, _, where = press.value.partition("|")
        shown = await self._library.show(press.actor, UUID(which))
        at = float(where[1:]) if where.startswith("t") else None
        page = int(where[1:]) if where.startswith("p") else None
        url = self._links.sign(shown.content.id, press.actor, at=at, page=page)
        moment = timecode(at) if at is not None else f"page {page}" if page else ""
        await self._replies.show(press.beside, "Open it", card.opened(url, shown.content, moment))

    async def inside(self, press: Press) -> None:
        shown = await self._library.show(press.actor, UUID(press.value))
        view = forms.inside(shown.content)
        view["private_metadata"] = f"{press.value} {press.to.place.channel} {press.to.place.thread_ts or ''}"
        await self._replies.open_form(press.actor.team, press.trigger_id, view)

    async def search_inside(self, form: Submission) -> Problems:
        item, channel, thread_ts = form.context.split(" ")
        try:
            found = await self._library.search(
                form.actor, str(form.values.get("words") or ""), item=UUID(item)
            )
        except BadArgument as error:
            return {"words": f"{error.problem}."}
        to = Audience(form.actor, Place(form.actor.team, channel, thread_ts or None))
        await self._replies.show(to, heading(found), blocks.results(found))
        return {}

    async def turn(self, press: Press) -> None:
        page, item, text = blocks.asked(press.value)
        found = await self._library.search(press.actor, text, page, item=item)
        await self._reports.replace(press, Page(heading(found), blocks.results(found), no_picture))

    async def _show(self, to: Audience, which: str | UUID) -> None:
        shown = await self._library.show(to.actor, which)
        view = card.card(shown.content, passages=shown.passages, may_change=shown.may_change)
        await self._shown.card(to, shown.content.title, view)


async def no_picture() -> Upload:
    raise LookupError("results have no chart to draw")


def heading(found: Results) -> str:
    count = sum(len(one.hits) or 1 for one in found.found)
    return f"{count} found in the library" if count else "Nothing found in the library"


def is_one_word(args: str) -> bool:
    return len(args.split()) == 1


def is_two_words(args: str) -> bool:
    return len(args.split()) == 2
