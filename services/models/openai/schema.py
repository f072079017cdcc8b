"""A plain JSON schema in the strict form, which the model then cannot but keep to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def strict(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Every member is required there, so that what may be left out may be null instead."""
    needed = frozenset(schema.get("required", ()))
    members = schema.get("properties", {})
    given = {name: each if name in needed else _or_null(each) for name, each in members.items()}
    return {**schema, "properties": given, "required": list(members), "additionalProperties": False}


def _or_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    nullable = {**schema, "type": [schema["type"], "null"]}
    return {**nullable, "enum": [*schema["enum"], None]} if "enum" in schema else nullable
