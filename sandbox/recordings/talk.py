"""What people say one after the other, as sound, with its times."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.providers.media import underlay
from sandbox.recordings import voice

if TYPE_CHECKING:
    from sandbox.providers.media.underlay import Samples

BEFORE, BETWEEN, TURN = 0.6, 0.4, 0.9  # seconds of silence: at the beginning, after a phrase, after a speaker
PHRASE = re.compile(r"[^.!?,;:]+[.!?,;:]*\s*")
LONGEST = 110  # bytes of one phrase


@dataclass(frozen=True, slots=True)
class Line:
    """`pause`: seconds of silence after it. `speaker` is told to a transcriber that knows speakers."""

    text: str
    speaker: str | None = None
    pitch: int = 50
    pause: float = TURN


@dataclass(frozen=True, slots=True)
class Talk:
    """`cues`: (start, end, text) of each phrase, `turns`: of each line. Samples at 16 kHz, between -1 and 1."""

    samples: Samples
    cues: tuple[tuple[float, float, str], ...]
    turns: tuple[tuple[float, float, Line], ...]

    @property
    def seconds(self) -> float:
        return len(self.samples) / underlay.RATE


def talk(lines: Sequence[Line], *, language: str = "en", heard: bool = True) -> Talk:
    """`heard` False: the sound alone, without the words under it."""
    import numpy as np

    pieces, cues, turns = [_silence(BEFORE)], [], []
    at = BEFORE
    for line in lines:
        begun = at
        for phrase in phrases(line.text):
            sound = _phrase(phrase, line, language, heard=heard)
            seconds = len(sound) / underlay.RATE
            cues.append((round(at, 3), round(at + seconds, 3), phrase))
            pieces += [sound, _silence(BETWEEN)]
            at += seconds + BETWEEN
        turns.append((round(begun, 3), round(at - BETWEEN, 3), line))
        pieces.append(_silence(max(0.0, line.pause - BETWEEN)))
        at += max(0.0, line.pause - BETWEEN)
    return Talk(np.concatenate(pieces), tuple(cues), tuple(turns))


def phrases(text: str) -> Iterator[str]:
    """Clauses, joined while they are short: a person breathes between them."""
    held = ""
    for clause in map(str.strip, PHRASE.findall(text)):
        if held and (len(f"{held} {clause}".encode()) > LONGEST or held.endswith((".", "!", "?"))):
            yield held
            held = ""
        held = f"{held} {clause}".strip()
    if held:
        yield held


def _phrase(phrase: str, line: Line, language: str, *, heard: bool) -> Samples:
    import numpy as np

    sound = voice.spoken(phrase, language=language, pitch=line.pitch)
    if not heard:
        return sound
    told = f"<v {line.speaker}>{phrase}" if line.speaker else phrase
    seconds = max(len(sound) / underlay.RATE, underlay.length(told))
    sound = np.pad(sound, (0, max(0, round(seconds * underlay.RATE) - len(sound))))
    tones = underlay.tones(told, seconds, language)
    sound[: len(tones)] += tones
    return sound


def _silence(seconds: float) -> Samples:
    import numpy as np

    return np.zeros(round(seconds * underlay.RATE), np.float32)
