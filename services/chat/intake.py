"""What is heard in Slack: stored once, and turned into a turn when it asks for an answer.

Runs on the three-second path of an event, so it does nothing but one short transaction.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.entities.conversations import ConversationMode, Place
from services.entities.turns import Heard, Source, Turn, TurnState
from services.errors import NotFound
from services.ports.cancellation import Cancellation
from services.ports.clock import Checkpoint, Clock
from services.ports.presenter import Presenter
from services.ports.work import UnitOfWork, UnitOfWorkFactory

TURN_TASK = "chat.turn"
EDITED_TASK = "chat.edited"
LATE = timedelta(minutes=10)
"""An edit older than its message by more than this makes no new question."""
EMOJI = re.compile(r":[\w+'-]+:")
OFFERED = frozenset({TurnState.RUNNING, TurnState.DELIVERING, TurnState.ANSWERED, TurnState.PARTIAL})


class ChatIntake:
    def __init__(
        self,
        uow: UnitOfWorkFactory,
        presenter: Presenter,
        cancellation: Cancellation,
        clock: Clock,
        checkpoint: Checkpoint,
        at_once: Callable[[Turn], bool] = lambda _: False,
    ) -> None:
        """`at_once` takes a turn to work on it here and now, where it can; the queue takes the others."""
        self._uow = uow
        self._show = presenter
        self._cancellation = cancellation
        self._clock = clock
        self._checkpoint = checkpoint
        self._at_once = at_once

    async def hear(self, heard: Heard) -> Turn | None:
        """Store what matters of a message and see to its turn; the turn if this made one.

        All of it is stored by one statement. A turn whose waking is lost after that is found by the sweep.
        """
        async with self._uow(atomic=False) as uow:
            answer = await self._wants_answer(uow, heard)
            if not answer and not await self._is_ours(uow, heard):
                return None
            turn = await uow.chat.hear(heard, answer=answer, once=True)
        self._checkpoint("received")
        if turn is not None:
            if self._at_once(turn):
                self._checkpoint("taken")
            else:
                await self.wake(turn)
                self._checkpoint("enqueued")
        return turn

    async def wake(self, turn: Turn) -> None:
        """Have the turn worked on by whoever has time."""
        async with self._uow() as uow:
            await uow.enqueue(TURN_TASK, conversation=str(turn.conversation_id))
            await uow.commit()

    async def _store(self, uow: UnitOfWork, heard: Heard, *, answer: bool) -> Turn | None:
        turn = await uow.chat.hear(heard, answer=answer)
        if turn is not None:
            await uow.enqueue(TURN_TASK, conversation=str(turn.conversation_id))
        return turn

    async def _wants_answer(self, uow: UnitOfWork, heard: Heard) -> bool:
        if heard.source not in {Source.DIRECT, Source.THREAD}:
            return True
        if heard.mentions_us:
            return True
        if heard.is_bot:
            return False
        if heard.channel_kind == "im":  # nobody else is there who could be meant
            return True
        if heard.mentions_others or not says_something(heard):
            return False
        if heard.thread_ts in {None, heard.key}:  # what begins a thread follows nothing, told early or late
            return False
        return await uow.chat.follows(place_of(heard), heard.user)

    async def _is_ours(self, uow: UnitOfWork, heard: Heard) -> bool:
        return heard.thread_ts is not None and await uow.chat.conversation_at(place_of(heard)) is not None

    async def edited(self, heard: Heard) -> None:
        """A question changed: not yet asked, its new text is asked; later, a new answer is offered.

        Events come in any order, also at the same moment: the message is heard first, as if its own event
        had not come, which also waits for whoever is storing it. An edit can make it a question for us.
        """
        async with self._uow() as uow:
            if not await uow.chat.know_event(heard.team, heard.event_id or heard.key, "edited"):
                return
            if self._is_fresh(heard):
                answer = await self._wants_answer(uow, heard)
                if answer or await self._is_ours(uow, heard):
                    await self._store(uow, heard, answer=answer)
            turn = await uow.chat.edit_message(heard.team, heard.channel, heard.key, heard.text)
            if turn is not None:
                await self._follow_edit(uow, turn, heard)
            await uow.commit()

    async def _follow_edit(self, uow: UnitOfWork, turn: Turn, heard: Heard) -> None:
        """What was refused (often for want of words, sent too early) is asked anew with its new text."""
        if turn.state is TurnState.REFUSED and not turn.is_bot and self._is_fresh(heard):
            anew = replace(
                heard,
                key=f"edited {heard.event_id}",
                thread_ts=heard.thread_ts or heard.key,
                source=Source.AGAIN,
                about=str(turn.id),
            )
            await self._store(uow, anew, answer=is_worded(heard.text))
        elif turn.state in OFFERED:
            await uow.enqueue(EDITED_TASK, turn=str(turn.id))

    def _is_fresh(self, heard: Heard) -> bool:
        return self._clock.now() - heard.at < LATE

    async def deleted(self, team: str, event_id: str, channel: str, ts: str) -> None:
        """A question taken back is not answered; an answer on its way stops."""
        async with self._uow() as uow:
            if not await uow.chat.know_event(team, event_id, "deleted"):
                return
            turn = await uow.chat.delete_message(team, channel, ts)
            if turn is not None:
                await uow.chat.stop_turn(turn.id)
            await uow.commit()
        if turn is not None:
            await self._cancellation.cancel(turn.id)

    async def stop(self, place: Place, event_id: str | None = None) -> list[Turn]:
        """Stop every turn of a thread, in whichever process it runs; the turns it reached."""
        async with self._uow() as uow:
            if event_id and not await uow.chat.know_event(place.team, event_id, "stop"):
                return []
            turns = list(await uow.chat.request_stop(place))
            await uow.commit()
        for turn in turns:
            await self._cancellation.cancel(turn.id)
        return turns

    async def offer_again(self, turn_id: UUID) -> None:
        """After an edit came too late for its answer."""
        async with self._uow() as uow:
            turn = await uow.chat.turn(turn_id)
            conversation = turn and await uow.chat.conversation(turn.conversation_id)
        if turn and conversation and turn.state in OFFERED and not turn.is_bot:
            await self._show.offer_again(turn, conversation.place, "edited")

    async def set_mode(self, place: Place, mode: ConversationMode) -> None:
        async with self._uow() as uow:
            conversation = await uow.chat.conversation_at(place)
            if conversation is None:
                raise NotFound("conversation")
            await uow.chat.set_mode(conversation.id, mode)
            await uow.commit()


def place_of(heard: Heard) -> Place:
    return Place(heard.team, heard.channel, heard.thread_ts)


def says_something(heard: Heard) -> bool:
    return bool(heard.files) or is_worded(heard.text)


def is_worded(text: str) -> bool:
    """Whether there is more than emoji (in both of Slack's spellings), punctuation and white space."""
    return any(map(str.isalnum, EMOJI.sub(" ", text)))
