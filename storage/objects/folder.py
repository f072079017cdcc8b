"""Objects in a folder of this machine.

An object is two files: its bytes, named by key and hash, and `<key>.about`, which tells of them. An object is
there once its `.about` is: both are written elsewhere and renamed, under one lock for all processes, so that a
reader sees the old one or the new one and never half of either.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from uuid import uuid4

import orjson

from services.errors import ObjectDamaged, ObjectMissing, StoreUnavailable
from services.ports.objects import StoredObject
from storage.objects.copying import CHUNK, copy_hashed, hashed
from storage.objects.keys import checked, checked_prefix, checked_range

ABOUT = ".about"
INCOMING = ".incoming"
LOCK = ".lock"
LEFT_OVER = 24 * 3600.0  # seconds after which an upload that nobody writes to was cut off
AT_ONCE = 64  # entries of a listing read in one go


class FolderStore:
    """`root` is made when something is stored."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._swept = False

    async def put(self, key: str, source: Path, *, sha256: str, content_type: str) -> StoredObject:
        checked(key)
        return await asyncio.to_thread(self._put, key, source, sha256, content_type)

    async def head(self, key: str) -> StoredObject | None:
        return await asyncio.to_thread(self._about, checked(key))

    async def read(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        checked_range(start, end)
        file, _ = await asyncio.to_thread(self._open, checked(key))
        try:
            left = await asyncio.to_thread(_left, file, start, end)
            while left > 0 and (data := await asyncio.to_thread(_read, file, min(left, CHUNK))):
                left -= len(data)
                yield data
        finally:
            file.close()

    async def fetch(self, key: str, target: Path) -> None:
        await asyncio.to_thread(self._fetch, checked(key), target)

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self._delete, checked(key))

    async def keys(self, prefix: str) -> AsyncIterator[StoredObject]:
        found = await asyncio.to_thread(self._known, checked_prefix(prefix))
        for at in range(0, len(found), AT_ONCE):
            for about in await asyncio.to_thread(self._abouts, found[at : at + AT_ONCE]):
                yield about

    def _put(self, key: str, source: Path, sha256: str, content_type: str) -> StoredObject:
        with source.open("rb") as given, _told():
            incoming = self._incoming()
            try:
                _bring(source, given, incoming)
                size, found = _settled(incoming)
                if found != sha256:
                    raise ObjectDamaged(key)
                about = StoredObject(key, size, sha256, content_type, datetime.now(UTC))
                self._publish(about, incoming)
            finally:
                incoming.unlink(missing_ok=True)
                incoming.with_suffix(ABOUT).unlink(missing_ok=True)
        return about

    def _incoming(self) -> Path:
        folder = self._root / INCOMING
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self._swept:
            self._swept = True
            _sweep(folder)
        return folder / uuid4().hex

    def _publish(self, about: StoredObject, incoming: Path) -> None:
        pointer, content = self._pointer(about.key), self._content(about)
        pointer.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = incoming.with_suffix(ABOUT)
        _write_about(draft, about)
        with self._lock():
            before = self._about(about.key)
            incoming.rename(content)
            draft.rename(pointer)
            if before is not None and before.sha256 != about.sha256:
                self._content(before).unlink(missing_ok=True)
        _sync_folder(pointer.parent)

    def _delete(self, key: str) -> None:
        with _told(), self._lock():
            about = self._about(key)
            if about is not None:
                self._pointer(key).unlink(missing_ok=True)
                self._content(about).unlink(missing_ok=True)

    def _fetch(self, key: str, target: Path) -> None:
        file, about = self._open(key)
        target.unlink(missing_ok=True)  # it may be what was linked in: written over, the object would be, too
        with _told(), file, target.open("xb") as sink:
            _, found = copy_hashed(file, sink)
        if found != about.sha256:
            target.unlink(missing_ok=True)
            raise ObjectDamaged(key)

    def _open(self, key: str) -> tuple[IO[bytes], StoredObject]:
        """What was open stays readable; what is replaced between the two looks is looked for once more."""
        with _told():
            for _ in range(3):
                about = self._about(key)
                if about is None:
                    break
                with suppress(FileNotFoundError):
                    return self._content(about).open("rb"), about
        raise ObjectMissing(key)

    def _about(self, key: str) -> StoredObject | None:
        with _told():
            try:
                told = orjson.loads(self._pointer(key).read_bytes())
            except (FileNotFoundError, NotADirectoryError):
                return None
        at = datetime.fromisoformat(told["at"])
        return StoredObject(key, told["size"], told["sha256"], told["content_type"], at)

    def _abouts(self, keys: list[str]) -> list[StoredObject]:
        return [about for about in map(self._about, keys) if about is not None]

    def _known(self, prefix: str) -> list[str]:
        with _told():
            start = self._root.joinpath(*prefix.split("/")[:-1])
            keys = (self._key(path) for path in start.rglob(f"*{ABOUT}") if path.is_file())
            return sorted(key for key in keys if key.startswith(prefix) and not key.startswith("."))

    def _key(self, pointer: Path) -> str:
        return pointer.relative_to(self._root).as_posix().removesuffix(ABOUT)

    def _pointer(self, key: str) -> Path:
        return self._inside(f"{key}{ABOUT}")

    def _content(self, about: StoredObject) -> Path:
        return self._inside(f"{about.key}.{about.sha256[:16]}")

    def _inside(self, name: str) -> Path:
        """A link that leads out of the root is no place of ours."""
        path = self._root / name
        if not path.resolve().is_relative_to(self._root.resolve()):
            raise ObjectMissing(name)
        return path

    @contextmanager
    def _lock(self) -> Iterator[None]:
        self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._root / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _bring(source: Path, given: IO[bytes], target: Path) -> None:
    """A link where that is possible, which moves no bytes; else a copy."""
    try:
        target.hardlink_to(source)
    except OSError:
        with _new(target) as sink:
            shutil.copyfileobj(given, sink, CHUNK)
    else:
        target.chmod(0o600)


def _settled(path: Path) -> tuple[int, str]:
    """(size, hash) of what is on the disk itself when this returns: written there while it is hashed."""
    with path.open("rb") as file, ThreadPoolExecutor(1, thread_name_prefix="sync") as beside:
        syncing = beside.submit(os.fsync, file.fileno())
        size, found = hashed(file)
        syncing.result()
    return size, found


def _write_about(target: Path, about: StoredObject) -> None:
    told = {"size": about.size, "sha256": about.sha256, "content_type": about.content_type, "at": about.at}
    with _new(target) as sink:
        sink.write(orjson.dumps(told))
        sink.flush()
        os.fsync(sink.fileno())


def _new(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _sweep(folder: Path) -> None:
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # another process sweeps too
            if time.time() - path.stat().st_mtime > LEFT_OVER:
                path.unlink()


def _left(file: IO[bytes], start: int, end: int | None) -> int:
    size = os.fstat(file.fileno()).st_size
    file.seek(start)
    return min(size, size if end is None else end) - start


def _read(file: IO[bytes], size: int) -> bytes:
    with _told():
        return file.read(size)


@contextmanager
def _told() -> Iterator[None]:
    """A disk that is full, away or not ours to write to is a store that does not answer."""
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(error.strerror or type(error).__name__) from error
