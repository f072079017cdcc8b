"""Models that say what a test tells them to, and remember what they were sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

from services.entities.calls import Usage
from services.ports.models import ChatModel, Finished, ModelEvent, ModelRequest, TextDelta

USED = Usage(tokens_in=100, cached_read=60, tokens_out=20)
END = Finished(USED, "end", "req_1")

Line = ModelEvent | Exception | asyncio.Event


@dataclass
class FakeModel:
    """Plays `script` line by line: events are given, exceptions raised, an asyncio.Event waited for.

    `scripts` are for the first calls, one each; `script` is for all others.
    """

    provider: str = "anthropic"
    name: str = "claude"
    script: Sequence[Line] = (TextDelta("Ninety "), TextDelta("seconds."), END)
    scripts: list[Sequence[Line]] = field(default_factory=list)
    asked: list[ModelRequest] = field(default_factory=list)
    closed: int = 0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        self.asked.append(request)
        try:
            for line in self.scripts.pop(0) if self.scripts else self.script:
                match line:
                    case Exception():
                        raise line
                    case asyncio.Event():
                        await line.wait()
                    case _:
                        yield line
        finally:
            self.closed += 1


def _is_a_chat_model(model: FakeModel) -> ChatModel:
    return model
