"""The sandbox in a process of its own, steered by lines of JSON: orders come in, answers and news go out.

It hands out what Slack would send instead of sending it, so that the load is made, signed and timed by the
one who measures. It tells of each answer when it is whole. Times are the machine's monotonic seconds.
"""

from __future__ import annotations

import asyncio
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import uvloop

from sandbox.delivery.record import Ack, Delivery, Outcome
from sandbox.server import Sandbox, SandboxSettings
from sandbox.state import Channel
from sandbox.traffic import Entry

Json = dict[str, Any]

CASE = re.compile(r"case (\d+)")
LATEST = 64
CHANNELS = 8
BLOCK = 2**20


class Nowhere:
    """A transport that delivers nothing: the payload stays for whoever makes the load."""

    def places(self) -> Sequence[str]:
        return ()

    async def attempt(
        self, delivery: Delivery, number: int, reason: str, to: str | None
    ) -> tuple[str, Outcome]:
        return "nowhere", Ack()

    async def close(self) -> None:
        pass


@dataclass(slots=True)
class Seen:
    """One thread, as its answer comes in. `provider`: seconds that models took for it."""

    thread: str
    first: float | None = None
    provider: float = 0.0
    calls: Counter[str] = field(default_factory=Counter)
    told: bool = False


class Recorder:
    """Reads along what the app calls, and says so when the answer in a thread is whole."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._page = sandbox.traffic.on_entry
        self._ledger = sandbox.providers.ledger
        sandbox.traffic.on_entry = self.note
        self._threads: dict[str, Seen] = {}
        self._of_message: dict[str, Seen] = {}
        self._of_case: dict[str, Seen] = {}
        self.methods: Counter[str] = Counter()
        self.limited: Counter[str] = Counter()

    def expect(self, thread: str, case: int) -> None:
        self._threads[thread] = self._of_case[str(case)] = Seen(thread)

    def note(self, entry: Entry) -> None:
        if entry.direction == "app→provider":
            self._asked(entry)
        elif entry.direction == "app→slack":
            self._called(entry)
        if self._page is not None:
            self._page(entry)

    def _asked(self, entry: Entry) -> None:
        """The newest answer that is finished and not yet counted; its body is let go, which marks it."""
        for back in range(1, min(LATEST, len(self._ledger)) + 1):
            paid = self._ledger[-back]
            if paid.body is not None and paid.finished is not None:
                found = CASE.findall(str(paid.body))
                seen = self._of_case.get(found[-1]) if found else None
                if seen is not None:
                    seen.provider += entry.ms / 1000
                paid.body = None
                return

    def _called(self, entry: Entry) -> None:
        self.methods[entry.name] += 1
        if entry.status == 429:
            self.limited[entry.name] += 1
        seen = self._seen(entry)
        if seen is None or seen.told:
            return
        seen.calls[entry.name] += 1
        if seen.first is None and shows_text(entry):
            seen.first = time.monotonic()
        if is_last(entry):
            seen.told = True
            tell(
                {
                    "answered": seen.thread,
                    "first": seen.first,
                    "done": time.monotonic(),
                    "provider": seen.provider,
                    "calls": seen.calls,
                }
            )

    def _seen(self, entry: Entry) -> Seen | None:
        args, answer = entry.request, entry.answer or {}
        seen = self._threads.get(str(args.get("thread_ts"))) or self._of_message.get(str(args.get("ts")))
        if seen is not None and answer.get("ts"):
            self._of_message[str(answer["ts"])] = seen
        return seen


def fill(path: Path | None, size: int) -> None:
    """Bytes that nothing can make fewer of."""
    block = random.Random(1).randbytes(BLOCK)
    if path is None:
        raise ValueError("a file without bytes")
    with path.open("wb") as file:
        for at in range(0, size, BLOCK):
            file.write(block[: min(BLOCK, size - at)])


def shows_text(entry: Entry) -> bool:
    """Whether the call brings text of the answer, which is made of words about launch videos."""
    shown = str(
        entry.request.get("chunks") or entry.request.get("markdown_text") or entry.request.get("text")
    )
    return entry.name.startswith("chat.") and shown not in {"None", "", "[]"}


def is_last(entry: Entry) -> bool:
    """A stopped stream; a message without blocks (the floor's), or with the buttons that end an answer."""
    if entry.status != 200 or not (entry.answer or {}).get("ok"):
        return False
    if entry.name == "chat.stopStream":
        return True
    blocks = str(entry.request.get("blocks") or "")
    return entry.name in {"chat.postMessage", "chat.update"} and (not blocks or "chat.feedback" in blocks)


class Desk:
    """What can be ordered."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._recorder = Recorder(sandbox)
        self._cases = 0
        self._channels = [self._channel(number) for number in range(CHANNELS)]

    def opening(self) -> Json:
        workspace, user = self._sandbox.workspace, self._sandbox.workspace.user("ana")
        return {
            "environment": self._sandbox.environment("http"),
            "secret": self._sandbox.credentials.signing_secret,
            "team": workspace.team_id,
            "user": user.id,
            "channel": self._channels[0].id,
        }

    async def ask(self, count: int, tokens: int) -> list[Json]:
        """New threads, each begun by a mention; with what Slack would send of it."""
        return [await self._mention(tokens) for _ in range(count)]

    async def pace(self, tokens_per_second: float) -> None:
        self._sandbox.providers.speed = tokens_per_second

    async def tiers(self, enforced: bool) -> None:
        self._sandbox.api.tiers.clear()
        self._sandbox.api.tiers.enforced = enforced

    async def file(self, size: int) -> Json:
        """A film of so many bytes, shared by a person where the bot is; where it is and what it is."""
        user = self._sandbox.workspace.user("ana")
        file = await self._sandbox.files.add(user, "film.mp4", b"")
        file.size = size
        await asyncio.to_thread(fill, file.path, size)
        file.shares[self._channels[0].id] = ["1.0"]
        return {"id": file.id, "url": file.download_url, "size": size}

    async def forget(self, file: str) -> None:
        found = self._sandbox.workspace.files.pop(file)
        if found.path is not None:
            found.path.unlink()

    async def counts(self) -> Json:
        """Slack calls since the last time this was asked."""
        found = {"methods": dict(self._recorder.methods), "limited": dict(self._recorder.limited)}
        self._recorder.methods.clear()
        self._recorder.limited.clear()
        return found

    def _channel(self, number: int) -> Channel:
        workspace = self._sandbox.workspace
        return workspace.add_channel(f"bench-{number}", "public", (workspace.user("ana"), workspace.bot))

    async def _mention(self, tokens: int) -> Json:
        self._cases += 1
        channel = self._channels[self._cases % CHANNELS]
        text = f"Write {tokens} tokens about launch videos, case {self._cases}"
        before = len(self._sandbox.deliveries())
        message = await self._sandbox.people.mention("ana", channel, text)
        self._recorder.expect(message.ts, self._cases)
        events = [delivery.payload for delivery in self._sandbox.deliveries()[before:]]
        self._sandbox.courier.deliveries.clear()
        return {"thread": message.ts, "events": events}


def tell(news: Json) -> None:
    sys.stdout.buffer.write(orjson.dumps(news) + b"\n")
    sys.stdout.buffer.flush()


async def main() -> None:
    manifest = Path(__file__).resolve().parents[2] / "manifest.yml"
    settings = SandboxSettings(manifest=manifest, traffic_kept=10, calls_kept=10)
    async with Sandbox.running(settings) as sandbox:
        sandbox.courier.transport = Nowhere()
        desk = Desk(sandbox)
        tell(desk.opening())
        orders = asyncio.StreamReader(limit=2**24)
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(orders), sys.stdin
        )
        while line := await orders.readline():
            order = orjson.loads(line)
            tell({"reply": await getattr(desk, order.pop("do"))(**order)})


if __name__ == "__main__":
    uvloop.run(main())
