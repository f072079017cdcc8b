"""Whose an address is: tokens and bytes of ours go to known hosts only."""

from __future__ import annotations

from urllib.parse import urlsplit

FILES_ORIGIN = "https://files.slack.com"


def origin(url: str) -> str:
    """Scheme, host and port; "" for what has none. Credentials in the address make it nobody's."""
    parts = urlsplit(url)
    return (
        f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.hostname and not parts.username else ""
    )
