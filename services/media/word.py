"""DOCX: headers, then paragraphs and tables in their order, then footers."""

from __future__ import annotations

from collections.abc import Iterator
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from zipfile import BadZipFile, ZipFile, is_zipfile

from services.media.unreadable import Unreadable

if TYPE_CHECKING:
    from docx.blkcntnr import BlockItemContainer
    from docx.document import Document
    from docx.table import Table, _Cell, _Row
    from docx.text.paragraph import Paragraph

UNPACKED_BYTES = 200 * 2**20
UNPACKED_ENTRIES = 10_000
MAIN_PART = "word/document.xml"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # old Office files, and new ones under a password
OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ZIP = b"PK"


def is_word(path: Path) -> bool:
    """Raises Unreadable("password") for an encrypted Office file."""
    with path.open("rb") as file:
        head = file.read(len(OLE))
        if head == OLE and _contains(file, OLE_ENCRYPTED):
            raise Unreadable("password")
    return head.startswith(ZIP) and is_zipfile(path) and _has_main_part(path)


def passages(path: Path) -> Iterator[str]:
    _check_unpacked_size(path)
    from docx import Document

    document = Document(str(path))
    yield from _edges(document, "header")
    yield from _texts(document)
    yield from _edges(document, "footer")


def _contains(file: BinaryIO, words: bytes) -> bool:
    with mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        return content.find(words) >= 0


def _has_main_part(path: Path) -> bool:
    try:
        with ZipFile(path) as archive:
            return MAIN_PART in archive.namelist()
    except BadZipFile:
        return False


def _check_unpacked_size(path: Path) -> None:
    """The sizes are the archive's own claims; zipfile reads no more than it claims."""
    with ZipFile(path) as archive:
        entries = archive.infolist()
    if len(entries) > UNPACKED_ENTRIES or sum(entry.file_size for entry in entries) > UNPACKED_BYTES:
        raise Unreadable("too_large")


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
