"""From a Messages request to its answer and its price, whether it came alone or in a batch."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import ValidationError

from sandbox.providers import reply as replies
from sandbox.providers.anthropic import errors, events, reading, rules, sources
from sandbox.providers.anthropic.requests import MessagesRequest
from sandbox.providers.caching import Boundary, Plan
from sandbox.providers.delivery import Pace
from sandbox.providers.faults import Fault
from sandbox.providers.house import House, parse_object
from sandbox.providers.ledger import Paid
from sandbox.providers.sale import Envelope, Sale
from sandbox.providers.wire import Wire, first_error

LOOKBACK = 20

Asked = TypeVar("Asked", bound=Wire)


class Answering:
    def __init__(self, house: House) -> None:
        self._house = house

    def sale(self, body: dict[str, Any], came: Envelope) -> Sale:
        """Raises a Refusal (or Dropped, by a fault) where there is nothing to sell."""
        asked = shaped(MessagesRequest, body)
        if came.batch and asked.stream:
            rules.invalid("stream: batched requests cannot be streamed")
        rules.check_generation(asked, came.headers["anthropic-version"])
        rules.check(asked, came.headers["anthropic-version"])
        sources.check(asked)
        fault = self._house.faults.take("anthropic", asked.model)
        errors.turn_away(fault, asked.model, streamed=asked.stream)
        sent = self._draft(asked, self._plan(asked, reading.chain(asked, body)), came, fault)
        return Sale(
            paid=self._paid(asked, body, sent, came),
            plan=sent.plan,
            pace=Pace(self._house.speed, fault),
            tokens=sent.reply.tokens,
            stop=events.STOP_REASONS[sent.reply.ending],
            headers=errors.headers(sent.request_id),
            script=lambda: events.script(sent, fault.error if fault else None),
            whole=lambda: events.message(sent),
        )

    def _plan(self, asked: MessagesRequest, ends: list[Boundary]) -> Plan:
        model = rules.known_model(asked.model)
        total = ends[-1].tokens
        if total > model.context:
            rules.invalid(f"prompt is too long: {total} tokens > {model.context} maximum")
        return self._house.cache["anthropic"].plan(ends, model.cacheable, LOOKBACK)

    def _draft(self, asked: MessagesRequest, plan: Plan, came: Envelope, fault: Fault | None) -> events.Draft:
        answer = self._house.brain.answer(reading.prompt_of(asked))
        reply = replies.shape(answer, asked.max_tokens, asked.stop_sequences, fault)
        terms = {
            "service_tier": "batch" if came.batch else "standard",
            "inference_geo": asked.inference_geo or "not_available",
            "speed": asked.speed or "standard",
        }
        return events.draft(asked.model, reply, plan, came.request_id, terms)

    def _paid(self, asked: MessagesRequest, body: dict[str, Any], sent: events.Draft, came: Envelope) -> Paid:
        return Paid(
            request_id=sent.request_id,
            answer_id=sent.id,
            provider="anthropic",
            model=asked.model,
            streamed=asked.stream,
            input_tokens=sent.plan.total,
            cached_tokens=sent.plan.read,
            cache_write_tokens=sent.plan.write,
            started=self._house.clock(),
            body_sha=came.body_sha,
            headers=came.headers,
            usage=events.usage(sent, sent.reply.tokens),
            body=body,
            batch=came.batch,
        )


def read_json(raw: bytes) -> dict[str, Any]:
    body = parse_object(raw)
    if body is None:
        rules.invalid("The request body is not a valid JSON object.")
    return body


def shaped(kind: type[Asked], body: dict[str, Any]) -> Asked:
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        first = first_error(error)
        rules.invalid(f"{'.'.join(map(str, first['loc']))}: {first['msg']}")
