"""R17: a source that flaps, stays bad, gets worse and recovers; processes killed between decision and send.

Bar: one message an incident, kept up to date, its end said once; none lost, none doubled. A mail may go out twice
where a process died between the server's "yes" and its own note, but then under the same Message-ID.

In each round a healthy process stands still while the doomed one does all the work, until it dies at its
checkpoint; then the healthy one goes on from wherever that left things.
"""

from __future__ import annotations

import os
import signal
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from jobs.queue import Enqueuer
from sandbox.state import Message
from tests.chaos.crashing import Doomed
from tests.chaos.ground import MORTAL, Ground, eventually, program_environment, set_up
from tests.chaos.report import Line
from tests.chaos.stage import ChaosStage
from tests.e2e.stage import everything, free_port
from tests.fakes.smtp import FakeSmtp, mail_server

BAR = "200 kills between decision and send: one message an incident, up to date, recovery said once; 0 lost, 0 doubled"
POINTS = ("alert.decided", "bulletin.intended", "bulletin.posted", "alert.shown", "alert.mailed")
ROUNDS = 40  # at each point
ALERTS, OWNER = "C0SANDLAU1", "U0SANDANA1"
KINDS = ("begins", "worse", "ends")
"""What the doomed process is given to tell."""
SPEND = """
INSERT INTO usage_daily (team, day, user_id, channel, provider, model, purpose, calls, tokens_in, cached_read,
    cached_write, tokens_out, cost, unpriced)
VALUES ($1, $2, $3, 'C0SANDGEN1', 'anthropic', 'claude-sonnet-5-5', 'chat', 1, 1, 0, 0, 1, $4, 0)
ON CONFLICT (team, day, user_id, channel, provider, model, purpose) DO UPDATE SET cost = excluded.cost
"""
TIME_PASSES = "UPDATE incidents SET well_since = well_since - interval '2 minutes' WHERE state = 'firing'"
NOBODY_SENDS = "UPDATE alert_mails SET due = now() WHERE state = 'sending'"
LONG_AGO = "UPDATE incidents SET resolved_at = resolved_at - interval '1 day' WHERE state = 'resolved'"


@dataclass
class Watch:
    stage: ChaosStage
    smtp: FakeSmtp
    folder: Path
    healthy: Doomed
    found: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    # -- the source ----------------------------------------------------------------------------

    async def spend(self, dollars: int) -> None:
        """The source says so, and is looked at."""
        today, team = datetime.now(UTC).date(), self.stage.workspace.team_id
        user = self.stage.workspace.user("ben").id
        await self.stage.rows(SPEND, team, today, user, Decimal(dollars))
        await self.enqueue("costs.check", team=team)

    async def enqueue(self, task: str, **payload: str) -> None:
        connection = await asyncpg.connect(self.stage.database.dsn)
        try:
            async with connection.transaction():
                await Enqueuer()(connection, task, orjson.dumps(payload))
        finally:
            await connection.close()

    async def begin(self) -> None:
        """It flaps, then stays bad."""
        for dollars in (60, 1, 61):
            await self.spend(dollars)

    async def end(self) -> None:
        await self.spend(1)
        await eventually(lambda: self._any("well_since IS NOT NULL AND state = 'firing'"), 30)
        await self.stage.rows(TIME_PASSES)
        await self.enqueue("alerts.sweep")

    async def _any(self, condition: str) -> bool:
        return bool(await self.stage.rows(f"SELECT 1 FROM incidents WHERE {condition}"))

    # -- a round -------------------------------------------------------------------------------

    async def round(self, doomed: Doomed, kind: str) -> None:
        """One incident, from its beginning to its end; the doomed process has the part called `kind`."""
        acts = {"begins": self.begin, "worse": lambda: self.spend(75), "ends": self.end}
        if kind != KINDS[0]:
            await self.begin()
            await self.settled("firing")
        os.kill(self.healthy.pid, signal.SIGSTOP)
        try:
            await doomed.serve()
            await acts[kind]()
            await self._dies(doomed)
            await self.stage.rows(NOBODY_SENDS)  # instead of minutes until another may take them over
        finally:
            os.kill(self.healthy.pid, signal.SIGCONT)
            await doomed.end()
        if kind != "ends":
            await self.settled("firing")
            await self.end()
        await self.settled("resolved")
        await self.stage.rows(LONG_AGO)

    async def _dies(self, doomed: Doomed) -> None:
        try:
            await self.stage.sandbox.wait_for(lambda: doomed.dead or None, 30)
        except TimeoutError:
            self.found["not reached"] += 1
        self.found["killed"] += doomed.killed

    async def settled(self, state: str) -> None:
        """The newest incident is so, Slack shows it, and its mails are out; or it is counted as lost."""

        async def done() -> bool:
            newest = await self.stage.rows("SELECT * FROM incidents ORDER BY since DESC, id DESC LIMIT 1")
            unsent = await self.stage.rows(
                "SELECT 1 FROM alert_mails WHERE state NOT IN ('sent', 'given_up')"
            )
            if unsent or not newest:
                await self.enqueue("alerts.wake")
            row = newest[0] if newest else {"state": "", "shown": 0, "version": 0}
            return bool(row["state"] == state and row["shown"] >= row["version"] and not unsent)

        try:
            await eventually(done, 60, every=0.5)
        except TimeoutError:
            self.found["not settled"] += 1

    # -- what is counted -----------------------------------------------------------------------

    def messages(self) -> Counter[str]:
        """How many messages of ours each incident has."""
        bot = self.stage.workspace.bot
        shown = self.stage.workspace.channel(ALERTS).messages.values()
        return Counter(id_of(message) for message in shown if message.sender is bot)

    def over(self) -> int:
        bot = self.stage.workspace.bot
        shown = self.stage.workspace.channel(ALERTS).messages.values()
        return sum(message.sender is bot and "*Over: " in everything(message) for message in shown)

    async def audit(self) -> Counter[str]:
        incidents = {str(row["id"]) for row in await self.stage.rows("SELECT id FROM incidents")}
        messages = self.messages()
        mails = Counter(str(mail["Message-ID"]) for mail in self.smtp.mails)
        planned = len(await self.stage.rows("SELECT id FROM alert_mails"))
        counted = {
            "incidents": len(incidents),
            "messages": messages.total(),
            "lost": len(incidents - messages.keys()),
            "strange": len(messages.keys() - incidents),
            "doubled": sum(count > 1 for count in messages.values()),
            "over": self.over(),
            "mails planned": planned,
            "mails": len(mails),
            "mails repeated": mails.total() - len(mails),
        }
        return self.found + Counter(counted)


