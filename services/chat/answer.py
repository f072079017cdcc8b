"""One answer while it is being written: text in from a model, out to Slack, and what it comes to."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from uuid import UUID

from services.chat.ledger import CallLedger
from services.entities import CallOutcome, ModelCall, Usage
from services.models.estimate import estimate_tokens
from services.models.router import Opened, RouterEvent
from services.ports.models import Finished, TextDelta
from services.ports.presenter import AnswerNotes, AnswerStream

CUT = "length"
"""The error of a call that ended where it had to and not where it wanted to."""
GIVEN = frozenset({CallOutcome.ANSWERED, CallOutcome.PARTIAL, CallOutcome.STOPPED, CallOutcome.CACHED})
WHOLE = frozenset({CallOutcome.ANSWERED, CallOutcome.CACHED})


@dataclass(slots=True)
class Answer:
    stream: AnswerStream
    ledger: CallLedger
    parts: list[str] = field(default_factory=list)
    opened: Opened | None = None
    finished: Finished | None = None
    known: Usage | None = None

    @property
    def text(self) -> str:
        return "".join(self.parts)

    @property
    def call(self) -> UUID | None:
        """The call that gives this answer; None while none has gone out."""
        return self.opened.call if self.opened else self.ledger.under_way()

    @property
    def is_cut(self) -> bool:
        """Whether the output cap, or the end of the model's own context, ended it."""
        return self.finished is not None and self.finished.stop in {"length", "context"}

    async def take_all(self, events: AsyncGenerator[RouterEvent, None]) -> None:
        async with aclosing(events):
            async for event in events:
                await self._take(event)

    async def _take(self, event: RouterEvent) -> None:
        await self.ledger.still_ours()
        match event:
            case TextDelta(text):
                self.parts.append(text)
                await self.stream.write(text)
            case Opened():
                self.opened = event
                self.ledger.first_token(event.call)
            case Finished():
                self.finished = event

    def ended(self, call: UUID, outcome: CallOutcome, error: str | None = None) -> ModelCall:
        """The call that gave this answer, as it is booked."""
        return self.ledger.ended(
            call,
            outcome,
            self.finished.usage if self.finished else self.known or self._estimate(),
            error=error,
            request_id=self.finished.request_id if self.finished else None,
        )

    def _estimate(self) -> Usage:
        out = estimate_tokens(self.text)
        return Usage(tokens_in=self.ledger.tokens_in, tokens_out=out, estimated=True)


def notes_of(call: ModelCall, *, models: tuple[str, ...], failover_from: str | None = None) -> AnswerNotes:
    """What stands below an answer, from its booked call alone: also what a restart has."""
    return AnswerNotes(
        model=call.model,
        tokens=call.usage.total,
        cost=call.cost,
        models=tuple(name for name in models if name != call.model),
        kept=call.outcome is CallOutcome.CACHED,
        stopped=call.outcome is CallOutcome.STOPPED,
        broken=call.outcome is CallOutcome.PARTIAL and call.error != CUT,
        cut=call.outcome is CallOutcome.PARTIAL and call.error == CUT,
        failover_from=failover_from,
    )


def call_of_answer(calls: Sequence[ModelCall]) -> ModelCall | None:
    """Of all calls of a turn the one that gave its answer."""
    given = [call for call in calls if call.purpose == "chat" and call.outcome in GIVEN]
    return given[-1] if given else None


def failed_before(calls: Sequence[ModelCall], given: ModelCall) -> str | None:
    """The model that was asked first and could not answer, where another one answered."""
    failed = (call.model for call in calls if call.purpose == "chat" and call.outcome is CallOutcome.FAILED)
    first = next(failed, None)
    return first if first != given.model else None
