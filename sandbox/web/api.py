"""`/api/{method}`: token, scope, arguments, limits and faults around every method; the record of calls."""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from sandbox.clock import Clock
from sandbox.faults import Fault, Faults
from sandbox.manifest import Manifest
from sandbox.settings import Credentials, SandboxSettings
from sandbox.state import Workspace
from sandbox.traffic import Traffic
from sandbox.web.arguments import json_body
from sandbox.web.errors import SlackError, missing_scope
from sandbox.web.method import Call, Caller, Method, Methods
from sandbox.web.tiers import Tiers

_REVOKED = "token_revoked"


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call as it came and was answered; `answer` None when the connection was cut."""

    method: str
    args: Mapping[str, Any]
    answer: Mapping[str, Any] | None
    status: int
    at: float
    ms: float

    @property
    def ok(self) -> bool:
        return bool(self.answer and self.answer.get("ok"))


@dataclass(frozen=True)
class Reply:
    body: dict[str, Any]
    status: int = 200
    retry_after: int | None = None


class WebApi:
    def __init__(
        self,
        workspace: Workspace,
        manifest: Manifest,
        credentials: Credentials,
        settings: SandboxSettings,
        faults: Faults,
        traffic: Traffic,
    ) -> None:
        self.revoked = False
        self.tiers = Tiers(enforced=settings.rate_tiers)
        self.on_call: Callable[[], None] = lambda: None
        self._workspace, self._manifest, self._credentials = workspace, manifest, credentials
        self._clock: Clock = workspace.clock
        self._faults, self._traffic = faults, traffic
        self._methods: dict[str, Method] = {}
        self._calls: defaultdict[str, deque[ApiCall]] = defaultdict(lambda: deque(maxlen=settings.calls_kept))

    def add(self, groups: Iterable[Methods]) -> None:
        for group in groups:
            self._methods.update({method.name: method for method in group.methods()})

    def methods(self) -> Iterable[Method]:
        return self._methods.values()

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/api/{method}", self.handle), web.get("/api/{method}", self.handle)]

    def calls(self, method: str) -> list[ApiCall]:
        """The latest calls of `method`, oldest first."""
        return list(self._calls[method])

    def forget(self) -> None:
        self._calls.clear()
        self.tiers.clear()
        self.revoked = False

    async def handle(self, request: web.Request) -> web.StreamResponse:
        started, name = time.perf_counter(), request.match_info["method"]
        fault = self._faults.take(name)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        args: Mapping[str, Any] = {}
        try:
            args = await _arguments(request)
            reply = _faulty(fault) or self._answer(name, args, _bearer(request, args))
        except SlackError as refused:
            reply = Reply(refused.answer())
        if fault is not None and fault.cut:
            self._record(name, args, None, 0, started)
            return _cut(request)
        self._record(name, args, reply.body, reply.status, started)
        return self._response(name, reply)

    def _answer(self, name: str, args: Mapping[str, Any], token: str | None) -> Reply:
        method = self._methods.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        scopes = self._authorised(method, token)
        wait = self._wait(method, args)
        if wait:
            return Reply({"ok": False, "error": "ratelimited"}, 429, wait)
        call = Call(method.arguments.read(args), Caller(self._workspace.bot, scopes))
        return Reply({"ok": True, **method.handler(call)})

    def _authorised(self, method: Method, token: str | None) -> frozenset[str]:
        """The scopes of the token; raises what Slack answers to a wrong one."""
        if method.caller == "none":
            return self._manifest.scopes
        if not token:
            raise SlackError("not_authed")
        if token not in (self._credentials.bot_token, self._credentials.app_token):
            raise SlackError("invalid_auth")
        if self.revoked:
            raise SlackError(_REVOKED)
        is_bot = token == self._credentials.bot_token
        if method.caller not in ("any", "bot" if is_bot else "app"):
            raise SlackError("not_allowed_token_type")
        scopes = self._manifest.scopes if is_bot else self._manifest.app_scopes
        if method.scopes and scopes.isdisjoint(method.scopes):
            raise missing_scope(method.scopes, sorted(scopes))
        return scopes

    def _wait(self, method: Method, args: Mapping[str, Any]) -> int:
        if not self.tiers.enforced:
            return 0
        now = self._clock.now()
        if method.per_minute is not None:
            return self.tiers.wait_for(method.name, method.per_minute, now)
        if method.name == "chat.postMessage":
            return self.tiers.wait_to_post(str(args.get("channel")), now)
        return 0

    def _record(
        self, name: str, args: Mapping[str, Any], answer: dict[str, Any] | None, status: int, started: float
    ) -> None:
        took, at = (time.perf_counter() - started) * 1000, self._clock.now()
        self._calls[name].append(ApiCall(name, args, answer, status, at, took))
        self._traffic.record(at, "app→slack", name, args, answer, status, took)
        self.on_call()

    def _response(self, name: str, reply: Reply) -> web.Response:
        method = self._methods.get(name)
        headers = {
            "x-oauth-scopes": ",".join(sorted(self._manifest.scopes)),
            "x-accepted-oauth-scopes": ",".join(method.scopes) if method else "",
            "x-slack-req-id": self._workspace.ids.hex(32),
            "x-slack-backend": "r",
        }
        if reply.retry_after is not None:
            headers["Retry-After"] = str(reply.retry_after)
        return web.Response(
            body=orjson.dumps(reply.body),
            status=reply.status,
            headers=headers,
            content_type="application/json",
            charset="utf-8",
        )


async def _arguments(request: web.Request) -> dict[str, Any]:
    """From the query, a form and a JSON body alike; the body wins."""
    args: dict[str, Any] = dict(request.query)
    if request.method == "POST" and request.can_read_body:
        if request.content_type == "application/json":
            args.update(json_body(await request.read()))
        else:
            args.update(await request.post())
    return args


def _bearer(request: web.Request, args: Mapping[str, Any]) -> str | None:
    header = request.headers.get("Authorization", "")
    return header.removeprefix("Bearer ") if header else args.get("token")


def _faulty(fault: Fault | None) -> Reply | None:
    """An answer instead of the real one; None when the method is to do its work."""
    if fault is None or fault.cut == "after":
        return None
    if fault.cut == "before":
        return Reply({"ok": False})
    if fault.error is None:
        return None
    return Reply({"ok": False, "error": fault.error}, fault.status, fault.retry_after)


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
