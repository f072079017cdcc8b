"""Conversations, their messages and turns, as they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from services.entities.conversations import Conversation, ConversationMode, Message, Place, ThreadMessage
from services.entities.people import Actor
from services.entities.turns import Claim, Feedback, Heard, Turn, TurnState

NO_GRACE = timedelta(0)


class ChatStore(Protocol):
    """Conversations, their messages and turns."""

    async def hear(self, heard: Heard, *, answer: bool, once: bool = False) -> Turn | None:
        """Store a message, its conversation (made when missing), and a waiting turn if `answer`.

        Returns the turn when a new one was made. The same `key` again (an event's twin, a retry)
        makes no second message or turn: files are merged, a turn is made if only the twin asked for
        one. Messages with `key` not a Slack ts (a trigger id) store their message without a ts.
        An AGAIN or CONTINUE turn adds no message: its `about` is the id of the turn it follows.
        `once` records its event, too; nothing is stored of one that was known.
        """
        ...

    async def know_event(self, team: str, event_id: str, kind: str) -> bool:
        """Record an event id; False if it was already known."""
        ...

    async def conversation_at(self, place: Place) -> Conversation | None: ...

    async def conversation(self, conversation_id: UUID) -> Conversation | None: ...

    async def follows(self, place: Place, user: str) -> bool:
        """Whether `user` has mentioned us in this thread, and it is not set to "mentioned" only."""
        ...

    async def claim(
        self,
        conversation_id: UUID,
        *,
        worker: str,
        now: datetime,
        lease_until: datetime,
        grace: timedelta = NO_GRACE,
    ) -> Claim | None:
        """The oldest waiting turn under the conversation's row lock, or a running one whose lease is over.

        While the database has been up for less than `grace`, no lease counts as over: nobody could extend it.

        Waiting turns that can be answered with it (same kind, no own model) become MERGED into it.
        None while another turn of the conversation is running under a live lease, or nothing waits.
        """
        ...

    async def claim_fresh(
        self, turn: Turn, *, worker: str, now: datetime, lease_until: datetime
    ) -> Claim | None:
        """A turn that was just heard; None where others of its conversation are open: `claim` decides then."""
        ...

    async def let_go(self, conversation_id: UUID, worker: str) -> None:
        """End the lease of what was claimed under this name, if anything was."""
        ...

    async def extend_leases(self, turn_ids: Sequence[UUID], lease_until: datetime) -> Sequence[UUID]:
        """Extend the leases of turns being worked on; returns the ids of those asked to stop."""
        ...

    async def set_turn(
        self, turn_id: UUID, state: TurnState, *, error: str | None = None, attempt: int | None = None
    ) -> bool:
        """Move a turn on; a state that ends it also ends its lease. Whether others of its thread wait.

        With `attempt`, to an end only: raises LostClaim as `hold` does.
        """
        ...

    async def hold(self, turn_id: UUID, attempt: int) -> None:
        """Keep the turn for this transaction. Raises LostClaim where it is over, or claimed anew since `attempt`."""
        ...

    async def turn(self, turn_id: UUID) -> Turn | None: ...

    async def turn_of_answer(self, team: str, channel: str, ts: str) -> Turn | None:
        """The turn whose answer (any part of it) is the message `ts`."""
        ...

    async def turn_of_question(self, team: str, channel: str, ts: str) -> Turn | None: ...

    async def wait_again(self, turn_id: UUID) -> None:
        """Put an uncertain, failed or broken-off turn back to WAITING: the person decided."""
        ...

    async def request_stop(self, place: Place, *, user: str | None = None) -> Sequence[Turn]:
        """Ask running turns of a thread to stop and cancel its waiting ones; returns the affected."""
        ...

    async def stop_turn(self, turn_id: UUID) -> None: ...

    async def overdue(
        self, now: datetime, *, waiting_since: datetime, grace: timedelta = NO_GRACE
    ) -> Sequence[UUID]:
        """Conversations to wake: a turn waits longer than it should, or a lease is over (as in `claim`)."""
        ...

    async def answers_since(self, conversation_id: UUID, since: datetime) -> int:
        """Turns of the conversation that reached the model (any state past WAITING) since then."""
        ...

    async def bot_answered_since_person(self, conversation_id: UUID) -> bool:
        """Whether another bot has had an answer here since a person last spoke."""
        ...

    async def messages(self, conversation_id: UUID, *, after: datetime | None = None) -> Sequence[Message]:
        """Oldest first, deleted ones left out."""
        ...

    async def add_messages(self, conversation_id: UUID, history: Sequence[ThreadMessage]) -> None:
        """Store thread history read from Slack; known ts are left as they are."""
        ...

    async def add_answer(self, message: Message) -> None: ...

    async def answer_of(self, turn_id: UUID) -> Message | None: ...

    async def edit_message(self, team: str, channel: str, ts: str, text: str) -> Turn | None:
        """Change a stored message; returns the turn it asked, if any."""
        ...

    async def delete_message(self, team: str, channel: str, ts: str) -> Turn | None:
        """Also a message that is heard later is none. Returns the turn that is left without a question."""
        ...

    async def place_question(self, turn_id: UUID, thread_ts: str, ts: str) -> Conversation:
        """Give the question of a command or shortcut the ts it was posted under; returns the conversation."""
        ...

    async def set_summary(self, conversation_id: UUID, summary: str, until: datetime) -> None: ...

    async def set_mode(self, conversation_id: UUID, mode: ConversationMode) -> None: ...

    async def mark(
        self, conversation_id: UUID, *, history_read: bool = False, warned_full: bool = False
    ) -> None: ...

    async def give_feedback(self, feedback: Feedback) -> None:
        """One per person and turn; a second replaces the first."""
        ...

    async def recent_conversations(self, actor: Actor, limit: int) -> Sequence[tuple[Conversation, str]]:
        """Conversations where the person asked, newest first, each with its first question."""
        ...
