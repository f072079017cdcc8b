"""Which model answers: the first of its purpose's chain that gives a first token."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import structlog

from services.entities.calls import Usage
from services.errors import AllModelsFailed, ModelBroke, ModelUnavailable, NoModel, ProviderError
from services.models.breaker import Breaker
from services.models.failures import ModelGaveUp
from services.ports.clock import Clock
from services.ports.models import ChatModel, Finished, ModelEvent, ModelRequest, TextDelta

KEYS = ("ANTHROPIC_API_KEY", "OPENAI_API_KEY")


class Attempts(Protocol):
    """Told of every attempt before it is made, and of each that failed before its first token."""

    async def begin(self, model: ChatModel) -> UUID:
        """Commit a ledger row; the request goes out after this."""
        ...

    async def fail(self, call: UUID, error: ProviderError, usage: Usage | None) -> None:
        """`usage` is None where nothing is known to have been counted."""
        ...


@dataclass(frozen=True, slots=True)
class Opened:
    """The first event: `model` has begun to answer. `failed_over_from`: the model that was meant to."""

    call: UUID
    model: ChatModel
    failed_over_from: str | None = None


@dataclass(frozen=True, slots=True)
class Completed:
    text: str
    finished: Finished
    call: UUID
    model: ChatModel


RouterEvent = Opened | TextDelta | Finished


class ModelRouter:
    """`chains`: models of each purpose, best first. `variables`: what would give an empty chain a model."""

    def __init__(
        self,
        chains: Mapping[str, Sequence[ChatModel]],
        clock: Clock,
        breaker: Breaker | None = None,
        *,
        variables: tuple[str, ...] = KEYS,
    ) -> None:
        self._chains, self._variables = chains, variables
        self._breaker = breaker or Breaker(clock)
        self._log = structlog.get_logger()

    def names(self, purpose: str) -> tuple[str, ...]:
        return tuple(model.name for model in self._chains.get(purpose, ()))

    def chain(self, purpose: str, preferred: str | None = None) -> Sequence[ChatModel]:
        """The preferred model first, then the rest, whatever the breaker knows. Raises NoModel."""
        models = self._chains.get(purpose)
        if not models:
            raise NoModel(self._variables)
        return sorted(models, key=lambda model: model.name != preferred)

    async def stream(
        self, request: ModelRequest, attempts: Attempts, preferred: str | None = None
    ) -> AsyncGenerator[RouterEvent, None]:
        """Opened, then the answer. Raises NoModel, AllModelsFailed, and after Opened only ModelBroke.

        After Opened the call is the caller's to settle. Close this early to stop the model.
        """
        waiting = list(self.chain(request.purpose, preferred))
        meant, causes = waiting[0].name, []
        while waiting:
            model = self._next(waiting)
            call = await attempts.begin(model)
            async with _closing(model.stream(request)) as events:
                try:
                    first = await _first(model, events)
                except ProviderError as error:
                    self._note(model, request, error)
                    await attempts.fail(call, error, _usage(error))
                    causes.append(error)
                    continue
                yield Opened(call, model, meant if model.name != meant else None)
                async with aclosing(self._answer(model, request, first, events)) as answer:
                    async for event in answer:
                        yield event
                return
        raise AllModelsFailed(tuple(causes))

    async def complete(
        self, request: ModelRequest, attempts: Attempts, preferred: str | None = None
    ) -> Completed:
        """The whole answer at once, for texts nobody watches. `attempts` is told of a broken one, too."""
        pieces: list[str] = []
        opened: Opened | None = None
        async with aclosing(self.stream(request, attempts, preferred)) as events:
            try:
                async for event in events:
                    if isinstance(event, Opened):
                        opened = event
                    elif isinstance(event, TextDelta):
                        pieces.append(event.text)
                    elif opened is not None:
                        return Completed("".join(pieces), event, opened.call, opened.model)
            except ModelBroke as error:
                if opened is not None:
                    await attempts.fail(opened.call, error, error.usage)
                raise
        raise RuntimeError("a model's stream ended without Finished")

    def _next(self, waiting: list[ChatModel]) -> ChatModel:
        """Take the first whose provider does not rest, else the first."""
        model = min(waiting, key=lambda model: self._breaker.resting(model.provider))
        waiting.remove(model)
        return model

    async def _answer(
        self, model: ChatModel, request: ModelRequest, first: ModelEvent, events: AsyncIterator[ModelEvent]
    ) -> AsyncGenerator[ModelEvent, None]:
        event: ModelEvent | None = first
        try:
            while event is not None:
                if isinstance(event, Finished):
                    self._breaker.answered(model.provider)
                yield event
                event = await anext(events, None)
        except ModelBroke as error:
            self._note(model, request, error)
            raise

    def _note(self, model: ChatModel, request: ModelRequest, error: ProviderError) -> None:
        self._breaker.failed(error)
        self._log.warning(
            "model.failed",
            provider=model.provider,
            model=model.name,
            purpose=request.purpose,
            status=error.status,
            kind=type(error).__name__,
            detail=error.detail,
        )


async def _first(model: ChatModel, events: AsyncIterator[ModelEvent]) -> ModelEvent:
    event = await anext(events, None)
    if event is None:
        raise ModelUnavailable(model.provider, "ended without an answer")
    return event


def _usage(error: ProviderError) -> Usage | None:
    return error.usage if isinstance(error, ModelGaveUp | ModelBroke) else None


@asynccontextmanager
async def _closing(events: AsyncIterator[ModelEvent]) -> AsyncIterator[AsyncIterator[ModelEvent]]:
    """Close what can be closed: the port promises an iterator, the adapters give generators."""
    try:
        yield events
    finally:
        if isinstance(events, AsyncGenerator):
            await events.aclose()
