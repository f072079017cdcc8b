"""A Bolt app of ours over made-up routes, spoken to as Slack speaks."""

from collections.abc import Iterable
from typing import Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot import config
from bot.app import events_of
from bot.inbox import Inbox
from bot.listeners import Listeners
from bot.metrics import Metrics
from bot.slack import Identity, bolt_app
from handlers.boundary import Boundary, Explanation
from handlers.grammar import Grammar
from handlers.routes import Audience, Command, Route
from tests.bot.payloads import BOT_ID, BOT_USER, TEAM

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
SETTINGS = config.load(
    {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": SECRET,
        "SHOWRUNNER_MODE": "http",
        "SHOWRUNNER_METRICS_TOKEN": "let-me-read",
    }
)
IDENTITY = Identity(TEAM, BOT_USER, BOT_ID, "https://studio.slack.com/")


class Told:
    """The boundary's replies, kept."""

    def __init__(self) -> None:
        self.problems: list[tuple[Audience, Explanation, str | None]] = []

    async def problem(self, to: Audience, explanation: Explanation, incident: str | None) -> None:
        self.problems.append((to, explanation, incident))


class Door:
    """An app over `routes`; `send` gives a payload the way Socket Mode does."""

    def __init__(self, *routes: Route) -> None:
        self.told, self.metrics = Told(), Metrics()
        grammar = Grammar(route for route in routes if isinstance(route, Command))
        self.listeners = Listeners(grammar, Boundary(self.told))
        inbox = Inbox(events_of(routes), BOT_USER, BOT_ID, self.metrics)
        # Nothing listens there: whatever asked Slack for anything would fail.
        client = AsyncWebClient(base_url="http://127.0.0.1:9/api/", retry_handlers=[])
        self.app = bolt_app(SETTINGS, client, IDENTITY, inbox, routes, self.listeners)

    async def send(self, payload: dict[str, Any]) -> BoltResponse:
        return await self.app.async_dispatch(AsyncBoltRequest(body=payload, mode="socket_mode"))

    def counted(self, what: str) -> float:
        return self.metrics.registry.get_sample_value("showrunner_events_total", {"what": what}) or 0.0


@pytest.fixture
def door():
    return lambda *routes: Door(*routes)


class Taken:
    """A handler that keeps what it was called with."""

    def __init__(self, problems: Iterable[tuple[str, str]] = ()) -> None:
        self.calls: list[Any] = []
        self._problems = dict(problems)

    async def __call__(self, given: Any) -> dict[str, str]:
        self.calls.append(given)
        return self._problems

    @property
    def only(self) -> Any:
        (call,) = self.calls
        return call


@pytest.fixture
def taken():
    return Taken()
