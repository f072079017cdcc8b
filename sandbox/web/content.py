"""What a message is made of, as the methods that post take it, checked and made ready to store."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson

from sandbox.blocks import MARKDOWN_LIMIT, blocks_problems, is_too_long
from sandbox.blocks.identity import with_ids
from sandbox.blocks.schema import problem
from sandbox.state import Workspace
from sandbox.web.errors import SlackError, invalid
from sandbox.web.method import Caller

TEXT_LIMIT = 40_000
_ATTACHMENTS_LIMIT = 100
_METADATA_BYTES = 16_384
_CUSTOM = ("username", "icon_emoji", "icon_url")

Args = Mapping[str, Any]


def content(workspace: Workspace, args: Args) -> dict[str, Any]:
    """Fields of `Message` for what `args` gives; what it does not give is absent."""
    if args.get("markdown_text") is not None:
        return _markdown(args)
    found: dict[str, Any] = {}
    if args.get("text") is not None:
        found |= {"text": args["text"][:TEXT_LIMIT], "markdown": None}
    if args.get("blocks") is not None:
        found["blocks"] = checked_blocks(workspace, args["blocks"])
    if args.get("attachments") is not None:
        found["attachments"] = _attachments(args["attachments"])
    return found


def something(found: dict[str, Any]) -> dict[str, Any]:
    """`found`, unless there is nothing in it to show."""
    if not any(found.get(name) for name in ("text", "blocks", "attachments")):
        raise SlackError("no_text")
    return found


def checked_blocks(workspace: Workspace, blocks: Any) -> list[dict[str, Any]]:
    problems = blocks_problems(blocks, "message")
    problems = problems or refused_kinds(workspace, blocks)
    problems = problems or [*_unreadable_files(workspace, blocks), *_foreign_videos(workspace, blocks)]
    if problems:
        raise invalid("invalid_blocks", problems)
    if is_too_long(blocks):
        raise SlackError("msg_blocks_too_long")
    return [with_ids(block, lambda: workspace.ids.hex(5)) for block in blocks]


def refused_kinds(workspace: Workspace, blocks: list[dict[str, Any]], path: str = "/blocks") -> list[str]:
    """As where a new kind of block has not arrived yet, or is switched off."""
    return [
        problem(f"unsupported type: {block['type']}", f"{path}/{index}/type")
        for index, block in enumerate(blocks)
        if block["type"] in workspace.refused_blocks
    ]


def metadata(raw: Any) -> dict[str, Any] | None:
    """None for the empty object, which removes what was there."""
    if raw == {}:
        return None
    if not isinstance(raw, dict) or not _is_metadata(raw):
        raise SlackError("invalid_metadata_format")
    if len(orjson.dumps(raw)) > _METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return raw


def custom_author(caller: Caller, args: Args) -> dict[str, Any]:
    if not any(args.get(name) for name in _CUSTOM):
        return {}
    caller.needs("chat:write.customize")
    icons = {"emoji": args.get("icon_emoji"), "image_64": args.get("icon_url")}
    shown = {name: icon for name, icon in icons.items() if icon}
    return {"username": args.get("username", caller.user.real_name), "icons": shown}


def _markdown(args: Args) -> dict[str, Any]:
    if args.get("text") is not None or args.get("blocks") is not None:
        raise SlackError("markdown_text_conflict")
    text = args["markdown_text"]
    if len(text) > MARKDOWN_LIMIT:
        raise SlackError("msg_too_long")
    return {"text": text, "markdown": text, "blocks": None}


def _attachments(raw: Any) -> list[dict[str, Any]]:
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        raise SlackError("invalid_attachments")
    if len(raw) > _ATTACHMENTS_LIMIT:
        raise SlackError("too_many_attachments")
    return raw


def _unreadable_files(workspace: Workspace, blocks: Any) -> Iterator[str]:
    for index, block in enumerate(blocks):
        if block["type"] == "image" and "slack_file" in block:
            file = workspace.files.get(block["slack_file"].get("id", ""))
            urls = {file.url for file in workspace.files.values()} if file is None else set()
            if (file is None or not file.is_complete) and block["slack_file"].get("url") not in urls:
                yield f"invalid slack file [json-pointer:/blocks/{index}/slack_file]"


def _foreign_videos(workspace: Workspace, blocks: Any) -> Iterator[str]:
    for index, block in enumerate(blocks):
        if block["type"] == "video" and not is_of(block["video_url"], workspace.video_domains):
            yield f"invalid video url domain [json-pointer:/blocks/{index}/video_url]"


def is_of(url: str, domains: Iterable[str]) -> bool:
    host = urlsplit(url).hostname or ""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def _is_metadata(raw: dict[str, Any]) -> bool:
    if not raw.keys() <= {"event_type", "event_payload", "entities"}:
        return False
    if "entities" in raw and "event_type" not in raw:
        return isinstance(raw["entities"], list)
    return isinstance(raw.get("event_type"), str) and isinstance(raw.get("event_payload"), dict)
