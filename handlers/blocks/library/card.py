"""An item by itself: its card."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from handlers.blocks import files, kit
from handlers.blocks.kit import Block
from handlers.blocks.library import words
from services.entities.library import Content
from services.entities.media import MediaKind
from services.library.intake import Added
from services.library.texts import FORMATS, has_times
from services.media.times import timecode
from services.ports.library import Received

CHAPTERS = 8
EXPORTS = {"srt": "Subtitles, SRT", "vtt": "Subtitles, WebVTT", "txt": "Plain text", "md": "Markdown"}


HEARD = frozenset({MediaKind.VIDEO, MediaKind.AUDIO})
HINT = "Whether files shared here are added by themselves is set with `/library channel auto|ask|off`."


def card(
    item: Content, cost: Decimal | None = None, *, passages: int, may_change: bool = True
) -> list[Block]:
    told = [f"{words.sign(item)} {words.name(item)}"]
    if item.summary:
        told.append(words.plainly(item.summary))
    blocks = [kit.text("\n".join(told))]
    if item.poster_file:
        blocks.append(_picture(item, item.poster_file))
    if item.chapters:
        blocks.append(kit.text("\n".join(_chapters(item))))
    if item.topics:
        blocks.append(kit.context("Topics: " + ", ".join(map(words.plainly, item.topics))))
    blocks.append(kit.context(" · ".join(words.facts(item, cost))))
    if item.kind in HEARD and not passages:
        blocks.append(kit.context(_wordless(item)))
    return [*blocks, _buttons(item, passages=passages, may_change=may_change)]


def _wordless(item: Content) -> str:
    why = "Nothing is said in it" if item.probe and item.probe.audio_codec else "It has no sound"
    return f"{why}, so there are no words to search for. Tags help to find it again."


def _picture(item: Content, file: str) -> Block:
    alt = kit.shortened(f"A picture from “{item.title}”", 200)
    return {"type": "image", "slack_file": {"id": file}, "alt_text": alt}


def _chapters(item: Content) -> list[str]:
    shown = [f"`{timecode(each.start)}` {words.plainly(each.title)}" for each in item.chapters[:CHAPTERS]]
    more = len(item.chapters) - CHAPTERS
    return [*shown, f"and {more} more"] if more > 0 else shown


def _buttons(item: Content, *, passages: int, may_change: bool) -> Block:
    value = str(item.id)
    elements = [kit.button("Open", "library.open", f"{value}|", "primary")]
    if passages:
        elements.append(kit.button("Search in it", "library.inside", value))
        elements.append(kit.select("Export", "library.export", _forms(item)))
    if may_change:
        elements += [
            kit.button("Rename", "library.rename", value),
            kit.button("Tags", "library.tags", value),
            {**kit.button("Delete", "library.delete", value, "danger"), "confirm": _sure(item)},
        ]
    return kit.actions(*elements)


def _forms(item: Content) -> list[tuple[str, str]]:
    forms = FORMATS if has_times(item) else ("txt", "md")
    return [(EXPORTS[form], f"{item.id}|{form}") for form in forms]


def deleted(item: Content) -> list[Block]:
    told = kit.text(f"{words.name(item)} is deleted. It can be brought back for some days.")
    return [{**told, "accessory": kit.button("Restore", "library.restore", item.short)}]


def _sure(item: Content) -> Block:
    return {
        "title": kit.plain("Delete from the library?", 100),
        "text": kit.plain(
            f"“{kit.shortened(item.title, 80)}” will no longer be found. The file in Slack stays. "
            f"/library restore {item.short} brings it back for some days.",
            300,
        ),
        "confirm": kit.plain("Delete", 30),
        "deny": kit.plain("Keep", 30),
        "style": "danger",
    }


def recent(items: Sequence[Content]) -> list[Block]:
    if not items:
        return [kit.text("Nothing here yet. Drop a video or a document into this channel.")]
    return [kit.header("Added lately"), *map(line, items)]


def line(item: Content) -> Block:
    told = f"{words.sign(item)} {words.name(item)}\n{' · '.join(words.facts(item))}"
    return {**kit.text(told), "accessory": kit.button("Show", "library.show", str(item.id))}


def opened(url: str, item: Content, moment: str) -> list[Block]:
    where = f" at {moment}" if moment else ""
    return [
        kit.text(f"<{url}|Open {words.plainly(kit.shortened(item.title, 80))}{where}>"),
        kit.context("The link is yours alone and opens within a minute."),
    ]


def added(given: Added) -> str:
    """In mrkdwn: what became of the files of a message."""
    told = [_taken(given.received)] if given.received else []
    told += [" ".join(files.told(words.plainly(error.name), error.reason)) for error in given.without]
    return "\n".join(told) or "There is no file in that message that I can keep."


def _taken(received: Sequence[Received]) -> str:
    if any(each.fresh for each in received):
        return "Added; its progress is shown where the file is."
    shorts = ", ".join(f"`{each.content.short}`" for each in received)
    return f"That is in the library already: {shorts}"
