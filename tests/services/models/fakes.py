from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from services.entities.calls import Usage
from services.errors import ModelRejected, ModelUnavailable, ProviderError
from services.ports.models import ChatModel, Finished, ModelEvent, ModelRequest, TextDelta

END = Finished(Usage(10, tokens_out=2), "end", "req_1")


class Clock:
    def __init__(self) -> None:
        self.seconds = 1_000.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class ScriptedModel:
    """Says its script; an exception in it is raised. `script` may be changed between calls."""

    def __init__(self, provider: str, name: str, *script: ModelEvent | Exception) -> None:
        self._provider, self._name = provider, name
        self.script: tuple[ModelEvent | Exception, ...] = script or (TextDelta(f"{name} speaking"), END)
        self.asked = 0
        self.closed = 0

    @property
    def provider(self) -> str:
        return self._provider

    @property
    def name(self) -> str:
        return self._name

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        self.asked += 1
        try:
            for event in self.script:
                if isinstance(event, Exception):
                    raise event
                yield event
        finally:
            self.closed += 1


def claude(*script: ModelEvent | Exception, name: str = "claude") -> ScriptedModel:
    return ScriptedModel("anthropic", name, *script)


def gpt(*script: ModelEvent | Exception, name: str = "gpt") -> ScriptedModel:
    return ScriptedModel("openai", name, *script)


def overloaded(provider: str = "anthropic") -> ModelUnavailable:
    return ModelUnavailable(provider, "overloaded_error", status=529)


def bad_key(provider: str = "anthropic") -> ModelUnavailable:
    return ModelUnavailable(provider, "authentication_error", status=401)


def rejected(provider: str = "anthropic") -> ModelRejected:
    return ModelRejected(provider, "invalid_request_error", status=400)


@dataclass
class Ledger:
    """Attempts, kept in the order told."""

    told: list[tuple[str, str]] = field(default_factory=list)  # ("begin" or "fail", model)
    usages: list[Usage | None] = field(default_factory=list)
    _models: dict[UUID, str] = field(default_factory=dict)

    async def begin(self, model: ChatModel) -> UUID:
        call = UUID(int=len(self._models))
        self._models[call] = model.name
        self.told.append(("begin", model.name))
        return call

    async def fail(self, call: UUID, error: ProviderError, usage: Usage | None) -> None:
        self.told.append(("fail", self._models[call]))
        self.usages.append(usage)
