"""The two files of a batch: requests in, answers out, a JSON object on each line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import orjson
from pydantic import ValidationError

from sandbox.providers.batching import Line, Result
from sandbox.providers.house import new_id, parse_object
from sandbox.providers.wire import Wire, first_error

MOST = 50_000
EXPIRED = {"code": "batch_expired", "message": "This request could not be executed before the batch expired."}

Problem = dict[str, Any]


class LineRequest(Wire):
    custom_id: str
    method: Literal["POST"]
    url: Literal["/v1/responses"]
    body: dict[str, Any]


def read(data: bytes) -> tuple[list[Line], list[Problem]]:
    """With a single problem none of the lines is good for anything: the batch fails as a whole."""
    rows = [(number, raw) for number, raw in enumerate(data.splitlines(), start=1) if raw.strip()]
    if not rows:
        return [], [_problem("empty_file", "The input file is empty.", None)]
    if len(rows) > MOST:
        return [], [_problem("too_many_tasks", f"The input file has more than {MOST} requests.", None)]
    parsed = [(number, _line(number, raw)) for number, raw in rows]
    wrong = [line for _, line in parsed if isinstance(line, dict)]
    good = [(number, line) for number, line in parsed if not isinstance(line, dict)]
    wrong += _repeated(good)
    return ([], wrong) if wrong else ([line for _, line in good], [])


def write(results: Sequence[Result]) -> bytes:
    return b"".join(orjson.dumps(_output(each), option=orjson.OPT_APPEND_NEWLINE) for each in results)


def _line(number: int, raw: bytes) -> Line | Problem:
    body = parse_object(raw)
    if body is None:
        return _problem("invalid_json_line", "This line is not parseable as valid JSON.", number)
    try:
        asked = LineRequest.model_validate(body)
    except ValidationError as error:
        first = first_error(error)
        name = ".".join(map(str, first["loc"]))
        if first["type"] == "missing":
            message = f"Missing required parameter: '{name}'."
            return _problem("missing_required_parameter", message, number, name)
        code = "invalid_url" if name == "url" else "invalid_value"
        return _problem(code, f"Invalid value for '{name}': {first['msg']}.", number, name)
    return Line(asked.custom_id, asked.body)


def _repeated(rows: Sequence[tuple[int, Line]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, line in rows:
        if line.custom_id in seen:
            message = f"The custom_id '{line.custom_id}' is used more than once."
            yield _problem("duplicate_custom_id", message, number, "custom_id")
        seen.add(line.custom_id)
    if len({orjson.dumps(line.body.get("model")) for _, line in rows}) > 1:
        message = "All requests of a batch must be for the same model."
        yield _problem("mismatched_model", message, None, "body.model")


def _problem(code: str, message: str, line: int | None, param: str | None = None) -> Problem:
    return {"code": code, "message": message, "line": line, "param": param}


def _output(result: Result) -> dict[str, Any]:
    error = EXPIRED if result.outcome == "expired" else None
    ids = {"id": new_id("batch_req_"), "custom_id": result.custom_id}
    return {**ids, "response": result.answer, "error": error}
