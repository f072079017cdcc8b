"""What people would see in Slack, as a list."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from services.entities.calls import ModelCall
from services.entities.conversations import Place
from services.entities.turns import Claim, Turn
from services.errors import ShowrunnerError
from services.ports.presenter import AnswerNotes, Sources

QUESTION_TS = "1790000000.000100"


@dataclass
class FakeAnswer:
    """An answer as it is seen; `notes` once it is finished. `on_write` may do what happens meanwhile."""

    sources: Sources
    text: str = ""
    notes: AnswerNotes | None = None
    on_write: Callable[[str], Awaitable[None]] | None = None
    error: Exception | None = None
    abandoned: bool = False

    async def write(self, text: str) -> None:
        self.text += text
        if self.on_write is not None:
            await self.on_write(self.text)

    async def finish(self, notes: AnswerNotes) -> None:
        if self.error is not None:
            raise self.error
        self.notes = notes

    async def abandon(self) -> None:
        self.abandoned = True

    @property
    def shown(self) -> int:
        return len(self.text)


@dataclass
class FakePresenter:
    """`told` are the acts in order, as (what, detail). `errors` are raised by name, once each."""

    answers: list[FakeAnswer] = field(default_factory=list)
    told: list[tuple[str, Any]] = field(default_factory=list)
    errors: dict[str, list[Exception]] = field(default_factory=dict)
    refusals: list[ShowrunnerError] = field(default_factory=list)
    on_write: Callable[[str], Awaitable[None]] | None = None
    slow_working: asyncio.Event | None = None

    async def working(self, claim: Claim) -> None:
        if self.slow_working is not None:
            await self.slow_working.wait()
        self.told.append(("working", claim.conversation.place))

    async def idle(self, place: Place) -> None:
        self.told.append(("idle", place))

    async def question(self, claim: Claim) -> tuple[str, str]:
        self._do("question", claim.questions[0].text)
        return claim.conversation.thread_ts or QUESTION_TS, QUESTION_TS

    async def answer(self, claim: Claim, sources: Sources) -> FakeAnswer:
        self._do("answer", claim.conversation.place)
        broken = self.errors.get("finish")
        self.answers.append(
            FakeAnswer(sources, on_write=self.on_write, error=broken.pop(0) if broken else None)
        )
        return self.answers[-1]

    async def deliver(self, claim: Claim, text: str, notes: AnswerNotes, sources: Sources) -> None:
        self._do("deliver", text)
        self.answers.append(FakeAnswer(sources, text, notes))

    async def uncertain(self, claim: Claim, calls: Sequence[ModelCall]) -> None:
        self._do("uncertain", [call.model for call in calls])

    async def failed(self, claim: Claim, error: ShowrunnerError, incident: str) -> None:
        self._do("failed", (type(error).__name__, claim.conversation.place))

    async def refused(self, claim: Claim, error: ShowrunnerError) -> None:
        self.refusals.append(error)
        self._do("refused", type(error).__name__)

    async def offer_again(self, turn: Turn, place: Place, reason: Literal["edited"]) -> None:
        self._do("offered", turn.id)

    def all_of(self, what: str) -> list[Any]:
        return [detail for name, detail in self.told if name == what]

    def _do(self, what: str, detail: Any) -> None:
        self.told.append((what, detail))
        if self.errors.get(what):
            raise self.errors[what].pop(0)
