"""What is said or written in an item, from the cheapest source there is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

from services.entities.library import Content, PartState, Passage, Share
from services.entities.media import MediaKind, Probe, Segment, SubtitleTrack
from services.errors import FileUnreadable
from services.library.storing import Storing
from services.library.texts import grouped, numbered, written_on
from services.library.transcription import Transcription
from services.ports.media import MediaReader
from services.ports.work import UnitOfWorkFactory


class Understanding:
    """Subtitles in the file or beside it are used before a transcript is paid for."""

    def __init__(
        self, uow: UnitOfWorkFactory, media: MediaReader, storing: Storing, transcription: Transcription
    ) -> None:
        self._uow = uow
        self._media = media
        self._storing = storing
        self._transcription = transcription

    async def read(
        self, item: Content, share: Share, folder: Path, arrived: Callable[[], Awaitable[bool]]
    ) -> Content:
        """The item with its language; its passages are stored."""
        probe = item.probe
        if probe is None or probe.kind is MediaKind.IMAGE:
            return item
        if probe.kind is MediaKind.DOCUMENT:
            path = await self._storing.again(item, folder)
            await self._add(item, written_on(await self._media.pages(path, probe)))
            return item
        written = await self._subtitles(item, share, probe, folder)
        if written is not None:
            segments, language = written
            await self._add(item, list(numbered(grouped(segments))))
            return replace(item, language=language or item.language)
        if not probe.has_audio:
            return item
        return await self._heard(item, share, folder, arrived)

    async def _heard(
        self, item: Content, share: Share, folder: Path, arrived: Callable[[], Awaitable[bool]]
    ) -> Content:
        if await self._all_done(item):
            return item
        path = await self._storing.again(item, folder)
        parts = folder / "parts"
        parts.mkdir(exist_ok=True)
        sounds = await self._media.audio_parts(path, parts)
        language = await self._transcription.transcribe(item, share.place.channel, sounds, arrived)
        return replace(item, language=language or item.language)

    async def _all_done(self, item: Content) -> bool:
        async with self._uow(atomic=False) as uow:
            parts = await uow.library.parts(item.id)
        return bool(parts) and all(part.state in {PartState.DONE, PartState.SKIPPED} for part in parts)

    async def _subtitles(
        self, item: Content, share: Share, probe: Probe, folder: Path
    ) -> tuple[Sequence[Segment], str | None] | None:
        if probe.kind is MediaKind.SUBTITLES:
            return await self._media.subtitles(await self._storing.again(item, folder)), None
        beside = await self._storing.beside(share, folder)
        if beside is not None and (found := await self._tried(beside, None)):
            return found, None
        for track in probe.subtitles:
            path = await self._storing.again(item, folder)
            if found := await self._tried(path, track):
                return found, track.language
        return None

    async def _tried(self, path: Path, track: SubtitleTrack | None) -> Sequence[Segment]:
        """None of a track that can't be read, as pictures: the sound is still there."""
        try:
            return await self._media.subtitles(path, track)
        except FileUnreadable:
            return ()

    async def _add(self, item: Content, passages: Sequence[Passage]) -> None:
        async with self._uow() as uow:
            await uow.library.add_passages(item.id, passages)
            await uow.commit()
