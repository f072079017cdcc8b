"""Words under the sound: what is said, told a second time in faint tones that survive every codec.

The sandbox cannot understand speech. Whoever makes a recording for it puts the words of each phrase under the
phrase, between 4 and 7 kHz, where nothing else is: 16 pairs of tones, one of each pair sounding for 50 ms, which is
two bytes. A packet is two symbols to find it by, then length, duration, language, text and a checksum. A part cut
out of such a recording, resampled to 16 kHz and encoded anew, is still heard, and no more of it than is in there.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

RATE = 16_000
SYMBOL = 800
"""Samples, 50 ms."""
LOOK = 640  # samples looked at of each; the rest may be smeared by codecs
HOP = 80
PAIRS = 16
FIRST_BIN, BETWEEN = 160, 4  # 4,000 Hz and 100 Hz, at 25 Hz a bin
LOUDNESS = 0.005
SYNC = (0x5A3C, 0xA5C3)
HEAD, TAIL = 4, 2
LONGEST = 200  # bytes of text
STEPS = SYMBOL // HOP
BLOCK = 4_000  # hops looked at together, so that hours of sound do not fill the memory


@dataclass(frozen=True, slots=True)
class Phrase:
    """`start` and `seconds` in the recording."""

    text: str
    start: float
    seconds: float
    language: str


def tones(text: str, seconds: float, language: str = "en") -> Samples:
    """To be added to the first moments of a phrase of that length; at `RATE`, between -1 and 1."""
    import numpy as np

    at = np.arange(SYMBOL) / RATE
    edge = np.clip(np.minimum(np.arange(SYMBOL), np.arange(SYMBOL)[::-1]) / 40, 0, 1)
    waves = [
        np.sin(2 * np.pi * (FIRST_BIN + BETWEEN * tone) * 25 * at + tone * tone) for tone in range(2 * PAIRS)
    ]
    made = [
        sum(waves[2 * pair + (symbol >> pair & 1)] for pair in range(PAIRS)) * edge * LOUDNESS
        for symbol in _symbols(text, seconds, language)
    ]
    return np.concatenate(made).astype(np.float32)


def length(text: str) -> float:
    """Seconds that its tones take; a phrase has to last as long."""
    return len(_symbols(text, 1.0, "en")) * SYMBOL / RATE


def phrases(samples: Samples) -> list[Phrase]:
    """What is under this sound, at `RATE`."""
    if len(samples) < LOOK:
        return []
    symbols = _heard(samples)
    found, at = [], 0
    while at < len(symbols) - STEPS:
        packet = _packet(symbols, at) if _begins(symbols, at) else None
        if packet is None:
            at += 1
            continue
        text, seconds, language, steps = packet
        found.append(Phrase(text, round(at * HOP / RATE, 2), seconds, language))
        at += steps
    return found


def _symbols(text: str, seconds: float, language: str) -> list[int]:
    said = text.encode()
    if not 0 < len(said) <= LONGEST:
        raise ValueError(f"a phrase has 1 to {LONGEST} bytes, and this one {len(said)}")
    body = bytes([len(said), min(255, round(seconds * 10))]) + language.encode()[:2].ljust(2) + said
    body += binascii.crc_hqx(body, 0).to_bytes(TAIL, "big")
    body += bytes(len(body) % 2)
    return [*SYNC, *(int.from_bytes(body[at : at + 2], "big") for at in range(0, len(body), 2))]


def _heard(samples: Samples) -> Any:
    """The symbol that sounds from each hop on, whether or not one does."""
    import numpy as np

    padded = np.pad(np.asarray(samples, np.float32), (0, LOOK))[(SYMBOL - LOOK) // 2 :]
    windows = np.lib.stride_tricks.sliding_window_view(padded, LOOK)[::HOP]
    bins = FIRST_BIN * LOOK * 25 // RATE + BETWEEN * np.arange(2 * PAIRS)
    turns = np.outer(np.arange(LOOK), bins) * (2 * np.pi / LOOK)
    waves = np.hanning(LOOK)[:, None] * np.hstack((np.cos(turns), np.sin(turns)))
    waves = waves.astype(np.float32)
    return np.concatenate([_told(windows[at : at + BLOCK] @ waves) for at in range(0, len(windows), BLOCK)])


def _told(projected: Any) -> Any:
    import numpy as np

    strength = np.hypot(projected[:, : 2 * PAIRS], projected[:, 2 * PAIRS :])
    return (strength[:, 1::2] > strength[:, 0::2]) @ (1 << np.arange(PAIRS))


def _begins(symbols: Any, at: int) -> bool:
    return bool(symbols[at] == SYNC[0] and symbols[at + STEPS] == SYNC[1])


def _packet(symbols: Any, at: int) -> tuple[str, float, str, int] | None:
    """Read a little later than it is found: the first hop that fits is at the edge of the symbol."""
    for late in (2, 1, 3, 0):
        words = symbols[at + late + 2 * STEPS :: STEPS]
        data = b"".join(int(word).to_bytes(2, "big") for word in words[: (HEAD + LONGEST + TAIL + 1) // 2])
        if len(data) < HEAD + TAIL or not 0 < data[0] <= LONGEST:
            continue
        end = HEAD + data[0]
        if (
            len(data) >= end + TAIL
            and binascii.crc_hqx(data[:end], 0).to_bytes(TAIL, "big") == data[end : end + TAIL]
        ):
            steps = (len(SYNC) + (end + TAIL + 1) // 2) * STEPS
            return (
                data[HEAD:end].decode("utf-8", "replace"),
                data[1] / 10,
                data[2:4].decode("ascii", "replace"),
                steps,
            )
    return None


def as_webvtt(found: list[Phrase]) -> str:
    return "".join(_written(found))


def _written(found: list[Phrase]) -> Iterator[str]:
    yield f"WEBVTT\nLanguage: {found[0].language}\n\n"
    for phrase in found:
        yield f"{_clock(phrase.start)} --> {_clock(phrase.start + phrase.seconds)}\n{phrase.text}\n\n"


def _clock(seconds: float) -> str:
    minutes, milliseconds = divmod(round(seconds * 1_000), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{milliseconds // 1_000:02}.{milliseconds % 1_000:03}"
