"""The buttons below an answer: what a person decides about a turn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

from services.chat.intake import TURN_TASK, ChatIntake
from services.chat.ledger import release
from services.entities.conversations import Conversation
from services.entities.people import Actor
from services.entities.turns import Feedback, Heard, Source, Turn, TurnState
from services.errors import NotAllowed, NotFound
from services.people import PeopleService
from services.policy import Policy
from services.ports.clock import Clock
from services.ports.work import UnitOfWork, UnitOfWorkFactory

UNDER_WAY = frozenset({TurnState.RUNNING, TurnState.DELIVERING})
PATIENCE = 8  # looks, a fifth of a second apart
AGAIN_STATES = frozenset({TurnState.UNCERTAIN, TurnState.FAILED})


class ChatChoices:
    def __init__(
        self, uow: UnitOfWorkFactory, intake: ChatIntake, people: PeopleService, policy: Policy, clock: Clock
    ) -> None:
        self._uow = uow
        self._intake = intake
        self._people = people
        self._policy = policy
        self._clock = clock

    async def feedback(self, actor: Actor, turn_id: UUID, *, good: bool) -> None:
        async with self._uow() as uow:
            await self._of_team(uow, actor, turn_id)
            await uow.chat.give_feedback(Feedback(turn_id, actor, good, self._clock.now()))
            await uow.commit()

    async def answer_again(self, actor: Actor, turn_id: UUID, trigger: str, model: str | None) -> Turn | None:
        """Ask the same question anew, of `model` where one is named. `trigger` makes it once."""
        return await self._follow_up(actor, turn_id, trigger, Source.AGAIN, model)

    async def go_on(self, actor: Actor, turn_id: UUID, trigger: str) -> Turn | None:
        """Have a broken-off answer continued."""
        return await self._follow_up(actor, turn_id, trigger, Source.CONTINUE, None)

    async def ask_again(self, actor: Actor, turn_id: UUID) -> bool:
        """The person wants a lost or failed turn worked anew, though its call may be paid twice.

        False if somebody has decided already. The uncertain call is booked with its reservation's worst
        case, so that no limit can be overspent by asking again.
        """
        async with self._deciding(actor, turn_id) as (uow, turn):
            if turn is not None:
                await release(uow, turn.id)
                await uow.chat.wait_again(turn.id)
                await uow.enqueue(TURN_TASK, conversation=str(turn.conversation_id))
                await uow.commit()
        return turn is not None

    async def let_be(self, actor: Actor, turn_id: UUID) -> bool:
        """The person does not want a lost turn worked anew. False if somebody has decided already."""
        async with self._deciding(actor, turn_id) as (uow, turn):
            if turn is not None:
                await release(uow, turn.id)
                await uow.chat.set_turn(turn.id, TurnState.CANCELLED)
                await uow.commit()
        return turn is not None

    @asynccontextmanager
    async def _deciding(self, actor: Actor, turn_id: UUID) -> AsyncIterator[tuple[UnitOfWork, Turn | None]]:
        """A transaction, and the turn if this person is the first to decide about it."""
        self._policy.check(await self._people.person(actor), "chat")
        await self._until_ended(turn_id)
        async with self._uow() as uow:
            turn = await self._of_team(uow, actor, turn_id)
            open_ = turn.state in AGAIN_STATES
            # Who comes second waits here for the first to commit: reading the state alone would let both pass.
            first = open_ and await uow.chat.know_event(actor.team, decision_of(turn), "decided")
            yield uow, turn if first else None

    async def _until_ended(self, turn_id: UUID) -> None:
        """The buttons can be pressed a moment before the end of the turn they stand under is stored."""
        for _ in range(PATIENCE):
            async with self._uow() as uow:
                turn = await uow.chat.turn(turn_id)
            if turn is None or turn.state not in UNDER_WAY:
                return
            await self._clock.sleep(0.2)

    async def _follow_up(
        self, actor: Actor, turn_id: UUID, trigger: str, source: Source, model: str | None
    ) -> Turn | None:
        async with self._uow() as uow:
            turn = await self._of_team(uow, actor, turn_id)
            conversation = await uow.chat.conversation(turn.conversation_id)
        if conversation is None:
            raise NotFound("conversation")
        return await self._intake.hear(
            follow_up(turn, conversation, actor, trigger, source, model, self._clock.now())
        )

    async def _of_team(self, uow: UnitOfWork, actor: Actor, turn_id: UUID) -> Turn:
        turn = await uow.chat.turn(turn_id)
        if turn is None:
            raise NotFound("question")
        if turn.team != actor.team:
            raise NotAllowed("stranger")
        return turn


def decision_of(turn: Turn) -> str:
    """Each try of a turn can be decided about once."""
    return f"decided {turn.id} {turn.attempts}"


def follow_up(
    turn: Turn,
    conversation: Conversation,
    actor: Actor,
    trigger: str,
    source: Source,
    model: str | None,
    at: datetime,
) -> Heard:
    return Heard(
        team=turn.team,
        channel=turn.channel,
        channel_kind=conversation.channel_kind,
        key=trigger,
        thread_ts=conversation.thread_ts,
        user=actor.user,
        text="",
        at=at,
        source=source,
        model=model,
        about=str(turn.id),
    )
