"""R5: two bots talking to each other, 1,000 messages; and one person who floods a thread.

Bar: at most one answer each, then silence; a breaker at 5 answers per thread per minute.
"""

from __future__ import annotations

import asyncio
from collections import Counter

from sandbox.state import Channel, Message
from sandbox.state.changes import Posted
from tests.chaos.ground import Ground
from tests.chaos.report import Line
from tests.chaos.stage import Asked, ChaosStage

BAR = "two bots, 1,000 messages: at most one answer each, then silence; 5 answers per thread per minute"
MESSAGES = 1_000
THREADS = 20
FLOOD = 40
BREAKER = 5


async def run(ground: Ground, scale: float) -> Line:
    messages, threads = max(20, round(MESSAGES * scale)), max(2, round(THREADS * scale))
    async with ground.world(2, SHOWRUNNER_RATE_GATES="false") as stage:
        bots = await bots_talk(stage, messages, threads)
        floods = await people_flood(stage, max(8, round(FLOOD * min(scale, 1))))
    met = bots["threads with more than one answer"] == 0 and bots["paid over"] == 0
    met = (
        met and bots["unanswered threads"] == 0 and floods["over the breaker"] == 0 and floods["silent"] == 0
    )
    figure = (
        f"{bots['messages']} messages of another bot in {threads} threads, {bots['replies']} of them replies to "
        f"ours: {bots['answers']} answers, threads with more than one {bots['threads with more than one answer']}, "
        f"without any {bots['unanswered threads']}, calls paid {bots['paid']}\n"
        f"{floods['messages']} messages of one person in one thread within a minute: {floods['answers']} answers "
        f"(breaker {BREAKER}), paid {floods['paid']}"
    )
    return Line("R5", BAR, figure, met)


class Parrot:
    """Another company's bot: it answers whatever we post in its threads, and mentions us."""

    def __init__(self, stage: ChaosStage, channels: set[str]) -> None:
        self._stage, self._channels = stage, channels
        self.replies = 0
        self._tasks: set[asyncio.Task[Message]] = set()

    def hear(self, change: object) -> None:
        if not isinstance(change, Posted) or change.message.channel.id not in self._channels:
            return
        message = change.message
        if message.sender is self._stage.workspace.bot and message.ephemeral_for is None:
            self.replies += 1
            self._reply(message.channel, message.root_ts)

    def _reply(self, channel: Channel, thread_ts: str) -> None:
        text = f"<@{self._stage.workspace.bot.id}> say exactly: {self._stage.new_mark()} so you say"
        task = asyncio.ensure_future(self._stage.people.other_bot_posts(channel, text, thread_ts=thread_ts))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def bots_talk(stage: ChaosStage, messages: int, threads: int) -> Counter[str]:
    found: Counter[str] = Counter()
    channels = [stage.channel() for _ in range(threads)]
    parrot = Parrot(stage, {channel.id for channel in channels})
    stage.workspace.listen(parrot.hear)
    bot, paid = stage.workspace.bot.id, len(stage.paid)
    roots = [
        await stage.people.other_bot_posts(channel, f"<@{bot}> say exactly: {stage.new_mark()} hello")
        for channel in channels
    ]
    for number in range(messages - threads):
        channel, root = channels[number % threads], roots[number % threads]
        text = f"<@{bot}> say exactly: {stage.new_mark()} number {number}"
        await stage.people.other_bot_posts(channel, text, thread_ts=root.ts)
        await asyncio.sleep(0.005)
    await stage.all_ended(180)
    stage.workspace.stop_listening(parrot.hear)
    for channel, root in zip(channels, roots, strict=True):
        answers = len(stage.ours_in(channel, root.ts))
        found["answers"] += answers
        found["threads with more than one answer"] += answers > 1
        found["unanswered threads"] += answers == 0
    found["messages"], found["replies"] = messages + parrot.replies, parrot.replies
    found["paid"] = len(stage.paid) - paid
    found["paid over"] = max(0, found["paid"] - threads)
    return found


async def people_flood(stage: ChaosStage, messages: int) -> Counter[str]:
    """Each message waits for the one before, so that none is merged into another turn."""
    found: Counter[str] = Counter()
    paid = len(stage.paid)
    root = await stage.ask()
    await stage.ended(root)
    for _ in range(messages - 1):
        post = await stage.people.post(
            "ana", root.channel, f"say exactly: {stage.new_mark()}", thread_ts=root.ts
        )
        await stage.ended(Asked("", root.channel, post.ts))
    found["messages"], found["paid"] = messages, len(stage.paid) - paid
    found["answers"] = len(
        [m for m in stage.ours_in(root.channel, root.ts) if "mark-" in (m.markdown or m.text)]
    )
    found["over the breaker"] = max(0, found["answers"] - BREAKER, found["paid"] - BREAKER)
    found["silent"] = found["answers"] == 0
    return found
