"""Model output is never trusted: what it says is shown, what it could do in Slack is not done."""

from __future__ import annotations

import html

from handlers.sender.links import Links
from handlers.sender.mentions import Mentions
from services.ports.presenter import Sources


class Sanitiser:
    """For an answer that arrives in pieces; any cutting gives the same text as `sanitise` at once."""

    def __init__(self, sources: Sources) -> None:
        self._links = Links(sources)
        self._mentions = Mentions()

    def feed(self, text: str) -> str:
        return self._mentions.feed(self._links.feed(text))

    def close(self) -> str:
        return self._mentions.feed(self._links.close()) + self._mentions.close()


def sanitise(text: str, sources: Sources) -> str:
    whole = Sanitiser(sources)
    return whole.feed(text) + whole.close()


def escape(text: str) -> str:
    """A person's text inside mrkdwn: shown as typed, calling nobody."""
    return html.escape(text, quote=False)
