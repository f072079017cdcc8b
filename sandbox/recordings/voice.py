"""A voice: espeak-ng where it is installed, else a hum that at least has syllables.

Nothing is left of it above 3.5 kHz, as on a telephone: there the words are told a second time (underlay.py).
"""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.providers.media.underlay import Samples

RATE = 16_000
HIGHEST = 3_500.0
LOUDEST = 0.5
ESPEAK_RATE, ESPEAK_HEADER = 22_050, 44
LONGEST = 20.0  # seconds that espeak may take
SYLLABLE, BREATH = 0.075, 0.05
FORMANTS = {"a": (750, 1_250), "e": (450, 1_900), "i": (300, 2_200), "o": (450, 850), "u": (330, 800)}


def has_espeak() -> bool:
    return shutil.which("espeak-ng") is not None


def spoken(text: str, *, language: str = "en", pitch: int = 50) -> Samples:
    """At `RATE`; `pitch` from 0 to 99."""
    import numpy as np

    made = _espeak(text, language, pitch) if has_espeak() else _hum(text, pitch)
    top = float(np.max(np.abs(made), initial=1e-6))
    voice: Samples = (made * (LOUDEST / top)).astype(np.float32)
    return voice


def _espeak(text: str, language: str, pitch: int) -> Any:
    import numpy as np

    program = shutil.which("espeak-ng") or "espeak-ng"
    asked = [program, "-v", language, "-s", "165", "-p", str(pitch), "--stdin", "--stdout"]
    said = subprocess.run(asked, input=text.encode(), capture_output=True, timeout=LONGEST, check=True)  # noqa: S603
    return _resampled(np.frombuffer(said.stdout[ESPEAK_HEADER:], np.int16) / 32_768.0, ESPEAK_RATE)


def _hum(text: str, pitch: int) -> Any:
    """A vowel for each letter, a breath for each space."""
    import numpy as np

    at = np.arange(int(SYLLABLE * RATE)) / RATE
    swell = np.sin(np.pi * at / SYLLABLE)
    root = 85 + 1.6 * pitch
    sounds = {letter: _vowel(at, root, formants) * swell for letter, formants in FORMANTS.items()}
    vowels, breath = list(sounds.values()), np.zeros(int(BREATH * RATE))
    letters = [letter for letter in text.lower() if letter == " " or letter.isalnum()]
    return np.concatenate(
        [breath if letter == " " else sounds.get(letter, vowels[ord(letter) % 5]) for letter in letters]
        or [breath]
    )


def _vowel(at: Any, root: float, formants: tuple[int, int]) -> Any:
    import numpy as np

    harmonics = np.arange(1, int(HIGHEST / root))
    near = (np.asarray(formants)[:, None] - harmonics * root) / 180
    loud = np.exp(-np.square(near)).sum(axis=0)
    return sum(weight * np.sin(2 * np.pi * root * n * at) for n, weight in zip(harmonics, loud, strict=True))


def _resampled(sound: Any, rate: int) -> Any:
    """Without what is above `HIGHEST`."""
    import numpy as np

    spectrum = np.fft.rfft(sound)
    spectrum[np.fft.rfftfreq(len(sound), 1 / rate) > HIGHEST] = 0
    count = round(len(sound) * RATE / rate)
    return np.fft.irfft(spectrum[: count // 2 + 1], count) * (count / len(sound))
