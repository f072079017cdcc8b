"""A request as the Responses API takes it."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Any

from services.entities.tools import Thought, ToolUse
from services.models.arguments import arguments_of
from services.models.openai.schema import strict
from services.ports.models import ImagePart, ModelMessage, ModelRequest, Part, TextPart, Tool, ToolResult

BREAKPOINTS_SINCE = (5, 6)
"""The models from here on cache where they are told to; those before cache every prefix by themselves."""
THINKS = re.compile(r"gpt-(?:[5-9]|\d\d)|o\d")
"""What stores nothing has to be sent its thoughts back with the results of its calls; others refuse to tell any."""


def response_params(model: str, request: ModelRequest) -> dict[str, Any]:
    told = has_breakpoints(model)
    marked = told and any(part.cache for part in request.system)
    instructions = "" if marked else "\n\n".join(part.text for part in request.system if part.text)
    first = [{"role": "developer", "content": _blocks(request.system, told)}] if marked else []
    optional = {
        "instructions": instructions,
        "prompt_cache_key": request.cache_key,
        # Writing costs a quarter more: where nothing is marked, nothing will be asked again.
        "prompt_cache_options": {"mode": "explicit", "ttl": "30m"} if told else None,
        "tools": [_tool(tool) for tool in request.tools],
        "tool_choice": None if request.may_use or not request.tools else "none",
        "include": ["reasoning.encrypted_content"] if request.tools and THINKS.match(model) else None,
    }
    return {
        "model": model,
        "max_output_tokens": request.max_tokens,
        "input": [*first, *_items(model, request.messages, told)],
        "store": False,
        **{name: value for name, value in optional.items() if value},
    }


def has_breakpoints(model: str) -> bool:
    """Others refuse to be told of any."""
    found = re.match(r"gpt-(\d+)(?:\.(\d+))?(?![\w.])", model)
    return found is not None and (int(found[1]), int(found[2] or 0)) >= BREAKPOINTS_SINCE


def _tool(tool: Tool) -> dict[str, Any]:
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": strict(tool.schema),
        "strict": True,
    }


def _items(model: str, messages: Iterable[ModelMessage], told: bool) -> list[dict[str, Any]]:
    return [item for message in messages for item in _of_message(model, message, told)]


def _of_message(model: str, message: ModelMessage, told: bool) -> Iterator[dict[str, Any]]:
    """Thoughts and results come before what is said, uses after it; each is an item of its own."""
    yield from (dict(p.content) for p in message.parts if isinstance(p, Thought) and p.model == model)
    yield from (_result(part) for part in message.parts if isinstance(part, ToolResult))
    if content := _content(message, told):
        yield {"role": message.role, "content": content}
    yield from (_use(part) for part in message.parts if isinstance(part, ToolUse))


def _use(use: ToolUse) -> dict[str, Any]:
    readable = use.arguments if arguments_of(use.arguments) else "{}"
    return {"type": "function_call", "call_id": use.id, "name": use.name, "arguments": readable}


def _result(result: ToolResult) -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": result.use, "output": result.text}


def _content(message: ModelMessage, told: bool) -> str | list[dict[str, Any]]:
    """What the assistant said goes back as plain text, the only form its role takes without ids."""
    if message.role == "assistant":
        return "".join(part.text for part in message.parts if isinstance(part, TextPart))
    return _blocks(message.parts, told)


def _blocks(parts: Iterable[Part], told: bool) -> list[dict[str, Any]]:
    shown = (
        part for part in parts if isinstance(part, ImagePart) or (isinstance(part, TextPart) and part.text)
    )
    return [_block(part, told) for part in shown]


def _block(part: TextPart | ImagePart, told: bool) -> dict[str, Any]:
    if isinstance(part, ImagePart):
        url = f"data:{part.mimetype};base64,{b64encode(part.data).decode()}"
        return {"type": "input_image", "image_url": url, "detail": "auto"}
    block = {"type": "input_text", "text": part.text}
    return {**block, "prompt_cache_breakpoint": {"mode": "explicit"}} if told and part.cache else block