def id_of(message: Message) -> str:
    metadata: Any = message.metadata or {}
    return str((metadata.get("event_payload") or {}).get("id", ""))


async def run(ground: Ground, scale: float) -> Line:
    each = max(1, round(ROUNDS * scale))
    return await killed(ground, [point for _ in range(each) for point in POINTS])


async def killed(ground: Ground, points: Sequence[str]) -> Line:
    async with watching(ground) as watch:
        await rounds_of(watch, points)
        found = await watch.audit()
    rounds = len(points)
    met = found["killed"] == found["incidents"] == found["messages"] == found["over"] == rounds
    met = met and not found["lost"] + found["doubled"] + found["strange"] + found["not settled"]
    figure = (
        f"{found['killed']} of {rounds} killed, {found['incidents']} incidents: {found['messages']} messages, lost "
        f"{found['lost']}, doubled {found['doubled']}, not settled {found['not settled']}; ends said {found['over']}\n"
        f"mails: {found['mails']} of {found['mails planned']} planned, repeated under the same id {found['mails repeated']}"
    )
    return Line("R17", BAR, figure, met and found["mails"] == found["mails planned"])


async def rounds_of(watch: Watch, points: Sequence[str]) -> None:
    """While one dies the next is already on its way up."""
    waiting: Doomed | None = next_one(watch, points[0])
    try:
        for number, point in enumerate(points):
            doomed, waiting = waiting or next_one(watch, point), None
            if number + 1 < len(points):
                waiting = next_one(watch, points[number + 1])
            kind = KINDS[(number // len(POINTS)) % len(KINDS)]
            await watch.round(doomed, kind)
    finally:
        if waiting is not None:
            await waiting.end()


def next_one(watch: Watch, point: str) -> Doomed:
    return program(watch.stage, watch.smtp, watch.folder / "doomed.log", SHOWRUNNER_CRASH_AT=point)


def program(stage: ChaosStage, smtp: FakeSmtp, log: Path, **own: str) -> Doomed:
    port = free_port()
    settings = {
        "SHOWRUNNER_ALERT_CHANNEL": ALERTS,
        "SHOWRUNNER_OWNERS": OWNER,
        "SHOWRUNNER_DAILY_DOLLARS": "50",
        "SMTP_URL": f"smtp://127.0.0.1:{smtp.port}",
        "ALERT_EMAILS": "ops@example.com",
        **MORTAL,
        **own,
    }
    return Doomed.imported(program_environment(stage, port, **settings), port, log, "worker")


@asynccontextmanager
async def watching(ground: Ground) -> AsyncIterator[Watch]:
    with tempfile.TemporaryDirectory(prefix="r17-") as folder:
        async with ground.database() as database, set_up(database) as stage, mail_server(FakeSmtp()) as smtp:
            healthy = program(stage, smtp, Path(folder) / "healthy.log")
            try:
                await healthy.serve()
                yield Watch(stage, smtp, Path(folder), healthy)
            finally:
                os.kill(healthy.pid, signal.SIGCONT)
                await healthy.end()
