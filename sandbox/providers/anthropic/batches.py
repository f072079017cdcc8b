"""Message Batches: many requests at half the price, answered later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from aiohttp import web
from pydantic import Field

from sandbox.providers.anthropic import errors, rules
from sandbox.providers.anthropic.answering import Answering, read_json, shaped
from sandbox.providers.batching import Batch, Batches, Line, Outcome, Result
from sandbox.providers.house import Dropped, House, Refusal, new_id, read_body
from sandbox.providers.sale import envelope, fulfil
from sandbox.providers.wire import Wire

MOST = 100_000
OUTCOMES: tuple[Outcome, ...] = ("succeeded", "errored", "canceled", "expired")

Handler = Callable[[web.Request, str], Awaitable[web.StreamResponse]]


class BatchRequest(Wire):
    custom_id: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]{1,64}$")]
    params: dict[str, Any]


class CreateRequest(Wire):
    requests: Annotated[list[BatchRequest], Field(min_length=1, max_length=MOST)]


class BatchesApi:
    def __init__(self, house: House, answering: Answering) -> None:
        self._house = house
        self._answering = answering
        self._batches = Batches(house.clock, self._answer)

    def routes(self) -> list[tuple[str, str, Handler]]:
        """(method, path after `/v1/messages/batches`, handler)"""
        return [
            ("POST", "", self._create),
            ("GET", "", self._list),
            ("GET", "/{id}", self._retrieve),
            ("DELETE", "/{id}", self._delete),
            ("POST", "/{id}/cancel", self._cancel),
            ("GET", "/{id}/results", self._results),
        ]

    def reset(self) -> None:
        self._batches.reset()

    async def _create(self, request: web.Request, request_id: str) -> web.StreamResponse:
        """Answers "in_progress" like the provider, also where the work is done by the time this arrives."""
        raw = await read_body(request)
        asked = shaped(CreateRequest, read_json(raw))
        _unique([each.custom_id for each in asked.requests])
        self._outage()
        now = self._house.clock()
        came = envelope(request, raw, request_id, batch=True)
        lines = [Line(each.custom_id, each.params) for each in asked.requests]
        batch = Batch(new_id("msgbatch_01"), now, now + self._house.batch_delay, came, lines)
        shown = _described(batch, request)
        self._batches.add(batch)
        self._batches.work()
        return errors.json(shown, request_id)

    async def _list(self, request: web.Request, request_id: str) -> web.StreamResponse:
        self._outage()
        batches = self._batches.newest_first()
        page, more = _page(batches, request)
        body = {
            "data": [_described(batch, request) for batch in page],
            "has_more": more,
            "first_id": page[0].id if page else None,
            "last_id": page[-1].id if page else None,
        }
        return errors.json(body, request_id)

    async def _retrieve(self, request: web.Request, request_id: str) -> web.StreamResponse:
        return errors.json(_described(self._found(request), request), request_id)

    async def _cancel(self, request: web.Request, request_id: str) -> web.StreamResponse:
        batch = self._found(request)
        if batch.ended is not None:
            rules.invalid(f"Batch {batch.id} has ended and cannot be canceled.")
        self._batches.cancel(batch)
        return errors.json(_described(batch, request), request_id)

    async def _delete(self, request: web.Request, request_id: str) -> web.StreamResponse:
        batch = self._found(request)
        if batch.ended is None:
            rules.invalid(f"Batch {batch.id} cannot be deleted while it is processing: cancel it first.")
        self._batches.remove(batch)
        return errors.json({"id": batch.id, "type": "message_batch_deleted"}, request_id)

    async def _results(self, request: web.Request, request_id: str) -> web.StreamResponse:
        batch = self._found(request)
        if batch.ended is None:
            raise Refusal(404, "not_found_error", f"Batch {batch.id} has no results yet.")
        lines = b"".join(
            orjson.dumps(_result(each), option=orjson.OPT_APPEND_NEWLINE) for each in batch.results
        )
        sent = {**errors.headers(request_id), "content-type": "application/x-jsonl"}
        return web.Response(body=lines, headers=sent)

    def _found(self, request: web.Request) -> Batch:
        self._outage()
        batch = self._batches.find(request.match_info["id"])
        if batch is None:
            raise Refusal(404, "not_found_error", f"Batch {request.match_info['id']} not found.")
        return batch

    def _answer(self, batch: Batch, line: Line) -> Result:
        came = replace(batch.envelope, request_id=new_id("req_011"))
        try:
            message = fulfil(self._house, self._answering.sale(line.body, came))
        except Refusal as refusal:
            self._house.refused(came.request_id, "anthropic", refusal)
            return Result(line.custom_id, "errored", errors.body(refusal, came.request_id))
        except Dropped as dropped:
            self._house.dropped(came.request_id, "anthropic", dropped)
            lost = Refusal(500, "api_error", "Internal server error")
            return Result(line.custom_id, "errored", errors.body(lost, came.request_id))
        return Result(line.custom_id, "succeeded", orjson.loads(message))

    def _outage(self) -> None:
        errors.turn_away(self._house.faults.outage("anthropic"), None, streamed=True)


def _unique(ids: list[str]) -> None:
    twice = next((each for each, times in Counter(ids).items() if times > 1), None)
    if twice:
        rules.invalid(f"requests: custom_id {twice} is not unique within the batch")


def _page(batches: list[Batch], request: web.Request) -> tuple[list[Batch], bool]:
    """`before_id` goes back towards newer ones and keeps those nearest to it."""
    query, ids = request.query, [batch.id for batch in batches]
    limit = rules.page_limit(query.get("limit", "20"))
    if (after := query.get("after_id")) in ids:
        batches = batches[ids.index(after) + 1 :]
    if (before := query.get("before_id")) in ids:
        batches = batches[: ids.index(before)]
        return batches[-limit:], len(batches) > limit
    return batches[:limit], len(batches) > limit


def _described(batch: Batch, request: web.Request) -> dict[str, Any]:
    ended = batch.ended is not None
    status = "ended" if ended else "canceling" if batch.cancelled is not None else "in_progress"
    counts: dict[str, int] = {name: batch.count(name) for name in OUTCOMES}
    url = f"{request.url.origin()}/anthropic/v1/messages/batches/{batch.id}/results"
    return {
        "id": batch.id,
        "type": "message_batch",
        "processing_status": status,
        "request_counts": {"processing": 0 if ended else len(batch.lines), **counts},
        "created_at": _time(batch.created),
        "expires_at": _time(batch.expires),
        "ended_at": _time(batch.ended),
        "cancel_initiated_at": _time(batch.cancelled),
        "archived_at": None,
        "results_url": url if ended else None,
    }


def _time(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat()


def _result(result: Result) -> dict[str, Any]:
    names = {"succeeded": "message", "errored": "error"}
    answer = {names[result.outcome]: result.answer} if result.outcome in names else {}
    return {"custom_id": result.custom_id, "result": {"type": result.outcome, **answer}}
