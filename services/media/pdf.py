"""PDF, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from services.media.unreadable import Unreadable

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

MAGIC = b"%PDF-"
MAGIC_WITHIN = 1024  # where readers still accept the header


def is_pdf(path: Path) -> bool:
    with path.open("rb") as file:
        return MAGIC in file.read(MAGIC_WITHIN)


def passages(path: Path) -> Iterator[str]:
    """Each page under its marker. Raises Unreadable: "password", "damaged", "too_large"."""
    from pypdf import PdfReader
    from pypdf.errors import LimitReachedError

    try:
        for number, page in enumerate(_opened(PdfReader(path)).pages, start=1):
            yield f"[page {number}]\n{_text(page)}"
    except LimitReachedError:
        raise Unreadable("too_large") from None


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
        return page.extract_text().strip() or "(no text on this page)"
    except (ValueError, LookupError, TypeError, AttributeError):
        return "(this page cannot be read)"
