"""Rename, tag, delete, restore; which channels add by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from handlers.blocks.library import forms, words
from handlers.blocks.library.card import deleted
from handlers.library.finding import is_one_word
from handlers.routes import Audience, Button, Call, Command, Press, Problems, Route, Submission, View
from handlers.sender.replies import SlackReplies
from services.entities.library import ChannelMode, Content
from services.errors import BadArgument
from services.library import LibraryIntake, LibraryService, Showing
from services.slack import unescaped

MODES = {
    ChannelMode.AUTO: "Files shared here are added to the library by themselves.",
    ChannelMode.ASK: "When a file is shared here, I ask whoever shared it before adding it to the library.",
    ChannelMode.OFF: "Files shared here are not added to the library, unless somebody does it by hand.",
}
ALONE = (
    "What you share with me here is added for you alone. Whether files of a channel are added by themselves is "
    "set in that channel."
)
CHANNEL_USAGE = "channel auto|ask|off"


class TendingHandlers:
    def __init__(
        self, library: LibraryService, intake: LibraryIntake, showing: Showing, replies: SlackReplies
    ) -> None:
        self._library = library
        self._intake = intake
        self._showing = showing
        self._replies = replies

    def routes(self) -> Iterable[Route]:
        yield Command("library", "rename", self.rename, "another title", "rename ID TITLE", is_id_and_more)
        yield Command("library", "tag", self.tag, "its tags", "tag ID WORDS", bool)
        yield Command("library", "delete", self.delete, "takes it out for everyone", "delete ID", is_one_word)
        yield Command("library", "restore", self.restore, "brings it back", "restore ID", is_one_word)
        yield Command(
            "library",
            "channel",
            self.channel,
            "whether files shared here are added by themselves",
            CHANNEL_USAGE,
            is_at_most_a_word,
        )
        yield Button("library.rename", self.open_rename)
        yield Button("library.tags", self.open_tags)
        yield Button("library.delete", self.delete_one)
        yield Button("library.restore", self.restore_one)
        yield View("library.rename_form", self.renamed)
        yield View("library.tags_form", self.tagged)

    async def rename(self, call: Call) -> None:
        which, _, title = unescaped(call.args).partition(" ")
        item = await self._library.rename(call.actor, which, title)
        await self._changed(item)
        await self._replies.show(call.to, f"Now called *{words.plainly(item.title)}*.")

    async def tag(self, call: Call) -> None:
        which, _, tags = unescaped(call.args).partition(" ")
        item = await self._library.tag(call.actor, which, tags)
        await self._changed(item)
        told = " ".join(f"#{words.plainly(tag)}" for tag in item.tags) or "none"
        await self._replies.show(call.to, f"Tags of *{words.plainly(item.title)}*: {told}")

    async def delete(self, call: Call) -> None:
        item, wholly = await self._library.delete(call.actor, call.args)
        await self._changed(item)
        await self._tell_deleted(call.to, item, wholly=wholly)

    async def delete_one(self, press: Press) -> None:
        item, wholly = await self._library.delete(press.actor, UUID(press.value))
        await self._changed(item)
        await self._tell_deleted(press.beside, item, wholly=wholly)

    async def restore(self, call: Call) -> None:
        await self._restore(call.to, call.args)

    async def restore_one(self, press: Press) -> None:
        await self._restore(press.beside, press.value)

    async def _restore(self, to: Audience, which: str) -> None:
        item = await self._library.restore(to.actor, which)
        await self._changed(item)
        await self._replies.show(to, f"*{words.plainly(item.title)}* is back in the library.")

    async def _tell_deleted(self, to: Audience, item: Content, *, wholly: bool) -> None:
        title = words.plainly(item.title)
        if wholly:
            await self._replies.show(to, f"{item.title} is deleted.", deleted(item))
            return
        await self._replies.show(
            to, f"*{title}* is no longer shared by you. It stays where others shared it."
        )

    async def channel(self, call: Call) -> None:
        channel = call.to.place.channel
        if call.channel_kind == "im":
            await self._replies.show(call.to, ALONE)
            return
        if not call.args:
            mode = await self._intake.mode(call.actor.team, channel)
            await self._replies.show(call.to, f"{MODES[mode]} Change it with `/library {CHANNEL_USAGE}`.")
            return
        if call.args.lower() not in set(ChannelMode):
            raise BadArgument(
                f"`{call.args[:20]}` is not one of auto, ask and off", f"/library {CHANNEL_USAGE}"
            )
        mode = ChannelMode(call.args.lower())
        await self._intake.set_mode(call.actor, channel, mode)
        await self._replies.show(call.to, MODES[mode])

    async def open_rename(self, press: Press) -> None:
        shown = await self._library.show(press.actor, UUID(press.value))
        await self._replies.open_form(press.actor.team, press.trigger_id, forms.rename(shown.content))

    async def open_tags(self, press: Press) -> None:
        shown = await self._library.show(press.actor, UUID(press.value))
        await self._replies.open_form(press.actor.team, press.trigger_id, forms.tags(shown.content))

    async def renamed(self, form: Submission) -> Problems:
        try:
            item = await self._library.rename(
                form.actor, UUID(form.context), str(form.values.get("title") or "")
            )
        except BadArgument as error:
            return {"title": f"{error.problem}."}
        await self._changed(item)
        return {}

    async def tagged(self, form: Submission) -> Problems:
        item = await self._library.tag(form.actor, UUID(form.context), str(form.values.get("tags") or ""))
        await self._changed(item)
        return {}

    async def _changed(self, item: Content) -> None:
        await self._showing.show_soon(item.id)


def is_id_and_more(args: str) -> bool:
    return len(args.split()) > 1


def is_at_most_a_word(args: str) -> bool:
    return len(args.split()) < 2
