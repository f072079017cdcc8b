"""The kinds of files that are read, and what each may be called, said to be, and begin with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePath

from services.entities.media import MediaKind
from services.media import office, pdf, plain
from services.media.unreadable import Unreadable

OFFICE_TYPE = "application/vnd.openxmlformats-officedocument."
SAYS_NOTHING = frozenset({"", "application/octet-stream", "binary/octet-stream"})
SIGN_IN = (b"<!doctype html", b"<html")
HEAD = 16 * 1024


@dataclass(frozen=True, slots=True)
class Form:
    """`family`: what the content alone can tell. `declared`: types that may be said of it, the first one is ours."""

    format: str
    family: str
    kind: MediaKind
    declared: tuple[str, ...]


def _media(format_: str, family: str, kind: MediaKind, *subtypes: str) -> Form:
    """Recorders declare sound as video and the other way round."""
    first, other = ("audio", "video") if kind is MediaKind.AUDIO else ("video", "audio")
    return Form(format_, family, kind, tuple(f"{top}/{sub}" for top in (first, other) for sub in subtypes))


def _image(format_: str, *subtypes: str) -> Form:
    return Form(format_, format_, MediaKind.IMAGE, tuple(f"image/{sub}" for sub in (format_, *subtypes)))


def _document(format_: str, family: str, *declared: str) -> Form:
    return Form(format_, family, MediaKind.DOCUMENT, declared)


def _subtitles(format_: str, *declared: str) -> Form:
    return Form(format_, "text", MediaKind.SUBTITLES, declared)


JPEG = _image("jpeg", "jpg", "pjpeg")
MARKDOWN = _document("markdown", "text", "text/markdown", "text/x-markdown", "text/plain")
FORMS: dict[str, Form] = {
    ".mp4": _media("mp4", "mov", MediaKind.VIDEO, "mp4", "x-m4v", "quicktime"),
    ".m4v": _media("mp4", "mov", MediaKind.VIDEO, "mp4", "x-m4v"),
    ".mov": _media("mov", "mov", MediaKind.VIDEO, "quicktime", "mp4"),
    ".mkv": _media("matroska", "matroska", MediaKind.VIDEO, "x-matroska", "matroska"),
    ".webm": _media("webm", "matroska", MediaKind.VIDEO, "webm"),
    ".mp3": _media("mp3", "mp3", MediaKind.AUDIO, "mpeg", "mp3", "x-mp3", "mpeg3"),
    ".m4a": _media("m4a", "mov", MediaKind.AUDIO, "mp4", "x-m4a", "m4a", "aac"),
    ".wav": _media("wav", "wav", MediaKind.AUDIO, "wav", "x-wav", "wave", "vnd.wave"),
    ".flac": _media("flac", "flac", MediaKind.AUDIO, "flac", "x-flac"),
    ".ogg": Form(
        "ogg",
        "ogg",
        MediaKind.AUDIO,
        ("audio/ogg", "video/ogg", "application/ogg", "audio/opus", "audio/vorbis"),
    ),
    ".oga": Form("ogg", "ogg", MediaKind.AUDIO, ("audio/ogg", "video/ogg", "application/ogg", "audio/opus")),
    ".opus": Form("ogg", "ogg", MediaKind.AUDIO, ("audio/ogg", "audio/opus", "video/ogg", "application/ogg")),
    ".png": _image("png", "x-png"),
    ".jpg": JPEG,
    ".jpeg": JPEG,
    ".gif": _image("gif"),
    ".webp": _image("webp"),
    ".pdf": _document("pdf", "pdf", "application/pdf", "application/x-pdf"),
    ".docx": _document("docx", "docx", OFFICE_TYPE + "wordprocessingml.document"),
    ".pptx": _document("pptx", "pptx", OFFICE_TYPE + "presentationml.presentation"),
    ".xlsx": _document("xlsx", "xlsx", OFFICE_TYPE + "spreadsheetml.sheet"),
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".txt": _document("text", "text", "text/plain"),
    ".srt": _subtitles("srt", "application/x-subrip", "text/srt", "application/srt", "text/plain"),
    ".vtt": _subtitles("vtt", "text/vtt", "text/plain"),
}
STARTS = (
    (0, b"\x1a\x45\xdf\xa3", "matroska"),
    (0, b"OggS", "ogg"),
    (0, b"fLaC", "flac"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"GIF8", "gif"),
    (8, b"WEBP", "webp"),
    (8, b"WAVE", "wav"),
    (4, b"ftyp", "mov"),
    (4, b"moov", "mov"),
    (4, b"mdat", "mov"),
    (4, b"wide", "mov"),
    (0, b"ID3", "mp3"),
)


def agreed(path: Path, name: str, declared: str) -> Form:
    """What the name, the declared type and the content all say. Raises Unreadable with what is wrong."""
    form = FORMS.get(PurePath(name).suffix.lower())
    if form is None:
        raise Unreadable("type")
    if not path.stat().st_size:
        raise Unreadable("damaged")
    found = sniff(path)
    if found != form.family:
        raise Unreadable(_disagreement(path, found))
    if form.family == "text" and _is_sign_in(path):
        raise Unreadable("no_access")
    if declared_type(declared) not in SAYS_NOTHING.union(form.declared):
        raise Unreadable("mismatch")
    return form


def declared_type(declared: str) -> str:
    return declared.partition(";")[0].strip().lower()


def sniff(path: Path) -> str | None:
    """The family of the content; None: of no kind we know. Raises Unreadable("password") for a locked Office file."""
    head = _head(path)
    for at, start, family in STARTS:
        if head.startswith(start, at):
            return family
    if pdf.is_pdf(path):
        return "pdf"
    if found := office.kind_of(path):
        return found
    if plain.is_text(path):
        return "text"
    return "mp3" if _is_mpeg_audio(head) else None


def _disagreement(path: Path, found: str | None) -> str:
    """Slack's sign-in page in place of the file; else another kind of file, or nothing that begins like any."""
    if found == "text" and _is_page(path):
        return "no_access"
    if found is None and _known_elsewhere(path) is None:
        return "damaged"
    return "mismatch"


def _known_elsewhere(path: Path) -> str | None:
    """What some other tool's files begin with: a program, an archive, a disk image. One sure mark is enough."""
    import puremagic

    try:
        found = puremagic.magic_string(_head(path))
    except (puremagic.PureError, ValueError):
        return None
    return next((match.extension for match in found if match.confidence >= 0.4), None)


def _is_page(path: Path) -> bool:
    return _head(path).lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(SIGN_IN)


def _is_sign_in(path: Path) -> bool:
    head = _head(path).lower()
    return _is_page(path) and b"slack" in head and b"sign" in head


def _is_mpeg_audio(head: bytes) -> bool:
    """The sync bits of layer 3, and again where nothing reserved may stand."""
    return len(head) > 4 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] >> 4 not in {0, 15}


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)
