"""The library's forms. A field's block id is its name in a Submission."""

from __future__ import annotations

from handlers.blocks import kit
from handlers.blocks.kit import Block
from services.entities.library import Content
from services.library.naming import EXTENSIONS

HERE, MINE = "here", "mine"


def add(channel: str) -> Block:
    """`channel` is where the command was given; empty in a direct message: then it is theirs alone."""
    choices = [("Everyone in this channel", HERE)] if channel else []
    options = [_option(label, value) for label, value in [*choices, ("Only me", MINE)]]
    files: Block = {
        "type": "file_input",
        "action_id": "files",
        "filetypes": sorted(EXTENSIONS),
        "max_files": 10,
    }
    visibility: Block = {
        "type": "static_select",
        "action_id": "visibility",
        "options": options,
        "initial_option": options[0],
    }
    return _modal(
        "library.add_form",
        "Add to the library",
        "Add",
        [
            _input("files", "Files", files),
            _input("title", "Title", _line("title"), hint="Empty: the file's name.", optional=True),
            _input("tags", "Tags", _line("tags"), hint="Words, apart by spaces.", optional=True),
            _input("visibility", "Who may find it", visibility),
        ],
        channel,
    )


def rename(item: Content) -> Block:
    field = {**_line("title"), "initial_value": item.title}
    return _modal("library.rename_form", "Rename", "Save", [_input("title", "Title", field)], str(item.id))


def tags(item: Content) -> Block:
    field = {**_line("tags"), **({"initial_value": " ".join(item.tags)} if item.tags else {})}
    block = _input("tags", "Tags", field, hint="Words, apart by spaces. Empty: none.", optional=True)
    return _modal("library.tags_form", "Tags", "Save", [block], str(item.id))


def inside(item: Content) -> Block:
    field = {**_line("words"), "placeholder": kit.plain('pricing "exact words"', 150)}
    blocks = [kit.context(f"In “{kit.shortened(item.title, 100)}”"), _input("words", "Words", field)]
    return _modal("library.inside_form", "Search in it", "Search", blocks, str(item.id))


def add_button() -> list[Block]:
    return [
        {
            **kit.text("Files are added in a form."),
            "accessory": kit.button("Open the form", "library.form", "add"),
        }
    ]


def _line(action_id: str) -> Block:
    return {"type": "plain_text_input", "action_id": action_id, "max_length": 300}


def _input(name: str, label: str, element: Block, *, hint: str = "", optional: bool = False) -> Block:
    block: Block = {"type": "input", "block_id": name, "label": kit.plain(label), "element": element}
    if hint:
        block["hint"] = kit.plain(hint)
    return {**block, "optional": True} if optional else block


def _option(label: str, value: str) -> Block:
    return {"text": kit.plain(label, kit.OPTION_LIMIT), "value": value}


def _modal(callback_id: str, title: str, submit: str, blocks: list[Block], context: str) -> Block:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": kit.plain(title, 24),
        "submit": kit.plain(submit, 24),
        "close": kit.plain("Cancel", 24),
        "private_metadata": context,
        "blocks": blocks,
    }
