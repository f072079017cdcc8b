from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from services.entities.conversations import Author, Conversation, FileRef, Message, Place
from services.entities.turns import Claim, Heard, Source, Turn, TurnState
from services.ports.chat import NO_GRACE
from tests.fakes.chat.base import OPEN, RUNNING, ChatBase
from tests.fakes.memory import MessageRow, TurnRow

MERGEABLE = (Source.MENTION, Source.DIRECT, Source.THREAD)
FOLLOWING = (Source.AGAIN, Source.CONTINUE)


class FakeClaims(ChatBase):
    async def hear(self, heard: Heard, *, answer: bool, once: bool = False) -> Turn | None:
        if once and heard.event_id and not await self.know_event(heard.team, heard.event_id, heard.source):
            return None
        if (heard.team, f"deleted {heard.channel} {heard.key}") in self._memory.events:
            return None
        ts = heard.key if re.fullmatch(r"\d+\.\d{6}", heard.key) else None
        asked = (heard.team, heard.channel, heard.key)
        keys = {(row.turn.team, row.turn.channel, row.turn.key) for row in self._memory.turns.values()}
        new = answer and asked not in keys
        thread_ts = heard.thread_ts or ts
        if thread_ts is None and not new:
            return None
        conversation = self._made(heard, thread_ts, begins=ts is not None and ts == thread_ts)
        if heard.mentions_us or heard.source is Source.MENTION:
            self._put(self._memory.followers, (conversation.id, heard.user), True)
        turn = self._new_turn(heard, conversation) if new else None
        if heard.source not in FOLLOWING and (ts or turn):
            self._hear_message(heard, ts, conversation, turn)
        return turn

    async def know_event(self, team: str, event_id: str, kind: str) -> bool:
        if (team, event_id) in self._memory.events:
            return False
        self._put(self._memory.events, (team, event_id), kind)
        return True

    async def claim(
        self,
        conversation_id: UUID,
        *,
        worker: str,
        now: datetime,
        lease_until: datetime,
        grace: timedelta = NO_GRACE,
    ) -> Claim | None:
        rows = self._turns_in(conversation_id, *OPEN)
        if not rows or any(row.lease_until and row.lease_until > now for row in rows):
            return None
        lead = next((row for row in rows if row.turn.state in RUNNING), rows[0])
        resumed = lead.turn.state in RUNNING
        if resumed and lead.lease_until and self._memory.up_for[-1] < grace:
            return None
        if not resumed:
            self._merge(lead, rows)
            lead = replace(lead, turn=replace(lead.turn, state=TurnState.RUNNING), started_at=now)
        turn = self._save_turn(lead, lease_until=lease_until, attempts=lead.turn.attempts + 1, worker=worker)
        return Claim(
            turn,
            self._memory.conversations[conversation_id],
            self._questions_of(self._origin(turn).id),
            resumed,
            worker,
        )

    async def claim_fresh(
        self, turn: Turn, *, worker: str, now: datetime, lease_until: datetime
    ) -> Claim | None:
        rows = self._turns_in(turn.conversation_id, *OPEN)
        if [row.turn.id for row in rows if row.turn.state is TurnState.WAITING or row.turn.id != turn.id] != [
            turn.id
        ]:
            return None
        return await self.claim(turn.conversation_id, worker=worker, now=now, lease_until=lease_until)

    async def let_go(self, conversation_id: UUID, worker: str) -> None:
        for row in self._turns_in(conversation_id, *RUNNING):
            if row.worker == worker:
                self._save_turn(row, lease_until=None)

    async def extend_leases(self, turn_ids: Sequence[UUID], lease_until: datetime) -> Sequence[UUID]:
        rows = [row for row in self._memory.turns.values() if row.turn.id in turn_ids]
        running = [row for row in rows if row.turn.state in RUNNING]
        for row in running:
            self._save_turn(row, lease_until=lease_until)
        return [row.turn.id for row in running if row.turn.stop_requested]

    async def overdue(
        self, now: datetime, *, waiting_since: datetime, grace: timedelta = NO_GRACE
    ) -> Sequence[UUID]:
        settled = self._memory.up_for[-1] >= grace
        return [
            one
            for one in self._memory.conversations
            if self._is_overdue(self._turns_in(one, *OPEN), now, waiting_since, settled=settled)
        ]

    def _is_overdue(
        self, rows: Sequence[TurnRow], now: datetime, waiting_since: datetime, *, settled: bool
    ) -> bool:
        if any(row.turn.state in RUNNING for row in rows):
            return not any(row.lease_until and (row.lease_until > now or not settled) for row in rows)
        return any(row.turn.created_at < waiting_since for row in rows)

    def _merge(self, lead: TurnRow, rows: Sequence[TurnRow]) -> None:
        for row in rows:
            if row is not lead and _merges(lead.turn) and _merges(row.turn):
                self._save_turn(row, state=TurnState.MERGED, merged_into=lead.turn.id)

    def _origin(self, turn: Turn) -> Turn:
        while turn.source in FOLLOWING and turn.about:
            followed = self._lead(UUID(turn.about))
            if followed is None:
                break
            turn = followed
        return turn

    def _made(self, heard: Heard, thread_ts: str | None, *, begins: bool) -> Conversation:
        known = self._at(Place(heard.team, heard.channel, thread_ts))
        return known or self._save(
            Conversation(
                uuid7(), heard.team, heard.channel, heard.channel_kind, thread_ts, history_read=begins
            )
        )

    def _new_turn(self, heard: Heard, conversation: Conversation) -> Turn:
        turn = Turn(
            id=uuid7(),
            conversation_id=conversation.id,
            team=heard.team,
            channel=heard.channel,
            key=heard.key,
            user=heard.user,
            source=heard.source,
            state=TurnState.WAITING,
            created_at=heard.at,
            model=heard.model,
            about=heard.about,
            is_bot=heard.is_bot,
        )
        return self._save_turn(TurnRow(turn))

    def _hear_message(
        self, heard: Heard, ts: str | None, conversation: Conversation, turn: Turn | None
    ) -> None:
        turn_id = turn.id if turn else None
        known = self._said(heard.team, heard.channel, ts) if ts else None
        if known:
            asks = known.message.turn_id or turn_id
            self._save_message(known, turn_id=asks, files=_together(known.message.files, heard.files))
            return
        author = Author.BOT if heard.is_bot else Author.PERSON
        message = Message(
            uuid7(), conversation.id, author, heard.user, heard.text, heard.at, ts, turn_id, heard.files
        )
        self._save_message(MessageRow(message, heard.team, heard.channel))


def _merges(turn: Turn) -> bool:
    return turn.source in MERGEABLE and turn.model is None and not turn.is_bot


def _together(known: Sequence[FileRef], more: Sequence[FileRef]) -> tuple[FileRef, ...]:
    ids = {file.id for file in known}
    return (*known, *(file for file in more if file.id not in ids))
