"""MPEG audio: the length from the Xing header or the frames, the text from ID3v2."""

from __future__ import annotations

import struct

from sandbox.providers.media import id3
from sandbox.providers.media.recording import Recording, Unreadable

LAYER_3 = 1
MPEG_1 = 3
RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
KILOBITS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
KILOBITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


def is_frame(head: bytes) -> bool:
    return _frame(head, 0) is not None


def read(data: bytes) -> Recording:
    at = id3.length(data)
    while at < len(data) and _frame(data, at) is None:
        at = data.find(b"\xff", at + 1)
        if at < 0:
            break
    frame = _frame(data, at) if at >= 0 else None
    if frame is None:
        raise Unreadable("no MPEG audio frames")
    counted = _xing(data[at : at + 200])
    seconds = counted * frame[1] if counted else _walked(data, at)
    return Recording("mp3", seconds, id3.spoken(data))


def _frame(data: bytes, at: int) -> tuple[int, float] | None:
    """(bytes, seconds) of the layer 3 frame at this place."""
    head = data[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = (head[1] >> 3) & 3, (head[1] >> 1) & 3
    bits, rate = head[2] >> 4, (head[2] >> 2) & 3
    if version not in RATES or layer != LAYER_3 or rate == 3 or bits in {0, 15}:
        return None
    samples = 1_152 if version == MPEG_1 else 576
    kilobits, hertz = (KILOBITS_1 if version == MPEG_1 else KILOBITS_2)[bits], RATES[version][rate]
    return samples // 8 * kilobits * 1_000 // hertz + ((head[2] >> 1) & 1), samples / hertz


def _xing(frame: bytes) -> int:
    """The number of frames, where the first one tells it; else 0."""
    at = max(frame.find(b"Xing"), frame.find(b"Info"))
    if at < 0 or not frame[at + 7] & 1:
        return 0
    count: int = struct.unpack_from(">I", frame, at + 8)[0]
    return count


def _walked(data: bytes, at: int) -> float:
    seconds = 0.0
    while (frame := _frame(data, at)) is not None:
        seconds += frame[1]
        at += frame[0]
    return seconds
