"""canvases.* and conversations.canvases.create"""

from collections.abc import Iterable
from typing import Any, get_args

from sandbox.state import Channel, Workspace
from sandbox.state.canvases import AccessLevel, Canvas, Section, quoted_list_line, section_texts
from sandbox.web.access import known_user, visible_channel
from sandbox.web.arguments import signature
from sandbox.web.errors import SlackError, invalid_arguments
from sandbox.web.method import TIER_2, TIER_3, TIER_4, Call, Method

_READ, _WRITE = ("canvases:read",), ("canvases:write",)
_WHOM = "canvas_id! channel_ids:csv user_ids:csv"
_SECTION_TYPES = {"h1": (1,), "h2": (2,), "h3": (3,), "any_header": (1, 2, 3)}
_BESIDE = {"insert_before": 0, "insert_after": 1}
_CHANGE_FIELDS = frozenset({"operation", "section_id", "document_content", "title_content"})


class CanvasMethods:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def methods(self) -> Iterable[Method]:
        content, one = "document_content:json", signature("canvas_id!")
        made, tabbed = signature(f"title {content} channel_id"), signature(f"channel_id! title {content}")
        edited, asked = signature("canvas_id! changes:json!"), signature("canvas_id! criteria:json!")
        granted, shown = signature(f"{_WHOM} access_level!"), signature("canvas_id! content_type")
        yield Method("canvases.create", self.create, made, _WRITE, per_minute=TIER_2)
        yield Method("conversations.canvases.create", self.create_tab, tabbed, _WRITE, per_minute=TIER_2)
        yield Method("canvases.edit", self.edit, edited, _WRITE, per_minute=TIER_3)
        yield Method("canvases.delete", self.delete, one, _WRITE, per_minute=TIER_3)
        yield Method("canvases.getContent", self.content, shown, _READ, per_minute=TIER_3)
        yield Method("canvases.sections.lookup", self.lookup, asked, _READ, per_minute=TIER_4)
        yield Method("canvases.access.set", self.grant, granted, _WRITE, per_minute=TIER_3)
        yield Method("canvases.access.delete", self.revoke, signature(_WHOM), _WRITE, per_minute=TIER_3)

    def create(self, call: Call) -> dict[str, Any]:
        channel = self._channel(call, call["channel_id"]) if call.get("channel_id") else None
        return {"canvas_id": self._made(call, channel).id}

    def create_tab(self, call: Call) -> dict[str, Any]:
        channel = self._channel(call, call["channel_id"])
        if channel.canvas_id is not None:
            raise SlackError("channel_canvas_already_exists")
        canvas = self._made(call, channel)
        channel.canvas_id = canvas.id
        return {"canvas_id": canvas.id}

    def edit(self, call: Call) -> dict[str, Any]:
        canvas, changes = self._writable(call), call["changes"]
        if not isinstance(changes, list) or len(changes) != 1 or not isinstance(changes[0], dict):
            raise invalid_arguments("exactly one change in each call [json-pointer:/changes]")
        self._change(canvas, changes[0])
        return {}

    def delete(self, call: Call) -> dict[str, Any]:
        canvas = self._writable(call)
        del self._workspace.canvases[canvas.id]
        for channel in self._workspace.channels.values():
            if channel.canvas_id == canvas.id:
                channel.canvas_id = None
        return {}

    def content(self, call: Call) -> dict[str, Any]:
        kind = call.get("content_type", "markdown")
        if kind not in ("markdown", "html"):
            raise invalid_arguments("content_type must be markdown or html")
        canvas = self._canvas(call)
        return {"content": canvas.html if kind == "html" else canvas.markdown}

    def lookup(self, call: Call) -> dict[str, Any]:
        levels, text = _criteria(call["criteria"])
        found = [
            section
            for section in self._canvas(call).sections
            if (levels is None or section.heading in levels) and text.lower() in section.text.lower()
        ]
        return {"sections": [{"id": section.id} for section in found]}

    def grant(self, call: Call) -> dict[str, Any]:
        level = next((known for known in get_args(AccessLevel) if known == call["access_level"]), None)
        if level is None or (level == "owner" and call.get("channel_ids")):
            raise invalid_arguments("access_level must be read, write or (for people) owner")
        canvas = self._writable(call)
        canvas.access.update(dict.fromkeys(self._whom(call), level))
        return {}

    def revoke(self, call: Call) -> dict[str, Any]:
        canvas = self._writable(call)
        for id_ in self._whom(call):
            canvas.access.pop(id_, None)
        return {}

    def _made(self, call: Call, channel: Channel | None) -> Canvas:
        markdown, ids = _markdown(call.get("document_content"), "canvas_creation_failed"), self._workspace.ids
        canvas = Canvas(
            id=ids.new("F"),
            title=call.get("title", ""),
            owner=call.caller.user.id,
            created=int(self._workspace.clock.now()),
            sections=self._sections(markdown),
            channel_id=channel.id if channel else None,
            access={channel.id: "write"} if channel else {},
        )
        self._workspace.canvases[canvas.id] = canvas
        return canvas

    def _change(self, canvas: Canvas, change: dict[str, Any]) -> None:
        if not change.keys() <= _CHANGE_FIELDS:
            raise invalid_arguments("invalid additional property [json-pointer:/changes/0]")
        operation = change.get("operation")
        if operation == "rename":
            canvas.title = _markdown(_given(change, "title_content"), "canvas_editing_failed")
        elif operation == "delete":
            del canvas.sections[_place(canvas, change)]
        else:
            content = _given(change, "document_content")
            self._write(canvas, change, self._sections(_markdown(content, "canvas_editing_failed")))

    def _write(self, canvas: Canvas, change: dict[str, Any], new: list[Section]) -> None:
        match change.get("operation"):
            case "insert_at_start":
                canvas.sections[:0] = new
            case "insert_at_end":
                canvas.sections += new
            case "replace" if "section_id" not in change:
                canvas.sections = new
            case "replace":
                place = _place(canvas, change)
                canvas.sections[place : place + 1] = new
            case ("insert_before" | "insert_after") as side:
                place = _place(canvas, change) + _BESIDE[side]
                canvas.sections[place:place] = new
            case _:
                raise invalid_arguments("unknown operation [json-pointer:/changes/0/operation]")

    def _sections(self, markdown: str) -> list[Section]:
        ids = self._workspace.ids
        return [Section(f"temp:C:{ids.hex(28)}", text) for text in section_texts(markdown)]

    def _canvas(self, call: Call) -> Canvas:
        canvas = self._workspace.canvases.get(call["canvas_id"])
        if canvas is None or self._level(canvas, call.caller.user.id) is None:
            raise SlackError("canvas_not_found")
        return canvas

    def _writable(self, call: Call) -> Canvas:
        canvas = self._canvas(call)
        if self._level(canvas, call.caller.user.id) == "read":
            raise SlackError("restricted_action")
        return canvas

    def _level(self, canvas: Canvas, user_id: str) -> AccessLevel | None:
        if canvas.owner == user_id:
            return "owner"
        channels = self._workspace.channels
        mine = [
            level
            for id_, level in canvas.access.items()
            if id_ == user_id or (id_ in channels and user_id in channels[id_].members)
        ]
        return max(mine, key=get_args(AccessLevel).index, default=None)

    def _channel(self, call: Call, channel_id: str) -> Channel:
        channel = visible_channel(self._workspace, call.caller.user, channel_id)
        if call.caller.user.id not in channel.members:
            raise SlackError("restricted_action")
        return channel

    def _whom(self, call: Call) -> list[str]:
        users, channels = call.get("user_ids", []), call.get("channel_ids", [])
        if bool(users) == bool(channels):
            raise SlackError("invalid_parameters")
        found = [known_user(self._workspace, user_id).id for user_id in users]
        return found + [visible_channel(self._workspace, call.caller.user, each).id for each in channels]


