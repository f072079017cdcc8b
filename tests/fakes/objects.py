"""The ObjectStore port in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from services.errors import ObjectDamaged, ObjectMissing, StoreUnavailable
from services.ports.objects import ObjectStore, StoredObject
from tests.factories import NOON


@dataclass
class FakeObjects:
    """`down`: it does not answer. `damages`: so many puts arrive broken."""

    kept: dict[str, tuple[StoredObject, bytes]] = field(default_factory=dict)
    down: bool = False
    damages: int = 0

    async def put(self, key: str, source: Path, *, sha256: str, content_type: str) -> StoredObject:
        self._answer()
        if self.damages:
            self.damages -= 1
            raise ObjectDamaged(key)
        data = source.read_bytes()
        stored = StoredObject(key, len(data), sha256, content_type, NOON)
        self.kept[key] = (stored, data)
        return stored

    async def head(self, key: str) -> StoredObject | None:
        self._answer()
        return self.kept[key][0] if key in self.kept else None

    async def read(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        self._answer()
        yield self._data(key)[start:end]

    async def fetch(self, key: str, target: Path) -> None:
        self._answer()
        target.write_bytes(self._data(key))

    async def delete(self, key: str) -> None:
        self._answer()
        self.kept.pop(key, None)

    async def keys(self, prefix: str) -> AsyncIterator[StoredObject]:
        self._answer()
        for key in sorted(self.kept):
            if key.startswith(prefix):
                yield self.kept[key][0]

    def _answer(self) -> None:
        if self.down:
            raise StoreUnavailable

    def _data(self, key: str) -> bytes:
        if key not in self.kept:
            raise ObjectMissing(key)
        return self.kept[key][1]


def _is_a_store(store: FakeObjects) -> ObjectStore:
    return store
