"""Documents made for the tests: good, locked, broken and malicious."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from docx import Document
from openpyxl import Workbook
from pptx import Presentation
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, StreamObject

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MIB = 2**20


def write_pdf(path: Path, *pages: str, password: str | None = None) -> Path:
    writer = PdfWriter()
    for text in pages:
        _add_page(writer, text)
    if password is not None:
        writer.encrypt(password, "owner", algorithm="RC4-128")
    with path.open("wb") as file:
        writer.write(file)
    return path


def _add_page(writer: PdfWriter, text: str) -> None:
    page = writer.add_blank_page(width=300, height=300)
    face = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font = DictionaryObject({NameObject(name): NameObject(value) for name, value in face.items()})
    fonts = DictionaryObject({NameObject("/F1"): font})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    content = DecodedStreamObject()
    content.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode())
    page[NameObject("/Contents")] = content


def write_slow_pdf(path: Path) -> Path:
    """A content stream that takes minutes to read."""
    return _write_content(path, b"BT /F1 12 Tf " + b"1 0 0 1 5 5 Tm (abc) Tj " * 2_000_000 + b"ET")


def write_pdf_bomb(path: Path) -> Path:
    """A content stream of a few KiB that unpacks to 300 MiB."""
    return _write_content(path, bytes(300 * MIB), packed=True)


def _write_content(path: Path, data: bytes, *, packed: bool = False) -> Path:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(write_pdf(path, "x").read_bytes())))
    content = StreamObject()
    content.set_data(zlib.compress(data, 1) if packed else data)
    if packed:
        content[NameObject("/Filter")] = NameObject("/FlateDecode")
    writer.pages[0][NameObject("/Contents")] = content
    with path.open("wb") as file:
        writer.write(file)
    return path


def write_docx(path: Path) -> Path:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "Confidential draft"
    document.add_heading("Launch plan", level=1)
    document.add_paragraph("We start in May.")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(
        (c for row in table.rows for c in row.cells), ("Who", "When", "Ana", "Monday"), strict=True
    ):
        cell.text = text
    document.add_paragraph("After the table.")
    document.save(str(path))
    return path


def write_zip_bomb(path: Path, unpacked: int = 201 * MIB) -> Path:
    write_docx(path)
    with (
        ZipFile(path, "a", ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("word/media/a.png", "w") as bomb,
    ):
        for _ in range(unpacked // MIB):
            bomb.write(bytes(MIB))
    return path


def write_zip(path: Path) -> Path:
    with ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "hello")
    return path


def write_encrypted_office(path: Path) -> Path:
    """As Word writes it: the document inside an OLE container."""
    entry = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2 * MIB) + entry + bytes(512))
    return path


def write_pptx(path: Path, *slides: tuple[str, str], notes: str = "") -> Path:
    """Each slide's title and text."""
    presentation = Presentation()
    for title, text in slides:
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text, slide.placeholders[1].text = title, text
        if notes:
            slide.notes_slide.notes_text_frame.text = notes
    presentation.save(str(path))
    return path


def write_xlsx(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def write_lying_zip_bomb(path: Path, unpacked: int = 100 * MIB) -> Path:
    """The directory says two bytes; what is behind them is far more."""
    write_zip_bomb(write_docx(path), unpacked)
    data, size = bytearray(path.read_bytes()), struct.pack("<I", unpacked)
    at = data.rindex(size)
    data[at : at + 4] = struct.pack("<I", 2)
    path.write_bytes(data)
    return path


def write_many_entries(path: Path, count: int = 10_001) -> Path:
    write_docx(path)
    with ZipFile(path, "a") as archive:
        for number in range(count):
            archive.writestr(f"word/media/{number}", b"")
    return path


def write_gif_header(path: Path) -> Path:
    """60,000 by 60,000 pixels, says its beginning."""
    path.write_bytes(b"GIF89a" + struct.pack("<HH", 60_000, 60_000) + b"\x80\0\0" + bytes(6) + b",")
    return path


def write_pixel_bomb(path: Path, side: int = 30_000) -> Path:
    """900 million black pixels in 110 KiB."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + side // 8)) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )
    return path
