"""Names that people gave, made fit to be shown and to be saved under."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from services.entities.media import MediaKind
from services.media.kinds import FORMS

LONGEST = 120
_RESERVED = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(?i)^(?:con|prn|aux|nul|com\d|lpt\d)$")

EXTENSIONS = {suffix.lstrip("."): form.kind for suffix, form in FORMS.items()}
ENDINGS = {form.declared[0]: suffix.lstrip(".") for suffix, form in reversed(FORMS.items())}
"""By type; where a type has several endings, the first of them."""


def extension(name: str) -> str:
    return PurePosixPath(name).suffix.lstrip(".").lower()


def kind_by_name(name: str) -> MediaKind | None:
    """What the name says it is; None for what the library does not keep."""
    return EXTENSIONS.get(extension(shown(name)))


def shown(name: str) -> str:
    """The last part of a path, without anything invisible: control characters, reversed writing, odd spaces."""
    last = re.split(r"[/\\]", name)[-1]
    visible = "".join(" " if each.isspace() else each for each in last if each.isspace() or _is_seen(each))
    return _cut(" ".join(visible.split()).strip(". ")) or "file"


def title_of(name: str) -> str:
    """A file's name as a title: without its extension, words apart."""
    whole = shown(name)
    stem = whole.rpartition(".")[0] if extension(whole) in EXTENSIONS else whole
    return " ".join(stem.replace("_", " ").split()) or whole


def titled(text: str) -> str:
    """A title as typed: one line of what can be seen."""
    visible = "".join(" " if each.isspace() else each for each in text if each.isspace() or _is_seen(each))
    return _cut(" ".join(visible.split()))


def file_name(title: str, ending: str) -> str:
    """What a download is called, on any system."""
    stem = _RESERVED.sub("", shown(title)).strip(". ") or "file"
    return f"{'_' if _DEVICES.match(stem) else ''}{stem}.{ending}"


def saved_as(title: str, mimetype: str) -> str:
    """What the file itself is called when it is saved: what opens it is told by its ending."""
    ending = ENDINGS.get(mimetype, "")
    stem = title_of(title) if extension(title) == ending else title
    return file_name(stem, ending) if ending else shown(title)


def tags_of(text: str) -> tuple[str, ...]:
    """Tags as typed: words, with or without #, apart by spaces or commas; each once, in lower case."""
    words = (titled(word.lstrip("#")).lower()[:40] for word in re.split(r"[,\s]+", text))
    return tuple(dict.fromkeys(word for word in words if word))[:20]


def named(key: str, title: str, content_type: str) -> str:
    """What its kind is told by: its own ending, its title's, or that of its type."""
    ending = ENDINGS.get(content_type.partition(";")[0].strip().lower(), "")
    return next((name for name in (key, title) if kind_by_name(name)), f"{title}.{ending}")


def _is_seen(each: str) -> bool:
    """Cc: control; Cf: formats, also those that reverse writing; Co, Cs, Cn: nothing that has a shape."""
    return unicodedata.category(each) not in {"Cc", "Cf", "Co", "Cs", "Cn"}


def _cut(text: str) -> str:
    """From the middle, so that an extension stays."""
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST - 21]}…{text[-20:]}"
