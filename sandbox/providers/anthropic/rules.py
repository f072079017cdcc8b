"""Rules of the Messages API that go beyond the shape of a request. Each raises a Refusal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

from sandbox.providers.anthropic.requests import (
    Cacheable,
    CacheControl,
    CountRequest,
    Document,
    Message,
    MessagesRequest,
    Text,
    ToolResult,
    ToolUse,
)
from sandbox.providers.catalogue import CLAUDE, Claude
from sandbox.providers.house import Refusal
from sandbox.providers.prompt import Schema

NEWEST = "2026-10-21"
VERSIONS = frozenset({NEWEST, "2023-06-01"})
BREAKPOINTS = 4
SAMPLING = ("temperature", "top_p", "top_k")
UNSUPPORTED_KEYWORDS = frozenset(
    {
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "maxItems",
    }
)


def invalid(message: str) -> NoReturn:
    raise Refusal(400, "invalid_request_error", message)


def known_model(name: str) -> Claude:
    model = CLAUDE.get(name)
    if model is None or model.lifecycle == "retired":
        raise Refusal(404, "not_found_error", f"model: {name}")
    return model


def page_limit(given: str) -> int:
    if not given.isdecimal() or not 1 <= int(given) <= 1_000:
        invalid("limit: Input should be between 1 and 1000")
    return int(given)


def check(request: CountRequest, version: str) -> None:
    _messages_begin_and_end(request)
    for at, message in enumerate(request.messages):
        _content(at, message, version)
    _tools_answered(request.messages)
    _breakpoints(request)
    if request.output_config and request.output_config.format:
        _schema(request.output_config.format.schema_)
    _tool_choice(request)


def check_generation(request: MessagesRequest, version: str) -> None:
    model = known_model(request.model)
    given = [name for name in SAMPLING if getattr(request, name) is not None]
    if given and version == NEWEST:
        invalid(f"`{given[0]}` is not supported on anthropic-version {NEWEST}.")
    if request.max_tokens > model.output:
        invalid(
            f"max_tokens: {request.max_tokens} > {model.output}, which is the maximum allowed number of "
            f"output tokens for {model.id}"
        )
    thinking = request.thinking
    if thinking and thinking.type == "enabled" and not 0 < (thinking.budget_tokens or 0) < request.max_tokens:
        invalid("`max_tokens` must be greater than `thinking.budget_tokens`, which must be given.")
    if any(not stop.strip() for stop in request.stop_sequences):
        invalid("stop_sequences: each stop sequence must contain non-whitespace")


def _messages_begin_and_end(request: CountRequest) -> None:
    if not request.messages:
        invalid("messages: at least one message is required")
    if request.messages[0].role != "user":
        invalid('messages: first message must use the "user" role')
    model = known_model(request.model)
    if request.messages[-1].role == "assistant" and not model.prefill:
        invalid(
            "This model does not support assistant message prefill. "
            "The conversation must end with a user message."
        )


def _content(at: int, message: Message, version: str) -> None:
    last_user = message.role == "user"
    if not message.content and last_user:
        invalid(f"messages.{at}: user messages must have non-empty content")
    for number, block in enumerate(message.content):
        where = f"messages.{at}.content.{number}"
        if isinstance(block, Text):
            _text(where, block, message.role, version)
        elif isinstance(block, Document) and message.role == "assistant" and version == NEWEST:
            invalid(f"{where}: `document` blocks are not allowed in assistant messages")
        if message.role == "system" and not isinstance(block, Text):
            invalid(f"{where}: system messages may hold text blocks only")
        if message.role == "system" and version != NEWEST:
            invalid(f"messages.{at}.role: Input should be 'user' or 'assistant'")


def _text(where: str, block: Text, role: str, version: str) -> None:
    if not block.text:
        if block.cache_control:
            invalid(f"{where}: cache_control cannot be set for empty text blocks")
        invalid("messages: text content blocks must be non-empty")
    if not block.text.strip():
        invalid("messages: text content blocks must contain non-whitespace text")
    if block.citations and role == "user" and version == NEWEST:
        invalid(f"{where}: citations are not allowed on user text blocks")


def _tools_answered(messages: list[Message]) -> None:
    """Every tool_use is answered in the next message; a tool_result answers one of the message before."""
    asked: list[str] = []
    for at, message in enumerate(messages):
        answered = [block.tool_use_id for block in message.content if isinstance(block, ToolResult)]
        missing = [each for each in asked if each not in answered]
        if missing:
            invalid(
                f"messages.{at - 1}: `tool_use` ids were found without `tool_result` blocks immediately "
                f"after: {', '.join(missing)}. Each `tool_use` block must have a corresponding `tool_result` "
                "block in the next message."
            )
        if stray := next((each for each in answered if each not in asked), None):
            invalid(
                f"messages.{at}: unexpected `tool_use_id` found in `tool_result` blocks: {stray}. "
                "Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
            )
        asked = [block.id for block in message.content if isinstance(block, ToolUse)]
    if asked:
        invalid("messages: the conversation ends with `tool_use` blocks that have no `tool_result`")


def marks(request: CountRequest) -> Iterator[CacheControl]:
    """The cache breakpoints, in the order in which the prompt is built: tools, system, messages."""
    blocks: list[Cacheable] = [*request.tools, *request.system]
    for message in request.messages:
        blocks.extend(block for block in message.content if isinstance(block, Cacheable))
    yield from (block.cache_control for block in blocks if block.cache_control)
    if request.cache_control:
        yield request.cache_control


def _breakpoints(request: CountRequest) -> None:
    found = list(marks(request))
    if len(found) > BREAKPOINTS:
        invalid(f"A maximum of {BREAKPOINTS} blocks with cache_control may be provided. Found {len(found)}.")
    lifetimes = [mark.ttl for mark in found]
    if lifetimes != sorted(lifetimes):
        invalid(
            "cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control "
            "block. Note that blocks are processed in the following order: `tools`, `system`, `messages`."
        )


def _tool_choice(request: CountRequest) -> None:
    names = [tool.name for tool in request.tools]
    if len(set(names)) != len(names):
        invalid("tools: Tool names must be unique.")
    for at, tool in enumerate(request.tools):
        if tool.input_schema.get("type") != "object":
            invalid(f"tools.{at}.custom.input_schema.type: Input should be 'object'")
    choice = request.tool_choice
    if choice is None:
        return
    if not names and choice.type != "none":
        invalid("tool_choice may only be specified while providing tools.")
    if choice.type == "tool" and choice.name not in names:
        invalid(f"Tool '{choice.name}' not found in provided tools")


def _schema(schema: Schema, where: str = "output_config.format.schema") -> None:
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        invalid(f"{where}: For 'object' type, 'additionalProperties' must be explicitly set to false")
    wrong = sorted(UNSUPPORTED_KEYWORDS & schema.keys())
    if wrong and "type" in schema:
        invalid(f"{where}: For '{schema['type']}' type, property '{wrong[0]}' is not supported")
    for name, inner in _inner(schema):
        _schema(inner, f"{where}.{name}")


def _inner(schema: Schema) -> Iterator[tuple[str, Schema]]:
    for group in ("properties", "$defs", "definitions"):
        members: Any = schema.get(group)
        if isinstance(members, dict):
            yield from ((f"{group}.{name}", each) for name, each in members.items() if isinstance(each, dict))
    for group in ("anyOf", "allOf", "oneOf"):
        variants: Any = schema.get(group)
        if isinstance(variants, list):
            yield from ((f"{group}.{at}", each) for at, each in enumerate(variants) if isinstance(each, dict))
    if isinstance(schema.get("items"), dict):
        yield "items", schema["items"]
