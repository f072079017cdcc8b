"""JSON schemas as both providers take them: well formed, with references that lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from sandbox.providers.prompt import Schema

Type = Literal["object", "array", "string", "integer", "number", "boolean", "null"]
ABSENT: Any = None
Amount = Annotated[int, Field(ge=0)]


class Shape(BaseModel):
    """The keywords that are read here; others are let through. None but two may be null."""

    model_config = ConfigDict(strict=True, extra="allow")

    properties: dict[str, Shape] | None = None
    required: list[str] | None = None
    type: Type | Annotated[list[Type], Field(min_length=1)] = Field(default=ABSENT)
    items: Shape | bool = Field(default=ABSENT)
    any_of: list[Shape] = Field(alias="anyOf", default=ABSENT, min_length=1)
    one_of: list[Shape] = Field(alias="oneOf", default=ABSENT, min_length=1)
    all_of: list[Shape] = Field(alias="allOf", default=ABSENT, min_length=1)
    enum: list[Any] = Field(default=ABSENT, min_length=1)
    ref: str = Field(alias="$ref", default=ABSENT, pattern=r"^#")
    defs: dict[str, Shape] = Field(alias="$defs", default=ABSENT)
    definitions: dict[str, Shape] = Field(default=ABSENT)
    format: str = Field(default=ABSENT)
    description: str = Field(default=ABSENT)
    minimum: float = Field(default=ABSENT)
    maximum: float = Field(default=ABSENT)
    exclusive_minimum: float = Field(alias="exclusiveMinimum", default=ABSENT)
    exclusive_maximum: float = Field(alias="exclusiveMaximum", default=ABSENT)
    multiple_of: float = Field(alias="multipleOf", default=ABSENT, gt=0)
    min_items: Amount = Field(alias="minItems", default=ABSENT)
    max_items: Amount = Field(alias="maxItems", default=ABSENT)
    min_length: Amount = Field(alias="minLength", default=ABSENT)
    max_length: Amount = Field(alias="maxLength", default=ABSENT)


def well_formed(schema: Schema) -> Schema:
    """Raises ValueError with the place and what is wrong there."""
    try:
        Shape.model_validate(schema)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ValueError(f"not a JSON schema at {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    for reference in _references(schema):
        if find(schema, reference) is None:
            raise ValueError(f"the reference {reference} leads nowhere")
    return schema


def find(schema: Schema, reference: str) -> Schema | None:
    """What a `#/…` reference points to."""
    target: Any = schema
    for part in filter(None, reference.removeprefix("#").split("/")):
        target = target.get(part) if isinstance(target, dict) else None
    return target if isinstance(target, dict) else None


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str):
            yield reference
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _references(each)


JsonSchema = Annotated[dict[str, Any], AfterValidator(well_formed)]
