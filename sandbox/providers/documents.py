"""Text of PDFs that are handed to a model."""

from __future__ import annotations

import base64
import io
from functools import lru_cache

PAGE_TOKENS = 1_500
PAGES = 50


@lru_cache(maxsize=8)
def pdf_text(data: str) -> str:
    """Empty where the file cannot be read: the stand-in then says that it got nothing."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(base64.b64decode(data)))
        return "\n".join(page.extract_text() for page in reader.pages[:PAGES])
    except (PyPdfError, ValueError, LookupError, TypeError, AttributeError, OSError, RecursionError):
        return ""


def pdf_tokens(data: str) -> int:
    """Pages are paid as pictures as well as text; a page is taken to be about 50 kB."""
    return max(PAGE_TOKENS, len(data) // 32)
