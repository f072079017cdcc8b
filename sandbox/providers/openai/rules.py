"""Rules of the Responses API that go beyond the shape of a request, and its words for what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from pydantic_core import ErrorDetails

from sandbox.providers.catalogue import GPT, Gpt
from sandbox.providers.house import Refusal
from sandbox.providers.openai.requests import (
    CountRequest,
    FunctionCall,
    FunctionCallOutput,
    Item,
    NamedTool,
    ResponsesRequest,
    SchemaFormat,
)
from sandbox.providers.prompt import Schema

CODES = {
    "extra_forbidden": ("unknown_parameter", "Unknown parameter: '{param}'."),
    "missing": ("missing_required_parameter", "Missing required parameter: '{param}'."),
    "literal_error": ("invalid_value", "Invalid value for '{param}': expected {expected}."),
    "union_tag_invalid": ("invalid_value", "Invalid value: '{tag}'. Supported values are: {expected_tags}."),
    "value_error": ("invalid_json_schema", "Invalid schema for '{param}': {error}."),
    "union_tag_not_found": ("missing_required_parameter", "Missing required parameter: '{param}.type'."),
    "greater_than_equal": (
        "integer_below_min_value",
        "Invalid '{param}': integer below minimum value. Expected a value >= {ge}, but got {input} instead.",
    ),
    "less_than_equal": (
        "decimal_above_max_value",
        "Invalid '{param}': decimal above maximum value. Expected a value <= {le}, but got {input} instead.",
    ),
    "string_pattern_mismatch": (
        "invalid_value",
        "Invalid '{param}': string does not match pattern. Expected a string that matches '{pattern}'.",
    ),
    "string_too_long": (
        "string_above_max_length",
        "Invalid '{param}': string too long. Expected a string with maximum length {max_length}.",
    ),
}


MEMBER = re.compile(
    r"(?:message|user|system|developer|assistant|function_call|function_call_output|reasoning|input_text|"
    r"input_image|input_file|output_text|refusal|json_schema|text|[A-Z]\w+)$"
)


def invalid(message: str, param: str | None = None, code: str | None = None) -> NoReturn:
    raise Refusal(400, "invalid_request_error", message, code=code, param=param)


def misshapen(error: ErrorDetails) -> NoReturn:
    param = path(error["loc"])
    code, words = CODES.get(error["type"], ("invalid_type", "Invalid type for '{param}': {msg}."))
    details: dict[str, Any] = {
        **error.get("ctx", {}),
        "param": param,
        "msg": error["msg"],
        "input": error["input"],
    }
    invalid(words.format(**details), param, code)


def path(places: Sequence[int | str]) -> str:
    """`input[0].content[1].text`, without the names of union members that pydantic puts in between."""
    shown = ""
    for at, place in enumerate(places):
        if isinstance(place, int):
            shown += f"[{place}]"
        elif at == 0 or (place.isidentifier() and not (MEMBER.match(place) and at < len(places) - 1)):
            shown += f".{place}" if shown else place
    return shown


def known_model(name: str) -> Gpt:
    model = GPT.get(name)
    if model is None:
        message = f"The model '{name}' does not exist or you do not have access to it."
        raise Refusal(404, "invalid_request_error", message, code="model_not_found", param="model")
    return model


def check(request: CountRequest, items: Sequence[Item]) -> None:
    model = known_model(request.model)
    if not model.responds:
        invalid(
            f"The model '{model.id}' cannot be used with the Responses API.", "model", "unsupported_value"
        )
    if not items:
        invalid("Missing required parameter: 'input'.", "input", "missing_required_parameter")
    _calls_answered(items)
    _tools(request)
    if request.text and isinstance(request.text.format, SchemaFormat) and request.text.format.strict:
        where = f"response_format '{request.text.format.name}'"
        strict_schema(request.text.format.schema_, where, "text.format.schema")


def check_generation(request: ResponsesRequest) -> None:
    model = known_model(request.model)
    thinks = request.reasoning is None or request.reasoning.effort != "none"
    for name in ("temperature", "top_p"):
        if getattr(request, name) is not None and model.id.startswith(("gpt-5", "gpt-6")) and thinks:
            message = f"Unsupported parameter: '{name}' is not supported with this model."
            invalid(message, name, "unsupported_parameter")
    if request.prompt_cache_options and not model.breakpoints:
        message = "Unsupported parameter: 'prompt_cache_options' is not supported with this model."
        invalid(message, "prompt_cache_options", "unsupported_parameter")
    if request.stream_options and not request.stream:
        invalid("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options")


def _calls_answered(items: Sequence[Item]) -> None:
    called = {item.call_id for item in items if isinstance(item, FunctionCall)}
    answered = {item.call_id for item in items if isinstance(item, FunctionCallOutput)}
    if stray := sorted(answered - called):
        invalid(f"No tool call found for function call output with call_id {stray[0]}.", "input")
    if missing := sorted(called - answered):
        invalid(f"No tool output found for function call {missing[0]}.", "input")


def _tools(request: CountRequest) -> None:
    for at, tool in enumerate(request.tools):
        if tool.strict and tool.parameters is not None:
            strict_schema(tool.parameters, f"function '{tool.name}'", f"tools[{at}].parameters")
    names = {tool.name for tool in request.tools}
    choice = request.tool_choice
    if choice == "required" and not names:
        invalid("Tool choice 'required' must be specified with 'tools' parameter.", "tool_choice")
    if isinstance(choice, NamedTool) and choice.name not in names:
        invalid(f"Tool choice '{choice.name}' not found in 'tools' parameter.", "tool_choice")


def strict_schema(schema: Schema, where: str, param: str, context: tuple[str, ...] = ()) -> None:
    """Strict schemas forbid additional properties and require every property, all the way down."""
    if schema.get("type") == "object":
        if schema.get("additionalProperties") is not False:
            _bad_schema(
                where, param, context, "'additionalProperties' is required to be supplied and to be false."
            )
        if missing := sorted(set(schema.get("properties") or ()) - set(schema.get("required") or ())):
            reason = (
                "'required' is required to be supplied and to be an array including every key in properties. "
                f"Missing '{missing[0]}'."
            )
            _bad_schema(where, param, context, reason)
    for name, inner in _inner(schema):
        strict_schema(inner, where, param, (*context, *name))


def _bad_schema(where: str, param: str, context: tuple[str, ...], reason: str) -> NoReturn:
    invalid(f"Invalid schema for {where}: In context={context}, {reason}", param, "invalid_json_schema")


def _inner(schema: Schema) -> Iterator[tuple[tuple[str, ...], Schema]]:
    for group in ("properties", "$defs"):
        yield from (((group, name), each) for name, each in (schema.get(group) or {}).items())
    yield from ((("anyOf", str(at)), each) for at, each in enumerate(schema.get("anyOf", ())))
    if isinstance(schema.get("items"), dict):
        yield ("items",), schema["items"]
