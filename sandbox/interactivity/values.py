"""What inputs hold: what they start with, and how a plain Python value becomes an element's payload."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.blocks import interactive_elements

Json = dict[str, Any]

_ONE = {
    "datepicker": ("initial_date", "selected_date"),
    "timepicker": ("initial_time", "selected_time"),
    "datetimepicker": ("initial_date_time", "selected_date_time"),
    "static_select": ("initial_option", "selected_option"),
    "external_select": ("initial_option", "selected_option"),
    "radio_buttons": ("initial_option", "selected_option"),
    "users_select": ("initial_user", "selected_user"),
    "conversations_select": ("initial_conversation", "selected_conversation"),
    "channels_select": ("initial_channel", "selected_channel"),
    "plain_text_input": ("initial_value", "value"),
    "email_text_input": ("initial_value", "value"),
    "url_text_input": ("initial_value", "value"),
    "number_input": ("initial_value", "value"),
    "rich_text_input": ("initial_value", "rich_text_value"),
}
_MANY = {
    "multi_static_select": ("initial_options", "selected_options"),
    "multi_external_select": ("initial_options", "selected_options"),
    "checkboxes": ("initial_options", "selected_options"),
    "multi_users_select": ("initial_users", "selected_users"),
    "multi_conversations_select": ("initial_conversations", "selected_conversations"),
    "multi_channels_select": ("initial_channels", "selected_channels"),
    "file_input": ("initial_files", "files"),
}
_WITH_OPTIONS = frozenset(
    {"static_select", "external_select", "radio_buttons", "multi_static_select"}
    | {"multi_external_select", "checkboxes", "overflow"}
)
_PRESSED = frozenset({"button", "icon_button", "workflow_button"})


def initial_values(blocks: list[Json]) -> dict[str, Json]:
    """`state.values` of a fresh view or message: each element that holds a value, with its first one."""
    values: dict[str, Json] = {}
    for block_id, element in interactive_elements(blocks):
        kind = element["type"]
        if kind in _ONE:
            initial, shown = _ONE[kind]
            held = {"type": kind, shown: element.get(initial)}
        elif kind in _MANY:
            initial, shown = _MANY[kind]
            held = {"type": kind, shown: element.get(initial, [])}
        else:
            continue
        values.setdefault(block_id, {})[element["action_id"]] = held
    return values


def merged(base: Mapping[str, Json], changes: Mapping[str, Json]) -> dict[str, Json]:
    """State values with those of `changes` on top, element by element."""
    values = {block_id: dict(held) for block_id, held in base.items()}
    for block_id, held in changes.items():
        values.setdefault(block_id, {}).update(held)
    return values


def filled(blocks: list[Json], plain: Mapping[str, Any]) -> dict[str, Json]:
    """`plain` maps action ids (or block ids) to Python values; raises KeyError for one that is not there."""
    values: dict[str, Json] = {}
    unused = set(plain)
    for block_id, element in interactive_elements(blocks):
        for name in (element["action_id"], block_id):
            if name in plain and element["type"] not in _PRESSED:
                values.setdefault(block_id, {})[element["action_id"]] = held(element, plain[name])
                unused.discard(name)
    if unused:
        raise KeyError(*unused)
    return values


def held(element: Json, value: Any) -> Json:
    """The payload of `element` once it holds `value` (an option's value for selects)."""
    kind = element["type"]
    if kind in _MANY:
        chosen = [_option(element, item) if kind in _WITH_OPTIONS else item for item in value]
        return {"type": kind, _MANY[kind][1]: chosen}
    if kind == "overflow" or kind in _ONE:
        shown = "selected_option" if kind == "overflow" else _ONE[kind][1]
        return {"type": kind, shown: _option(element, value) if kind in _WITH_OPTIONS else value}
    if kind == "feedback_buttons":
        return {"type": kind, **_feedback(element, value)}
    return {"type": kind, **{name: element[name] for name in ("text", "value") if name in element}}


def missing(blocks: list[Json], values: Mapping[str, Json]) -> Json:
    """block_id -> text for each input that must be filled in and is not."""
    errors: Json = {}
    for block in blocks:
        if block["type"] != "input" or block.get("optional"):
            continue
        state = values.get(block["block_id"], {}).get(block["element"]["action_id"], {})
        if not any(item for name, item in state.items() if name != "type"):
            errors[block["block_id"]] = "Please complete this required field."
    return errors


def find(blocks: list[Json], matches: Callable[[str, Json], bool]) -> tuple[str, Json]:
    """The first element for which `matches(block_id, element)`; raises KeyError."""
    for block_id, element in interactive_elements(blocks):
        if matches(block_id, element):
            return block_id, element
    raise KeyError("there is no such element")


def _option(element: Json, value: Any) -> Any:
    """An option by its value; options that the app itself supplied are taken as they are."""
    if isinstance(value, dict):
        return value
    return next((option for option in _options(element) if option.get("value") == value), None)


def _options(element: Json) -> Iterator[Json]:
    yield from element.get("options", ())
    for group in element.get("option_groups", ()):
        yield from group["options"]


def _feedback(element: Json, value: Any) -> Json:
    for name in ("positive_button", "negative_button"):
        button = element[name]
        if value in (button.get("value"), name.removesuffix("_button")):
            return {"text": button["text"], "value": button.get("value", "")}
    raise KeyError(value)
