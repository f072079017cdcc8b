"""What is known of a file, and of what is said in it. Times are seconds from its beginning."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class MediaKind(StrEnum):
    VIDEO = "video"
    AUDIO = "audio"
    IMAGE = "image"
    DOCUMENT = "document"
    SUBTITLES = "subtitles"


@dataclass(frozen=True, slots=True)
class Chapter:
    start: float
    end: float
    title: str


@dataclass(frozen=True, slots=True)
class SubtitleTrack:
    """`stream`: its index in the file."""

    stream: int
    language: str | None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """What a real parse found. Lengths in seconds, sizes in pixels; None where the kind has no such thing."""

    kind: MediaKind
    mimetype: str
    format: str  # "mp4", "matroska", "pdf", …
    duration: float | None = None
    width: int | None = None
    height: int | None = None
    frame_rate: float | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    audio_languages: tuple[str, ...] = ()
    subtitles: tuple[SubtitleTrack, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    pages: int | None = None

    @property
    def has_audio(self) -> bool:
        return self.audio_codec is not None


@dataclass(frozen=True, slots=True)
class AudioPart:
    """A piece of the sound, 16 kHz mono, cut at a silence; `start` and `end` in the whole recording.

    `speech`: the stretches between its pauses, in the whole recording, too. A silent part has no file.
    """

    number: int
    path: Path
    start: float
    end: float
    silent: bool = False
    speech: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """A few words with the time they are said at."""

    start: float
    end: float
    text: str
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """Of one part, its times those of the whole recording.

    Where the provider gives no times, the segments are its sentences, shared out over the part's stretches of
    speech. `text` and `segments` are empty where nobody says anything.
    """

    text: str
    language: str | None = None
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """`number` from 1; a slide, a sheet or, where there are no pages, the one whole."""

    number: int
    text: str
    title: str = ""
