"""Settings that are lists: names with commas between them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator


def listed(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


Names = Annotated[tuple[str, ...], BeforeValidator(listed)]
