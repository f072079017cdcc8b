"""Which provider to leave for last, learnt from the failures this process has seen."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import structlog

from services.errors import ModelBroke, ModelUnavailable, ProviderError
from services.ports.clock import Clock

KEY_REJECTED = 401


@dataclass(frozen=True, slots=True)
class BreakerRules:
    """Seconds. So many `failures` in a row `within` that time put a provider last for `rest`."""

    failures: int = 3
    within: float = 60.0
    rest: float = 30.0
    key_rest: float = 300.0


@dataclass(slots=True)
class _Record:
    failures: deque[float]
    resting_until: float = field(default=float("-inf"))


class Breaker:
    def __init__(self, clock: Clock, rules: BreakerRules | None = None) -> None:
        self._clock, self._rules = clock, rules or BreakerRules()
        self._records: dict[str, _Record] = {}
        self._log = structlog.get_logger()

    def resting(self, provider: str) -> bool:
        record = self._records.get(provider)
        return record is not None and self._clock.monotonic() < record.resting_until

    def answered(self, provider: str) -> None:
        """Whatever was held against it is forgotten."""
        self._records.pop(provider, None)

    def failed(self, error: ProviderError) -> None:
        if error.status == KEY_REJECTED:
            self._rest(error.provider, self._rules.key_rest, "model.key_rejected")
        elif is_outage(error) and self._too_many(error.provider):
            self._rest(error.provider, self._rules.rest, "model.provider_resting")

    def _too_many(self, provider: str) -> bool:
        now = self._clock.monotonic()
        failures = self._record(provider).failures
        failures.append(now)
        return len(failures) == self._rules.failures and now - failures[0] <= self._rules.within

    def _rest(self, provider: str, seconds: float, event: str) -> None:
        record = self._record(provider)
        record.resting_until = max(record.resting_until, self._clock.monotonic() + seconds)
        self._log.warning(event, provider=provider, seconds=seconds)

    def _record(self, provider: str) -> _Record:
        return self._records.setdefault(provider, _Record(deque(maxlen=self._rules.failures)))


def is_outage(error: ProviderError) -> bool:
    """Overload, rate limit, a server's fault, no connection, silence: not a model or account at fault."""
    if not isinstance(error, ModelUnavailable | ModelBroke):
        return False
    status = error.status
    return status is None or status in {408, 409, 429} or status >= 500
