"""The blocks, and where each may stand."""

from typing import Literal

from sandbox.blocks.data import TABLE, Chart, DataTable
from sandbox.blocks.elements import ACCESSORY, ACTION_ELEMENT, BUTTON, CONTEXT_ACTION, INPUT_ELEMENT
from sandbox.blocks.parts import FLAG, ID, IMAGE, SLACK_FILE, URL, plain, text
from sandbox.blocks.richtext import RICH_TEXT, RICH_TEXT_BLOCK
from sandbox.blocks.schema import Choice, Items, Object, Shape, String, Typed

Surface = Literal["message", "modal", "home"]

_SOURCE = Typed({"url": Object({"url": URL, "text": String(255)})})
_TASK_FIELDS: dict[str, Shape] = {
    "details": RICH_TEXT_BLOCK,
    "output": RICH_TEXT_BLOCK,
    "sources": Items(_SOURCE, 50, 0),
    "block_id": ID,
}


def _task(statuses: tuple[str, ...]) -> Object:
    return Object({"task_id": ID, "title": String(256)}, {**_TASK_FIELDS, "status": Choice(statuses)})


_STARTED = ("in_progress", "complete", "error")
_PLANNED_TASK = Typed({"task_card": _task(("pending", *_STARTED))})

_EVERYWHERE: dict[str, Shape] = {
    "section": Object(
        optional={
            "text": text(3_000),
            "fields": Items(text(2_000), 10),
            "accessory": ACCESSORY,
            "expand": FLAG,
            "block_id": ID,
        },
        one_of=("text", "fields"),
    ),
    "header": Object({"text": plain(150)}, {"block_id": ID}),
    "context": Object(
        {"elements": Items(Typed({**text(2_000).shapes, "image": IMAGE}), 10)}, {"block_id": ID}
    ),
    "actions": Object({"elements": Items(ACTION_ELEMENT, 25)}, {"block_id": ID}),
    "divider": Object(optional={"block_id": ID}),
    "image": Object(
        {"alt_text": String(2_000)},
        {"image_url": URL, "slack_file": SLACK_FILE, "title": plain(2_000), "block_id": ID},
        one_of=("image_url", "slack_file"),
    ),
    "input": Object(
        {"label": plain(2_000), "element": INPUT_ELEMENT},
        {"hint": plain(2_000), "dispatch_action": FLAG, "optional": FLAG, "block_id": ID},
    ),
    "rich_text": RICH_TEXT,
    "video": Object(
        {"alt_text": String(2_000), "video_url": URL, "thumbnail_url": URL, "title": plain(199)},
        {
            "title_url": URL,
            "description": plain(200),
            "provider_icon_url": URL,
            "provider_name": ID,
            "author_name": String(49),
            "block_id": ID,
        },
    ),
}

_CARD = Object(
    optional={
        "hero_image": Typed({"image": IMAGE}),
        "icon": Typed({"image": IMAGE}),
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "actions": Items(Typed({"button": BUTTON}), 3),
        "block_id": ID,
    },
    one_of=("hero_image", "title", "body", "actions"),
)
_CAROUSEL = Object({"elements": Items(Typed({"card": _CARD}), 10)}, {"block_id": ID})
_TABLES: dict[str, Shape] = {"table": TABLE, "data_table": DataTable(), "data_visualization": Chart()}
_CHILD = Typed(
    {
        **{name: shape for name, shape in _EVERYWHERE.items() if name not in ("input", "video")},
        **_TABLES,
        "card": _CARD,
        "carousel": _CAROUSEL,
        "task_card": _task(_STARTED),
    }
)
_CONTAINER = Object(
    {"child_blocks": Items(_CHILD, 10)},
    {
        "title": plain(150),
        "rich_text_title": RICH_TEXT_BLOCK,
        "subtitle": plain(150),
        "width": Choice(("narrow", "standard", "wide", "full")),
        "icon": Typed({"image": IMAGE}),
        "is_collapsible": FLAG,
        "default_collapsed": FLAG,
        "has_header_divider": FLAG,
        "block_id": ID,
    },
    one_of=("title", "rich_text_title"),
)
_CARDS: dict[str, Shape] = {"card": _CARD, "carousel": _CAROUSEL, "container": _CONTAINER}

_MESSAGE: dict[str, Shape] = {
    **_EVERYWHERE,
    **_TABLES,
    **_CARDS,
    "markdown": Object({"text": String(12_000)}, {"block_id": ID}),
    "context_actions": Object({"elements": Items(CONTEXT_ACTION, 5)}, {"block_id": ID}),
    "task_card": _task(_STARTED),
    "plan": Object({"title": String(256)}, {"tasks": Items(_PLANNED_TASK, 50, 0), "block_id": ID}),
}
_MODAL: dict[str, Shape] = {
    **_EVERYWHERE,
    "card": _CARD,
    "alert": Object(
        {"text": text(200)},
        {"level": Choice(("default", "info", "warning", "error", "success")), "block_id": ID},
    ),
}
_HOME: dict[str, Shape] = {**_EVERYWHERE, **_TABLES, **_CARDS}

BLOCKS: dict[Surface, Typed] = {"message": Typed(_MESSAGE), "modal": Typed(_MODAL), "home": Typed(_HOME)}
