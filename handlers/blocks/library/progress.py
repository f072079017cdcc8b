"""The one message of an item: how far it is, what it waits for, and in the end its card."""

from __future__ import annotations

from handlers.blocks import files, kit
from handlers.blocks.kit import Block
from handlers.blocks.library import words
from handlers.blocks.library.card import HINT, card, deleted
from handlers.boundary import slack_date
from services.entities.library import Content, ContentState, Stage
from services.entities.media import MediaKind
from services.ports.showing import Progress

CHANGING = frozenset({"too_large", "too_long", "gone", "hidden", "no_access"})
"""Reasons that may not hold the next time."""
WAITS = {
    "budget": "The budget of whoever shared it does not reach for the rest.",
    "model": "The AI service does not answer just now.",
    "no_model": "I have no AI service for this; whoever runs me needs to set a key.",
    "store": "The place where files are kept does not answer just now.",
    "slack": "Slack does not give me the file just now.",
    "paused": "AI is paused just now.",
}
AGAIN = {"budget": "I go on by myself as soon as a limit is raised, at the latest"}
STEPS = (
    (Stage.RECEIVED, "received"),
    (Stage.STORED, "stored"),
    (Stage.TRANSCRIBED, ""),
    (Stage.READY, "ready"),
)
READS = frozenset({MediaKind.DOCUMENT, MediaKind.SUBTITLES})


def fallback(progress: Progress) -> str:
    """What notifications and screen readers say."""
    item = progress.content
    states = {
        ContentState.DONE: "is ready in the library",
        ContentState.REFUSED: "can't be added",
        ContentState.FAILED: "could not be finished",
        ContentState.STOPPED: "was stopped",
        ContentState.UNCERTAIN: "needs a decision",
        ContentState.WAITING: "waits",
    }
    return f"{item.title} {states.get(item.state, 'is being added to the library')}"


def message(progress: Progress) -> list[Block]:
    item = progress.content
    if item.deleted_at is not None:
        return deleted(item)
    match item.state:
        case ContentState.DONE:
            shown = card(item, progress.cost, passages=progress.passages)
            return [*shown, kit.context(HINT)] if progress.first else shown
        case ContentState.REFUSED:
            return _refused(item)
        case ContentState.FAILED:
            return _failed(progress)
        case ContentState.STOPPED:
            return [_title(item, f"Stopped. {kept(progress)}"), _buttons(_go_on(item))]
        case ContentState.WAITING:
            return _waiting(progress)
        case ContentState.UNCERTAIN:
            return _uncertain(progress)
        case _:
            return _under_way(progress)


def _under_way(progress: Progress) -> list[Block]:
    item = progress.content
    stop = kit.button("Stop", "library.stop", str(item.id))
    return [_title(item, steps(progress)), _buttons(stop)]


def steps(progress: Progress) -> str:
    """`✓ received  ✓ stored  … transcribed 3 of 8   ready`"""
    at = [stage for stage, _ in STEPS].index(progress.content.stage)
    marks = []
    for number, (stage, label) in enumerate(STEPS):
        told = _heard(progress) if stage is Stage.TRANSCRIBED else label
        marks.append(f"{'✓' if number <= at else '▸' if number == at + 1 else '·'} {told}")
    return "   ".join(marks)


def _heard(progress: Progress) -> str:
    word = "read" if progress.content.kind in READS else "transcribed"
    return f"{word} {progress.done} of {progress.parts}" if progress.parts else word


def _refused(item: Content) -> list[Block]:
    reason = item.reason or ""
    blocks = [_title(item, f"Not added. {' '.join(refusal(reason))}")]
    return [*blocks, _buttons(_go_on(item, "Try again"))] if reason in CHANGING else blocks


def refusal(reason: str) -> tuple[str, str]:
    """What is wrong with it, and what to do."""
    what, todo = files.why(reason)
    return f"It {what}", todo


def _failed(progress: Progress) -> list[Block]:
    item = progress.content
    told = "This did not work, and trying again by myself won't help."
    if item.reason == "gave_up":
        told = "This did not work for a long time, so I stopped trying."
    blocks = [_title(item, f"{told} {kept(progress)}"), _buttons(_go_on(item, "Try again"))]
    if item.reason and item.reason.startswith("incident "):
        blocks.append(kit.context(f"Incident `{item.reason.removeprefix('incident ')}`"))
    return blocks


def _waiting(progress: Progress) -> list[Block]:
    item = progress.content
    again = (
        f" {AGAIN.get(item.reason or '', 'I try again')} {slack_date(item.wake_at)}." if item.wake_at else ""
    )
    why = WAITS.get(item.reason or "", "Something is not there that I need.")
    stop = kit.button("Stop", "library.stop", str(item.id))
    return [_title(item, f"{why} {kept(progress)}{again}"), _buttons(_go_on(item, "Go on now"), stop)]


def _uncertain(progress: Progress) -> list[Block]:
    item, left = progress.content, max(1, progress.left)
    calls = "one request" if left == 1 else f"{left} requests"
    told = (
        f"I was restarted while {calls} to the AI service were out, and the answer did not reach me. "
        "It may have been paid for already. Shall I ask again?"
    ).replace("one request to the AI service were", "one request to the AI service was")
    return [
        _title(item, told),
        _buttons(
            kit.button("Ask again", "library.again", str(item.id), "primary"),
            kit.button("Leave it out", "library.leave_out", str(item.id)),
        ),
    ]


def kept(progress: Progress) -> str:
    """What is there already."""
    if progress.parts and progress.done:
        return f"{progress.done} of {progress.parts} parts are transcribed and stay."
    if progress.content.stage is Stage.RECEIVED:
        return ""
    return "What is done stays."


def ask_first(item: Content) -> list[Block]:
    return [
        kit.text(
            f":inbox_tray: Add {words.name(item)} to the library? Everyone in this channel could find it there."
        ),
        _buttons(
            kit.button("Add", "library.accept", str(item.id), "primary"),
            kit.button("No", "library.decline", str(item.id)),
        ),
        kit.context(HINT),
    ]


def _title(item: Content, told: str) -> Block:
    return kit.text(f"{words.sign(item)} {words.name(item)}\n{told.strip()}")


def _go_on(item: Content, label: str = "Go on") -> Block:
    return kit.button(label, "library.go_on", str(item.id), "primary")


def _buttons(*elements: Block) -> Block:
    return kit.actions(*elements)
