"""Text from files, made safe to store and show."""

from __future__ import annotations

import re
import unicodedata

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
LONGEST_NAME = 200


def safe_text(text: str) -> str:
    """Lines and tabs stay; what steers a terminal or turns the reading direction goes."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return DIRECTION.sub("", CONTROL.sub("", lines)).encode("utf-8", "replace").decode().strip()


def one_line(text: str) -> str:
    return " ".join(safe_text(text).split())


def shown_name(name: str) -> str:
    """A file's name as people may see it and as no path: never empty, its extension kept."""
    plain = one_line(unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]).strip(". ")
    if len(plain) > LONGEST_NAME:
        stem, dot, extension = plain.rpartition(".")
        plain = stem[: LONGEST_NAME - len(extension) - 1] + dot + extension if len(extension) < 20 else plain
    return plain[:LONGEST_NAME] or "file"
