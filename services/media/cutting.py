"""Sound cut into parts at its pauses.

A transcription model may give no times, so the cut points stand for them: parts are 20 to 40 seconds long, which
makes 90 to 180 requests an hour. Billing is by the second, so short parts cost no more than long ones; stretches
of silence are parts of their own, and nobody pays for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
STEP = 320  # samples whose loudness is looked at together: 20 ms
STEPS = RATE // STEP
SILENT = 32_768 * 10 ** (-55 / 20)
"""RMS below which nobody says anything: -55 dBFS."""
SHORTEST, LONGEST = 20 * STEPS, 40 * STEPS
LONG_PAUSE = 5 * STEPS
MARGIN = STEPS // 5  # left of a pause on both sides of it
LULL = 15  # steps that have to be quiet together where there is no pause
BLIP = 3  # steps; less is a click and not a word
GAP = STEPS // 4  # the shortest pause between two stretches of speech
LOUDER = 4.0  # than the background: speech

Samples = NDArray[np.int16]
Levels = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Piece:
    """`start` and `end` in samples of the whole; `samples` is None where all of it is silent. `speech` likewise."""

    start: int
    end: int
    samples: Samples | None
    speech: tuple[tuple[int, int], ...] = ()


class Cutter:
    """Fed with the sound as it is decoded; keeps less than a minute of it."""

    def __init__(self) -> None:
        self._samples = np.zeros(0, np.int16)
        self._levels = np.zeros(0, np.float32)
        self._at = 0

    def feed(self, samples: Samples) -> Iterator[Piece]:
        """`samples`: a whole number of steps, but for the last ones."""
        self._samples = np.concatenate((self._samples, samples))
        self._levels = np.concatenate((self._levels, levels(samples)))
        while len(self._levels) > LONGEST:
            yield self._take(self._cut())

    def end(self) -> Iterator[Piece]:
        while len(self._levels):
            yield self._take(self._cut() if self._pause() else len(self._levels))

    def _cut(self) -> int:
        """How many steps the next piece has."""
        if pause := self._pause():
            return pause
        heard = self._levels[SHORTEST - LULL : LONGEST]
        lulls = np.convolve(heard, np.ones(LULL, np.float32), "valid")
        return SHORTEST - LULL + int(np.argmin(lulls)) + LULL // 2

    def _pause(self) -> int:
        """Where the first long pause ends, if we are in it, else where it begins; 0: there is none."""
        for start, end in runs(self._levels < SILENT):
            if end - start >= LONG_PAUSE:
                last = end == len(self._levels)
                return start + MARGIN if start else end - (0 if last else MARGIN)
        return 0

    def _take(self, steps: int) -> Piece:
        count = min(steps * STEP, len(self._samples))
        loud, taken = self._levels[:steps], self._samples[:count]
        start, self._at = self._at, self._at + count
        self._levels, self._samples = self._levels[steps:], self._samples[count:]
        if np.count_nonzero(loud >= SILENT) < BLIP:
            return Piece(start, self._at, None)
        return Piece(start, self._at, taken, tuple(speech(loud, start, self._at)))


def levels(samples: Samples) -> Levels:
    """The RMS of each step; a last one that is not whole is filled with silence."""
    missing = -len(samples) % STEP
    whole = np.pad(samples, (0, missing)) if missing else samples
    steps = whole.reshape(-1, STEP).astype(np.float32)
    loud: Levels = np.sqrt(np.square(steps).mean(axis=1, dtype=np.float32))
    return loud


def runs(quiet: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """(first, one after the last) of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], quiet, [False])).astype(np.int8)))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def speech(loud: Levels, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretches that stand out from the background, in samples; pauses shorter than a breath are part of them."""
    background = float(np.percentile(loud, 10)) * LOUDER
    floor = max(SILENT, min(background, float(np.percentile(loud, 90)) / 2))
    pauses = [run for run in runs(loud < floor) if run[1] - run[0] >= GAP]
    begun = 0
    for first, after in [*pauses, (len(loud), len(loud))]:
        if first - begun >= BLIP:
            yield start + begun * STEP, min(start + first * STEP, end)
        begun = after
