"""From a Responses request to its answer and its price, whether it came alone or in a batch."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from pydantic import TypeAdapter, ValidationError

from sandbox.providers import reply as replies
from sandbox.providers.caching import Boundary, Plan
from sandbox.providers.delivery import Pace
from sandbox.providers.faults import Fault
from sandbox.providers.house import House, Refusal, parse_object
from sandbox.providers.ledger import Paid
from sandbox.providers.openai import errors, events, reading, rules, sources
from sandbox.providers.openai.requests import CacheOptions, CountRequest, Item, ResponsesRequest
from sandbox.providers.sale import Envelope, Sale
from sandbox.providers.wire import Wire, first_error

CACHEABLE = 1_024
CONTEXT = 1_050_000
STORED = 1_000

Asked = TypeVar("Asked", bound=Wire)


@dataclass(frozen=True, slots=True)
class Stored:
    """`items` is the conversation up to and with the answer."""

    sent: events.Draft
    items: list[Item]


class Answering:
    def __init__(self, house: House) -> None:
        self._house = house
        self._stored: OrderedDict[str, Stored] = OrderedDict()
        self._items = TypeAdapter[list[Item]](list[Item])

    def sale(self, body: dict[str, Any], came: Envelope) -> Sale:
        """Raises a Refusal (or Dropped, by a fault) where there is nothing to sell."""
        asked = shaped(ResponsesRequest, body)
        if came.batch and asked.stream:
            rules.invalid("Streaming is not supported in batches.", "stream", "unsupported_parameter")
        items = self.items_of(asked)
        rules.check(asked, items)
        sources.check(asked, items)
        rules.check_generation(asked)
        fault = self._house.faults.take("openai", asked.model)
        errors.turn_away(fault, asked.model, streamed=bool(asked.stream))
        sent = self._draft(asked, body, items, came.request_id, fault)
        if asked.store is not False:
            self._store(sent, items)
        return Sale(
            paid=self._paid(body, sent, came),
            plan=sent.plan,
            pace=Pace(self._house.speed, fault),
            tokens=sent.reply.tokens,
            stop=sent.stop,
            headers=errors.headers(sent.request_id),
            script=lambda: events.script(sent, fault.error if fault else None),
            whole=lambda: orjson.dumps(events.final(sent)),
        )

    def items_of(self, asked: CountRequest) -> list[Item]:
        """What was sent, behind the stored conversation that it goes on with."""
        previous = asked.previous_response_id
        if previous is None:
            return asked.input
        if previous not in self._stored:
            message = f"Previous response with id '{previous}' not found."
            rules.invalid(message, "previous_response_id", "previous_response_not_found")
        return [*self._stored[previous].items, *asked.input]

    def stored(self, response_id: str) -> dict[str, Any]:
        return events.final(self._find(response_id).sent)

    def forget(self, response_id: str) -> None:
        self._find(response_id)
        del self._stored[response_id]

    def reset(self) -> None:
        self._stored.clear()

    def _find(self, response_id: str) -> Stored:
        if response_id not in self._stored:
            message = f"Response with id '{response_id}' not found."
            raise Refusal(404, "invalid_request_error", message)
        return self._stored[response_id]

    def _store(self, sent: events.Draft, items: list[Item]) -> None:
        said = self._items.validate_python(events.items(sent))
        self._stored[sent.id] = Stored(sent, [*items, *said])
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
        request_id: str,
        fault: Fault | None,
    ) -> events.Draft:
        plan = self._plan(asked, items)
        answer = self._house.brain.answer(reading.prompt_of(asked, items))
        reply = replies.shape(answer, asked.max_output_tokens, (), fault)
        paid = rules.known_model(asked.model).breakpoints
        return events.draft(asked, body, reply, plan, request_id, self._house.clock(), paid=paid)

    def _paid(self, body: dict[str, Any], sent: events.Draft, came: Envelope) -> Paid:
        usage = events.usage(sent)
        return Paid(
            request_id=sent.request_id,
            answer_id=sent.id,
            provider="openai",
            model=sent.request.model,
            streamed=bool(sent.request.stream),
            input_tokens=sent.plan.total,
            cached_tokens=sent.plan.read,
            cache_write_tokens=usage["input_tokens_details"]["cache_write_tokens"],
            started=self._house.clock(),
            body_sha=came.body_sha,
            headers=came.headers,
            usage=usage,
            body=body,
            batch=came.batch,
        )


def _fits(ends: Sequence[Boundary]) -> None:
    if ends[-1].tokens > CONTEXT:
        message = (
            "Your input exceeds the context window of this model. Please adjust your input and try again."
        )
        rules.invalid(message, "input", "context_length_exceeded")


def read_json(raw: bytes) -> dict[str, Any]:
    body = parse_object(raw)
    if body is None:
        rules.invalid("We could not parse the JSON body of your request.")
    return body


def shaped(kind: type[Asked], body: dict[str, Any]) -> Asked:
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        rules.misshapen(first_error(error))
