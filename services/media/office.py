"""Office files as the archives they are: which kind, whether locked, and whether they unpack to something sane."""

from __future__ import annotations

import zlib
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo, is_zipfile

from services.media.unreadable import Unreadable

UNPACKED_BYTES = 200 * 2**20
UNPACKED_ENTRIES = 10_000
CHUNK = 1 << 16
MAIN_PARTS = {"word/document.xml": "docx", "ppt/presentation.xml": "pptx", "xl/workbook.xml": "xlsx"}
OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # old Office files, and new ones under a password
OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ZIP = b"PK"
LOCKED = 1


def kind_of(path: Path) -> str | None:
    """ "docx", "pptx" or "xlsx". Raises Unreadable("password") for an encrypted Office file."""
    with path.open("rb") as file:
        head = file.read(len(OLE))
        if head == OLE and _contains(file, OLE_ENCRYPTED):
            raise Unreadable("password")
    if not head.startswith(ZIP) or not is_zipfile(path):
        return None
    try:
        with ZipFile(path) as archive:
            names = archive.NameToInfo
            return next((kind for part, kind in MAIN_PARTS.items() if part in names), None)
    except (BadZipFile, UnicodeDecodeError, NotImplementedError):
        return None


def check(path: Path) -> None:
    """Raises Unreadable. The directory's claims are looked at first, then everything is unpacked once, to nowhere."""
    with ZipFile(path) as archive:
        entries = archive.infolist()
        if len(entries) > UNPACKED_ENTRIES or sum(entry.file_size for entry in entries) > UNPACKED_BYTES:
            raise Unreadable("unpacked")
        if any(entry.flag_bits & LOCKED for entry in entries):
            raise Unreadable("password")
        _unpack(archive, entries)


def _unpack(archive: ZipFile, entries: list[ZipInfo]) -> None:
    size = 0
    for entry in entries:
        try:
            with archive.open(entry) as file:
                while chunk := file.read(CHUNK):
                    size += len(chunk)
                    if size > UNPACKED_BYTES:
                        raise Unreadable("unpacked")
        except (BadZipFile, zlib.error, EOFError, NotImplementedError):
            raise Unreadable("damaged") from None


def _contains(file: BinaryIO, words: bytes) -> bool:
    with mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        return content.find(words) >= 0
