"""Where a link in a model's text may lead, and whether its visible text says so."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from handlers.sender.signs import bare

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_HOST = re.compile(r"(?:[^\W_][\w-]*\.)+[^\W\d_]{2,24}(?![\w-])")
_AUTHORITY = re.compile(r"://([^/\s?#]+)")
_HOST_AT_START = re.compile(r"(?:[^\W_][\w-]*\.)+[^\W\d_]{2,24}(?=[/:?#]|$)")
_UNSAFE = re.compile(r"[\s<>\\\"`{}^\x00-\x1f]")
_ENCODED = str.maketrans({"|": "%7C", "(": "%28", ")": "%29", "[": "%5B", "]": "%5D", "*": "%2A"})
# Endings that are files rather than hosts: no top-level domains.
_FILES = frozenset(
    {
        "csv",
        "docx",
        "gif",
        "html",
        "htm",
        "jpeg",
        "jpg",
        "json",
        "pdf",
        "png",
        "pptx",
        "srt",
        "toml",
        "txt",
        "vtt",
    }
    | {"wav", "xlsx", "xml", "yaml"}
)

WEB = frozenset({"http", "https"})
KNOWN = WEB | {"data", "file", "ftp", "javascript", "mailto", "slack", "sms", "tel", "vbscript"}


def scheme_of(target: str) -> str:
    """Lower case; "" where there is none."""
    found = _SCHEME.match(bare(target).strip())
    return found.group(1).lower() if found else ""


def looks_like_host(target: str) -> bool:
    return _HOST_AT_START.match(bare(target).strip()) is not None


def safe_target(target: str) -> str | None:
    """The target as it may be linked to; None when it may not be."""
    cleaned = "".join(bare(target).split())
    if cleaned.startswith("//"):
        cleaned = f"https:{cleaned}"
    if cleaned.lower().startswith("mailto:"):
        return None if _UNSAFE.search(cleaned) else cleaned.translate(_ENCODED)
    parts = _split(cleaned)
    if parts is None or parts.scheme not in WEB or not parts.hostname or _UNSAFE.search(cleaned):
        return None
    authority = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=authority).geturl().translate(_ENCODED)


def is_honest(text: str, target: str) -> bool:
    """Whether every host that `text` shows is the one `target` leads to, or a parent of it."""
    parts = _split(target)
    host = (parts.hostname or "" if parts else "") or target.rpartition("@")[2].lower()
    return all(_same(shown, host) for shown in _hosts(text))


def _split(target: str) -> SplitResult | None:
    try:
        return urlsplit(target)
    except ValueError:
        return None


def _hosts(text: str) -> list[str]:
    shown = bare(text).lower()
    named = [host for host in _HOST.findall(shown) if host.rpartition(".")[2] not in _FILES]
    return named + [authority.partition(":")[0] for authority in _AUTHORITY.findall(shown)]


def _same(shown: str, host: str) -> bool:
    shown = shown.removeprefix("www.")
    return host == shown or host.endswith("." + shown)
