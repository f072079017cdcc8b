"""A request as the Messages API takes it."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from services.entities.tools import Thought, ToolUse
from services.models.arguments import arguments_of
from services.ports.models import ImagePart, ModelMessage, ModelRequest, Part, TextPart, Tool, ToolResult

BREAKPOINTS = 4  # more are refused with 400


def message_params(model: str, request: ModelRequest) -> dict[str, Any]:
    system = _blocks(model, request.system)
    messages = _messages(model, request.messages)
    _limit_breakpoints([*system, *(block for message in messages for block in message["content"])])
    optional = {
        "system": system,
        "tools": [_tool(tool) for tool in request.tools],
        "tool_choice": None if request.may_use or not request.tools else {"type": "none"},
    }
    return {
        "model": model,
        "max_tokens": request.max_tokens,
        "messages": messages,
        **{name: value for name, value in optional.items() if value},
    }


def _tool(tool: Tool) -> dict[str, Any]:
    return {"name": tool.name, "description": tool.description, "input_schema": dict(tool.schema)}


def _messages(model: str, messages: Iterable[ModelMessage]) -> list[dict[str, Any]]:
    """Neighbours of one role become one message, as the API has it."""
    merged = (
        {"role": role, "content": _blocks(model, (part for message in group for part in message.parts))}
        for role, group in groupby(messages, key=lambda message: message.role)
    )
    return [message for message in merged if message["content"]]


def _blocks(model: str, parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Blank texts are left out, because the API refuses them, and so are other models' thoughts."""
    return [_block(part) for part in parts if not _is_blank(part) and not _is_of_another(model, part)]


def _is_blank(part: Part) -> bool:
    return isinstance(part, TextPart) and (not part.text or part.text.isspace())


def _is_of_another(model: str, part: Part) -> bool:
    return isinstance(part, Thought) and part.model != model


def _block(part: Part) -> dict[str, Any]:
    match part:
        case ImagePart(mimetype=mimetype, data=data):
            source = {"type": "base64", "media_type": mimetype, "data": b64encode(data).decode()}
            return {"type": "image", "source": source}
        case ToolUse(id=id_, name=name, arguments=arguments):
            return {"type": "tool_use", "id": _id(id_), "name": name, "input": arguments_of(arguments) or {}}
        case ToolResult(use=use, text=text, failed=failed):
            result = {"type": "tool_result", "tool_use_id": _id(use), "content": text}
            return {**result, "is_error": True} if failed else result
        case Thought(content=content):
            return dict(content)
    block = {"type": "text", "text": part.text}
    return {**block, "cache_control": {"type": "ephemeral"}} if part.cache else block


def _id(given: str) -> str:
    """The other provider's ids may be of another form."""
    return re.sub(r"[^a-zA-Z0-9_-]", "_", given) or "_"


def _limit_breakpoints(blocks: Iterable[dict[str, Any]]) -> None:
    """The last ones win: they cover the longest prefix."""
    marked = [block for block in blocks if "cache_control" in block]
    for block in marked[:-BREAKPOINTS]:
        del block["cache_control"]
