"""What comes into the library: files in messages, forms, the shortcut, an emoji; and who joins and leaves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from uuid import UUID

import structlog

from handlers.blocks.library import card, forms
from handlers.events import heard_message
from handlers.routes import (
    Button,
    Call,
    Command,
    Envelope,
    Event,
    Press,
    Problems,
    Route,
    Shortcut,
    Submission,
    Task,
    View,
)
from handlers.sender.replies import SlackReplies
from services.entities.conversations import Place
from services.entities.people import Actor
from services.errors import FileUnreadable, NotAllowed, NotFound
from services.library import Claiming, FromStore, LibraryIntake, LibraryService, LibraryWork, Rights, Showing
from services.library.from_store import USAGE as OBJECT
from services.library.intake import LOOK_TASK, REACTION_TASK, Added
from services.library.receiving import ASK_TASK, SHOW_TASK, WORK_TASK
from services.limits.rules import EASED_TASK
from services.slack import unescaped

log = structlog.get_logger()

DECIDED = "Somebody has decided this already."
ADD_HELP = "adds files by a form; admins also add what is in the object store already"
CLOSED = (
    "channel_archive", "channel_deleted", "channel_left", "channel_unarchive",
    "group_archive", "group_deleted", "group_left", "group_unarchive",
)  # fmt: skip


class AddingHandlers:
    def __init__(
        self,
        intake: LibraryIntake,
        from_store: FromStore,
        work: LibraryWork,
        claiming: Claiming,
        showing: Showing,
        library: LibraryService,
        rights: Rights,
        replies: SlackReplies,
        bot_user: str,
        emoji: str,
    ) -> None:
        self._intake = intake
        self._from_store = from_store
        self._work = work
        self._claiming = claiming
        self._showing = showing
        self._library = library
        self._rights = rights
        self._replies = replies
        self._bot_user = bot_user
        self._emoji = emoji

    def routes(self) -> Iterable[Route]:
        yield Event("message", self.message)
        yield Event("reaction_added", self.reacted)
        yield Event("member_joined_channel", self.moved)
        yield Event("member_left_channel", self.moved)
        yield Event("channel_id_changed", self.channel_became)
        for kind in CLOSED:
            yield Event(kind, self.channel_changed)
        yield Command("library", "add", self.add, ADD_HELP, f"add | {OBJECT}", is_form_or_object)
        yield Shortcut("library.add", self.add_this)
        yield View("library.add_form", self.add_form)
        yield Button("library.form", self.open_form)
        yield Button("library.accept", self.accept)
        yield Button("library.decline", self.decline)
        yield Button("library.stop", self.stop)
        yield Button("library.go_on", self.go_on)
        yield Button("library.again", self.again)
        yield Button("library.leave_out", self.leave_out)
        yield Task(WORK_TASK, self.work)
        yield Task(SHOW_TASK, self.show)
        yield Task(ASK_TASK, self.ask)
        yield Task(LOOK_TASK, self.look)
        yield Task(REACTION_TASK, self.add_reacted)
        yield Task(EASED_TASK, self.eased)
        yield Task("library.sweep", self.sweep)
        yield Task("library.remove", self.remove)

    # -- events: one short transaction each ----------------------------------------------------

    async def message(self, envelope: Envelope) -> None:
        heard = heard_message(envelope, self._bot_user)
        if heard is not None and heard.files:
            await self._intake.hear(heard)

    async def reacted(self, envelope: Envelope) -> None:
        event, item = envelope.event, envelope.event.get("item") or {}
        if str(event.get("reaction", "")).split("::")[0] != self._emoji or item.get("type") != "message":
            return
        actor = Actor(envelope.team, str(event["user"]))
        await self._intake.reacted(actor, envelope.id, str(item["channel"]), str(item["ts"]))

    async def moved(self, envelope: Envelope) -> None:
        """Our own coming and going changes what Slack tells us of everyone there."""
        if envelope.event["user"] == self._bot_user:
            await self.channel_changed(envelope)
            return
        await self._rights.moved(Actor(envelope.team, str(envelope.event["user"])))

    async def channel_became(self, envelope: Envelope) -> None:
        """As when it is shared with another company."""
        old, new = (str(envelope.event[f"{which}_channel_id"]) for which in ("old", "new"))
        await self._rights.channel_became(envelope.team, old, new)

    async def channel_changed(self, envelope: Envelope) -> None:
        await self._rights.channel_changed(envelope.team, str(envelope.event["channel"]))

    # -- by hand -------------------------------------------------------------------------------

    async def add(self, call: Call) -> None:
        if call.args:
            await self._add_object(call)
            return
        if call.trigger_id is None:
            await self._replies.show(call.to, "Add files", forms.add_button())
            return
        await self._open_form(call.actor, call.trigger_id, call.to.place.channel)

    async def _add_object(self, call: Call) -> None:
        key, _, title = unescaped(call.args).partition(" ")[2].strip().partition(" ")
        place = call.to.place
        received = await self._from_store.ask(
            call.actor, key, place, is_direct=call.channel_kind == "im", title=title.strip()
        )
        await self._replies.show(call.to, card.added(Added([received])))

    async def open_form(self, press: Press) -> None:
        await self._open_form(press.actor, press.trigger_id, press.to.place.channel)

    async def _open_form(self, actor: Actor, trigger_id: str, channel: str) -> None:
        where = "" if channel.startswith("D") else channel
        await self._replies.open_form(actor.team, trigger_id, forms.add(where))

    async def add_form(self, form: Submission) -> Problems:
        values = {name: str(form.values.get(name) or "") for name in ("title", "tags")}
        channel = form.context if form.values.get("visibility") == forms.HERE else None
        try:
            ids = [str(each["id"]) for each in form.values.get("files") or ()]
            await self._intake.add_files(form.actor, ids, channel, **values)
        except FileUnreadable:
            return {"files": "Slack does not let me read one of these files. Share it in a message instead."}
        except NotFound:
            return {
                "visibility": "I can't see that you are in this channel. Invite me first, or choose “Only me”."
            }
        return {}

    async def add_this(self, press: Press) -> None:
        channel, ts = press.to.place.channel, str(press.message.get("ts", ""))
        try:
            added = await self._intake.add_message(press.actor, channel, ts)
        except NotFound:
            added = Added()
        await self._replies.show(press.beside, card.added(added))

    async def add_reacted(self, team: str, user: str, channel: str, ts: str) -> None:
        """Nobody asked in words: who may not, or meant a message without files, is not answered."""
        actor = Actor(team, user)
        try:
            await self._intake.add_message(actor, channel, ts)
        except (NotFound, NotAllowed) as error:
            log.info("library.not_added", reason=type(error).__name__)

    # -- deciding ------------------------------------------------------------------------------

    async def accept(self, press: Press) -> None:
        await self._decided(press, self._intake.accept, "Added; its progress is shown in the file's thread.")

    async def decline(self, press: Press) -> None:
        await self._decided(press, self._intake.decline, "Not added.")

    async def go_on(self, press: Press) -> None:
        if not await self._intake.go_on(press.actor, UUID(press.value)):
            await self._replies.show(press.beside, "It is under way already.")

    async def stop(self, press: Press) -> None:
        await self._intake.stop(press.actor, UUID(press.value))

    async def again(self, press: Press) -> None:
        if not await self._intake.decide(press.actor, UUID(press.value), again=True):
            await self._replies.show(press.beside, DECIDED)

    async def leave_out(self, press: Press) -> None:
        if not await self._intake.decide(press.actor, UUID(press.value), again=False):
            await self._replies.show(press.beside, DECIDED)

    async def _decided(
        self, press: Press, decide: Callable[[Actor, UUID], Awaitable[bool]], told: str
    ) -> None:
        done = await decide(press.actor, UUID(press.value))
        await self._replies.show(press.beside, told if done else DECIDED)

    # -- in the background ---------------------------------------------------------------------

    async def work(self, content: str) -> None:
        await self._work.work(UUID(content))

    async def look(
        self, team: str, user: str, channel: str, thread_ts: str, audience: str, files: str
    ) -> None:
        await self._intake.look(user, Place(team, channel, thread_ts or None), audience, files.split())

    async def show(self, content: str) -> None:
        await self._showing.show(UUID(content))

    async def ask(self, content: str) -> None:
        await self._showing.ask(UUID(content))

    async def sweep(self) -> None:
        woken = await self._claiming.wake_overdue()
        if woken:
            log.info("library.woken", count=woken)

    async def eased(self, team: str) -> None:
        woken = await self._claiming.eased(team)
        if woken:
            log.info("library.eased", count=woken)

    async def remove(self) -> None:
        removed = await self._library.remove_for_good()
        if removed:
            log.info("library.removed", count=removed)


def is_form_or_object(args: str) -> bool:
    """Nothing, or `object KEY` with or without a title."""
    words = args.split()
    return not words or (words[0].lower() == "object" and len(words) > 1)
