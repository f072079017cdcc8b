"""How many tokens a text will be, guessed on the high side: there is no local tokenizer for Claude."""

from __future__ import annotations

import math
import re

import orjson

from services.entities.calls import Usage
from services.entities.tools import Thought, ToolUse
from services.ports.models import ImagePart, ModelRequest, Part, Tool

CHARACTERS_PER_TOKEN = 3.5
IMAGE_TOKENS = 1_600
MESSAGE_TOKENS = 4
TOOL_TOKENS = 60
DENSER = (  # (characters, tokens each)
    (re.compile("[\u0370-\u2e7f]"), 1.0),  # Greek to Thai, and symbols
    (re.compile("[\u2e80-\uffff]"), 1.5),  # Chinese, Japanese, Korean
    (re.compile("[\U00010000-\U0010ffff]"), 3.0),  # emoji
)


def estimate_tokens(text: str) -> int:
    if text.isascii():
        return math.ceil(len(text) / CHARACTERS_PER_TOKEN)
    tokens, plain = 0.0, len(text)
    for characters, each in DENSER:
        count = sum(map(len, characters.findall(text)))
        tokens, plain = tokens + count * each, plain - count
    return math.ceil(tokens + plain / CHARACTERS_PER_TOKEN)


def estimate_request(request: ModelRequest) -> int:
    """Tokens of the whole input; the output cap is not in it."""
    parts: list[Part] = [*request.system, *(part for message in request.messages for part in message.parts)]
    told = sum(map(_part_tokens, parts)) + sum(map(_tool_tokens, request.tools))
    return MESSAGE_TOKENS * (len(request.messages) + 1) + told


def estimate_usage(request: ModelRequest, answer: str) -> Usage:
    """For a call whose provider never said what it counted: stopped, or broken off."""
    return Usage(estimate_request(request), tokens_out=estimate_tokens(answer), estimated=True)


def _part_tokens(part: Part) -> int:
    match part:
        case ImagePart():
            return IMAGE_TOKENS
        case ToolUse(name=name, arguments=arguments):
            return MESSAGE_TOKENS + estimate_tokens(name + arguments)
        case Thought(content=content):
            return estimate_tokens(orjson.dumps(dict(content)).decode())
    return estimate_tokens(part.text)


def _tool_tokens(tool: Tool) -> int:
    """Its frame in the prompt included."""
    schema = orjson.dumps(dict(tool.schema)).decode()
    return TOOL_TOKENS + estimate_tokens(tool.name + tool.description + schema)
