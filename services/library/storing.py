"""From Slack into the object store: fetched while hashing, looked at, kept under a name of ours."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from services.entities.conversations import FileRef
from services.entities.library import Content, Share, Stage
from services.entities.media import MediaKind, Probe
from services.errors import FileUnreadable
from services.library.naming import named, shown
from services.library.settings import LibrarySettings
from services.ports.channels import HashingFiles
from services.ports.media import MediaReader
from services.ports.objects import ObjectStore

log = structlog.get_logger()

SEEN = frozenset({MediaKind.VIDEO, MediaKind.IMAGE})
JPEG = "image/jpeg"
AREAS = MEDIA, DOCUMENTS = "media", "documents"
"""Backups, logs and whatever else is kept in the store are nobody's to read."""


@dataclass(frozen=True, slots=True)
class Fetched:
    path: Path
    size: int
    sha256: str
    name: str
    declared: str


class Storing:
    def __init__(
        self, files: HashingFiles, objects: ObjectStore, media: MediaReader, settings: LibrarySettings
    ) -> None:
        self._files = files
        self._objects = objects
        self._media = media
        self._settings = settings

    async def fetch(self, item: Content, share: Share, folder: Path) -> Fetched:
        """Raises FileUnreadable, SlackUnavailable or StoreUnavailable."""
        path = folder / "file"
        if share.file is not None:
            return await self._from_slack(item.team, share.file, path)
        return await self._from_store(item, path)

    async def look(self, fetched: Fetched) -> Probe:
        """Raises FileUnreadable."""
        if fetched.size == 0:
            raise FileUnreadable(fetched.name, "damaged")
        return await self._media.probe(fetched.path, fetched.name, fetched.declared)

    async def keep(self, item: Content, fetched: Fetched, probe: Probe, folder: Path) -> Content:
        """The item as it is once its bytes are in the store. Keys come of its id: done again, it is the same."""
        base = base_of(item, DOCUMENTS if probe.kind in {MediaKind.DOCUMENT, MediaKind.SUBTITLES} else MEDIA)
        key = item.object_key or f"{base}/original"
        if item.object_key is None:
            await self._objects.put(key, fetched.path, sha256=fetched.sha256, content_type=probe.mimetype)
        poster = await self._poster(base, fetched.path, probe, folder)
        sheet = await self._sheet(base, fetched.path, probe, folder)
        return replace(
            item,
            stage=Stage.STORED,
            size=fetched.size,
            sha256=fetched.sha256,
            object_key=key,
            poster_key=poster,
            sheet_key=sheet,
            probe=probe,
            chapters=probe.chapters,
            language=probe.audio_languages[0] if probe.audio_languages else None,
        )

    async def again(self, item: Content, folder: Path) -> Path:
        """The stored file, for an attempt that begins after it was kept."""
        path = folder / "file"
        if not path.exists():
            await self._objects.fetch(item.object_key or "", path)
        return path

    async def beside(self, share: Share, folder: Path) -> Path | None:
        """The subtitles that came with it; None where there are none, or they can't be had any more."""
        if share.beside is None:
            return None
        path = folder / "beside"
        try:
            await self._files.fetch_hashed(share.beside, path, limit=self._settings.file_limit)
        except FileUnreadable:
            return None
        return path

    async def remove(self, item: Content) -> None:
        """Everything of it in the store, also what an attempt put there that did not come to tell of it."""
        keys = {key for key in (item.object_key, item.poster_key, item.sheet_key) if key is not None}
        for area in AREAS:
            keys |= {stored.key async for stored in self._objects.keys(f"{base_of(item, area)}/")}
        for key in sorted(keys):
            await self._objects.delete(key)

    async def _from_slack(self, team: str, file: FileRef, path: Path) -> Fetched:
        if not file.url:
            file = await self._files.known(team, file.id)
        try:
            size, sha256 = await self._files.fetch_hashed(file, path, limit=self._settings.file_limit)
        except FileUnreadable as error:
            if error.reason == "no_access":  # a deleted file's address shows Slack's sign-in page, too
                await self._files.known(team, file.id)
            raise
        return Fetched(path, size, sha256, shown(file.name), file.mimetype)

    async def _from_store(self, item: Content, path: Path) -> Fetched:
        key = item.object_key or ""
        head = await self._objects.head(key)
        if head is None:
            raise FileUnreadable(item.title, "gone")
        if head.size > self._settings.file_limit:
            raise FileUnreadable(item.title, "too_large")
        await self._objects.fetch(key, path)
        sha256 = head.sha256 or await hash_of(path)  # what others put there has none
        name = shown(named(key, item.title, head.content_type))
        return Fetched(path, head.size, sha256, name, head.content_type)

    async def _poster(self, base: str, path: Path, probe: Probe, folder: Path) -> str | None:
        target = folder / "poster.jpg"
        if probe.kind not in SEEN or not await made(self._media.poster(path, target)):
            return None
        return await self._kept(f"{base}/poster.jpg", target)

    async def _sheet(self, base: str, path: Path, probe: Probe, folder: Path) -> str | None:
        target = folder / "sheet.jpg"
        if probe.kind is not MediaKind.VIDEO or not await made(self._media.contact_sheet(path, target)):
            return None
        return await self._kept(f"{base}/sheet.jpg", target)

    async def _kept(self, key: str, picture: Path) -> str:
        await self._objects.put(key, picture, sha256=await hash_of(picture), content_type=JPEG)
        return key


async def made(picture: Awaitable[bool]) -> bool:
    """What was looked at and found good is kept also where drawing it takes too much."""
    try:
        return await picture
    except FileUnreadable as error:
        log.info("library.no_picture", reason=error.reason)
        return False


def base_of(item: Content, area: str) -> str:
    return f"{area}/{item.created_at:%Y}/{item.id}"


async def hash_of(path: Path) -> str:
    def read() -> str:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    return await asyncio.to_thread(read)
