"""Values that satisfy a JSON schema, filled from what was given."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from sandbox.providers.brain.question import Question
from sandbox.providers.brain.shapes import topic_of
from sandbox.providers.brain.text import Passage, best, words
from sandbox.providers.prompt import Schema
from sandbox.providers.schemas import find

DEPTH = 12
SHALLOW = 4
ITEMS = 3
LONGEST = 300
FORMATS = {
    "date": "2026-11-22",
    "date-time": "2026-11-22T09:00:00Z",
    "time": "09:00:00Z",
    "duration": "PT5M",
    "email": "ana@example.com",
    "uri": "https://example.com/",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
GOOD = re.compile(
    r"pass|^ok|_ok|approv|ready|good|valid|consistent|done|complete|accept|correct", re.IGNORECASE
)
BAD = re.compile(
    r"issue|problem|error|warning|violation|fix|missing|conflict|concern|contradiction", re.IGNORECASE
)
SCORE = re.compile(r"score|rating|quality|confidence", re.IGNORECASE)
AMOUNT = re.compile(r"words|length|size|tokens|characters", re.IGNORECASE)
DESCRIBED = re.compile(r"(minimum|maximum|minItems|maxItems|minLength|maxLength): (\d+)")


class Filler:
    """Fills one schema. Every sentence of the material is used once before any is used again."""

    def __init__(self, root: Schema, question: Question) -> None:
        self._root = root
        self._question = question
        self._used: set[str] = set()

    def value(self, schema: Schema, name: str = "", depth: int = 0) -> Any:
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._choice(schema["enum"])
        for group in ("anyOf", "oneOf"):
            if group in schema:
                return self.value(self._variant(schema[group], depth), name, depth + 1)
        return self._typed(schema, name, depth)

    def _typed(self, schema: Schema, name: str, depth: int) -> Any:
        kind = schema.get("type", "object" if "properties" in schema else "string")
        if isinstance(kind, list):
            kind = next((each for each in kind if each != "null"), "null")
        makers: dict[str, Callable[[Schema, str, int], Any]] = {
            "object": self._object,
            "array": self._array,
            "string": self._string,
            "integer": self._integer,
            "number": self._number,
            "boolean": lambda _schema, named, _depth: bool(GOOD.search(named)),
            "null": lambda _schema, _named, _depth: None,
        }
        return makers.get(kind, self._string)(schema, name, depth)

    def _resolved(self, schema: Schema) -> Schema:
        for _ in range(DEPTH):
            if "allOf" in schema:
                merged = {
                    key: value for each in schema["allOf"] for key, value in self._resolved(each).items()
                }
                schema = {**{key: value for key, value in schema.items() if key != "allOf"}, **merged}
            if "$ref" not in schema:
                return schema
            schema = find(self._root, schema["$ref"]) or {}
        return schema

    def _variant(self, variants: Sequence[Schema], depth: int) -> Schema:
        """The first that is not null, but null once things get deep: that is how recursive schemas end."""
        null = next((each for each in variants if each.get("type") == "null"), None)
        if depth > DEPTH and null is not None:
            return null
        return next((each for each in variants if each.get("type") != "null"), variants[0])

    def _choice(self, options: Sequence[Any]) -> Any:
        asked = set(self._question.words)
        return max(options, key=lambda option: len(asked & set(words(str(option)))))

    def _object(self, schema: Schema, _name: str, depth: int) -> dict[str, Any]:
        required = set(schema.get("required") or ())
        members: dict[str, Schema] = schema.get("properties") or {}
        wanted = {name: each for name, each in members.items() if name in required or depth < DEPTH // 2}
        return {name: self.value(each, name, depth + 1) for name, each in wanted.items()}

    def _array(self, schema: Schema, name: str, depth: int) -> list[Any]:
        least = int(_bound(schema, "minItems", 0))
        count = least if BAD.search(name) or depth > SHALLOW else max(least, ITEMS)
        count = min(count, int(_bound(schema, "maxItems", count)))
        items = schema.get("items")
        return [
            self.value(items if isinstance(items, dict) else {"type": "string"}, name, depth + 1)
            for _ in range(count)
        ]

    def _string(self, schema: Schema, name: str, _depth: int) -> str:
        if schema.get("format") in FORMATS:
            return FORMATS[schema["format"]]
        most, least = int(_bound(schema, "maxLength", LONGEST)), int(_bound(schema, "minLength", 0))
        text = self._sentence(name, str(schema.get("description", "")))[:most]
        return text if len(text) >= least else (text + " " + "." * least)[:least]

    def _sentence(self, name: str, description: str) -> str:
        label = name.replace("_", " ").strip()
        if label in {"title", "name", "heading", "topic", "subject", "headline"}:
            return self._once(topic_of(self._question))
        if label in {"language", "lang", "locale"}:
            return "en"
        asked = [*words(label), *words(description), *self._question.words]
        found = best(asked, self._fresh(), 1) or self._fresh()[:1]
        if found:
            return self._once(found[0].text)
        return f"The sandbox was given nothing about {label or 'this'}."

    def _fresh(self) -> list[Passage]:
        fresh = [each for each in self._question.material if each.text not in self._used]
        return fresh or list(self._question.material)

    def _once(self, text: str) -> str:
        self._used.add(text)
        return text

    def _integer(self, schema: Schema, name: str, _depth: int) -> int:
        usual = 150 if AMOUNT.search(name) else 1
        return int(_within(schema, usual, scored=bool(SCORE.search(name)), step=1))

    def _number(self, schema: Schema, name: str, _depth: int) -> float:
        return _within(schema, 1.0, scored=bool(SCORE.search(name)), step=0.1)


def _bound(schema: Schema, name: str, otherwise: float) -> float:
    """A bound from the schema, or from its description: the SDK moves there what the provider refuses."""
    if isinstance(schema.get(name), int | float):
        return float(schema[name])
    described = dict(DESCRIBED.findall(str(schema.get("description", ""))))
    return float(described[name]) if name in described else otherwise


def _within(schema: Schema, usual: float, *, scored: bool, step: float) -> float:
    low = _bound(schema, "minimum", float("-inf"))
    high = _bound(schema, "maximum", float("inf"))
    if isinstance(schema.get("exclusiveMinimum"), int | float):
        low = max(low, schema["exclusiveMinimum"] + step)
    if isinstance(schema.get("exclusiveMaximum"), int | float):
        high = min(high, schema["exclusiveMaximum"] - step)
    if scored and high != float("inf"):
        usual = high
    value = min(max(usual, low), high)
    multiple = schema.get("multipleOf")
    return -(-value // multiple) * multiple if multiple else value
