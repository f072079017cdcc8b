"""What limits ask of storage, and of Slack."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.entities.budgets import BudgetLine, BudgetState
from services.entities.limits import Limit, LimitRequest, LimitState, NearlyFull
from services.entities.people import Actor

Look = Callable[[], Awaitable[tuple[LimitRequest, LimitState | None]]]


class LimitStore(Protocol):
    async def of_team(self, team: str) -> tuple[int, Sequence[Limit]]:
        """What is set, and the version of it: every change makes another one."""
        ...

    async def set(self, team: str, limit: Limit, line: BudgetLine) -> None:
        """`line`: the counters it makes count, of the running period; for a role `scope` ends in `:*`.

        What the log knows of that period counts from now on, also where nobody counted meanwhile.
        """
        ...

    async def unset(self, team: str, kind: str, subject: str) -> int:
        """How many limits there were."""
        ...

    async def counted(self, lines: Sequence[BudgetLine]) -> Sequence[BudgetState]:
        """In the order of `lines`; a counter nobody needed yet is what the log holds."""
        ...

    async def ask(self, request: LimitRequest) -> LimitRequest:
        """Keep it; the one that the person has open already for this counter, where there is one."""
        ...

    async def request(self, request_id: UUID) -> LimitRequest | None: ...

    async def decide(
        self, request_id: UUID, state: str, bonus: int, by: str, at: datetime
    ) -> LimitRequest | None:
        """Close it and raise its counter's cap by `bonus`, at once. None where it was decided before."""
        ...

    async def open_request(self, actor: Actor, line: BudgetLine) -> LimitRequest | None: ...

    async def take_nearly_full(self, at: datetime, most: int) -> Sequence[NearlyFull]:
        """Counters that passed their warning mark and were not taken before."""
        ...

    async def admins(self, team: str) -> Sequence[str]:
        """Admins of the workspace who have used Showrunner, by id; at most five."""
        ...


class LimitNotices(Protocol):
    """Each shows one message that later calls edit; none is ever shown twice."""

    async def requested(self, to: Sequence[Actor], request: UUID, look: Look) -> None:
        """To those who decide; with buttons while it is open. `look` tells what is so when it is shown."""
        ...

    async def decided(self, request: LimitRequest, state: LimitState | None) -> None:
        """To who asked."""
        ...

    async def nearly_full(self, of: NearlyFull, state: LimitState) -> None: ...
