"""The arguments of a method: which there are, and how text on the wire becomes values."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from sandbox.web.errors import SlackError, invalid_arguments

Args = dict[str, Any]

# Every method takes these: Bolt's clients send team_id along with whatever they call.
_ALWAYS = frozenset({"token", "team_id"})
_TRUE, _FALSE = frozenset({"1", "true", "True"}), frozenset({"0", "false", "False", ""})


def _string(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("must be a string")  # noqa: TRY004 - told to the caller like every other bad value
    return str(value)


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if str(value) in _TRUE:
        return True
    if str(value) in _FALSE:
        return False
    raise ValueError("must be a boolean")


def _number(value: Any) -> int:
    if isinstance(value, bool):
        raise ValueError("must be a number")  # noqa: TRY004
    return int(value)


def _structure(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _as_it_is(value: Any) -> Any:
    return value


def _list(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return [item.strip() for item in str(value).split(",") if item.strip()]


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "str": _string,
    "bool": _flag,
    "int": _number,
    "json": _structure,
    "csv": _list,
    "raw": _as_it_is,
}


@dataclass(frozen=True)
class Signature:
    readers: Mapping[str, Callable[[Any], Any]]
    required: frozenset[str]
    open: bool = False
    """takes whatever it is given"""

    def read(self, raw: Mapping[str, Any]) -> Args:
        """Raises SlackError(invalid_arguments) naming every missing, unknown or unreadable argument."""
        args: Args = {}
        problems = [f"missing required field: {name}" for name in sorted(self.required - raw.keys())]
        for name, value in raw.items():
            if name in _ALWAYS or value is None:
                continue
            if name not in self.readers:
                if not self.open:
                    problems.append(f"unknown argument: {name}")
                continue
            try:
                args[name] = self.readers[name](value)
            except ValueError:
                problems.append(f"invalid value [json-pointer:/{name}]")
        if problems:
            raise invalid_arguments(*problems)
        return args


def signature(description: str = "", *, open_ended: bool = False) -> Signature:
    """`"channel! text limit:int"`: names, `!` for required, `:kind` for what is not a string."""
    readers, required = {}, set()
    for word in description.split():
        name, _, kind = word.replace("!", "").partition(":")
        readers[name] = _READERS[kind or "str"]
        if "!" in word:
            required.add(name)
    return Signature(readers, frozenset(required), open_ended)


def json_body(body: bytes) -> Mapping[str, Any]:
    """Raises SlackError as Slack does for a body that is no JSON object."""
    try:
        raw = orjson.loads(body) if body else {}
    except ValueError as broken:
        raise SlackError("invalid_json") from broken
    if not isinstance(raw, dict):
        raise SlackError("json_not_object")
    return raw
