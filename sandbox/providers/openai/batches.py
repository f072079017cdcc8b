"""Batches of OpenAI: a file of requests at half the price, answered later in another file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

import orjson
from aiohttp import web
from pydantic import Field

from sandbox.providers.batching import Batch, Batches, Line, Result
from sandbox.providers.house import Dropped, House, Refusal, new_id, read_body
from sandbox.providers.openai import batch_file, errors, rules
from sandbox.providers.openai.answering import Answering, read_json, shaped
from sandbox.providers.openai.events import TROUBLE
from sandbox.providers.openai.files import FilesApi, listed
from sandbox.providers.sale import envelope, fulfil
from sandbox.providers.wire import Wire

Handler = Callable[[web.Request, str], Awaitable[web.StreamResponse]]


class OutputExpiresAfter(Wire):
    anchor: Literal["created_at"]
    seconds: Annotated[int, Field(ge=3_600, le=2_592_000)]


class CreateRequest(Wire):
    """Of the endpoints that have batches the sandbox knows one."""

    input_file_id: str
    endpoint: Literal["/v1/responses"]
    completion_window: Literal["24h"]
    metadata: Annotated[dict[str, str], Field(max_length=16)] | None = None
    output_expires_after: OutputExpiresAfter | None = None


class BatchesApi:
    def __init__(self, house: House, answering: Answering, files: FilesApi) -> None:
        self._house = house
        self._answering = answering
        self._files = files
        self._batches = Batches(house.clock, self._answer)

    def routes(self) -> list[tuple[str, str, Handler]]:
        """(method, path after `/v1`, handler)"""
        return [
            ("POST", "/batches", self._create),
            ("GET", "/batches", self._list),
            ("GET", "/batches/{id}", self._retrieve),
            ("POST", "/batches/{id}/cancel", self._cancel),
        ]

    def reset(self) -> None:
        self._batches.reset()

    async def _create(self, request: web.Request, request_id: str) -> web.StreamResponse:
        """Answers "validating" like the provider, also where the work is done by the time this arrives."""
        raw = await read_body(request)
        asked = shaped(CreateRequest, read_json(raw))
        file = self._files.find(asked.input_file_id)
        if file is None or file.purpose != "batch":
            message = f"Invalid 'input_file_id': no batch file with id {asked.input_file_id}."
            rules.invalid(message, "input_file_id", "invalid_value")
        self._outage()
        now = self._house.clock()
        lines, wrong = batch_file.read(file.data)
        came = envelope(request, raw, request_id, batch=True)
        about: dict[str, Any] = {"asked": asked, "errors": wrong}
        batch = Batch(new_id("batch_"), now, now + self._house.batch_delay, came, lines, about)
        if wrong:
            batch.ended = now
        shown = {**self._described(batch), **_unseen()}
        self._batches.add(batch)
        self._batches.work()
        return errors.json(shown, request_id)

    async def _list(self, request: web.Request, request_id: str) -> web.StreamResponse:
        self._outage()
        shown = [self._described(batch) for batch in self._batches.newest_first()]
        return errors.json(listed(request, shown), request_id)

    async def _retrieve(self, request: web.Request, request_id: str) -> web.StreamResponse:
        return errors.json(self._described(self._found(request)), request_id)

    async def _cancel(self, request: web.Request, request_id: str) -> web.StreamResponse:
        batch = self._found(request)
        if batch.ended is not None:
            message = f"Cannot cancel a batch with status '{_status(batch)}'."
            raise Refusal(409, "invalid_request_error", message)
        self._batches.cancel(batch)
        return errors.json(self._described(batch), request_id)

    def _found(self, request: web.Request) -> Batch:
        self._outage()
        batch = self._batches.find(request.match_info["id"])
        if batch is None:
            message = f"No batch found with id '{request.match_info['id']}'."
            raise Refusal(404, "invalid_request_error", message)
        return batch

    def _answer(self, batch: Batch, line: Line) -> Result:
        came = replace(batch.envelope, request_id=new_id("req_"))
        try:
            answer = fulfil(self._house, self._answering.sale(line.body, came))
        except Refusal as refusal:
            self._house.refused(came.request_id, "openai", refusal)
            return _errored(line, came.request_id, refusal)
        except Dropped as dropped:
            self._house.dropped(came.request_id, "openai", dropped)
            return _errored(line, came.request_id, Refusal(500, "server_error", TROUBLE))
        told = {"status_code": 200, "request_id": came.request_id, "body": orjson.loads(answer)}
        return Result(line.custom_id, "succeeded", told)

    def _described(self, batch: Batch) -> dict[str, Any]:
        asked: CreateRequest = batch.about["asked"]
        status, ended = _status(batch), batch.ended and int(batch.ended)
        return {
            "id": batch.id,
            "object": "batch",
            "endpoint": asked.endpoint,
            "model": batch.lines[0].body.get("model") if batch.lines else None,
            "errors": {"object": "list", "data": batch.about["errors"]} if batch.about["errors"] else None,
            "input_file_id": asked.input_file_id,
            "completion_window": asked.completion_window,
            "status": status,
            "output_file_id": self._output(batch, "output"),
            "error_file_id": self._output(batch, "error"),
            "created_at": int(batch.created),
            "in_progress_at": None if status == "failed" else int(batch.created),
            "expires_at": int(batch.expires),
            "finalizing_at": ended if status == "completed" else None,
            "completed_at": ended if status == "completed" else None,
            "failed_at": ended if status == "failed" else None,
            "expired_at": ended if status == "expired" else None,
            "cancelling_at": batch.cancelled and int(batch.cancelled),
            "cancelled_at": ended if status == "cancelled" else None,
            "request_counts": _counts(batch),
            "usage": _usage(batch.results),
            "metadata": asked.metadata,
        }

    def _output(self, batch: Batch, kind: Literal["output", "error"]) -> str | None:
        """The file is made the first time that the ended batch is looked at."""
        succeeded = kind == "output"
        chosen = [each for each in batch.results if (each.outcome == "succeeded") is succeeded]
        if not chosen or batch.cancelled is not None:
            return None
        if kind not in batch.about:
            after: OutputExpiresAfter | None = batch.about["asked"].output_expires_after
            name, lifetime = f"{batch.id}_{kind}.jsonl", after.seconds if after else None
            file = self._files.keep(name, "batch_output", batch_file.write(chosen), lifetime)
            batch.about[kind] = file.id
        found: str = batch.about[kind]
        return found

    def _outage(self) -> None:
        errors.turn_away(self._house.faults.outage("openai"), None, streamed=True)


def _errored(line: Line, request_id: str, refusal: Refusal) -> Result:
    told = {"status_code": refusal.status, "request_id": request_id, "body": errors.body(refusal)}
    return Result(line.custom_id, "errored", told)


def _unseen() -> dict[str, Any]:
    """How a batch looks before its file has been read."""
    nothing = {"total": 0, "completed": 0, "failed": 0}
    late = dict.fromkeys(("model", "errors", "in_progress_at", "failed_at"))
    return {"status": "validating", "request_counts": nothing, **late}


def _status(batch: Batch) -> str:
    if batch.about["errors"]:
        return "failed"
    if batch.cancelled is not None:
        return "cancelling" if batch.ended is None else "cancelled"
    if batch.ended is None:
        return "in_progress"
    return "expired" if batch.count("expired") else "completed"


def _counts(batch: Batch) -> dict[str, int]:
    failed = batch.count("errored") + batch.count("expired")
    return {"total": len(batch.lines), "completed": batch.count("succeeded"), "failed": failed}


def _usage(results: Sequence[Result]) -> dict[str, Any] | None:
    used = [each.answer["body"]["usage"] for each in results if each.answer and each.outcome == "succeeded"]
    if not used:
        return None
    total = {name: sum(usage[name] for usage in used) for name in ("input_tokens", "output_tokens")}
    cached = sum(usage["input_tokens_details"]["cached_tokens"] for usage in used)
    return {
        **total,
        "input_tokens_details": {"cached_tokens": cached},
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": sum(total.values()),
    }
