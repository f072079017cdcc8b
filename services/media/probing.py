"""What a file is: name, declared type, content and a real parse have to agree. Runs in the child process only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from services.entities.media import MediaKind
from services.media import containers, images, kinds, office, pdf, plain, sheets, slides, subtitles
from services.media.kinds import Form
from services.media.unreadable import Unreadable

PAGES = 10_000


def probe(path: str, name: str, declared: str, pixels: int, longest: float) -> dict[str, Any]:
    """The fields of a Probe. `longest` in seconds, `pixels` of one picture. Raises Unreadable."""
    file = Path(path)
    form = kinds.agreed(file, name, declared)
    found: dict[str, Any] = {"kind": form.kind, "format": form.format, "mimetype": form.declared[0]}
    match form.kind:
        case MediaKind.VIDEO | MediaKind.AUDIO:
            found |= containers.described(file, form, pixels=pixels, longest=longest)
        case MediaKind.IMAGE:
            found |= images.described(file, form.format, pixels=pixels)
        case MediaKind.SUBTITLES:
            found["duration"] = max((each["end"] for each in subtitles.of_file(file)), default=0.0)
        case _:
            found["pages"] = _pages(file, form)
    return found


def _pages(file: Path, form: Form) -> int:
    if form.family in {"docx", "pptx", "xlsx"}:
        office.check(file)
    match form.family:
        case "pdf":
            count = pdf.count(file)
            next(pdf.pages(file), None)  # a bomb shows before anything of it is kept
        case "pptx":
            count = slides.count(file)
        case "xlsx":
            count = sheets.count(file)
        case "docx":
            from docx import Document

            Document(str(file))
            count = 1
        case _:
            plain.text(file, plain.HEAD_BYTES)
            count = 1
    if count > PAGES:
        raise Unreadable("too_long")
    return count
