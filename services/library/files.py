"""Files of a thread: recordings as their transcripts, all others as they were read before."""

from __future__ import annotations

from collections.abc import Sequence

from services.entities.conversations import FileRef
from services.entities.library import Content, ContentState, Passage, Stage
from services.entities.media import MediaKind
from services.errors import FileUnreadable
from services.library.naming import kind_by_name
from services.media.times import timecode
from services.ports.channels import HashingFiles
from services.ports.slack import FileReader, FileText
from services.ports.work import UnitOfWorkFactory

HEARD = frozenset({MediaKind.VIDEO, MediaKind.AUDIO})
REST = "[the rest of it is not transcribed yet]"


class LibraryFiles:
    def __init__(self, files: FileReader, slack: HashingFiles, uow: UnitOfWorkFactory, team: str) -> None:
        self._files = files
        self._slack = slack
        self._uow = uow
        self._team = team

    async def read(self, file: FileRef) -> FileText:
        """Raises FileUnreadable, "untranscribed" for a recording that nobody has listened to yet."""
        if not file.url:
            file = await self._slack.known(self._team, file.id)
        if kind_by_name(file.name) not in HEARD:
            return await self._files.read(file)
        async with self._uow(atomic=False) as uow:
            item = await uow.library.by_file(self._team, file.id)
            passages = await uow.library.passages(item.id) if item else []
        if item is None or not (passages or item.state is ContentState.DONE):
            raise FileUnreadable(file.name, "untranscribed")
        return FileText(file.name, transcript_of(item, passages))


def transcript_of(item: Content, passages: Sequence[Passage]) -> str:
    if not passages:
        return f"“{item.title}”: nothing is said in it."
    lines = [f"[{timecode(each.start or 0)}] {each.text}" for each in passages]
    whole = item.stage in {Stage.TRANSCRIBED, Stage.READY}
    return "\n".join([f"Transcript of “{item.title}”:", *lines, *([] if whole else [REST])])
