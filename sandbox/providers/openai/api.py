"""The Responses API of OpenAI, as its SDK speaks to it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import orjson
from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from sandbox.providers import reply as replies
from sandbox.providers.caching import Boundary, Plan
from sandbox.providers.catalogue import GPT
from sandbox.providers.delivery import Pace
from sandbox.providers.faults import Fault
from sandbox.providers.house import (
    Dropped,
    House,
    Refusal,
    drop,
    new_id,
    parse_object,
    read_body,
)
from sandbox.providers.ledger import Paid, fingerprint, redacted
from sandbox.providers.openai import errors, events, models, reading, rules
from sandbox.providers.openai.requests import CacheOptions, CountRequest, Item, ResponsesRequest
from sandbox.providers.sale import Sale, deliver
from sandbox.providers.wire import first_error

KEY = "sk-sandbox"
CACHEABLE = 1_024
CONTEXT = 1_050_000
STORED = 1_000

Handler = Callable[[web.Request, str], Awaitable[web.StreamResponse]]
Asked = TypeVar("Asked", bound=CountRequest)


class OpenAIApi:
    def __init__(self, house: House) -> None:
        self._house = house
        self._stored: OrderedDict[str, list[Item]] = OrderedDict()
        self._items = TypeAdapter[list[Item]](list[Item])

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/openai/v1/responses", self._guarded(self._responses)),
            web.post("/openai/v1/responses/input_tokens", self._guarded(self._count)),
            web.get("/openai/v1/models", self._guarded(self._models)),
            web.get("/openai/v1/models/{id}", self._guarded(self._model)),
            web.route("*", "/openai/{rest:.*}", self._guarded(self._elsewhere)),
        ]

    def reset(self) -> None:
        self._stored.clear()

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
        asked, body = _read(ResponsesRequest, raw)
        items = self._all_items(asked)
        rules.check(asked, items)
        rules.check_generation(asked)
        fault = self._house.faults.take("openai", asked.model)
        errors.turn_away(fault, asked.model, streamed=bool(asked.stream))
        plan = self._plan(asked, items)
        sent = self._draft(asked, body, items, plan, request_id, fault)
        if asked.store is not False:
            self._store(sent.id, [*items, *self._items.validate_python(events.items(sent))])
        return await deliver(self._house, request, self._sale(request, raw, body, sent, fault))

    def _all_items(self, asked: CountRequest) -> list[Item]:
        previous = asked.previous_response_id
        if previous is None:
            return asked.input
        if previous not in self._stored:
            message = f"Previous response with id '{previous}' not found."
            rules.invalid(message, "previous_response_id", "previous_response_not_found")
        return [*self._stored[previous], *asked.input]

    def _store(self, response_id: str, items: list[Item]) -> None:
        self._stored[response_id] = items
        if len(self._stored) > STORED:
            self._stored.popitem(last=False)

    def _plan(self, asked: ResponsesRequest, items: Sequence[Item]) -> Plan:
        modern = rules.known_model(asked.model).breakpoints
        options = (asked.prompt_cache_options or CacheOptions()) if modern else None
        ends = reading.chain(asked, items, asked.prompt_cache_key, options)
        _fits(ends)
        cache = self._house.cache["openai"]
        plan = cache.plan(ends if modern else reading.steps(ends), CACHEABLE, None)
        return plan if modern else reading.unrounded(plan, ends)

    def _draft(
        self,
        asked: ResponsesRequest,
        body: dict[str, Any],
        items: Sequence[Item],
        plan: Plan,
        request_id: str,
        fault: Fault | None,
    ) -> events.Draft:
        answer = self._house.brain.answer(reading.prompt_of(asked, items))
        reply = replies.shape(answer, asked.max_output_tokens, (), fault)
        paid = rules.known_model(asked.model).breakpoints
        return events.draft(asked, body, reply, plan, request_id, self._house.clock(), paid=paid)

    def _sale(
        self, request: web.Request, raw: bytes, body: dict[str, Any], sent: events.Draft, fault: Fault | None
    ) -> Sale:
        usage = events.usage(sent)
        paid = Paid(
            request_id=sent.request_id,
            answer_id=sent.id,
            provider="openai",
            model=sent.request.model,
            streamed=bool(sent.request.stream),
            input_tokens=sent.plan.total,
            cached_tokens=sent.plan.read,
            cache_write_tokens=usage["input_tokens_details"]["cache_write_tokens"],
            started=self._house.clock(),
            body_sha=fingerprint(raw),
            headers=redacted(request.headers),
            usage=usage,
            body=body,
        )
        return Sale(
            paid=paid,
            plan=sent.plan,
            pace=Pace(self._house.speed, fault),
            tokens=sent.reply.tokens,
            stop=sent.stop,
            headers=errors.headers(sent.request_id),
            script=lambda: events.script(sent, fault.error if fault else None),
            whole=lambda: orjson.dumps(events.final(sent)),
        )

    async def _count(self, request: web.Request, request_id: str) -> web.StreamResponse:
        asked, _ = _read(CountRequest, await read_body(request))
        items = self._all_items(asked)
        rules.check(asked, items)
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


def _fits(ends: Sequence[Boundary]) -> None:
    if ends[-1].tokens > CONTEXT:
        message = (
            "Your input exceeds the context window of this model. Please adjust your input and try again."
        )
        rules.invalid(message, "input", "context_length_exceeded")


def _authorised(request: web.Request) -> None:
    given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    if given != KEY:
        message = f"Incorrect API key provided: the sandbox takes {KEY} and no real key."
        raise Refusal(401, "invalid_request_error", message, code="invalid_api_key")


def _read(kind: type[Asked], raw: bytes) -> tuple[Asked, dict[str, Any]]:
    body = parse_object(raw)
    if body is None:
        rules.invalid("We could not parse the JSON body of your request.")
    try:
        return kind.model_validate(body), body
    except ValidationError as error:
        rules.misshapen(first_error(error))
