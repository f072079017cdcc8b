"""Which reader a recording is for, by its first bytes."""

from __future__ import annotations

import math
import struct
from dataclasses import replace

from sandbox.providers.media import flac, listening, mp3, mp4, ogg, wav, webm
from sandbox.providers.media.recording import Recording, Unreadable


def read(data: bytes) -> Recording:
    """Raises Unreadable; the name and declared type of the file are not asked."""
    try:
        recording = _read(data)
    except (struct.error, LookupError, ZeroDivisionError, OverflowError) as error:
        raise Unreadable("the recording is broken") from error
    if not 0 <= recording.seconds < math.inf:
        raise Unreadable("the recording has no length")
    if recording.spoken is None:
        return replace(recording, spoken=listening.heard(data))
    return recording


def _read(data: bytes) -> Recording:
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return wav.read(data)
    if data[:4] == b"fLaC":
        return flac.read(data)
    if data[:4] == b"OggS":
        return ogg.read(data)
    if data[4:8] == b"ftyp":
        return mp4.read(data)
    if data[:4] == webm.MAGIC:
        return webm.read(data)
    if data[:3] == b"ID3" or mp3.is_frame(data[:4]):
        return mp3.read(data)
    raise Unreadable("no recording of a known kind")
