"""What Slack tells us: on the way to the acknowledgement, so one round trip each."""

from __future__ import annotations

import re

from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from services.entities.conversations import Author
from services.entities.turns import Heard, Source, Turn
from storage.chat.rows import deletion_of, from_files, storable, to_turn
from storage.chat.statements import HEAR_IN_THREAD, HEAR_TRIGGER
from storage.store import Store
from storage.tables import slack_events

_TS = re.compile(r"\d+\.\d{6}")

_KNOW = insert(slack_events).on_conflict_do_nothing().returning(slack_events.c.event_id)


class Hearing(Store):
    async def hear(self, heard: Heard, *, answer: bool, once: bool = False) -> Turn | None:
        ts = heard.key if _TS.fullmatch(heard.key) else None
        thread_ts = heard.thread_ts or ts
        values = _values(heard) | {"answer": answer, "event_id": heard.event_id if once else None}
        if thread_ts is None:
            row = await self._one(HEAR_TRIGGER, **values)
        else:
            begins = ts == thread_ts
            deletion = deletion_of(heard.channel, heard.key)
            row = await self._one(
                HEAR_IN_THREAD,
                **values,
                ts=ts,
                thread_ts=thread_ts,
                begins_thread=begins,
                deletion=deletion,
            )
        return to_turn(row) if row else None

    async def know_event(self, team: str, event_id: str, kind: str) -> bool:
        return await self._one(_KNOW, team=team, event_id=event_id, kind=kind) is not None


def _values(heard: Heard) -> dict[str, object]:
    return {
        "conversation": uuid7(),
        "turn": uuid7(),
        "message": uuid7(),
        "team": heard.team,
        "channel": heard.channel,
        "channel_kind": heard.channel_kind,
        "key": heard.key,
        "user_id": heard.user,
        "author": (Author.BOT if heard.is_bot else Author.PERSON).value,
        "text": storable(heard.text),
        "at": heard.at,
        "source": heard.source.value,
        "model": heard.model,
        "about": heard.about,
        "is_bot": heard.is_bot,
        "files": from_files(heard.files),
        "follows": heard.mentions_us or heard.source is Source.MENTION,
        "asks": heard.source not in (Source.AGAIN, Source.CONTINUE),
    }
