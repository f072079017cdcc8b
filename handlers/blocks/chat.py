"""What stands below an answer, and what is said when there is none."""

from __future__ import annotations

from uuid import UUID

from handlers.blocks import files, kit
from handlers.blocks.figures import dollars
from handlers.blocks.kit import Block
from services.ports.presenter import AnswerNotes

QUESTION_SHOWN = 2_500
KEPT = "*Answered before*: the very same question had this answer within the last day, so it cost nothing"


def footer(notes: AnswerNotes, turn_id: UUID) -> list[Block]:
    """`notes` must be free of mrkdwn: file names are escaped by the caller."""
    return [kit.context(" · ".join(_remarks(notes))), _feedback(turn_id), *_ways_on(notes, turn_id)]


def _remarks(notes: AnswerNotes) -> list[str]:
    remarks = [notes.model, *([KEPT] if notes.kept else [spent(notes)])]
    if notes.failover_from:
        remarks.append(f"{notes.failover_from} could not answer")
    if notes.stopped:
        remarks.append("*Stopped*")
    if notes.broken:
        remarks.append("*Broke off*: the connection to the model was lost")
    if notes.cut:
        remarks.append("*Cut*: the longest answer I may give was reached")
    if notes.shortened:
        remarks.append("*Kept short*: a limit leaves no more for now")
    if notes.context_full is not None:
        remarks.append(
            f"This thread fills {notes.context_full} % of what I can keep in mind; start a new one soon"
        )
    return [*remarks, *(_unread(name, reason) for name, reason in notes.unread_files)]


def _unread(name: str, reason: str) -> str:
    if reason == "cut":
        return f"Only the beginning of {name} was read: it is too long"
    return f"Not read: {name} ({files.clause(reason)})"


def spent(notes: AnswerNotes) -> str:
    """Tokens and money of the answer's own call."""
    money = "cost unknown" if notes.cost is None else dollars(notes.cost)
    return f"{notes.tokens:,} tokens, {money}"


def _feedback(turn_id: UUID) -> Block:
    return kit.feedback("chat.feedback", f"up:{turn_id}", f"down:{turn_id}")


def _ways_on(notes: AnswerNotes, turn_id: UUID) -> list[Block]:
    elements = []
    if notes.broken or notes.cut:
        elements.append(kit.button("Continue", "chat.continue", str(turn_id), "primary"))
    if notes.models:
        options = [(name, f"{turn_id}|{name}") for name in notes.models]
        elements.append(kit.select("Answer again with…", "chat.again", options))
    # In a block of its own: an action id stands once in each.
    anew = [kit.actions(kit.button("Answer again", "chat.again", f"{turn_id}|"))] if notes.kept else []
    return [*anew, kit.actions(*elements)] if elements else anew


def abandoned() -> list[Block]:
    return [kit.context("This answer broke off; the question is asked again below.")]


def broken_off() -> list[Block]:
    return [kit.context("This answer broke off.")]


def question(asker: str, asked: str) -> list[Block]:
    """`asked` is escaped."""
    quoted = "\n".join(f">{line}" for line in kit.shortened(asked, QUESTION_SHOWN).splitlines())
    return [kit.text(f"<@{asker}> asked:\n{quoted}")]


def failed(what: str, todo: str, incident: str, turn_id: UUID, *, retry: bool) -> list[Block]:
    blocks = kit.explained(what, todo, incident)
    again = kit.actions(kit.button("Retry", "chat.retry", str(turn_id), "primary"))
    return [*blocks, again] if retry else blocks


def uncertain(turn_id: UUID, models: list[str]) -> list[Block]:
    asked = f" ({', '.join(models)})" if models else ""
    return [
        kit.text(
            f"I was restarted after your question had gone to the model{asked}, and its answer did not reach me.\n"
            "The first answer may have been paid for already. Shall I ask again?"
        ),
        kit.actions(
            kit.button("Ask again", "chat.ask_again", str(turn_id), "primary"),
            kit.button("Leave it", "chat.let_be", str(turn_id)),
        ),
    ]


def changed_question(turn_id: UUID) -> list[Block]:
    """The value names no model: the usual one answers."""
    return [
        kit.text("You changed your question after I had answered it."),
        kit.actions(kit.button("Answer again", "chat.again", f"{turn_id}|", "primary")),
    ]
