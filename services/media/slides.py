"""PPTX, slide by slide: texts and tables in their order, then the speaker's notes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.media import office

if TYPE_CHECKING:
    from pptx.slide import Slide


def pages(path: Path) -> Iterator[tuple[str, str]]:
    """(title, text)"""
    office.check(path)
    from pptx import Presentation

    for slide in Presentation(str(path)).slides:
        title = slide.shapes.title
        yield (title.text_frame.text if title is not None else "", "\n".join(_texts(slide)))


def count(path: Path) -> int:
    from pptx import Presentation

    return len(Presentation(str(path)).slides)


def _texts(slide: Slide) -> Iterator[str]:
    for shape in slide.shapes:
        yield from filter(None, _shape(shape))
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        notes = slide.notes_slide.notes_text_frame.text.strip()
        if notes:
            yield f"Notes: {notes}"


def _shape(shape: Any) -> Iterator[str]:
    """Groups may hold groups."""
    if hasattr(shape, "shapes"):
        for inner in shape.shapes:
            yield from _shape(inner)
    elif shape.has_text_frame:
        yield shape.text_frame.text.strip()
    elif shape.has_table:
        for row in shape.table.rows:
            yield " | ".join(cell.text.strip().replace("\n", " ") for cell in row.cells)
