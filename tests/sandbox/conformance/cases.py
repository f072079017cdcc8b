"""The cases, and what makes an answer fit Slack's documented one."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "cases"
_LONG = re.compile(r"\{(\d+) characters\}")


@dataclass(frozen=True)
class Case:
    """`answer` is written like Slack's example; `errors` are `[error, changes of the request]`; `again`: the error of
    asking the same a second time. In a request `{name}` stands for something of the world, null for nothing,
    `{12 characters}` for a long text and `{"times": 3, "of": …}` for a long list."""

    method: str
    request: Mapping[str, Any]
    answer: Mapping[str, Any]
    errors: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    again: str | None = None


def families() -> list[str]:
    return sorted(path.stem for path in _FOLDER.glob("*.json"))


def cases_of(family: str) -> list[Case]:
    return [Case(**raw) for raw in json.loads((_FOLDER / f"{family}.json").read_text(encoding="utf-8"))]


def all_cases() -> list[Case]:
    return [case for family in families() for case in cases_of(family)]


def filled(value: Any, world: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        long = _LONG.fullmatch(value)
        return "x" * int(long[1]) if long else world.get(value[1:-1], value) if value[:1] == "{" else value
    if isinstance(value, list):
        return [filled(item, world) for item in value]
    if isinstance(value, dict) and value.keys() == {"times", "of"}:
        return [filled(value["of"], world)] * int(value["times"])
    if isinstance(value, dict):
        return {name: filled(item, world) for name, item in value.items() if item is not None}
    return value


def misfits(example: Any, actual: Any, path: str = "") -> Iterator[str]:
    """Where `actual` lacks a key of the example or has another JSON type; null in the example fits everything."""
    if example is None:
        return
    if _json_type(example) != _json_type(actual):
        yield f"{path or '/'} is {_json_type(actual)}, not {_json_type(example)}"
    elif isinstance(example, dict):
        for name, item in example.items():
            if name not in actual:
                yield f"{path}/{name} is missing"
            else:
                yield from misfits(item, actual[name], f"{path}/{name}")
    elif isinstance(example, list) and example:
        yield from _list_misfits(example, actual, path)


def _list_misfits(example: list[Any], actual: list[Any], path: str) -> Iterator[str]:
    """Each item of the example is met by some item of the list."""
    for index, wanted in enumerate(example):
        tries = [list(misfits(wanted, item, f"{path}/{index}")) for item in actual]
        if not tries:
            yield f"{path} is empty"
        elif all(tries):
            yield from min(tries, key=len)


def _json_type(value: Any) -> str:
    names = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")
