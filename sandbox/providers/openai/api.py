"""The Responses API of OpenAI, as its SDK speaks to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.providers.catalogue import GPT
from sandbox.providers.house import Dropped, House, Refusal, drop, new_id, read_body
from sandbox.providers.openai import errors, models, reading, rules, sources
from sandbox.providers.openai.answering import Answering, read_json, shaped
from sandbox.providers.openai.audio import AudioApi
from sandbox.providers.openai.batches import BatchesApi
from sandbox.providers.openai.files import FilesApi
from sandbox.providers.openai.requests import CountRequest
from sandbox.providers.sale import deliver, envelope

KEY = "sk-sandbox"

Handler = Callable[[web.Request, str], Awaitable[web.StreamResponse]]


class OpenAIApi:
    def __init__(self, house: House) -> None:
        self._house = house
        self._answering = Answering(house)
        self._files = FilesApi(house)
        self._batches = BatchesApi(house, self._answering, self._files)
        self._audio = AudioApi(house)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/openai/v1/responses", self._guarded(self._responses)),
            web.post("/openai/v1/responses/input_tokens", self._guarded(self._count)),
            web.get("/openai/v1/responses/{id}", self._guarded(self._stored)),
            web.delete("/openai/v1/responses/{id}", self._guarded(self._forget)),
            *(
                web.route(method, f"/openai/v1{path}", self._guarded(handler))
                for part in (self._files, self._batches, self._audio)
                for method, path, handler in part.routes()
            ),
            web.get("/openai/v1/models", self._guarded(self._models)),
            web.get("/openai/v1/models/{id}", self._guarded(self._model)),
            web.route("*", "/openai/{rest:.*}", self._guarded(self._elsewhere)),
        ]

    def reset(self) -> None:
        self._answering.reset()
        self._files.reset()
        self._batches.reset()

    def _guarded(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def guarded(request: web.Request) -> web.StreamResponse:
            request_id = new_id("req_")
            try:
                _authorised(request)
                return await handler(request, request_id)
            except Refusal as refusal:
                self._house.refused(request_id, "openai", refusal)
                return errors.error(refusal, request_id)
            except Dropped as dropped:
                self._house.dropped(request_id, "openai", dropped)
                return drop(request)

        return guarded

    async def _responses(self, request: web.Request, request_id: str) -> web.StreamResponse:
        raw = await read_body(request)
        sale = self._answering.sale(read_json(raw), envelope(request, raw, request_id))
        return await deliver(self._house, request, sale)

    async def _stored(self, request: web.Request, request_id: str) -> web.StreamResponse:
        self._outage()
        if request.query:
            name = next(iter(request.query))
            rules.invalid(f"Unknown parameter: '{name}'.", name, "unknown_parameter")
        return errors.json(self._answering.stored(request.match_info["id"]), request_id)

    async def _forget(self, request: web.Request, request_id: str) -> web.StreamResponse:
        self._outage()
        response_id = request.match_info["id"]
        self._answering.forget(response_id)
        return errors.json({"id": response_id, "object": "response", "deleted": True}, request_id)

    async def _count(self, request: web.Request, request_id: str) -> web.StreamResponse:
        asked = shaped(CountRequest, read_json(await read_body(request)))
        items = self._answering.items_of(asked)
        rules.check(asked, items)
        sources.check(asked, items)
        self._outage(asked.model)
        count = reading.chain(asked, items)[-1].tokens
        return errors.json({"object": "response.input_tokens", "input_tokens": count}, request_id)

    async def _models(self, _request: web.Request, request_id: str) -> web.StreamResponse:
        self._outage()
        return errors.json(
            {"object": "list", "data": [models.described(model) for model in GPT.values()]}, request_id
        )

    async def _model(self, request: web.Request, request_id: str) -> web.StreamResponse:
        self._outage()
        return errors.json(models.described(rules.known_model(request.match_info["id"])), request_id)

    def _outage(self, model: str | None = None) -> None:
        errors.turn_away(self._house.faults.outage("openai", model), model, streamed=True)

    async def _elsewhere(self, request: web.Request, _request_id: str) -> web.StreamResponse:
        raise Refusal(404, "invalid_request_error", f"Invalid URL ({request.method} {request.path})")


def _authorised(request: web.Request) -> None:
    given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    if given != KEY:
        message = f"Incorrect API key provided: the sandbox takes {KEY} and no real key."
        raise Refusal(401, "invalid_request_error", message, code="invalid_api_key")
