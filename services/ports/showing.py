"""What is seen of an item in Slack: its message, its pictures."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from services.entities.library import Content, Share


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an item is: `done` of `parts` of its sound; `left` are those that the person must decide on.

    `first`: nothing was shared in its channel before. `passages` and `first` are told of ready ones.
    """

    content: Content
    done: int = 0
    parts: int = 0
    left: int = 0
    cost: Decimal | None = None
    passages: int = 0
    first: bool = False


class LibraryPresenter(Protocol):
    """What is shown of an item where it was shared: one message, kept up to date until it is the card."""

    async def progress(self, share: Share, progress: Progress) -> None: ...

    async def whisper(self, share: Share, content: Content) -> None:
        """To the sharer alone, where a channel asks first: "Add to the library?"."""
        ...


@dataclass(frozen=True, slots=True)
class Picture:
    """`alt`: what it shows, in words."""

    name: str
    title: str
    alt: str
    data: bytes


class SlackPictures(Protocol):
    """Raises SlackUnavailable."""

    async def keep(self, team: str, picture: Picture) -> str:
        """A file that nobody sees until a message shows it; its id."""
        ...

    async def remove(self, team: str, file_id: str) -> None:
        """No error where it is gone, or never will be."""
        ...
