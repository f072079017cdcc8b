"""How Slack writes what the product reads and leads to."""

from __future__ import annotations


def unescaped(text: str) -> str:
    """What Slack escapes in its texts, and nothing more."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def permalink(workspace_url: str, channel: str, ts: str) -> str:
    """Slack's own form of a message's address; it asks by itself who may go there."""
    return f"{workspace_url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"
