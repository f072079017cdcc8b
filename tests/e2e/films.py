"""Films with real speech: spoken by espeak-ng, put together by PyAV."""

from __future__ import annotations

import shutil
import subprocess
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from tests.services.media.recordings import RATE, Cue, write_media

SAID = (
    "Welcome to the edit room. Today we talk about the launch film. "
    "The budget for colour is six thousand euros. Esperanza reads the voice over in studio two."
)


def spoken(text: str, folder: Path) -> np.ndarray:
    """16 kHz mono."""
    program = shutil.which("espeak-ng")
    if program is None:
        pytest.skip("There is no espeak-ng on this machine.")
    sound = folder / "speech.wav"
    subprocess.run([program, "-w", str(sound), "-s", "150", text], check=True)
    with wave.open(str(sound)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
        rate = file.getframerate()
    frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
    frame.sample_rate = rate
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    pieces = [each.to_ndarray()[0] for given in (frame, None) for each in resampler.resample(given)]
    return np.concatenate(pieces)


def talking(path: Path, text: str = SAID) -> Path:
    samples = spoken(text, path.parent)
    return write_media(
        path,
        seconds=len(samples) / RATE,
        samples=samples,
        pictures="libvpx",
        sound="libopus",
        size=(320, 180),
    )


def subtitled(path: Path, cues: list[Cue]) -> Path:
    samples = spoken(SAID, path.parent)
    return write_media(path, seconds=len(samples) / RATE, samples=samples, subtitles=cues, language="eng")
