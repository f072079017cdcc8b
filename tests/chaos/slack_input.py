"""Slack input: 10,000 forged, malformed or replayed requests at the door of HTTP mode.

Bar: 0 accepted, 0 answers of 5xx. A clock 299 s off passes, 301 s does not. A request of Slack's own that is
played again within its five minutes changes nothing.
"""

from __future__ import annotations

import asyncio
import io
import itertools
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import aiohttp

from tests.chaos.forgeries import Forger, Forgery, event_id, mention, sign
from tests.chaos.ground import Ground, address, running, set_up
from tests.chaos.report import Line
from tests.chaos.stage import ChaosStage

BAR = "10,000 forged, malformed or replayed requests: 0 accepted, 0 of 5xx; 299 s off passes, 301 s does not"
REQUESTS = 10_000
REPLAYS = 500
AT_ONCE = 40
SEED = 20261122


async def run(ground: Ground, scale: float) -> Line:
    requests, replays = max(60, round(REQUESTS * scale)), max(5, round(REPLAYS * scale))
    async with (
        ground.database() as database,
        set_up(database, "http") as stage,
        running(stage, 1, apart=ground.apart, SHOWRUNNER_RATE_GATES="false") as (port,),
        aiohttp.ClientSession() as session,
    ):
        door = Door(session, address(port), stage)
        clock = await door.clock()
        replayed = await door.replay(replays)
        answers, taken = await door.storm(requests)
    return judged(answers, taken, replayed, clock)


class Door:
    def __init__(self, session: aiohttp.ClientSession, url: str, stage: ChaosStage) -> None:
        self._session, self._url, self._stage = session, url, stage
        self._secret = stage.sandbox.credentials.signing_secret
        self._channel = stage.channel()
        self._numbers = itertools.count(1_000_000)

    def event(self, number: int) -> bytes:
        workspace = self._stage.workspace
        return mention(
            self._channel.id, workspace.user("ana").id, workspace.bot.id, workspace.team_id, number
        )

    async def send(self, body: bytes, headers: dict[str, str] | Any) -> int:
        """The status; 0 where the connection was closed without one."""
        try:
            async with self._session.post(
                self._url, data=io.BytesIO(body), headers=headers, timeout=aiohttp.ClientTimeout(total=20)
            ) as answer:
                await answer.read()
                return answer.status
        except aiohttp.ClientConnectionError:
            return 0

    async def clock(self) -> dict[int, int]:
        """Statuses of rightly signed events whose clock is so many seconds off."""
        return {seconds: await self._off_by(seconds) for seconds in (0, 299, -299, 301, -301)}

    async def _off_by(self, seconds: int) -> int:
        """Sent at the beginning of a second, as timestamps are whole ones; again where the machine was too slow."""
        while True:
            await asyncio.sleep(1 - time.time() % 1)
            now = time.time()
            body = self.event(next(self._numbers))
            status = await self.send(body, sign(self._secret, body, int(now) + seconds))
            if time.time() - int(now) < 1:
                return status

    async def replay(self, times: int) -> tuple[int, int]:
        """Statuses other than 200, and surplus turns, after one true request was played again and again."""
        body = self.event(next(self._numbers))
        headers = sign(self._secret, body, time.time())
        before = await self._turns()
        statuses = await self._all([Forgery("replay", body, headers)] * times)
        return sum(status != 200 for _, status in statuses), await self._turns() - before - 1

    async def storm(self, count: int) -> tuple[list[tuple[Forgery, int]], int]:
        """Each request with its status, and how many of those with a wrong signature left an event."""
        forgeries = list(Forger(self._secret, self.event, SEED).make(count))
        answers = await self._all(forgeries)
        ids = [event_id(number) for number, each in enumerate(forgeries) if not each.signed]
        rows = await self._stage.rows("SELECT 1 FROM slack_events WHERE event_id = ANY($1::text[])", ids)
        return answers, len(rows)

    async def _all(self, requests: Sequence[Forgery]) -> list[tuple[Forgery, int]]:
        room = asyncio.Semaphore(AT_ONCE)

        async def one(request: Forgery) -> tuple[Forgery, int]:
            async with room:
                return request, await self.send(request.body, request.headers)

        return await asyncio.gather(*(one(request) for request in requests))

    async def _turns(self) -> int:
        rows = await self._stage.rows("SELECT count(*) AS n FROM turns")
        return int(rows[0]["n"])


def judged(
    answers: Sequence[tuple[Forgery, int]], taken: int, replayed: tuple[int, int], clock: dict[int, int]
) -> Line:
    accepted = [each for each, status in answers if 200 <= status < 300 and not each.signed]
    failed = [(each, status) for each, status in answers if status >= 500 or status == 0]
    kinds = Counter(f"{each.kind} {status}" for each, status in answers)
    clock_right = all((status == 200) == (abs(seconds) < 300) for seconds, status in clock.items())
    met = not accepted and not failed and not taken and not any(replayed) and clock_right
    figure = (
        f"{len(answers)} requests: accepted {len(accepted)}, of 5xx or dropped {len(failed)}, stored {taken}; "
        f"replays: wrong statuses {replayed[0]}, surplus turns {replayed[1]}\n"
        f"by kind and status: {', '.join(f'{name}: {count}' for name, count in sorted(kinds.items()))}\n"
        f"clock off by {', '.join(f'{seconds} s: {status}' for seconds, status in clock.items())}"
    )
    if failed:
        figure += f"\nfirst failures: {'; '.join(f'{s} {each.body[:160]!r}' for each, s in failed[:3])}"
    return Line("SLACK-INPUT", BAR, figure, met)
