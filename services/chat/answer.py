"""One answer while it is being written: text in from a model, out to Slack, and what it comes to."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from uuid import UUID

from services.chat.ledger import CallLedger
from services.entities import CallOutcome, ModelCall, Usage
from services.models.estimate import estimate_tokens
from services.models.router import Opened, RouterEvent
from services.ports import AnswerNotes, AnswerStream, Finished, TextDelta


@dataclass(slots=True)
class Answer:
    """`tokens_in` is our estimate of the input, used where the provider never told."""

    stream: AnswerStream
    ledger: CallLedger
    tokens_in: int
    parts: list[str] = field(default_factory=list)
    opened: Opened | None = None
    finished: Finished | None = None
    known: Usage | None = None

    @property
    def text(self) -> str:
        return "".join(self.parts)

    @property
    def is_cut(self) -> bool:
        """Whether the output cap ended it."""
        return self.finished is not None and self.finished.stop == "length"

    async def take_all(self, events: AsyncGenerator[RouterEvent, None]) -> None:
        async with aclosing(events):
            async for event in events:
                await self._take(event)

    async def _take(self, event: RouterEvent) -> None:
        match event:
            case TextDelta(text):
                self.parts.append(text)
                await self.stream.write(text)
            case Opened():
                self.opened = event
                self.ledger.first_token(event.call)
            case Finished():
                self.finished = event

    def ended(self, outcome: CallOutcome, error: str | None = None) -> ModelCall:
        """The call that gave this answer, as it is booked."""
        return self.ledger.ended(
            self._call(),
            outcome,
            self.finished.usage if self.finished else self.known or self._estimate(),
            error=error,
            request_id=self.finished.request_id if self.finished else None,
        )

    def _call(self) -> UUID:
        """The opened call, or, before its first token, the one that was begun last."""
        return self.opened.call if self.opened else list(self.ledger.calls)[-1]

    def _estimate(self) -> Usage:
        return Usage(tokens_in=self.tokens_in, tokens_out=estimate_tokens(self.text), estimated=True)


def notes_of(call: ModelCall, *, models: tuple[str, ...], failover_from: str | None = None) -> AnswerNotes:
    """What stands below an answer, from its booked call alone: also what a restart has."""
    return AnswerNotes(
        model=call.model,
        tokens=call.usage.total,
        cost=call.cost,
        models=tuple(name for name in models if name != call.model),
        stopped=call.outcome is CallOutcome.STOPPED,
        broken=call.outcome is CallOutcome.PARTIAL and call.error != "length",
        cut=call.error == "length",
        failover_from=failover_from,
    )
