"""The text of each kind of document, whole for a chat or page by page. Runs in the child process only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import Any

from services.media import kinds, pdf, plain, sheets, slides, word
from services.media.safe import one_line, safe_text
from services.media.unreadable import Unreadable

Pages = Iterator[tuple[str, str]]
"""(title, text)"""

TEXTS = (".txt", ".md", ".markdown", ".csv", ".tsv", ".json", ".srt", ".vtt", ".log", ".yaml", ".yml")
DOCUMENTS = {".pdf": "pdf", ".docx": "docx", ".pptx": "pptx", ".xlsx": "xlsx"}
KIND_OF_SUFFIX = DOCUMENTS | dict.fromkeys(TEXTS, "text")
KIND_OF_MIMETYPE = {"application/json": "text"} | {
    form.declared[0]: form.family for suffix, form in kinds.FORMS.items() if suffix in DOCUMENTS
}
LONGEST_TITLE = 200


def text(path: str, name: str, declared: str, limit: int) -> str:
    """At most `limit` characters and a note. Raises Unreadable."""
    file = Path(path)
    kind, claimed = kinds.sniff(file), claim(name, declared)
    if kind not in {*DOCUMENTS.values(), "text"}:
        raise Unreadable("damaged" if kind is None and claimed in DOCUMENTS.values() else "type")
    if claimed not in (kind, None):
        raise Unreadable("type")
    return cut(_passages(file, str(kind), limit), limit)


def pages(path: str, format: str, limit: int, most: int) -> list[dict[str, Any]]:  # noqa: A002
    """At most `most` pages of `limit` characters together; `format` as in kinds.FORMS."""
    found: list[dict[str, Any]] = []
    for title, content in _pages(Path(path), format, limit):
        if limit <= 0 or len(found) == most:
            break
        kept = safe_text(content)[:limit]
        limit -= len(kept)
        found.append({"number": len(found) + 1, "text": kept, "title": one_line(title)[:LONGEST_TITLE]})
    return found


def _pages(path: Path, format_: str, limit: int) -> Pages:
    match format_:
        case "pdf":
            yield from (("", page) for page in pdf.pages(path))
        case "pptx":
            yield from slides.pages(path)
        case "xlsx":
            yield from sheets.pages(path)
        case "docx":
            whole = "\n".join(word.passages(path))
            yield first_heading(whole), whole
        case _:
            whole = plain.text(path, limit)
            yield first_heading(whole) if format_ == "markdown" else "", whole


def first_heading(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return next((line.lstrip("#").strip() for line in lines if line.startswith("#")), "")


def _passages(path: Path, kind: str, limit: int) -> Iterable[str]:
    match kind:
        case "pdf":
            return _marked("page", ((("", page or "(no text on this page)")) for page in pdf.pages(path)))
        case "docx":
            return word.passages(path)
        case "pptx":
            return _marked("slide", slides.pages(path))
        case "xlsx":
            return _marked("sheet", sheets.pages(path))
        case _:
            return [plain.text(path, limit)]


def _marked(what: str, numbered: Iterable[tuple[str, str]]) -> Iterator[str]:
    for number, (title, content) in enumerate(numbered, start=1):
        called = f": {title}" if title and what == "sheet" else ""
        yield f"[{what} {number}{called}]\n{content}"


def claim(name: str, mimetype: str) -> str | None:
    """What the uploader says it is; None: nothing in particular."""
    if kind := KIND_OF_SUFFIX.get(PurePath(name).suffix.lower()):
        return kind
    mimetype = kinds.declared_type(mimetype)
    if mimetype in kinds.SAYS_NOTHING:
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
