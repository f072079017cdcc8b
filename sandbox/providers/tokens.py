"""One deterministic tokenizer for both providers: four characters are a token, wherever they fall."""

from __future__ import annotations

CHARACTERS = 4
IMAGE_TOKENS = 1_568


def count(text: str) -> int:
    return -(-len(text) // CHARACTERS)


def split(text: str) -> list[str]:
    return [text[start : start + CHARACTERS] for start in range(0, len(text), CHARACTERS)]


def clip(text: str, limit: int) -> str:
    """The first `limit` tokens of `text`."""
    return text[: limit * CHARACTERS]
