"""A stage on which every question carries a mark that is found again in Slack, at the providers, in tables."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import orjson

from sandbox.providers.ledger import Paid
from sandbox.state import Channel, Message
from tests.e2e.stage import Stage, everything, is_whole, said

MARK = re.compile(r"mark-\d{5}")
Turns = Mapping[tuple[str, str], dict[str, Any]]
"""Rows by (channel, key)."""
OPEN = frozenset({"waiting", "running", "delivering"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a person and where it stands. `calls`: to a model, that answering it takes."""

    mark: str
    channel: Channel
    ts: str
    calls: int = 1


@dataclass
class ChaosStage(Stage):
    asked: list[Asked] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)
    idle: Channel | None = None
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def new_mark(self) -> str:
        return f"mark-{next(self.numbers):05}"

    async def ask(self, channel: Channel | None = None, who: str = "ana", words: str = "") -> Asked:
        """A mention in a channel of its own, whose answer repeats its mark (and `words`)."""
        mark, place = self.new_mark(), channel or self.channel()
        message = await self.mention(who, place, f"say exactly: {mark} {words}".strip())
        asked = Asked(mark, place, message.root_ts)
        self.asked.append(asked)
        return asked

    async def ask_of_library(self) -> Asked:
        """A question whose model looks in the library before it answers: two calls."""
        mark, place = self.new_mark(), self.channel()
        await self._keep_an_item(place)
        message = await self.mention("ana", place, f"search the library, then say exactly: {mark}")
        self.asked.append(Asked(mark, place, message.root_ts, calls=2))
        return self.asked[-1]

    async def _keep_an_item(self, channel: Channel) -> None:
        item, team = uuid4(), self.workspace.team_id
        await self.rows(
            "INSERT INTO contents (id, team, short, user_id, title, state, stage, created_at)"
            " VALUES ($1, $2, $3, 'U1', 'Notes', 'done', 'ready', now())",
            item, team, item.hex[:12],
        )  # fmt: skip
        await self.rows(
            "INSERT INTO content_channels (id, content_id, team, audience, channel, user_id, at)"
            " VALUES ($1, $2, $3, $4, $4, 'U1', now())",
            uuid4(), item, team, channel.id,
        )  # fmt: skip

    async def shuffle(self) -> None:
        """Slack takes the connections in turn, and an answer makes as many events as there are connections:
        without something in between the same process would always hear the questions, and work them."""
        self.idle = self.idle or self.channel()
        await self.people.post("ben", self.idle, "Nothing to do with you.")

    # -- what is counted -----------------------------------------------------------------------

    def paid_by_mark(self) -> Counter[str]:
        """How often the providers accepted a request about each mark; the newest mark of a request counts."""
        return Counter(mark for paid in self.paid if (mark := self._mark_of(paid)))

    def _mark_of(self, paid: Paid) -> str:
        if paid.request_id not in self.marks:
            marks = MARK.findall(orjson.dumps(paid.body).decode()) if paid.body else []
            self.marks[paid.request_id] = marks[-1] if marks else ""
        return self.marks[paid.request_id]

    def answers_with(self, asked: Asked) -> list[Message]:
        """Our messages of its thread that say its mark."""
        return [message for message in self.ours_in(asked.channel, asked.ts) if asked.mark in said(message)]

    def whole_answers(self, asked: Asked) -> list[Message]:
        return [message for message in self.answers_with(asked) if is_whole(message)]

    def questions_back(self, asked: Asked) -> list[Message]:
        """Our messages of its thread that ask what to do about an uncertain call."""
        return [m for m in self.ours_in(asked.channel, asked.ts) if "chat.ask_again" in everything(m)]

    async def turns(self) -> Turns:
        rows = await self.rows("SELECT * FROM turns ORDER BY created_at, id")
        return {(row["channel"], row["key"]): row for row in rows}

    async def turn_of(self, asked: Asked) -> dict[str, Any] | None:
        rows = await self.rows(
            "SELECT * FROM turns WHERE channel = $1 AND key = $2", asked.channel.id, asked.ts
        )
        return rows[0] if rows else None

    async def ended(self, asked: Asked, timeout: float = 60) -> dict[str, Any]:
        """Its turn, once it waits for nothing but a person. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while True:
                turn = await self.turn_of(asked)
                if turn is not None and turn["state"] not in OPEN:
                    return turn
                await asyncio.sleep(0.05)

    async def all_ended(self, timeout: float = 60) -> Turns:
        """All turns, once none is open or the time is over; what is still open then speaks for itself."""
        deadline = asyncio.get_running_loop().time() + timeout
        while True:
            turns = await self.turns()
            known = all((asked.channel.id, asked.ts) in turns for asked in self.asked)
            if known and not any(turn["state"] in OPEN for turn in turns.values()):
                return turns
            if asyncio.get_running_loop().time() > deadline:
                return turns
            await asyncio.sleep(0.2)

    async def reserved(self) -> frozenset[str]:
        """Ids of the turns that hold a reservation."""
        return frozenset(str(row["id"]) for row in await self.rows("SELECT id FROM reservations"))


def without(marks: Collection[str], most: int = 3) -> str:
    """The first few of a list, for a figure."""
    some = sorted(marks)[:most]
    return f" ({', '.join(some)}{'…' if len(marks) > most else ''})" if some else ""
