"""What is typed after `/library rename` and `/library tag`."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from uuid_utils.compat import uuid7

from handlers.library.tending import TendingHandlers
from handlers.routes import Audience, Call
from services.entities.conversations import Place
from services.entities.library import Content
from services.entities.people import Actor
from tests.factories import ANNA, CHANNEL, NOON, TEAM


@dataclass
class Library:
    """Keeps what it is asked to write."""

    written: list[str] = field(default_factory=list)

    async def rename(self, actor: Actor, which: str, title: str) -> Content:
        return self._kept(which, title)

    async def tag(self, actor: Actor, which: str, words: str) -> Content:
        return self._kept(which, words)

    def _kept(self, which: str, text: str) -> Content:
        assert which == "abc123"
        self.written.append(text)
        return Content(uuid7(), TEAM, which, ANNA, text, NOON)


class Silent:
    async def show(self, *_: object) -> None: ...

    async def show_soon(self, *_: object) -> None: ...


@pytest.mark.parametrize("word", ["rename", "tag"])
async def test_what_slack_escapes_in_a_text_is_kept_as_it_was_typed(word: str) -> None:
    library, silent = Library(), Silent()
    tending = TendingHandlers(library, silent, silent, silent)  # type: ignore[arg-type]
    to = Audience(Actor(TEAM, ANNA), Place(TEAM, CHANNEL))
    call = Call(to, "library", word, "abc123 R&amp;D &lt;raw&gt;", "k1", "channel")
    await getattr(tending, word)(call)
    assert library.written == ["R&D <raw>"]
