"""A small language for shapes of JSON; each shape yields what is wrong, in Slack's words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class Shape(Protocol):
    def check(self, value: Any, path: str) -> Iterator[str]: ...


def problem(text: str, path: str) -> str:
    return f"{text} [json-pointer:{path}]"


@dataclass(frozen=True)
class Anything:
    def check(self, value: Any, path: str) -> Iterator[str]:  # noqa: ARG002 - nothing to look at
        yield from ()


@dataclass(frozen=True)
class String:
    maximum: int = 3_000
    minimum: int = 1

    def check(self, value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield problem("must provide a string", path)
        elif len(value) > self.maximum:
            yield problem(f"must be less than {self.maximum + 1} characters", path)
        elif len(value) < self.minimum:
            yield problem(f"must be more than {self.minimum - 1} characters", path)


@dataclass(frozen=True)
class Number:
    minimum: float | None = None
    maximum: float | None = None
    whole: bool = True

    def check(self, value: Any, path: str) -> Iterator[str]:
        kinds = (int,) if self.whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds):
            yield problem("must provide a number", path)
        elif self.minimum is not None and value < self.minimum:
            yield problem(f"must be at least {self.minimum}", path)
        elif self.maximum is not None and value > self.maximum:
            yield problem(f"must be at most {self.maximum}", path)


@dataclass(frozen=True)
class Boolean:
    def check(self, value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, bool):
            yield problem("must provide a boolean", path)


@dataclass(frozen=True)
class Choice:
    values: tuple[str, ...]

    def check(self, value: Any, path: str) -> Iterator[str]:
        if value not in self.values:
            yield problem(f"failed to match one of: {', '.join(self.values)}", path)


@dataclass(frozen=True)
class Items:
    of: Shape
    maximum: int
    minimum: int = 1

    def check(self, value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield problem("must provide an array", path)
            return
        if len(value) > self.maximum:
            yield problem(f"no more than {self.maximum} items allowed", path)
        if len(value) < self.minimum:
            yield problem(f"no fewer than {self.minimum} items required", path)
        for index, item in enumerate(value):
            yield from self.of.check(item, f"{path}/{index}")


@dataclass(frozen=True)
class Object:
    """Closed: what is in neither map is refused, but for `type`, which whoever chose the shape checked."""

    required: Mapping[str, Shape] = field(default_factory=dict)
    optional: Mapping[str, Shape] = field(default_factory=dict)
    one_of: tuple[str, ...] = ()
    """at least one of these has to be there"""

    def check(self, value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield problem("must provide an object", path)
            return
        yield from self._missing(value, path)
        for name, item in value.items():
            shape = self.required.get(name) or self.optional.get(name)
            if shape is not None:
                yield from shape.check(item, f"{path}/{name}")
            elif name != "type":
                yield problem(f"invalid additional property: {name}", path)

    def _missing(self, value: dict[str, Any], path: str) -> Iterator[str]:
        for name in self.required:
            if name not in value:
                yield problem(f"missing required field: {name}", path)
        if self.one_of and not any(name in value for name in self.one_of):
            yield problem(f"missing one of: {', '.join(self.one_of)}", path)


@dataclass(frozen=True)
class Typed:
    """An object whose `type` says which shape it has."""

    shapes: Mapping[str, Shape]

    def check(self, value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield problem("must provide an object", path)
            return
        shape = self.shapes.get(str(value.get("type")))
        if shape is None:
            yield problem(f"unsupported type: {value.get('type')}", f"{path}/type")
        else:
            yield from shape.check(value, path)

    def only(self, *types: str) -> "Typed":
        return Typed({name: self.shapes[name] for name in types})
