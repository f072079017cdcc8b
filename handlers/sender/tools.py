"""What the parts of the sender share."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.sender.capabilities import Capabilities
from handlers.sender.edits import EditedMessage
from handlers.sender.gate import SlackCalls
from handlers.sender.ledger import Ledger
from handlers.sender.recovery import Finder
from handlers.sender.stream import START, StreamedMessage
from handlers.sender.target import Target
from services.entities.posts import Post
from services.ports.clock import Clock


@dataclass(frozen=True, slots=True)
class Tools:
    calls: SlackCalls
    able: Capabilities
    ledger: Ledger
    finder: Finder
    clock: Clock
    stream_age: float = (
        240.0  # seconds after which an answer goes on in a new message; Slack ends them at 300
    )

    def streamed(self, target: Target, post: Post, ts: str | None = None) -> StreamedMessage:
        return StreamedMessage(self.calls, self.able, target, post, ts)

    def edited(self, target: Target, post: Post, ts: str | None = None) -> EditedMessage:
        return EditedMessage(self.calls, self.finder, target, post, ts)

    async def may_stream(self, team: str) -> bool:
        return self.able.has(team, START) and await self.calls.gate.try_take(team, START)
