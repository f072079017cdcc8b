"""Slack's side of the program: the client, who we are there, and the Bolt app over our routes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TypeVar

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.config import Settings
from bot.inbox import Inbox
from bot.listeners import Listeners
from handlers.routes import Button, Command, Route, Shortcut, View

log = structlog.get_logger()

TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=5)
FIRST_WAIT, LONGEST_WAIT = 0.5, 15.0
PERMANENT = frozenset(
    {
        "access_denied", "account_inactive", "ekm_access_denied", "enterprise_is_restricted", "forbidden_team",
        "invalid_auth", "missing_scope", "no_permission", "not_allowed_token_type", "not_authed",
        "org_login_required", "team_access_not_granted", "token_expired", "token_revoked",
    }
)  # fmt: skip

T = TypeVar("T")


class SlackRefusedToken(Exception):
    """The token of `variable` is not good; `code` is Slack's error name."""

    def __init__(self, code: str, variable: str = "SLACK_BOT_TOKEN") -> None:
        super().__init__(code)
        self.code = code
        self.variable = variable


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are in the workspace, from `auth.test`; `ahead` is our clock's lead over Slack's in seconds."""

    team: str
    bot_user: str
    bot_id: str
    url: str
    scopes: tuple[str, ...] = ()
    ahead: float = 0.0


def client_session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=TIMEOUT)


def web_client(settings: Settings, session: aiohttp.ClientSession, *, token: bool = True) -> AsyncWebClient:
    return AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value() if token else None,
        base_url=settings.slack_api_url,
        session=session,
        retry_handlers=[],
    )


async def asked(variable: str, call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
    """Slack's answer. Raises SlackRefusedToken, or ConnectionError while Slack does not answer."""
    try:
        return await call
    except SlackApiError as error:
        code = error_code(error)
        if code in PERMANENT:
            raise SlackRefusedToken(code, variable) from error
        raise ConnectionError(code) from error
    except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError) as error:
        raise ConnectionError(type(error).__name__) from error


def error_code(error: SlackApiError) -> str:
    """Slack's name for it; the HTTP status where the answer was no JSON (then `response` is aiohttp's)."""
    data = getattr(error.response, "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    status = getattr(error.response, "status_code", None) or getattr(error.response, "status", None)
    return str(code or status)


async def patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """As soon as Slack answers."""
    wait = FIRST_WAIT
    while True:
        try:
            return await ask()
        except ConnectionError as error:
            log.warning("slack.not_reached", reason=str(error), seconds=wait)
        await asyncio.sleep(wait)
        wait = min(LONGEST_WAIT, wait * 2)


async def identify(client: AsyncWebClient) -> Identity:
    """Raises SlackRefusedToken, or ConnectionError while Slack does not answer."""
    answer = await asked("SLACK_BOT_TOKEN", client.auth_test())
    scopes = str(answer.headers.get("x-oauth-scopes") or "")
    return Identity(
        team=str(answer["team_id"]),
        bot_user=str(answer["user_id"]),
        bot_id=str(answer.get("bot_id") or ""),
        url=str(answer.get("url") or "https://slack.com/"),
        scopes=tuple(scope.strip() for scope in scopes.split(",") if scope.strip()),
        ahead=ahead_of(str(answer.headers.get("date") or "")),
    )


def ahead_of(date: str) -> float:
    """Seconds between HTTP's `Date` and now; 0 where there is none."""
    try:
        return time.time() - parsedate_to_datetime(date).timestamp()
    except ValueError:
        return 0.0


async def identify_patiently(client: AsyncWebClient) -> Identity:
    """As soon as Slack answers. Raises SlackRefusedToken."""
    return await patiently(lambda: identify(client))


def bolt_app(
    settings: Settings,
    client: AsyncWebClient,
    identity: Identity,
    inbox: Inbox,
    routes: Iterable[Route],
    listeners: Listeners,
) -> AsyncApp:
    """`client` carries no token: who we are is known, so no request of Slack's waits for an `auth.test`."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=identity.team,
            bot_user_id=identity.bot_user,
            bot_id=identity.bot_id,
            bot_token=settings.slack_bot_token.get_secret_value(),
        )

    secret = settings.slack_signing_secret
    app = AsyncApp(
        client=client,
        signing_secret=secret.get_secret_value() if secret else "socket mode needs none",
        before_authorize=inbox,
        authorize=authorize,
        attaching_conversation_kwargs_enabled=False,
    )
    app.error(refused)
    register(app, routes, listeners)
    return app


async def refused(error: Exception, response: BoltResponse | None) -> BoltResponse | None:
    """What no boundary caught: an interaction that is none of Slack's, or Slack itself out of reach.

    Anything but 200 leaves it unacknowledged; `response` is None where that has happened already.
    """
    log.error("slack.not_handled", exc_info=error)
    return None if response is None else BoltResponse(status=400, body="")


def register(app: AsyncApp, routes: Iterable[Route], listeners: Listeners) -> None:
    groups: set[str] = set()
    for route in routes:
        match route:
            case Command(group=group) if group not in groups:
                groups.add(group)
                app.command(f"/{group}")(listeners.command)
            case Button(action_id=action_id):
                app.action(action_id)(listeners.button(route))
            case Shortcut(callback_id=callback_id):
                app.shortcut(callback_id)(listeners.shortcut(route))
            case View(callback_id=callback_id):
                app.view(callback_id)(listeners.view(route))
            case _:
                pass
