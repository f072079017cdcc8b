"""Trouble on demand: a queue of faults for each provider, and one that stays until it is taken away."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

Provider = Literal["anthropic", "openai"]
PROVIDERS: tuple[Provider, ...] = ("anthropic", "openai")
Kind = Literal["status", "refuse", "hang", "slow", "stall", "cut", "error_event", "refusal", "max_tokens"]
KINDS: tuple[Kind, ...] = (
    "status",
    "refuse",
    "hang",
    "slow",
    "stall",
    "cut",
    "error_event",
    "refusal",
    "max_tokens",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one request.

    status       answers HTTP `status` (with `retry_after` seconds; `error` is the error type or code)
    refuse       drops the connection before any answer
    hang         not even the headers come for `seconds` (None: never)
    slow         the first token comes after `seconds`, in a stream that is open already
    stall        after token `at` nothing comes for `seconds` (None: never again)
    cut          the connection is dropped after token `at`
    error_event  after token `at` an error event ends the stream (`error`: its type or code)
    refusal      the answer ends after token `at` as a refusal
    max_tokens   the answer ends after token `at` as if its limit were reached

    `model` narrows it to one model; others pass it by.
    """

    kind: Kind
    status: int = 500
    at: int = 0
    seconds: float | None = None
    retry_after: float | None = None
    error: str | None = None
    model: str | None = None

    def concerns(self, model: str | None) -> bool:
        return self.model is None or self.model == model


class Faults:
    def __init__(self) -> None:
        self._queued: dict[Provider, deque[Fault]] = {name: deque() for name in PROVIDERS}
        self._standing: dict[Provider, Fault | None] = dict.fromkeys(PROVIDERS)

    def push(self, provider: Provider, *faults: Fault, times: int = 1) -> None:
        """The next requests that reach a model meet these, one each, in order."""
        self._queued[provider].extend(faults * times)

    def stand(self, provider: Provider, fault: Fault | None) -> None:
        """Every request meets this one, until None is given. The queue goes first."""
        self._standing[provider] = fault

    def clear(self, provider: Provider | None = None) -> None:
        for name in [provider] if provider else PROVIDERS:
            self._queued[name].clear()
            self._standing[name] = None

    def pending(self, provider: Provider) -> list[Fault]:
        return list(self._queued[provider])

    def standing(self, provider: Provider) -> Fault | None:
        return self._standing[provider]

    def take(self, provider: Provider, model: str | None) -> Fault | None:
        queue = self._queued[provider]
        for fault in queue:
            if fault.concerns(model):
                queue.remove(fault)
                return fault
        return self.outage(provider, model)

    def outage(self, provider: Provider, model: str | None = None) -> Fault | None:
        """The standing fault alone: requests that reach no model (lists, counts) leave the queue as it is."""
        fault = self._standing[provider]
        return fault if fault is not None and fault.concerns(model) else None
