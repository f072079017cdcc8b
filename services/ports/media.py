"""What is asked about files: what they are, what they sound like, what is said in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from services.entities.calls import Usage
from services.entities.media import AudioPart, Page, Probe, Segment, SubtitleTrack, Transcript


class MediaReader(Protocol):
    """Parses files that nobody may trust, in children limited in memory, time, pixels, length and unpacked size.

    Raises FileUnreadable with the reason.
    """

    async def probe(self, path: Path, name: str, declared: str) -> Probe:
        """Extension, declared type, content and a real parse must agree."""
        ...

    async def poster(self, path: Path, target: Path, *, at: float | None = None) -> bool:
        """A JPEG of one telling frame; False where there is none to show."""
        ...

    async def contact_sheet(self, path: Path, target: Path) -> bool: ...

    async def audio_parts(self, path: Path, folder: Path) -> Sequence[AudioPart]:
        """The sound, 16 kHz mono, cut at silences into files under the provider's size limit."""
        ...

    async def subtitles(self, path: Path, track: SubtitleTrack | None = None) -> Sequence[Segment]:
        """Of a track inside a video, or (None) of an SRT or VTT file."""
        ...

    async def pages(self, path: Path, probe: Probe) -> Sequence[Page]:
        """A document's text."""
        ...


class Transcriber(Protocol):
    """Speech to text, one part at a time; `usage` and seconds are what is paid for.

    Raises ModelUnavailable or ModelRejected, as a ChatModel does.
    """

    @property
    def provider(self) -> str: ...

    @property
    def name(self) -> str: ...

    async def transcribe(
        self, part: AudioPart, *, languages: Sequence[str] = (), words: Sequence[str] = ()
    ) -> tuple[Transcript, Usage]:
        """`languages`: expected ones; `words`: names and terms that may be said."""
        ...
