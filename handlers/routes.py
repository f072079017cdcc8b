"""What a handler can be routed to, and what it is called with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from services.entities.conversations import Place
from services.entities.people import Actor

JSON = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Audience:
    """One person at one place: who an answer that is theirs alone is shown to.

    `response_url` reaches them even where we are not a member; Slack takes five uses within 30 minutes.
    """

    actor: Actor
    place: Place
    response_url: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A command; `trigger_id` is None when it came by a mention, which can open no form."""

    to: Audience
    group: str
    word: str
    args: str
    key: str
    channel_kind: str
    trigger_id: str | None = None

    @property
    def actor(self) -> Actor:
        return self.to.actor


@dataclass(frozen=True, slots=True)
class Press:
    """A button, a choice or a shortcut. `key` makes it unique; `value` is the chosen option's too."""

    to: Audience
    value: str
    key: str
    trigger_id: str
    message: JSON = field(default_factory=dict)
    channel_kind: str = "channel"
    thread_ts: str | None = None
    """Of the thread that the message is in; `to` also begins one below a message that is in none."""

    @property
    def actor(self) -> Actor:
        return self.to.actor

    @property
    def beside(self) -> Audience:
        """The person, where the message stands: what only they see can begin no thread."""
        return replace(self.to, place=replace(self.to.place, thread_ts=self.thread_ts))


@dataclass(frozen=True, slots=True)
class Submission:
    """A submitted form: `values` by block id, the `context` it was opened with."""

    actor: Actor
    key: str
    values: Mapping[str, Any]
    context: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """An event as the Events API wraps it."""

    team: str
    id: str
    event: JSON

    @property
    def type(self) -> str:
        return str(self.event.get("type", ""))


Problems = Mapping[str, str]
"""What is wrong with a form, by block id; empty when it was taken."""


@dataclass(frozen=True, slots=True)
class Command:
    """`takes` says whether `args` can be this command's; what it does not take is a question in a mention."""

    group: str
    word: str
    run: Callable[[Call], Awaitable[None]]
    help: str
    usage: str = ""
    takes: Callable[[str], bool] = lambda args: not args
    by_mention: bool = True


@dataclass(frozen=True, slots=True)
class Button:
    action_id: str
    run: Callable[[Press], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Shortcut:
    callback_id: str
    run: Callable[[Press], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class View:
    callback_id: str
    run: Callable[[Submission], Awaitable[Problems]]


@dataclass(frozen=True, slots=True)
class Event:
    """Runs in the inbox, before Slack is answered: one short transaction, then 200."""

    type: str
    run: Callable[[Envelope], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Task:
    """A queued job; its payload's names are the parameters."""

    name: str
    run: Callable[..., Awaitable[None]]


Route = Command | Button | Shortcut | View | Event | Task


class Handlers(Protocol):
    def routes(self) -> Iterable[Route]: ...
