"""Checking what was sent against a model of the wire, strictly: nothing converted, nothing extra."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails


class Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, protected_namespaces=())


def first_error(error: ValidationError) -> ErrorDetails:
    """The first one, but what is unknown or absent before what has the wrong shape: it explains more."""
    errors = error.errors(include_url=False, include_context=True)
    telling = (each for each in errors if each["type"] in {"extra_forbidden", "missing"})
    return next(telling, errors[0])


def as_blocks(kind: str) -> Any:
    """A bare string is shorthand for one text block of this kind."""

    def widened(content: Any) -> Any:
        return [{"type": kind, "text": content}] if isinstance(content, str) else content

    return widened
