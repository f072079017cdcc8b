"""What was sent to the app, how often, and what it answered."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["events_api", "slash_commands", "interactive"]


@dataclass(frozen=True)
class Ack:
    """`body` is what the app answered with, as JSON; text is `{"text": …}`."""

    body: dict[str, Any] | None = None


@dataclass(frozen=True)
class Failure:
    """`reason` in Slack's words; `final` when the app asked not to be tried again."""

    reason: str
    final: bool = False


Outcome = Ack | Failure


@dataclass(frozen=True, slots=True)
class Attempt:
    at: float
    to: str
    number: int
    outcome: Outcome
    ms: float


@dataclass(eq=False, slots=True)
class Delivery:
    kind: Kind
    name: str
    payload: dict[str, Any]
    queued_at: float
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def ack(self) -> Ack | None:
        return next((item.outcome for item in self.attempts if isinstance(item.outcome, Ack)), None)

    def public(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "name": self.name,
            "payload": self.payload,
            "queued_at": self.queued_at,
            "acked": self.ack is not None,
            "answer": self.ack.body if self.ack else None,
            "attempts": [
                {
                    "at": item.at,
                    "to": item.to,
                    "number": item.number,
                    "acked": isinstance(item.outcome, Ack),
                    "reason": item.outcome.reason if isinstance(item.outcome, Failure) else None,
                    "ms": round(item.ms, 1),
                }
                for item in self.attempts
            ],
        }


class Deliveries:
    def __init__(self, kept: int) -> None:
        self._deliveries: deque[Delivery] = deque(maxlen=kept)
        self.on_change: Callable[[], None] = lambda: None

    def add(self, delivery: Delivery) -> None:
        self._deliveries.append(delivery)
        self.on_change()

    def all(self, name: str | None = None) -> list[Delivery]:
        """Oldest first; `name` is an event type, a command, an action id or a callback id."""
        return [item for item in self._deliveries if name is None or item.name == name]

    def clear(self) -> None:
        self._deliveries.clear()
