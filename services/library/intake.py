"""What comes into the library: stored first, then worked on by whoever has time.

What is heard in Slack runs on the three-second path of an event: one short transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from uuid_utils.compat import uuid7

from services.entities import Actor, FileRef, Heard, Place
from services.entities.library import ChannelMode, Content, ContentState, PartState, Share, Stage
from services.entities.media import MediaKind
from services.errors import NotFound
from services.library.naming import kind_by_name, tags_of, title_of, titled
from services.library.rights import Rights
from services.library.settings import LibrarySettings
from services.library.short import short_of
from services.library.transcription import release
from services.ports.cancellation import Cancellation
from services.ports.clock import Clock
from services.ports.library import ChannelDirectory, Received
from services.ports.work import UnitOfWork, UnitOfWorkFactory

WORK_TASK, SHOW_TASK, ASK_TASK = "library.work", "library.show", "library.ask"
REACTION_TASK = "library.reacted"
AGAIN = frozenset(
    {
        ContentState.WAITING,
        ContentState.FAILED,
        ContentState.STOPPED,
        ContentState.REFUSED,
        ContentState.DECLINED,
    }
)
DECIDABLE = frozenset({ContentState.UNCERTAIN})


class LibraryIntake:
    def __init__(
        self,
        uow: UnitOfWorkFactory,
        rights: Rights,
        directory: ChannelDirectory,
        cancellation: Cancellation,
        clock: Clock,
        settings: LibrarySettings,
    ) -> None:
        self._uow = uow
        self._rights = rights
        self._directory = directory
        self._cancellation = cancellation
        self._clock = clock
        self._settings = settings

    # -- from Slack's events -------------------------------------------------------------------

    async def hear(self, heard: Heard) -> None:
        """A message with files that somebody posted where we are."""
        files = [file for file in heard.files if kind_by_name(file.name)]
        if heard.is_bot or not files:
            return
        place = Place(heard.team, heard.channel, heard.thread_ts or heard.key)
        audience = heard.user if heard.channel_kind == "im" else heard.channel
        async with self._uow() as uow:
            mode = ChannelMode.AUTO if heard.channel_kind == "im" else await self._mode(uow, place)
            if mode is ChannelMode.OFF:
                return
            for file, beside in paired(files):
                state = ContentState.ASKED if mode is ChannelMode.ASK else ContentState.OPEN
                await self._receive(uow, heard.user, place, audience, file, beside, state=state)
            await uow.commit()

    async def reacted(self, actor: Actor, event_id: str, channel: str, ts: str) -> None:
        """Once per event; who may add what is asked when the work runs."""
        async with self._uow() as uow:
            if await uow.chat.know_event(actor.team, event_id, "reaction"):
                await uow.enqueue(REACTION_TASK, team=actor.team, user=actor.user, channel=channel, ts=ts)
                await uow.commit()

    # -- by hand -------------------------------------------------------------------------------

    async def add_message(self, actor: Actor, place: Place, ts: str) -> list[Received]:
        """The files of a message, because somebody asked for it. Raises NotFound, NotAllowed."""
        is_direct = place.channel.startswith("D")
        reader = await self._rights.reader(actor, at=None if is_direct else place.channel)
        files = await self._directory.files_of(actor.team, place.channel, ts)
        if not files or not (is_direct or place.channel in reader.audiences):
            raise NotFound("file in that message")
        audience = actor.user if is_direct else place.channel
        async with self._uow() as uow:
            added = [
                await self._add(uow, actor, place, audience, file, beside) for file, beside in paired(files)
            ]
            await uow.commit()
        return added

    async def add_files(
        self, actor: Actor, ids: Sequence[str], channel: str | None, *, title: str = "", tags: str = ""
    ) -> list[Received]:
        """Files of a form, for a channel the person is in, or (None) for themselves."""
        reader = await self._rights.reader(actor, at=channel)
        if channel is not None and channel not in reader.audiences:
            raise NotFound("channel")
        files = [await self._directory.file(actor.team, each) for each in ids]
        place = Place(actor.team, channel) if channel else await self._directory.direct(actor)
        async with self._uow() as uow:
            added = [
                await self._add(
                    uow, actor, place, channel or actor.user, file, beside, title=title, tags=tags_of(tags)
                )
                for file, beside in paired(files)
            ]
            await uow.commit()
        return added

    async def add_object(
        self, actor: Actor, key: str, place: Place, *, title: str, audience: str | None = None
    ) -> Content:
        """What is in the object store already, as a generated document."""
        content = replace(self._new(actor.team, actor.user, title), object_key=key)
        share = self._share(content, actor.user, place, audience or place.channel, None, None)
        async with self._uow() as uow:
            received = await uow.library.receive(content, share)
            await uow.enqueue(WORK_TASK, content=str(content.id))
            await uow.commit()
        return received.content

    # -- deciding ------------------------------------------------------------------------------

    async def accept(self, actor: Actor, content_id: UUID) -> bool:
        return await self._open(actor, content_id, {ContentState.ASKED})

    async def decline(self, actor: Actor, content_id: UUID) -> bool:
        await self._rights.item(actor, content_id)
        async with self._uow() as uow:
            turned = await uow.library.turn(content_id, ContentState.DECLINED, of={ContentState.ASKED})
            await uow.commit()
        return turned

    async def go_on(self, actor: Actor, content_id: UUID) -> bool:
        """What waits, failed or was stopped is taken up again where it ended."""
        return await self._open(actor, content_id, AGAIN)

    async def stop(self, actor: Actor, content_id: UUID) -> None:
        await self._rights.item(actor, content_id)
        async with self._uow() as uow:
            await uow.library.request_stop(content_id, self._clock.now())
            await uow.enqueue(SHOW_TASK, content=str(content_id))
            await uow.commit()
        await self._cancellation.cancel(content_id)

    async def decide(self, actor: Actor, content_id: UUID, *, again: bool) -> bool:
        """What is to become of the calls whose answers were lost: made again, or left out."""
        await self._rights.item(actor, content_id)
        async with self._uow() as uow:
            if not await uow.library.turn(content_id, ContentState.OPEN, of=DECIDABLE):
                return False
            to = PartState.OPEN if again else PartState.SKIPPED
            await release(uow, content_id, await uow.library.turn_parts(content_id, PartState.UNCERTAIN, to))
            await uow.enqueue(WORK_TASK, content=str(content_id))
            await uow.commit()
        return True

    async def mode(self, team: str, channel: str) -> ChannelMode:
        async with self._uow(atomic=False) as uow:
            return await self._mode(uow, Place(team, channel))

    async def set_mode(self, actor: Actor, channel: str, mode: ChannelMode) -> None:
        """By anyone in the channel. Raises NotFound for others."""
        reader = await self._rights.reader(actor, at=channel)
        if channel not in reader.audiences:
            raise NotFound("channel")
        async with self._uow() as uow:
            await uow.library.set_mode(actor, channel, mode)
            await uow.commit()

    # -- inside --------------------------------------------------------------------------------

    async def _mode(self, uow: UnitOfWork, place: Place) -> ChannelMode:
        return await uow.library.mode(place.team, place.channel) or self._settings.mode

    async def _open(self, actor: Actor, content_id: UUID, of: Iterable[ContentState]) -> bool:
        await self._rights.item(actor, content_id)
        async with self._uow() as uow:
            opened = await uow.library.turn(content_id, ContentState.OPEN, of=frozenset(of))
            if opened:
                await uow.enqueue(WORK_TASK, content=str(content_id))
            await uow.commit()
        return opened

    async def _add(
        self,
        uow: UnitOfWork,
        actor: Actor,
        place: Place,
        audience: str,
        file: FileRef,
        beside: FileRef | None,
        *,
        title: str = "",
        tags: tuple[str, ...] = (),
    ) -> Received:
        """What was said no to, stopped or failed before is taken up; so is what waits for a word."""
        received = await self._receive(uow, actor.user, place, audience, file, beside, title=title, tags=tags)
        content_id = received.content.id
        if await uow.library.turn(content_id, ContentState.OPEN, of=AGAIN | {ContentState.ASKED}):
            await uow.enqueue(WORK_TASK, content=str(content_id))
        return received

    async def _receive(
        self,
        uow: UnitOfWork,
        user: str,
        place: Place,
        audience: str,
        file: FileRef,
        beside: FileRef | None,
        *,
        title: str = "",
        tags: tuple[str, ...] = (),
        state: ContentState = ContentState.OPEN,
    ) -> Received:
        content = replace(self._new(place.team, user, title or title_of(file.name)), state=state, tags=tags)
        received = await uow.library.receive(
            content, self._share(content, user, place, audience, file, beside)
        )
        if received.fresh and not received.linked:
            task = ASK_TASK if state is ContentState.ASKED else WORK_TASK
            await uow.enqueue(task, content=str(content.id))
        elif received.fresh:
            await uow.enqueue(SHOW_TASK, content=str(received.content.id))
        return received

    def _new(self, team: str, user: str, title: str) -> Content:
        content_id = uuid7()
        return Content(
            id=content_id,
            team=team,
            short=short_of(content_id),
            user=user,
            title=titled(title) or "Untitled",
            created_at=self._clock.now(),
            stage=Stage.RECEIVED,
        )

    def _share(
        self,
        content: Content,
        user: str,
        place: Place,
        audience: str,
        file: FileRef | None,
        beside: FileRef | None,
    ) -> Share:
        return Share(uuid7(), content.id, place, audience, user, self._clock.now(), file, beside)


def paired(files: Sequence[FileRef]) -> list[tuple[FileRef, FileRef | None]]:
    """Subtitles of the same name as a recording beside them, or the only ones beside the only one, are its."""
    recordings = [file for file in files if kind_by_name(file.name) in {MediaKind.VIDEO, MediaKind.AUDIO}]
    subtitles = [file for file in files if kind_by_name(file.name) is MediaKind.SUBTITLES]
    alone = len(recordings) == 1 and len(subtitles) == 1
    pairs = {
        recording.id: text
        for recording in recordings
        for text in subtitles
        if alone or title_of(text.name).startswith(title_of(recording.name))
    }
    taken = {text.id for text in pairs.values()}
    return [(file, pairs.get(file.id)) for file in files if file.id not in taken]
