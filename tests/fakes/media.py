"""The ports of media: files that are what their first word says, and a transcriber with a script."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from services.entities.calls import Usage
from services.entities.media import AudioPart, MediaKind, Page, Probe, Segment, SubtitleTrack, Transcript
from services.errors import FileUnreadable
from services.library.naming import kind_by_name
from services.ports.media import MediaReader, Transcriber

MINUTE = 60.0


@dataclass
class FakeMedia:
    """`sounds` parts of a minute each; `silent` are numbers of parts in which nothing is said.

    A file that begins with `BAD` is refused; documents are their own text, pages apart by form feeds; subtitles
    are lines, four seconds each.
    """

    sounds: int = 2
    silent: frozenset[int] = frozenset()
    audio: bool = True
    tracks: tuple[SubtitleTrack, ...] = ()
    cut: list[Path] = field(default_factory=list)

    async def probe(self, path: Path, name: str, declared: str) -> Probe:
        if path.read_bytes().startswith(b"BAD"):
            raise FileUnreadable(name, "mismatch")
        kind = kind_by_name(name) or MediaKind.DOCUMENT
        probe = Probe(kind, declared or "application/octet-stream", name.rpartition(".")[2])
        if kind in {MediaKind.VIDEO, MediaKind.AUDIO}:
            sound = "aac" if self.audio else None
            return replace(
                probe, duration=MINUTE * self.sounds, audio_codec=sound, width=640, height=360,
                subtitles=self.tracks,
            )  # fmt: skip
        return replace(probe, pages=path.read_bytes().count(b"\f") + 1)

    async def poster(self, path: Path, target: Path, *, at: float | None = None) -> bool:
        target.write_bytes(b"jpeg")
        return True

    async def contact_sheet(self, path: Path, target: Path) -> bool:
        target.write_bytes(b"jpeg sheet")
        return True

    async def audio_parts(self, path: Path, folder: Path) -> Sequence[AudioPart]:
        self.cut.append(path)
        return [
            AudioPart(n, folder / f"{n}.flac", n * MINUTE, (n + 1) * MINUTE, silent=n in self.silent)
            for n in range(self.sounds)
        ]

    async def subtitles(self, path: Path, track: SubtitleTrack | None = None) -> Sequence[Segment]:
        text = path.read_text() if track is None else f"From track {track.stream}."
        return [Segment(4.0 * n, 4.0 * n + 3, line) for n, line in enumerate(text.splitlines())]

    async def pages(self, path: Path, probe: Probe) -> Sequence[Page]:
        return [Page(number, text) for number, text in enumerate(path.read_text().split("\f"), 1)]


@dataclass
class FakeTranscriber:
    """`said` by number of the part; an exception is raised once, an event waited for."""

    said: dict[int, str | Exception | asyncio.Event] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)
    language: str = "en"
    provider: str = "openai"
    name: str = "whisper"

    async def transcribe(
        self, part: AudioPart, *, languages: Sequence[str] = (), words: Sequence[str] = ()
    ) -> tuple[Transcript, Usage]:
        self.asked.append(part.number)
        script = self.said.get(part.number, f"This is part {part.number}.")
        if isinstance(script, Exception):
            del self.said[part.number]
            raise script
        if isinstance(script, asyncio.Event):
            await script.wait()
            script = f"This is part {part.number}."
        return Transcript(script, self.language), Usage(tokens_in=100, tokens_out=20)


def _are_ports(media: FakeMedia, transcriber: FakeTranscriber) -> tuple[MediaReader, Transcriber]:
    return media, transcriber
