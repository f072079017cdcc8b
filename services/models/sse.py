"""Server-sent events, cut from the bytes of a response as they come."""

from __future__ import annotations

from collections.abc import Iterator


class EventCutter:
    """Feed it bytes, however they are split; it gives the `data` of each event once that is whole.

    Both providers repeat an event's name inside its data, so names, ids and comments are dropped.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                self._data.append(line[5:].strip())
            elif self._data and line in (b"", b"\r"):
                yield b"\n".join(self._data)
                self._data = []

    def end(self) -> Iterator[bytes]:
        """The last event, where the stream ended without the empty line that closes it."""
        return self.feed(b"\n\n")
