"""Files of a thread as a model reads them: fetched and parsed once, then remembered for a while."""

from __future__ import annotations

import asyncio
import tempfile
from collections import OrderedDict
from pathlib import Path
from weakref import WeakValueDictionary

from services.entities.conversations import FileRef
from services.errors import FileUnreadable
from services.media.documents import document_text
from services.ports.models import ImagePart
from services.ports.slack import FileText, SlackFiles

FILE_LIMIT = 20 * 2**20  # bytes fetched
IMAGE_LIMIT = 5 * 2**20  # bytes; Anthropic's own limit for one image
TEXT_LIMIT = 400_000  # characters
REMEMBERED = 32 * 2**20  # bytes of texts and images kept
AT_ONCE = 2
FOR_GOOD = frozenset(
    {"type", "mismatch", "password", "damaged", "too_large", "too_long", "pixels", "unpacked"}
)
"""Reasons that no second look changes."""

IMAGES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
}


class ThreadFiles:
    """`remembered`: bytes kept; what was not read for longest goes first."""

    def __init__(self, slack: SlackFiles, *, remembered: int = REMEMBERED) -> None:
        self._slack = slack
        self._room = remembered
        self._known: OrderedDict[str, FileText | FileUnreadable] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def read(self, file: FileRef) -> FileText:
        """Raises FileUnreadable."""
        known = self._known.get(file.id) or await self._looked_at(file)
        if isinstance(known, FileUnreadable):
            raise FileUnreadable(file.name, known.reason)
        self._known.move_to_end(file.id)
        return known

    async def _looked_at(self, file: FileRef) -> FileText | FileUnreadable:
        lock = self._locks.setdefault(file.id, asyncio.Lock())
        async with lock, self._slots:
            if file.id not in self._known:  # nobody else read it while this waited
                self._remember(file, await self._outcome(file))
            return self._known[file.id]

    async def _outcome(self, file: FileRef) -> FileText | FileUnreadable:
        try:
            return await self._fetch(file)
        except FileUnreadable as error:
            if error.reason not in FOR_GOOD:
                raise
            return FileUnreadable(error.name, error.reason)

    async def _fetch(self, file: FileRef) -> FileText:
        if file.mimetype.startswith(("video/", "audio/")):
            raise FileUnreadable(file.name, "type")
        with tempfile.TemporaryDirectory(prefix="showrunner-") as folder:
            path = Path(folder) / "file"
            await self._slack.fetch(file, path, limit=FILE_LIMIT)
            image = await asyncio.to_thread(read_image, path, file.name)
            if image is not None:
                return FileText(file.name, image=image)
            return FileText(file.name, await document_text(path, file.name, file.mimetype, limit=TEXT_LIMIT))

    def _remember(self, file: FileRef, found: FileText | FileUnreadable) -> None:
        self._known[file.id] = found
        while len(self._known) > 1 and sum(map(size_of, self._known.values())) > self._room:
            self._known.popitem(last=False)


def size_of(found: FileText | FileUnreadable) -> int:
    """Bytes, about; never nothing, so that there is an end to how many are kept."""
    if isinstance(found, FileUnreadable):
        return 1_000
    return 1_000 + 2 * len(found.text) + (len(found.image.data) if found.image else 0)


def read_image(path: Path, name: str) -> ImagePart | None:
    """The image, by its first bytes and not its name; None for anything else. Raises FileUnreadable."""
    with path.open("rb") as file:
        head = file.read(16)
    kind = image_type(head)
    if kind is None:
        return None
    if path.stat().st_size > IMAGE_LIMIT:
        raise FileUnreadable(name, "too_large")
    return ImagePart(kind, path.read_bytes())


def image_type(head: bytes) -> str | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in IMAGES.items() if head.startswith(magic)), None)
