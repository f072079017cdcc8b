"""What a chat turn shows in Slack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol

from services.entities.calls import ModelCall
from services.entities.conversations import Place
from services.entities.turns import Claim, Turn
from services.errors import ShowrunnerError


@dataclass(frozen=True, slots=True)
class AnswerNotes:
    """What stands below a finished answer. `models`: others that "Answer again" offers."""

    model: str
    tokens: int = 0
    cost: Decimal | None = None
    """US dollars; None: the model's price is unknown."""
    models: tuple[str, ...] = ()
    kept: bool = False  # given before to the very same; offers "Answer again"
    stopped: bool = False
    broken: bool = False  # offers "Continue"
    shortened: bool = False  # a limit left no more than a shorter one
    cut: bool = False  # the output cap was reached; offers "Continue"
    failover_from: str | None = None
    context_full: int | None = None  # percent, when the person is to be told
    unread_files: tuple[tuple[str, str], ...] = ()  # (name, reason as in FileUnreadable)


class Sources(Protocol):
    """The addresses that a turn's asker could see: the only ones its answer may lead to."""

    def allows(self, url: str) -> bool:
        """`url` as a model wrote it, with or without a scheme; "mailto:…" for an email address."""
        ...


class AnswerStream(Protocol):
    """One answer on its way into its thread. Not for concurrent use.

    Whatever Slack's limits are, all text arrives, in order, in as many messages as it needs.
    """

    async def write(self, text: str) -> None:
        """May return before it is visible. Raises Stopped when the person pressed Stop in Slack, and
        SlackUnavailable once Slack will take nothing more here."""
        ...

    async def finish(self, notes: AnswerNotes) -> None:
        """Show what is left, close the last message, put the notes and buttons below it."""
        ...

    async def abandon(self) -> None:
        """Show nothing more and leave the message as it is: another worker goes on with it."""
        ...

    @property
    def shown(self) -> int:
        """Characters of the answer that Slack has accepted."""
        ...


class Presenter(Protocol):
    """The only way anything is shown in Slack; one method per thing shown.

    Everything that belongs to a turn is recorded before and after (PostStore), so that the same call
    made again after a crash shows nothing twice.
    """

    async def working(self, claim: Claim) -> None:
        """The native "working" row with its Stop button; never raises."""
        ...

    async def idle(self, place: Place) -> None:
        """End the "working" row; never raises."""
        ...

    async def question(self, claim: Claim) -> tuple[str, str]:
        """Post the question of a command or shortcut; (thread_ts, ts) of where it now stands."""
        ...

    async def answer(self, claim: Claim, sources: Sources) -> AnswerStream:
        """Begin, or after a crash go on with, the answer of a turn.

        To be called before the model is: the commit of its call takes the intent to the disk.
        On a resumed turn what an earlier worker had shown is found and closed first. Addresses that
        `sources` does not allow are shown without being links.
        """
        ...

    async def deliver(self, claim: Claim, text: str, notes: AnswerNotes, sources: Sources) -> None:
        """Show a stored answer: all of it, or what a crash left unshown."""
        ...

    async def uncertain(self, claim: Claim, calls: Sequence[ModelCall]) -> None:
        """Ask the person whether to ask again: the call was sent and its answer is lost."""
        ...

    async def failed(self, claim: Claim, error: ShowrunnerError, incident: str) -> None:
        """What happened, what to do, and the id found in the logs; in the thread."""
        ...

    async def refused(self, claim: Claim, error: ShowrunnerError) -> None:
        """A rule of ours: told to the person alone."""
        ...

    async def offer_again(self, turn: Turn, place: Place, reason: Literal["edited"]) -> None:
        """To the person alone: the question changed after it was answered; "Answer again"."""
        ...
