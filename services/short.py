"""Ids that people can type."""

from __future__ import annotations

from uuid import UUID

LENGTH = 6
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # without i, l, o and u: nothing that looks like another


def short_of(content_id: UUID, *, again: int = 0) -> str:
    """Of the random end of the id. `again`: how many of its others are taken."""
    bits = content_id.int >> (7 * again)
    return "".join(_LETTERS[(bits >> (5 * place)) & 31] for place in range(LENGTH))


def as_typed(text: str) -> str:
    """What somebody meant who typed `#1LoAbc`."""
    return text.strip().lstrip("#").lower().translate(str.maketrans("ilou", "110v"))
