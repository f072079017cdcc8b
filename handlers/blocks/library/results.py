"""What a search found, an item after the other, each with its passages."""

from __future__ import annotations

from uuid import UUID

from handlers.blocks import kit
from handlers.blocks.kit import Block
from handlers.blocks.library import words
from services.entities.library import Found, Hit, Results
from services.library.query import as_text
from services.library.texts import where


def results(found: Results) -> list[Block]:
    shown = words.plainly(kit.shortened(found.query.words, 80)) or "your filters"
    if not found.found:
        return [kit.text(_nothing(found, shown))]
    blocks: list[Block] = [
        kit.header(f"Found for “{kit.shortened(found.query.words, 80)}”" if found.query.words else "Found")
    ]
    if found.loose:
        blocks.append(
            kit.context("Nothing has all these words; these passages have some of them, or other forms.")
        )
    for one in found.found:
        blocks += _item(one)
    return [*blocks, *_turning(found)]


def _nothing(found: Results, shown: str) -> str:
    if found.page:
        return "That was all."
    return (
        f"Nothing in the library for *{shown}*, as far as you can see it.\n"
        "Try fewer words, or a word's beginning; I look only in channels that you are in."
    )


def _item(found: Found) -> list[Block]:
    item = found.content
    told = f"{words.sign(item)} {words.name(item)}\n{' · '.join(words.facts(item)[:5])}"
    head = {**kit.text(told), "accessory": kit.button("Show", "library.show", str(item.id))}
    return [head, *(_passage(hit) for hit in found.hits)]


def _passage(hit: Hit) -> Block:
    at = where(hit.passage)
    speaker = f"{words.plainly(hit.passage.speaker)}: " if hit.passage.speaker else ""
    told = f">{f'`{at}` ' if at else ''}{speaker}{words.marked(hit.marked)}"
    label = f"Open at {at}" if at else "Open"
    value = f"{hit.content_id}|{_position(hit)}"
    return {**kit.text(told), "accessory": kit.button(label, "library.open", value)}


def _position(hit: Hit) -> str:
    """Seconds as `t83.5`, a page as `p4`."""
    if hit.passage.start is not None:
        return f"t{hit.passage.start:.1f}"
    return f"p{hit.passage.page}" if hit.passage.page else ""


def _turning(found: Results) -> list[Block]:
    elements = []
    if found.page:
        elements.append(kit.button("Previous", "library.previous", state(found, found.page - 1)))
    if found.more:
        elements.append(kit.button("Next", "library.next", state(found, found.page + 1)))
    return [kit.actions(*elements)] if elements else []


def state(found: Results, page: int) -> str:
    """All that a button needs to show another page."""
    return f"{page}|{found.query.item or ''}|{as_text(found.query)}"


def asked(value: str) -> tuple[int, UUID | None, str]:
    page, item, text = value.split("|", 2)
    return int(page), UUID(item) if item else None, text
