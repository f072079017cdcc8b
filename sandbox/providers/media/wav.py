"""RIFF WAVE: the length from its format and data chunks, the text from LIST/INFO."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from sandbox.providers.media.recording import Recording, Unreadable, first


def read(data: bytes) -> Recording:
    chunks = list(_chunks(data, 12))
    forms = [body for name, body in chunks if name == b"fmt "]
    sounds = [body for name, body in chunks if name == b"data"]
    if not forms or not sounds:
        raise Unreadable("a WAV file without format or data")
    (bytes_a_second,) = struct.unpack_from("<I", forms[0], 8)
    return Recording("wav", len(sounds[0]) / bytes_a_second, first(_comments(chunks)))


def _chunks(data: bytes | memoryview, at: int) -> Iterator[tuple[bytes, memoryview]]:
    """A chunk that claims more than there is (as in streamed files) has what is there."""
    view = memoryview(data)
    while at + 8 <= len(view):
        name, size = struct.unpack_from("<4sI", view, at)
        yield name, view[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _comments(chunks: list[tuple[bytes, memoryview]]) -> Iterator[str]:
    for name, body in chunks:
        if name == b"LIST" and bytes(body[:4]) == b"INFO":
            yield from (
                bytes(text).decode("utf-8", "replace") for kind, text in _chunks(body, 4) if kind == b"ICMT"
            )
