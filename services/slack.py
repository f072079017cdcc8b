"""How Slack writes what the product reads and leads to."""

from __future__ import annotations


def unescaped(text: str) -> str:
    """What Slack escapes in its texts, and nothing more."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
