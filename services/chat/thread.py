"""What a turn sees of its thread: everything until its question, and nothing that came later.

What is written while a turn waits or is worked on belongs to the turns after it. So a question that is
asked again answers what was meant, no message is answered twice, and every request begins with the one
before it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from services.entities.conversations import Author, Conversation, Message
from services.entities.turns import Claim, Source


@dataclass(frozen=True, slots=True)
class Thread:
    """`said` is all of it, oldest first; `asked` are the messages that have to be sent word for word."""

    conversation: Conversation
    said: tuple[Message, ...]
    asked: frozenset[UUID]

    @property
    def recent(self) -> list[Message]:
        """What the summary does not cover, and what is asked even where it does."""
        until = self.conversation.summary_until
        return [m for m in self.said if until is None or m.at > until or m.id in self.asked]


def thread_of(
    claim: Claim, conversation: Conversation, messages: Sequence[Message], broken: Message | None = None
) -> Thread:
    """`broken` is the answer that "Continue" is about: it is seen, too, and comes last."""
    last = broken or (claim.questions[-1] if claim.questions else None)
    asked = frozenset(message.id for message in (*claim.questions, broken) if message is not None)
    if last is None:
        return Thread(conversation, tuple(messages), asked)
    said = [m for m in messages if m.id in asked or (m.at, m.id) <= (moment(last), last.id)]
    return Thread(conversation, tuple(ending_with_question(claim, said, asked)), asked)


def ending_with_question(claim: Claim, said: list[Message], asked: Collection[UUID]) -> list[Message]:
    """The question of a command has our clock's time: where that is slow, it still comes last."""
    if claim.turn.source is Source.CONTINUE or not said or said[-1].author is not Author.US:
        return said
    return [m for m in said if m.id not in asked] + [m for m in said if m.id in asked]


def moment(message: Message) -> datetime:
    """When it was said; the question of a command stands in Slack later than it was heard."""
    if message.ts is None:
        return message.at
    return max(message.at, datetime.fromtimestamp(float(message.ts), UTC))
