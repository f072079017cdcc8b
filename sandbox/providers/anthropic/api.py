"""The Messages API of Anthropic, as its SDK speaks to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from aiohttp import web
from pydantic import ValidationError

from sandbox.providers import reply as replies
from sandbox.providers.anthropic import errors, events, models, reading, rules
from sandbox.providers.anthropic.requests import CountRequest, MessagesRequest
from sandbox.providers.caching import Boundary, Plan
from sandbox.providers.delivery import Pace
from sandbox.providers.faults import Fault
from sandbox.providers.house import Dropped, House, Refusal, drop, new_id, parse_object, read_body
from sandbox.providers.ledger import Paid, fingerprint, redacted
from sandbox.providers.sale import Sale, deliver
from sandbox.providers.wire import first_error

KEY = "sk-ant-sandbox"
LOOKBACK = 20

Handler = Callable[[web.Request, str], Awaitable[web.StreamResponse]]
Asked = TypeVar("Asked", bound=CountRequest)


class AnthropicApi:
    def __init__(self, house: House) -> None:
        self._house = house

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/anthropic/v1/messages", self._guarded(self._messages)),
            web.post("/anthropic/v1/messages/count_tokens", self._guarded(self._count)),
            web.get("/anthropic/v1/models", self._guarded(self._models)),
            web.get("/anthropic/v1/models/{id}", self._guarded(self._model)),
            web.route("*", "/anthropic/{rest:.*}", self._guarded(self._elsewhere)),
        ]

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
        asked, body = _read(MessagesRequest, raw)
        version = request.headers["anthropic-version"]
        rules.check_generation(asked, version)
        rules.check(asked, version)
        fault = self._house.faults.take("anthropic", asked.model)
        errors.turn_away(fault, asked.model, streamed=asked.stream)
        plan = self._plan(asked, reading.chain(asked, body))
        sent = self._draft(asked, plan, request_id, fault)
        return await deliver(self._house, request, self._sale(request, raw, body, asked, sent, fault))

    def _plan(self, asked: CountRequest, ends: list[Boundary]) -> Plan:
        model = rules.known_model(asked.model)
        total = ends[-1].tokens
        if total > model.context:
            rules.invalid(f"prompt is too long: {total} tokens > {model.context} maximum")
        return self._house.cache["anthropic"].plan(ends, model.cacheable, LOOKBACK)

    def _draft(
        self, asked: MessagesRequest, plan: Plan, request_id: str, fault: Fault | None
    ) -> events.Draft:
        answer = self._house.brain.answer(reading.prompt_of(asked))
        reply = replies.shape(answer, asked.max_tokens, asked.stop_sequences, fault)
        return events.draft(asked.model, reply, plan, request_id)

    def _sale(
        self,
        request: web.Request,
        raw: bytes,
        body: dict[str, Any],
        asked: MessagesRequest,
        sent: events.Draft,
        fault: Fault | None,
    ) -> Sale:
        paid = Paid(
            request_id=sent.request_id,
            answer_id=sent.id,
            provider="anthropic",
            model=asked.model,
            streamed=asked.stream,
            input_tokens=sent.plan.total,
            cached_tokens=sent.plan.read,
            cache_write_tokens=sent.plan.write,
            started=self._house.clock(),
            body_sha=fingerprint(raw),
            headers=redacted(request.headers),
            usage=events.usage(sent.plan, sent.reply.tokens),
            body=body,
        )
        return Sale(
            paid=paid,
            plan=sent.plan,
            pace=Pace(self._house.speed, fault),
            tokens=sent.reply.tokens,
            stop=events.STOP_REASONS[sent.reply.ending],
            headers=errors.headers(sent.request_id),
            script=lambda: events.script(sent, fault.error if fault else None),
            whole=lambda: events.message(sent),
        )

    async def _count(self, request: web.Request, request_id: str) -> web.StreamResponse:
        asked, body = _read(CountRequest, await read_body(request))
        rules.check(asked, request.headers["anthropic-version"])
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


def _read(kind: type[Asked], raw: bytes) -> tuple[Asked, dict[str, Any]]:
    body = parse_object(raw)
    if body is None:
        rules.invalid("The request body is not a valid JSON object.")
    try:
        return kind.model_validate(body), body
    except ValidationError as error:
        first = first_error(error)
        rules.invalid(f"{'.'.join(map(str, first['loc']))}: {first['msg']}")
