"""The text of a document for a chat, as one string."""

from __future__ import annotations

from pathlib import Path

from services.media.children import Bounds, in_child

SECONDS = 20.0


async def document_text(path: Path, name: str, mimetype: str, *, limit: int, seconds: float = SECONDS) -> str:
    """At most `limit` characters, and a last line that says so where that is not all.

    `name` and `mimetype` are the uploader's claims; the content has to agree with them. Raises
    FileUnreadable: "password", "damaged", "type", "unpacked", or "too_large" (out of memory or time).
    """
    bounds = Bounds(seconds)
    text: str = await in_child("text", name, bounds, path=path, name=name, declared=mimetype, limit=limit)
    return text
