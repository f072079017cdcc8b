"""What comes into the library: stored first, then worked on by whoever has time.

What is heard in Slack runs on the three-second path of an event: one short transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.entities.conversations import FileRef, Place
from services.entities.library import ChannelMode, ContentState
from services.entities.people import Actor
from services.entities.turns import Heard
from services.errors import FileUnreadable, NotFound
from services.library.deciding import Deciding
from services.library.naming import kind_by_name, tags_of
from services.library.receiving import paired
from services.library.rights import Rights
from services.library.settings import LibrarySettings
from services.ports.cancellation import Cancellation
from services.ports.channels import ChannelDirectory
from services.ports.clock import Clock
from services.ports.library import Received
from services.ports.work import UnitOfWork, UnitOfWorkFactory

REACTION_TASK, LOOK_TASK = "library.reacted", "library.look"
NAMELESS = "Shared file"


@dataclass(slots=True)
class Added:
    """`without`: files of the message that could not be had, each with why."""

    received: list[Received] = field(default_factory=list)
    without: list[FileUnreadable] = field(default_factory=list)


class LibraryIntake(Deciding):
    def __init__(
        self,
        uow: UnitOfWorkFactory,
        rights: Rights,
        directory: ChannelDirectory,
        cancellation: Cancellation,
        clock: Clock,
        settings: LibrarySettings,
    ) -> None:
        super().__init__(uow, rights, cancellation, clock, settings)
        self._directory = directory

    # -- from Slack's events -------------------------------------------------------------------

    async def hear(self, heard: Heard) -> None:
        """A message with files that somebody posted where we are."""
        files = [file for file in heard.files if not file.url or kind_by_name(file.name)]
        if heard.is_bot or not files:
            return
        place = Place(heard.team, heard.channel, heard.thread_ts or heard.key)
        audience = heard.user if heard.channel_kind == "im" else heard.channel
        async with self._uow() as uow:
            if all(file.url for file in files):
                await self._take(uow, heard.user, place, audience, files)
            else:
                told = {
                    "user": heard.user,
                    "audience": audience,
                    "files": " ".join(file.id for file in files),
                }
                await uow.enqueue(
                    LOOK_TASK, team=place.team, channel=place.channel, thread_ts=place.thread_ts or "", **told
                )
            await uow.commit()

    async def look(self, user: str, place: Place, audience: str, ids: Sequence[str]) -> None:
        """Files that came as ids alone, as those of another workspace: asked about, then as all others."""
        files, without = await self._known(place.team, [FileRef(each, "", "", 0, "") for each in ids])
        async with self._uow() as uow:
            mode = await self._take(uow, user, place, audience, files)
            if mode is ChannelMode.AUTO:
                for file, error in without:
                    await self._receiving.receive(
                        uow, user, place, audience, file, None,
                        title=NAMELESS, state=ContentState.REFUSED, reason=error.reason,
                    )  # fmt: skip
            await uow.commit()

    async def reacted(self, actor: Actor, event_id: str, channel: str, ts: str) -> None:
        """Once per event; who may add what is asked when the work runs."""
        async with self._uow() as uow:
            if await uow.chat.know_event(actor.team, event_id, "reaction"):
                await uow.enqueue(REACTION_TASK, team=actor.team, user=actor.user, channel=channel, ts=ts)
                await uow.commit()

    # -- by hand -------------------------------------------------------------------------------

    async def add_message(self, actor: Actor, channel: str, ts: str) -> Added:
        """The files of a message, because somebody asked for it. Raises NotFound, NotAllowed."""
        is_direct = channel.startswith("D")
        reader = await self._rights.reader(actor, at=None if is_direct else channel)
        standing = await self._directory.files_of(actor.team, channel, ts)
        if not standing.files or not (is_direct or channel in reader.audiences):
            raise NotFound("file in that message")
        files, without = await self._known(actor.team, standing.files)
        where = Place(actor.team, channel, standing.thread_ts)
        audience = actor.user if is_direct else channel
        async with self._uow() as uow:
            received = [
                await self._receiving.add(uow, actor, where, audience, file, beside)
                for file, beside in paired(files)
            ]
            await uow.commit()
        return Added(received, [error for _, error in without])

    async def add_files(
        self, actor: Actor, ids: Sequence[str], channel: str | None, *, title: str = "", tags: str = ""
    ) -> list[Received]:
        """Files of a form, for a channel the person is in, or (None) for themselves."""
        await (self._rights.reader(actor) if channel is None else self._rights.member(actor, channel))
        files = [await self._directory.file(actor.team, each) for each in ids]
        place = Place(actor.team, channel) if channel else await self._directory.direct(actor)
        async with self._uow() as uow:
            added = [
                await self._receiving.add(
                    uow, actor, place, channel or actor.user, file, beside, title=title, tags=tags_of(tags)
                )
                for file, beside in paired(files)
            ]
            await uow.commit()
        return added

    # -- inside --------------------------------------------------------------------------------

    async def _take(
        self, uow: UnitOfWork, user: str, place: Place, audience: str, files: Sequence[FileRef]
    ) -> ChannelMode:
        """What the channel's setting says of them; of direct messages nobody is asked."""
        mode = ChannelMode.AUTO
        if audience == place.channel:
            mode = await self._receiving.mode(uow, place.team, place.channel)
        state = ContentState.ASKED if mode is ChannelMode.ASK else ContentState.OPEN
        kept = [file for file in files if kind_by_name(file.name)] if mode is not ChannelMode.OFF else []
        for file, beside in paired(kept):
            await self._receiving.receive(uow, user, place, audience, file, beside, state=state)
        return mode

    async def _known(
        self, team: str, told: Sequence[FileRef]
    ) -> tuple[list[FileRef], list[tuple[FileRef, FileUnreadable]]]:
        """With what Slack says of those that are told of by their ids alone; and those it says no to."""
        files, without = [], []
        for file in told:
            try:
                files.append(file if file.url else await self._directory.file(team, file.id))
            except FileUnreadable as error:
                without.append((file, error))
        return files, without