def _criteria(raw: Any) -> tuple[set[int] | None, str]:
    """The wanted levels of headings (None: whatever it is) and the text to contain."""
    if not isinstance(raw, dict) or not raw or not raw.keys() <= {"section_types", "contains_text"}:
        raise invalid_arguments("section_types or contains_text is needed [json-pointer:/criteria]")
    types = raw.get("section_types")
    if types is None:
        return None, str(raw["contains_text"])
    if not isinstance(types, list) or not 1 <= len(types) <= 3 or not set(types) <= _SECTION_TYPES.keys():
        raise invalid_arguments("1 to 3 known types [json-pointer:/criteria/section_types]")
    return {level for name in types for level in _SECTION_TYPES[name]}, str(raw.get("contains_text", ""))


def _given(change: dict[str, Any], name: str) -> Any:
    if name not in change:
        raise invalid_arguments(f"missing required field: {name} [json-pointer:/changes/0]")
    return change[name]


def _place(canvas: Canvas, change: dict[str, Any]) -> int:
    try:
        return canvas.place_of(str(_given(change, "section_id")))
    except KeyError:
        raise SlackError("canvas_editing_failed", detail="section_id was not found") from None


def _markdown(content: Any, failure: str) -> str:
    """Of `{"type": "markdown", "markdown": …}`; nothing when nothing was given."""
    if content is None:
        return ""
    fits = isinstance(content, dict) and content.keys() == {"type", "markdown"}
    if not fits or content["type"] != "markdown" or not isinstance(content["markdown"], str):
        raise invalid_arguments("must be markdown [json-pointer:/document_content]")
    line = quoted_list_line(content["markdown"])
    if line is not None:
        detail = f"'content' error: line {line}: Unsupported block type (List) within block quote"
        raise SlackError(failure, detail=detail)
    return content["markdown"]
