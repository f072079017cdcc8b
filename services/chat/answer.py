"""One answer while it is being written: text in from a model, out to Slack, and what it comes to."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from decimal import Decimal
from uuid import UUID

from services.chat.context import Context
from services.chat.ledger import CallLedger
from services.chat.sources import Seen
from services.entities.calls import CallOutcome, ModelCall, Usage
from services.models.estimate import estimate_tokens
from services.models.router import Opened, RouterEvent
from services.ports.models import Finished, TextDelta
from services.ports.presenter import AnswerNotes, AnswerStream

BETWEEN = "\n\n"
CUT = "length"
"""The error of a call that ended where it had to and not where it wanted to."""
GIVEN = frozenset({CallOutcome.ANSWERED, CallOutcome.PARTIAL, CallOutcome.STOPPED, CallOutcome.CACHED})
WHOLE = frozenset({CallOutcome.ANSWERED, CallOutcome.CACHED})


@dataclass(slots=True)
class Answer:
    """`said` and `calls` are of the rounds that are over; `parts` is what the open one has said so far."""

    stream: AnswerStream
    ledger: CallLedger
    context: Context
    seen: Seen
    calls: list[ModelCall] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    opened: Opened | None = None
    finished: Finished | None = None
    known: Usage | None = None
    failed_over_from: str | None = None

    @property
    def text(self) -> str:
        return BETWEEN.join(filter(None, (*self.said, "".join(self.parts))))

    @property
    def call(self) -> UUID | None:
        """The call that gives this answer; None while none has gone out."""
        return self.opened.call if self.opened else self.ledger.under_way()

    @property
    def is_cut(self) -> bool:
        """Whether the output cap, or the end of the model's own context, ended it."""
        return self.finished is not None and self.finished.stop in {"length", "context"}

    @property
    def asks_for_tools(self) -> bool:
        request = self.context.request
        asked = self.finished is not None and self.finished.stop == "tools"
        return asked and bool(request.tools) and request.may_use

    async def say_again(self) -> None:
        """What an earlier try of the turn had said stands in a message that no longer counts."""
        if text := self.text:
            await self.stream.write(text)

    def end_round(self, call: ModelCall) -> None:
        """Its call is booked, and what was held for it settled."""
        self.calls.append(call)
        self.said.append("".join(self.parts))
        self.parts = []
        self.opened = self.finished = self.known = None
        self.ledger.begin_anew()

    def go_on(self, context: Context) -> None:
        self.context = context
        self.seen.add(context.sources)
        self.ledger.tokens_in = context.tokens

    async def take_all(self, events: AsyncGenerator[RouterEvent, None]) -> None:
        async with aclosing(events):
            async for event in events:
                await self._take(event)

    async def _take(self, event: RouterEvent) -> None:
        await self.ledger.still_ours()
        match event:
            case TextDelta(text):
                gap = BETWEEN if not self.parts and any(self.said) else ""
                self.parts.append(text)
                await self.stream.write(gap + text)
            case Opened():
                self.opened = event
                self.failed_over_from = self.failed_over_from or event.failed_over_from
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

    def given(self, outcome: CallOutcome, error: str | None = None) -> list[ModelCall]:
        """The calls that gave it, the last as it ended; none where nothing has gone out.

        Where none is open, what was said before the last round of tools is all there is.
        """
        if self.call is not None:
            return [*self.calls, self.ended(self.call, outcome, error)]
        if not self.text:
            return []
        *before, last = self.calls
        return [*before, replace(last, outcome=outcome, error=error)]

    def _estimate(self) -> Usage:
        out = estimate_tokens("".join(self.parts))
        return Usage(tokens_in=self.ledger.tokens_in, tokens_out=out, estimated=True)


def notes_of(
    given: Sequence[ModelCall], *, models: tuple[str, ...], failover_from: str | None = None
) -> AnswerNotes:
    """What stands below an answer, from its booked calls alone: also what a restart has. The last one ended it."""
    last, costs = given[-1], [call.cost for call in given]
    return AnswerNotes(
        model=last.model,
        tokens=sum(call.usage.total for call in given),
        cost=None if None in costs else sum(filter(None, costs), Decimal(0)),
        models=tuple(name for name in models if name != last.model),
        kept=last.outcome is CallOutcome.CACHED,
        stopped=last.outcome is CallOutcome.STOPPED,
        broken=last.outcome is CallOutcome.PARTIAL and last.error != CUT,
        cut=last.outcome is CallOutcome.PARTIAL and last.error == CUT,
        failover_from=failover_from,
    )


def calls_of_answer(calls: Sequence[ModelCall]) -> list[ModelCall]:
    """Of all calls of a turn those that gave its answer, in order."""
    given = [call for call in calls if call.purpose == "chat" and call.outcome in GIVEN]
    if given and given[-1].searched:  # none came after it: what was said before the search is all there is
        given[-1] = replace(given[-1], outcome=CallOutcome.PARTIAL)
    return given


def failed_before(calls: Sequence[ModelCall], given: ModelCall) -> str | None:
    """The model that was asked first and could not answer, where another one answered."""
    failed = (call.model for call in calls if call.purpose == "chat" and call.outcome is CallOutcome.FAILED)
    first = next(failed, None)
    return first if first != given.model else None
