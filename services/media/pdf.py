"""PDF, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.media.unreadable import Unreadable

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

MAGIC = b"%PDF-"
UNPACKED = 16 * 2**20
"""Bytes of one stream. The text of a page is far less, and the pictures are not unpacked."""
UNPACKERS = (
    "zlib_maximum_output_length",
    "lzw_maximum_output_length",
    "run_length_maximum_output_length",
    "array_based_stream_maximum_output_length",
)
MAGIC_WITHIN = 1024  # where readers still accept the header


def is_pdf(path: Path) -> bool:
    with path.open("rb") as file:
        return MAGIC in file.read(MAGIC_WITHIN)


def count(path: Path) -> int:
    """Pages. Raises Unreadable: "password", "damaged"."""
    from pypdf import PdfReader

    with PdfReader(path) as reader:
        return len(_opened(reader).pages)


def pages(path: Path) -> Iterator[str]:
    """The text of each. Raises Unreadable: "password", "damaged", "unpacked"."""
    from pypdf import PdfReader, apply_configuration
    from pypdf.errors import LimitReachedError

    limits: dict[str, Any] = dict.fromkeys(UNPACKERS, UNPACKED)
    with apply_configuration(**limits), PdfReader(path) as reader:
        try:
            yield from map(_text, _opened(reader).pages)
        except LimitReachedError:
            raise Unreadable("unpacked") from None


def _opened(reader: PdfReader) -> PdfReader:
    """Many files are encrypted with an empty password. AES needs a library that is not installed."""
    from pypdf import PasswordType
    from pypdf.errors import DependencyError

    if reader.is_encrypted:
        try:
            unlocked = reader.decrypt("")
        except (DependencyError, NotImplementedError):
            raise Unreadable("password") from None
        if unlocked == PasswordType.NOT_DECRYPTED:
            raise Unreadable("password")
    return reader


def _text(page: PageObject) -> str:
    """One page that cannot be read does not take the others with it."""
    try:
        return page.extract_text().strip()
    except (ValueError, LookupError, TypeError, AttributeError):
        return "(this page cannot be read)"
