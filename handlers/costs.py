"""`/ops costs`, and the look at spending every few minutes."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.blocks import alerts as blocks
from handlers.routes import Call, Command, Route, Task
from handlers.sender.replies import SlackReplies
from services.costs import CostService

CHECK_TASK = "costs.check"


class CostHandlers:
    def __init__(self, costs: CostService, replies: SlackReplies) -> None:
        self._costs = costs
        self._replies = replies

    def routes(self) -> Iterable[Route]:
        yield Command("ops", "costs", self.costs, "what the desk costs, against its limits", "costs")
        yield Task(CHECK_TASK, self.check)

    async def costs(self, call: Call) -> None:
        seen = await self._costs.overview(call.actor)
        await self._replies.show(call.to, f"Today ${seen.today:,.2f}", blocks.costs(seen))

    async def check(self, team: str) -> None:
        await self._costs.check(team)
