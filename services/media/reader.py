"""The MediaReader port: each question is answered by a child of its own, with as much as it needs and no more."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from services.entities.media import (
    AudioPart,
    Chapter,
    MediaKind,
    Page,
    Probe,
    Segment,
    SubtitleTrack,
)
from services.media.children import MIB, Bounds, in_child

AT_ONCE = 2
HOUR = 3_600.0


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """`longest` in seconds; `pixels` of one picture; `text` in characters of one document."""

    longest: float = 4 * HOUR
    pixels: int = 50_000_000
    text: int = 4_000_000
    pages: int = 5_000


PROBE = Bounds(seconds=60, cpu=60, memory=768 * MIB)
PICTURES = Bounds(seconds=90, cpu=120, memory=1024 * MIB, file_size=8 * MIB)
SOUND = Bounds(seconds=900, cpu=900, memory=768 * MIB, file_size=24 * MIB)
PAGES = Bounds(seconds=60, cpu=60)
SUBTITLES = Bounds(seconds=120, cpu=120, memory=768 * MIB)


class LimitedMediaReader:
    def __init__(self, limits: MediaLimits | None = None, *, at_once: int = AT_ONCE) -> None:
        self._limits = limits or MediaLimits()
        self._slots = asyncio.Semaphore(at_once)

    async def probe(self, path: Path, name: str, declared: str) -> Probe:
        limits = self._limits
        found = await self._ask(
            "probe", name, PROBE,
            path=path, name=name, declared=declared, pixels=limits.pixels, longest=limits.longest,
        )  # fmt: skip
        return to_probe(found)

    async def poster(self, path: Path, target: Path, *, at: float | None = None) -> bool:
        made = await self._ask(
            "poster", path.name, PICTURES, path=path, target=target, pixels=self._limits.pixels, at=at
        )
        return bool(made)

    async def contact_sheet(self, path: Path, target: Path) -> bool:
        made = await self._ask(
            "contact_sheet", path.name, PICTURES, path=path, target=target, pixels=self._limits.pixels
        )
        return bool(made)

    async def audio_parts(self, path: Path, folder: Path) -> Sequence[AudioPart]:
        """Of a file without sound there are none. What was written is gone again where it fails."""
        bounds = replace(SOUND, seconds=max(SOUND.seconds, self._limits.longest / 4))
        try:
            found = await self._ask(
                "audio_parts", path.name, bounds, path=path, folder=folder, longest=self._limits.longest
            )
        except BaseException:
            await asyncio.to_thread(_remove_parts, folder)
            raise
        return [AudioPart(**{**part, "path": Path(part["path"]), "speech": _pairs(part)}) for part in found]

    async def subtitles(self, path: Path, track: SubtitleTrack | None = None) -> Sequence[Segment]:
        stream = None if track is None else track.stream
        found = await self._ask("subtitles", path.name, SUBTITLES, path=path, stream=stream)
        return [Segment(**each) for each in found]

    async def pages(self, path: Path, probe: Probe) -> Sequence[Page]:
        """None where the kind has no text of its own."""
        if probe.kind is not MediaKind.DOCUMENT:
            return []
        limits = self._limits
        found = await self._ask(
            "pages", path.name, PAGES, path=path, format=probe.format, limit=limits.text, most=limits.pages
        )
        return [Page(**each) for each in found]

    async def _ask(self, job: str, name: str, bounds: Bounds, /, **request: Any) -> Any:
        async with self._slots:
            return await in_child(job, name, bounds, **request)


def to_probe(found: Mapping[str, Any]) -> Probe:
    told = dict(found)
    told["kind"] = MediaKind(told["kind"])
    told["audio_languages"] = tuple(told.get("audio_languages", ()))
    told["subtitles"] = tuple(SubtitleTrack(**each) for each in told.get("subtitles", ()))
    told["chapters"] = tuple(Chapter(**each) for each in told.get("chapters", ()))
    return Probe(**told)


def _pairs(part: Mapping[str, Any]) -> tuple[tuple[float, float], ...]:
    return tuple((start, end) for start, end in part["speech"])


def _remove_parts(folder: Path) -> None:
    for part in folder.glob("part-*"):
        part.unlink(missing_ok=True)
