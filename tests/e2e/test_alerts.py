"""Money that runs out: one message, looked after and paused by people, over the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bot import config
from bot.lifecycle import Program, started
from sandbox.server import Sandbox
from sandbox.state import Message
from tests.databases import Database
from tests.e2e.stage import Stage, environment, everything

ALERTS = "C0SANDLAU1"
OWNER = "U0SANDANA1"
TEAM = "T0SANDBOX1"
SPEND = """
INSERT INTO usage_daily (team, day, user_id, channel, provider, model, purpose, calls, tokens_in, cached_read,
    cached_write, tokens_out, cost, unpriced)
VALUES ($1, $2, $3, $4, 'anthropic', 'claude-sonnet-5-5', 'chat', 1, 1, 0, 0, 1, $5, 0)
ON CONFLICT (team, day, user_id, channel, provider, model, purpose) DO UPDATE SET cost = excluded.cost
"""


@dataclass
class Watched(Stage):
    program: Program | None = None

    async def spend(self, dollars: str, who: str = "ben") -> None:
        """Ben's use of today costs so much, and the desk looks at it."""
        user, channel = self.workspace.user(who).id, self.workspace.channel("#general").id
        today = datetime.now(UTC).date()
        await self.rows(SPEND, self.workspace.team_id, today, user, channel, Decimal(dollars))
        await self.look()

    async def look(self) -> None:
        assert self.program is not None
        await self.program._desk.tasks["costs.check"].run(team=self.workspace.team_id)

    @property
    def shown(self) -> list[Message]:
        channel = self.workspace.channel(ALERTS)
        return [one for one in channel.messages.values() if one.sender is self.workspace.bot]

    async def alert(self, containing: str, times: int = 1) -> Message:
        def found() -> Message | None:
            shown = self.shown
            return shown[-1] if len(shown) == times and containing in everything(shown[-1]) else None

        return await self.sandbox.wait_for(found)


@asynccontextmanager
async def watched(database: Database, **more: str) -> AsyncIterator[Watched]:
    async with Sandbox.running() as sandbox:
        sandbox.providers.speed = 0
        given = {
            "SHOWRUNNER_ALERT_CHANNEL": ALERTS,
            "SHOWRUNNER_OWNERS": OWNER,
            "SHOWRUNNER_DAILY_DOLLARS": "50",
        }
        settings = config.load(environment(sandbox, database, "socket", **{**given, **more}))
        async with started(settings) as program:
            yield Watched(sandbox, database, program=program)


def labels(message: Message) -> list[str]:
    rows = [block for block in message.blocks or () if block["type"] == "actions"]
    return [one["text"]["text"] for row in rows for one in row["elements"]]


def value_of(message: Message, action: str) -> Any:
    rows = [block for block in message.blocks or () if block["type"] == "actions"]
    return next(one["value"] for row in rows for one in row["elements"] if one["action_id"] == action)


async def press(stage: Watched, who: str, action: str, message: Message) -> None:
    await stage.people.press(who, action, message, value_of(message, action))


async def test_an_incident_from_the_first_threshold_to_its_end(database: Database) -> None:
    async with watched(database) as stage:
        await stage.spend("20")
        assert stage.shown == []
        await stage.spend("30")
        first = await stage.alert("60 % of today")
        assert "Pause AI for ben" in labels(first)
        await press(stage, "ana", "alerts.acknowledge", first)
        await stage.alert(f"acknowledged by <@{OWNER}>")
        await stage.spend("55")
        higher = await stage.alert("used up today")
        assert "Acknowledge" in labels(higher)

        await press(stage, "ana", "alerts.pause", higher)
        paused = await stage.alert("AI is paused for")
        assert "Resume AI for ben" in labels(paused)
        await stage.mention("ben", stage.workspace.channel("#general"), "one more question")
        refusal = await stage.private("ben", "has paused AI for you")
        assert "own it" not in everything(refusal)

        await press(stage, "ana", "alerts.resume", paused)
        await stage.alert("Pause AI for ben")
        question = await stage.mention("ben", stage.workspace.channel("#general"), "say exactly: back again")
        await stage.answer(question.channel, question.ts)
        assert len(stage.shown) == 1


async def test_only_who_runs_the_desk_decides(database: Database) -> None:
    async with watched(database) as stage:
        await stage.spend("60")
        message = await stage.alert("used up today")
        await press(stage, "ben", "alerts.acknowledge", message)
        await stage.private("ben", "can't do that")
        await press(stage, "ben", "alerts.pause", message)
        assert await stage.rows("SELECT 1 FROM pauses") == []


async def test_ops_lists_alerts_and_costs(database: Database) -> None:
    async with watched(database) as stage:
        await stage.people.command("ana", "#general", "/ops", "alerts")
        await stage.private("ana", "All is well")
        await stage.spend("60")
        await stage.alert("used up today")
        await stage.people.command("ana", "#general", "/ops", "alerts")
        listed = await stage.private("ana", "1 open")
        await press(stage, "ana", "alerts.acknowledge", listed)
        await stage.private("ana", "It is yours now")
        await stage.people.command("ana", "#general", "/ops", "costs")
        costs = await stage.private("ana", "The desk's costs")
        assert "$60.00 of $50.00 (120 %)" in everything(costs)
        await stage.people.command("ben", "#general", "/ops", "costs")
        await stage.private("ben", "can't do that")


async def test_where_the_channel_is_closed_the_owners_hear_of_it(database: Database) -> None:
    async with watched(database, SHOWRUNNER_ALERT_CHANNEL="C0SANDMKT1") as stage:
        await stage.spend("60")
        direct = await stage.private("ana", "used up today")
        await press(stage, "ana", "alerts.acknowledge", direct)
        await stage.private("ana", f"acknowledged by <@{OWNER}>")
        ours = [one for one in direct.channel.messages.values() if one.sender is stage.workspace.bot]
        assert len(ours) == 1
