"""The sound of a recording, decoded and searched for the words under it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from sandbox.providers.media import underlay


def heard(data: bytes) -> str | None:
    """As WebVTT; None: there are none, or nothing could be decoded."""
    import av
    import numpy as np

    try:
        pieces = list(_decoded(data))
    except (av.error.FFmpegError, ValueError):
        return None
    found = underlay.phrases(np.concatenate(pieces)) if pieces else []
    return underlay.as_webvtt(found) if found else None


def _decoded(data: bytes) -> Iterator[Any]:
    import av

    with av.open(io.BytesIO(data), "r") as opened:
        if not opened.streams.audio:
            return
        resampler = av.AudioResampler(format="flt", layout="mono", rate=underlay.RATE)
        for frame in opened.decode(opened.streams.audio[0]):
            for piece in resampler.resample(frame):
                yield piece.to_ndarray()[0]
        for piece in resampler.resample(None):
            yield piece.to_ndarray()[0]
