"""Slack's side of the program: the Bolt app over our routes, and the ways its requests reach us."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Settings
from bot.inbox import Inbox
from bot.listeners import Listeners
from handlers.routes import Button, Command, Route, Shortcut, View

log = structlog.get_logger()

TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=5)
BODY_LIMIT = 2**20
SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
TIMESTAMP = re.compile(r"[1-9][0-9]{9}")
PERMANENT = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "no_permission"}
)


class SlackRefusedToken(Exception):
    """The bot token is not good; `code` is Slack's error name."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are in the workspace, from `auth.test`."""

    team: str
    bot_user: str
    bot_id: str
    url: str
    scopes: tuple[str, ...] = ()


def client_session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=TIMEOUT)


def web_client(settings: Settings, session: aiohttp.ClientSession, *, token: bool = True) -> AsyncWebClient:
    return AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value() if token else None,
        base_url=settings.slack_api_url,
        session=session,
        retry_handlers=[],
    )


async def identify(client: AsyncWebClient) -> Identity:
    """Raises SlackRefusedToken, or ConnectionError while Slack does not answer."""
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        code = str(error.response.get("error") or error.response.status_code)
        if code in PERMANENT:
            raise SlackRefusedToken(code) from error
        raise ConnectionError(code) from error
    except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError) as error:
        raise ConnectionError(type(error).__name__) from error
    scopes = str(answer.headers.get("x-oauth-scopes") or "")
    return Identity(
        team=str(answer["team_id"]),
        bot_user=str(answer["user_id"]),
        bot_id=str(answer.get("bot_id") or ""),
        url=str(answer.get("url") or "https://slack.com/"),
        scopes=tuple(scope.strip() for scope in scopes.split(",") if scope.strip()),
    )


async def identify_patiently(client: AsyncWebClient) -> Identity:
    """As soon as Slack answers. Raises SlackRefusedToken."""
    wait = 0.5
    while True:
        try:
            return await identify(client)
        except ConnectionError as error:
            log.warning("slack.not_reached", reason=str(error), seconds=wait)
        await asyncio.sleep(wait)
        wait = min(15.0, wait * 2)


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
    register(app, routes, listeners)
    return app


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


class EventsGate:
    """HTTP mode's door before Bolt: what is not exactly shaped like a request of Slack's is not looked at."""

    def __init__(self, app: AsyncApp) -> None:
        self._app = app

    async def receive(self, request: web.Request) -> web.Response:
        headers = request.headers
        if not (
            SIGNATURE.fullmatch(headers.get("X-Slack-Signature", ""))
            and TIMESTAMP.fullmatch(headers.get("X-Slack-Request-Timestamp", ""))
        ):
            return web.Response(status=401)
        try:
            body = (await request.read()).decode("utf-8")
        except (UnicodeDecodeError, web.HTTPRequestEntityTooLarge):
            return web.Response(status=401)
        return await self._dispatch(body, request.query_string, headers)

    async def _dispatch(self, body: str, query: str, headers: Mapping[str, str]) -> web.Response:
        try:
            bolt = AsyncBoltRequest(body=body, query=query, headers=dict(headers))
        except ValueError:
            return web.Response(status=401)
        return await to_aiohttp_response(await self._app.async_dispatch(bolt))


class Sockets:
    """Socket Mode over several connections: one is always there while another is renewed."""

    def __init__(self, app: AsyncApp, app_token: str, count: int) -> None:
        self._app = app
        self._token = app_token
        self._count = count
        self._handlers: list[AsyncSocketModeHandler] = []

    async def open(self) -> None:
        for _ in range(self._count):
            handler = AsyncSocketModeHandler(self._app, self._token)
            self._handlers.append(handler)
            await handler.connect_async()  # type: ignore[no-untyped-call]

    async def connected(self) -> int:
        states = [await handler.client.is_connected() for handler in self._handlers]
        return sum(states)

    async def close(self) -> None:
        closing = [handler.close_async() for handler in self._handlers]  # type: ignore[no-untyped-call]
        await asyncio.gather(*closing, return_exceptions=True)
