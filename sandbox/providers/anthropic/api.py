"""The Messages API of Anthropic, as its SDK speaks to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.providers.anthropic import errors, models, reading, rules, sources
from sandbox.providers.anthropic.answering import Answering, read_json, shaped
from sandbox.providers.anthropic.batches import BatchesApi
from sandbox.providers.anthropic.requests import CountRequest
from sandbox.providers.house import Dropped, House, Refusal, drop, new_id, read_body
from sandbox.providers.sale import deliver, envelope

KEY = "sk-ant-sandbox"

Handler = Callable[[web.Request, str], Awaitable[web.StreamResponse]]


class AnthropicApi:
    def __init__(self, house: House) -> None:
        self._house = house
        self._answering = Answering(house)
        self._batches = BatchesApi(house, self._answering)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/anthropic/v1/messages", self._guarded(self._messages)),
            web.post("/anthropic/v1/messages/count_tokens", self._guarded(self._count)),
            *(
                web.route(method, f"/anthropic/v1/messages/batches{path}", self._guarded(handler))
                for method, path, handler in self._batches.routes()
            ),
            web.get("/anthropic/v1/models", self._guarded(self._models)),
            web.get("/anthropic/v1/models/{id}", self._guarded(self._model)),
            web.route("*", "/anthropic/{rest:.*}", self._guarded(self._elsewhere)),
        ]

    def reset(self) -> None:
        self._batches.reset()

    def _guarded(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def guarded(request: web.Request) -> web.StreamResponse:
            request_id = new_id("req_011")
            try:
                _authorised(request)
                return await handler(request, request_id)
            except Refusal as refusal:
                self._house.refused(request_id, "anthropic", refusal)
                return errors.error(refusal, request_id)
            except Dropped as dropped:
                self._house.dropped(request_id, "anthropic", dropped)
                return drop(request)

        return guarded

    async def _messages(self, request: web.Request, request_id: str) -> web.StreamResponse:
        raw = await read_body(request)
        sale = self._answering.sale(read_json(raw), envelope(request, raw, request_id))
        return await deliver(self._house, request, sale)

    async def _count(self, request: web.Request, request_id: str) -> web.StreamResponse:
        body = read_json(await read_body(request))
        asked = shaped(CountRequest, body)
        rules.check(asked, request.headers["anthropic-version"])
        sources.check(asked)
        self._outage(asked.model)
        return errors.json({"input_tokens": reading.chain(asked, body)[-1].tokens}, request_id)

    async def _models(self, request: web.Request, request_id: str) -> web.StreamResponse:
        self._outage()
        return errors.json(models.page(request), request_id)

    async def _model(self, request: web.Request, request_id: str) -> web.StreamResponse:
        self._outage()
        return errors.json(models.describe(rules.known_model(request.match_info["id"])), request_id)

    def _outage(self, model: str | None = None) -> None:
        errors.turn_away(self._house.faults.outage("anthropic", model), model, streamed=True)

    async def _elsewhere(self, request: web.Request, request_id: str) -> web.StreamResponse:
        raise Refusal(
            404, "not_found_error", f"Not Found: {request.path} is not part of the sandbox ({request_id})"
        )


def _authorised(request: web.Request) -> None:
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    given = request.headers.get("x-api-key") or bearer
    if not given:
        raise Refusal(401, "authentication_error", "x-api-key header is required")
    if given != KEY:
        raise Refusal(401, "authentication_error", f"invalid key: the sandbox takes {KEY} and no real key")
    version = request.headers.get("anthropic-version")
    if version is None:
        rules.invalid("anthropic-version: header is required")
    if version not in rules.VERSIONS:
        rules.invalid(f'anthropic-version: "{version}" is not a valid version.')
