"""What kind a file is by its content, and the text of each kind. Runs in the child process only."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePath

from services.media import pdf, plain, word
from services.media.unreadable import Unreadable

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEXTS = (".txt", ".md", ".markdown", ".csv", ".tsv", ".json", ".srt", ".vtt", ".log", ".yaml", ".yml")
KIND_OF_SUFFIX = {".pdf": "pdf", ".docx": "docx"} | dict.fromkeys(TEXTS, "text")
KIND_OF_MIMETYPE = {"application/pdf": "pdf", WORD: "docx", "application/json": "text"}
SAYS_NOTHING = ("", "application/octet-stream", "binary/octet-stream")


def read(path: Path, name: str, mimetype: str, *, limit: int) -> str:
    kind, claimed = sniff(path), claim(name, mimetype)
    if kind is None:
        raise Unreadable("damaged" if claimed in ("pdf", "docx") else "type")
    if claimed not in (kind, None):
        raise Unreadable("type")
    match kind:
        case "pdf":
            return cut(pdf.passages(path), limit)
        case "docx":
            return cut(word.passages(path), limit)
        case _:
            return cut([plain.text(path, limit)], limit)


def sniff(path: Path) -> str | None:
    """One of "pdf", "docx", "text", or None. Raises Unreadable("password") for an encrypted Office file."""
    if pdf.is_pdf(path):
        return "pdf"
    if word.is_word(path):
        return "docx"
    return "text" if plain.is_text(path) else None


def claim(name: str, mimetype: str) -> str | None:
    """What the uploader says it is; None: nothing in particular."""
    if kind := KIND_OF_SUFFIX.get(PurePath(name).suffix.lower()):
        return kind
    mimetype = mimetype.partition(";")[0].strip().lower()
    if mimetype in SAYS_NOTHING:
        return None
    return "text" if mimetype.startswith("text/") else KIND_OF_MIMETYPE.get(mimetype, "other")


def cut(passages: Iterable[str], limit: int) -> str:
    """Reads no further than it needs to."""
    kept: list[str] = []
    room = limit
    for passage in passages:
        if len(passage) > room:
            note = f"[the rest of this file is left out: only its first {limit:,} characters were read]"
            return "\n".join([*kept, passage[:room], note])
        kept.append(passage)
        room -= len(passage) + 1
    return "\n".join(kept)
