"""DOCX: headers, then paragraphs and tables in their order, then footers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from services.media import office

if TYPE_CHECKING:
    from docx.blkcntnr import BlockItemContainer
    from docx.document import Document
    from docx.table import Table, _Cell, _Row
    from docx.text.paragraph import Paragraph


def passages(path: Path) -> Iterator[str]:
    office.check(path)
    from docx import Document

    document = Document(str(path))
    yield from _edges(document, "header")
    yield from _texts(document)
    yield from _edges(document, "footer")


def _edges(document: Document, which: str) -> Iterator[str]:
    for section in document.sections:
        edge = section.header if which == "header" else section.footer
        if not edge.is_linked_to_previous:
            yield from _texts(edge)


def _texts(container: Document | BlockItemContainer) -> Iterator[str]:
    from docx.table import Table

    for item in container.iter_inner_content():
        text = _table(item) if isinstance(item, Table) else _paragraph(item)
        if text:
            yield text


def _paragraph(paragraph: Paragraph) -> str:
    text = paragraph.text.strip()
    style = (paragraph.style.name if paragraph.style else None) or ""
    level = style.removeprefix("Heading ")
    return f"{'#' * int(level)} {text}" if text and style != level and level.isdigit() else text


def _table(table: Table) -> str:
    return "\n".join(filter(None, map(_row, table.rows)))


def _row(row: _Row) -> str:
    """A merged cell counts once; inside a row it is given for each column that it spans."""
    cells = {id(cell._tc): cell for cell in row.cells}  # noqa: SLF001
    return " | ".join(map(_cell, cells.values()))


def _cell(cell: _Cell) -> str:
    return " ".join(_texts(cell)).replace("\n", " ")
