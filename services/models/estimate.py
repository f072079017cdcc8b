"""How many tokens a text will be, guessed on the high side: there is no local tokenizer for Claude."""

from __future__ import annotations

import math
import re

from services.entities import Usage
from services.ports.models import ImagePart, ModelRequest, Part

CHARACTERS_PER_TOKEN = 3.5
IMAGE_TOKENS = 1_600
MESSAGE_TOKENS = 4
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
    return MESSAGE_TOKENS * (len(request.messages) + 1) + sum(map(_part_tokens, parts))


def estimate_usage(request: ModelRequest, answer: str) -> Usage:
    """For a call whose provider never said what it counted: stopped, or broken off."""
    return Usage(estimate_request(request), tokens_out=estimate_tokens(answer), estimated=True)


def _part_tokens(part: Part) -> int:
    return IMAGE_TOKENS if isinstance(part, ImagePart) else estimate_tokens(part.text)
