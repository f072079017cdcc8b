"""How a file becomes an item, or one more place of an item that is there; within its caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from uuid_utils.compat import uuid7

from services.entities.conversations import FileRef, Place
from services.entities.library import ChannelMode, Content, ContentState, Share, Stage
from services.entities.media import MediaKind
from services.entities.people import Actor
from services.library.naming import kind_by_name, title_of, titled
from services.library.settings import LibrarySettings
from services.ports.clock import Clock
from services.ports.library import Received
from services.ports.work import UnitOfWork
from services.short import short_of

WORK_TASK, SHOW_TASK, ASK_TASK = "library.work", "library.show", "library.ask"
AGAIN = frozenset(
    {
        ContentState.WAITING,
        ContentState.FAILED,
        ContentState.STOPPED,
        ContentState.REFUSED,
        ContentState.DECLINED,
    }
)


class Receiving:
    def __init__(self, clock: Clock, settings: LibrarySettings) -> None:
        self._clock = clock
        self._settings = settings

    async def mode(self, uow: UnitOfWork, team: str, channel: str) -> ChannelMode:
        return await uow.library.mode(team, channel) or self._settings.mode

    async def add(
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
        """By hand: what was said no to, stopped or failed before is taken up; so is what waits for a word.
        What was deleted comes back where it is the person's own, and is added anew by others."""
        received = await self.receive(uow, actor.user, place, audience, file, beside, title=title, tags=tags)
        if received.content.deleted_at is None:
            await self.taken_up(uow, received.content)
            return received
        if received.content.user == actor.user and await uow.library.delete(received.content.id, None):
            await uow.enqueue(SHOW_TASK, content=str(received.content.id))
            await self.taken_up(uow, received.content)
            return replace(received, content=replace(received.content, deleted_at=None), fresh=True)
        await uow.library.drop_share(received.share.id)
        return await self.receive(uow, actor.user, place, audience, file, beside, title=title, tags=tags)

    async def taken_up(self, uow: UnitOfWork, content: Content) -> None:
        if await uow.library.turn(content.id, ContentState.OPEN, of=AGAIN | {ContentState.ASKED}):
            await uow.enqueue(WORK_TASK, content=str(content.id))

    async def receive(
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
        reason: str | None = None,
    ) -> Received:
        content = self.new(place.team, user, title or title_of(file.name))
        content = replace(content, state=state, reason=reason, tags=tags)
        received = await uow.library.receive(
            content, self.share(content, user, place, audience, file, beside)
        )
        if received.fresh and not received.linked:
            await uow.enqueue(_FIRST.get(state, SHOW_TASK), content=str(content.id))
        elif received.fresh:
            await uow.enqueue(SHOW_TASK, content=str(received.content.id))
        return received

    def new(self, team: str, user: str, title: str) -> Content:
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

    def share(
        self,
        content: Content,
        user: str,
        place: Place,
        audience: str,
        file: FileRef | None = None,
        beside: FileRef | None = None,
    ) -> Share:
        return Share(uuid7(), content.id, place, audience, user, self._clock.now(), file, beside)


_FIRST = {ContentState.OPEN: WORK_TASK, ContentState.ASKED: ASK_TASK}


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
