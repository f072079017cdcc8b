"""Films that people talk in: spoken by espeak-ng where it is installed, put together by PyAV.

What is transcribed is heard: the sandbox's transcriber reads the words out of the very sound that it is sent.
"""

from __future__ import annotations

from pathlib import Path

from sandbox.recordings import Film, Line, talk, write_film

SAID = (
    Line("Welcome to the edit room. Today we talk about the launch film.", "Ben", 30),
    Line("The budget for colour is six thousand euros.", "Mia", 60, pause=1.2),
    Line("Esperanza reads the voice over in studio two.", "Ben", 30),
)
SPANISH = (
    Line("Bienvenidos a la sala de montaje.", "Ana", 60),
    Line("El canguro entra por la ventana.", "Ana", 60),
)


def talking(path: Path) -> Path:
    return write_film(path, Film("The launch film", talk(SAID)))


def subtitled(path: Path) -> Path:
    """Its track says what is said; under the sound there are no words to be heard."""
    said = talk(SPANISH, language="es", heard=False)
    return write_film(path, Film("La sala", said, subtitles=True, language="spa"))


def moment_of(word: str) -> float:
    """When the phrase with that word begins in `talking`."""
    return next(start for start, _, text in talk(SAID).cues if word in text)
