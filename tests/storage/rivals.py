"""What a process of its own does to a folder that another one uses as well."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from storage.objects.folder import FolderStore


def put_over_and_over(root: Path, key: str, made: Sequence[tuple[Path, str]]) -> None:
    asyncio.run(_put(root, key, made))


async def _put(root: Path, key: str, made: Sequence[tuple[Path, str]]) -> None:
    store = FolderStore(root)
    sizes = {path.stat().st_size for path, _ in made}
    for path, sha256 in made:
        await store.put(key, path, sha256=sha256, content_type="video/mp4")
        read = [piece async for piece in store.read(key)]
        if len(b"".join(read)) not in sizes:
            raise AssertionError("half of one, or of both")
