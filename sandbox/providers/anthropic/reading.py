"""A Messages request, read twice: as a conversation for the brain, as a chain of blocks for the cache."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import orjson

from sandbox.providers import documents, tokens
from sandbox.providers.anthropic.requests import (
    Base64Source,
    Block,
    ContentSource,
    CountRequest,
    Document,
    Image,
    Message,
    PlainSource,
    SearchResult,
    Text,
    ToolResult,
)
from sandbox.providers.caching import Block as CacheBlock
from sandbox.providers.caching import Boundary, boundaries
from sandbox.providers.prompt import Prompt, Role, Tool, Turn

LIFETIMES = {"5m": 300.0, "1h": 3_600.0}
MESSAGE_OVERHEAD = 3


def prompt_of(request: CountRequest) -> Prompt:
    turns = [Turn("system", block.text) for block in request.system]
    for message in request.messages:
        turns.extend(_turns(message))
    choice = request.tool_choice
    must = {"any": "*", "tool": choice.name}.get(choice.type) if choice else None
    form = request.output_config.format if request.output_config else None
    return Prompt(
        model=request.model,
        turns=tuple(turns),
        tools=tuple(Tool(tool.name, tool.description, tool.input_schema) for tool in request.tools),
        may_call=choice is None or choice.type != "none",
        must_call=must,
        schema=form.schema_ if form else None,
    )


def _turns(message: Message) -> Iterator[Turn]:
    for block in message.content:
        if isinstance(block, ToolResult):
            yield from (_turn("tool", inner) for inner in block.content)
        else:
            yield _turn(message.role, block)


def _turn(role: Role | Literal["user", "assistant", "system"], block: Block) -> Turn:
    if isinstance(block, Text):
        return Turn(role, block.text)
    if isinstance(block, Image):
        return Turn(role, "", images=1)
    if isinstance(block, Document):
        return Turn("tool", document_text(block))
    if isinstance(block, SearchResult):
        return Turn("tool", "\n".join(text.text for text in block.content))
    return Turn(role, "")


def document_text(block: Document) -> str:
    source = block.source
    if isinstance(source, PlainSource):
        return source.data
    if isinstance(source, ContentSource):
        return "\n".join(inner.text for inner in source.content if isinstance(inner, Text))
    if isinstance(source, Base64Source):
        return documents.pdf_text(source.data)
    return ""


def chain(request: CountRequest, body: dict[str, Any]) -> list[Boundary]:
    """The ends of the prompt's blocks in the order tools, system, messages.

    What the model is told besides them (tool choice, thinking, the output format) stands before the messages:
    to change it makes the messages new, as at the provider.
    """
    blocks = [_block("tool", raw) for raw in body.get("tools") or []]
    blocks += [_block("system", raw) for raw in _as_list(body.get("system"))]
    told = {name: body.get(name) for name in ("tool_choice", "thinking")}
    told["format"] = (body.get("output_config") or {}).get("format")
    blocks.append(CacheBlock(orjson.dumps(told, option=orjson.OPT_SORT_KEYS), _format_tokens(told["format"])))
    for message in body["messages"]:
        blocks += [_block(message["role"], raw) for raw in _as_list(message["content"])]
    if request.cache_control and blocks:
        last = blocks[-1]
        blocks[-1] = CacheBlock(
            last.content, last.tokens, last.lifetime or LIFETIMES[request.cache_control.ttl]
        )
    return boundaries(request.model.encode(), blocks)


def _format_tokens(form: Any) -> int:
    return tokens.count(orjson.dumps(form).decode()) if form else 0


def _as_list(content: Any) -> list[dict[str, Any]]:
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return content or []


def _block(role: str, raw: dict[str, Any]) -> CacheBlock:
    mark = raw.get("cache_control")
    bare = {name: value for name, value in raw.items() if name != "cache_control"}
    content = orjson.dumps([role, bare], option=orjson.OPT_SORT_KEYS)
    lifetime = LIFETIMES[mark.get("ttl", "5m")] if mark else None
    return CacheBlock(content, _weight(raw, content) + MESSAGE_OVERHEAD, lifetime)


def _weight(raw: dict[str, Any], content: bytes) -> int:
    kind = raw.get("type")
    if kind == "text":
        return tokens.count(raw["text"])
    if kind == "image":
        return tokens.IMAGE_TOKENS
    if kind == "document" and raw["source"]["type"] == "base64":
        return documents.pdf_tokens(raw["source"]["data"])
    if kind == "tool_result" and isinstance(raw.get("content"), list):
        return sum(_weight(inner, orjson.dumps(inner)) for inner in raw["content"])
    return tokens.count(content.decode())
