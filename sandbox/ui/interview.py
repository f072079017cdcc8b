"""The video that a newcomer can share without having one: made when it is first asked for, then kept."""

import asyncio
import tempfile
from pathlib import Path

NAME = "aurora-one-interview.mp4"


class Interview:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._data = b""

    async def data(self) -> bytes:
        async with self._lock:
            if not self._data:
                self._data = await asyncio.to_thread(_made)
            return self._data


def _made() -> bytes:
    from sandbox.recordings import interview  # codecs and fonts: only for those who want it

    with tempfile.TemporaryDirectory(prefix="sandbox-film-") as folder:
        return interview(Path(folder) / NAME).read_bytes()
