"""Turns: where they stand, which message they belong to, stopping them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Executable, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from services.entities.conversations import Author, Place
from services.entities.turns import Feedback, Turn, TurnState
from services.errors import LostClaim
from storage.chat.rows import storable, to_turn
from storage.chat.statements import REQUEST_STOP, STOP_TURN
from storage.store import Store
from storage.tables import RUNNING_STATES, feedback, is_any, message_is_ours, messages, posts, turns

_the_turn = turns.c.id == bindparam("turn")
_TURN = select(turns).where(_the_turn)

_moved = update(turns).where(_the_turn).values(state=bindparam("new_state"), error=bindparam("new_error"))
_other = turns.alias("other")
_others_wait = exists().where(
    _other.c.conversation_id == turns.c.conversation_id,
    _other.c.id != turns.c.id,
    is_any(_other.c.state, [TurnState.WAITING]),
)
_MOVE = _moved.returning(_others_wait)
_LET_GO = _moved.values(worker=None, lease_until=None).returning(_others_wait)
_is_held = and_(turns.c.attempts == bindparam("attempt"), is_any(turns.c.state, RUNNING_STATES))
_LET_GO_HELD = _LET_GO.where(_is_held)
_HOLD = select(turns.c.id).where(_the_turn, _is_held).with_for_update(key_share=True)
_WAIT_AGAIN = (
    update(turns)
    .where(_the_turn, is_any(turns.c.state, [TurnState.UNCERTAIN, TurnState.FAILED, TurnState.PARTIAL]))
    .values(state=TurnState.WAITING.value, stop_requested=False, error=None)
)

_said = and_(
    messages.c.team == bindparam("team"),
    messages.c.channel == bindparam("channel"),
    messages.c.ts == bindparam("ts"),
)
_posted = and_(
    posts.c.team == bindparam("team"),
    posts.c.channel == bindparam("channel"),
    posts.c.ts == bindparam("ts"),
    is_any(posts.c.kind, ["stream", "post"]),
)
_OF_ANSWER = select(turns).where(
    turns.c.id
    == func.coalesce(
        select(posts.c.turn_id).where(_posted).limit(1).scalar_subquery(),
        select(messages.c.turn_id).where(_said, message_is_ours).scalar_subquery(),
    )
)
_asked = turns.alias("asked")
_OF_QUESTION = (
    select(turns)
    .join(_asked, turns.c.id == func.coalesce(_asked.c.merged_into, _asked.c.id))
    .join(messages, messages.c.turn_id == _asked.c.id)
    .where(_said, ~message_is_ours)
)

_in_conversation = turns.c.conversation_id == bindparam("conversation")
_ANSWERS_SINCE = select(func.count()).where(
    _in_conversation,
    turns.c.started_at >= bindparam("since"),
    ~is_any(turns.c.state, [TurnState.WAITING, TurnState.REFUSED, TurnState.MERGED]),
)
_SEEN_STATES = (
    TurnState.DELIVERING,
    TurnState.ANSWERED,
    TurnState.PARTIAL,
    TurnState.FAILED,
    TurnState.UNCERTAIN,
)
_last_person = (
    select(func.max(messages.c.at))
    .where(
        messages.c.conversation_id == bindparam("conversation"),
        messages.c.author == Author.PERSON.value,
    )
    .scalar_subquery()
)
_BOT_ANSWERED = select(
    exists().where(
        _in_conversation,
        turns.c.is_bot,
        is_any(turns.c.state, _SEEN_STATES),
        or_(_last_person.is_(None), turns.c.created_at > _last_person),
    )
)

_rated = insert(feedback)
_RATE = _rated.on_conflict_do_update(
    index_elements=[feedback.c.turn_id, feedback.c.team, feedback.c.user_id],
    set_={"good": _rated.excluded.good, "at": _rated.excluded.at},
)


class Turns(Store):
    async def hold(self, turn_id: UUID, attempt: int) -> None:
        if await self._value(_HOLD, turn=turn_id, attempt=attempt) is None:
            raise LostClaim

    async def set_turn(
        self, turn_id: UUID, state: TurnState, *, error: str | None = None, attempt: int | None = None
    ) -> bool:
        reason = None if error is None else storable(error)
        moved = {"turn": turn_id, "new_state": state.value, "new_error": reason}
        if attempt is None:
            return bool(await self._value(_MOVE if state in RUNNING_STATES else _LET_GO, **moved))
        others_wait = await self._value(_LET_GO_HELD, **moved, attempt=attempt)
        if others_wait is None:
            raise LostClaim
        return bool(others_wait)

    async def turn(self, turn_id: UUID) -> Turn | None:
        return await self._turn(_TURN, turn=turn_id)

    async def turn_of_answer(self, team: str, channel: str, ts: str) -> Turn | None:
        return await self._turn(_OF_ANSWER, team=team, channel=channel, ts=ts)

    async def turn_of_question(self, team: str, channel: str, ts: str) -> Turn | None:
        """The one that answers it, where it was merged."""
        return await self._turn(_OF_QUESTION, team=team, channel=channel, ts=ts)

    async def wait_again(self, turn_id: UUID) -> None:
        await self._run(_WAIT_AGAIN, turn=turn_id)

    async def request_stop(self, place: Place, *, user: str | None = None) -> Sequence[Turn]:
        rows = await self._all(
            REQUEST_STOP, team=place.team, channel=place.channel, thread_ts=place.thread_ts, user_id=user
        )
        return [to_turn(row) for row in rows]

    async def stop_turn(self, turn_id: UUID) -> None:
        await self._run(STOP_TURN, turn=turn_id)

    async def answers_since(self, conversation_id: UUID, since: datetime) -> int:
        return int(await self._value(_ANSWERS_SINCE, conversation=conversation_id, since=since))

    async def bot_answered_since_person(self, conversation_id: UUID) -> bool:
        """Anything that the other bot could read and react to counts: a failure shown is an answer, too."""
        return bool(await self._value(_BOT_ANSWERED, conversation=conversation_id))

    async def give_feedback(self, feedback: Feedback) -> None:
        await self._run(
            _RATE,
            turn_id=feedback.turn_id,
            team=feedback.actor.team,
            user_id=feedback.actor.user,
            good=feedback.good,
            at=feedback.at,
        )

    async def _turn(self, statement: Executable, **values: object) -> Turn | None:
        row = await self._one(statement, **values)
        return to_turn(row) if row else None
