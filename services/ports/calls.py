"""The ledger of provider calls and what budgets hold, as they are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.entities.budgets import BudgetLine, BudgetState
from services.entities.calls import CallOutcome, ModelCall
from services.entities.conversations import Message
from services.entities.limits import Asking
from services.entities.tools import Round

Reservation = tuple[UUID, Sequence[BudgetLine]]


class CallStore(Protocol):
    """The ledger of provider calls, its rollup and budgets."""

    async def begin(
        self,
        call: ModelCall,
        reservation_id: UUID | None = None,
        attempt: int | None = None,
        worker: str | None = None,
    ) -> None:
        """Commit-before-pay: the row with outcome STARTED; its reservation is no longer swept.

        With `attempt`: raises LostClaim, as `ChatStore.hold` does for the call's turn; also where the
        reservation is not there, or the turn is held by another than `worker`: PostgreSQL may lose a claim
        and a reservation in a crash, and the next claim has the same number.
        """
        ...

    async def store_answer(
        self,
        answer: Message,
        call: ModelCall,
        reservation_id: UUID,
        spent: Mapping[str, int],
        attempt: int,
        *,
        kept_as: bytes | None = None,
    ) -> None:
        """`hold`, `finish`, `settle`, `add_answer`, and the turn DELIVERING: all or nothing, in one statement.

        `kept_as`: the key under which it may be given again. Raises LostClaim.
        """
        ...

    async def store_round(
        self, round_: Round, call: ModelCall, reservation_id: UUID, spent: Mapping[str, int], attempt: int
    ) -> None:
        """`hold`, `finish`, `settle`, and the round kept: all or nothing, in one statement. Raises LostClaim."""
        ...

    async def rounds(self, turn_id: UUID) -> Sequence[Round]:
        """In order."""
        ...

    async def finish(self, call: ModelCall) -> None:
        """Outcome, usage, cost and times of a begun call; adds it to the daily rollup in one statement.

        A second finish of a call that is no longer STARTED or UNCERTAIN changes nothing.
        """
        ...

    async def unfinished(self, turn_id: UUID) -> Sequence[ModelCall]:
        """Calls of a turn with outcome STARTED or UNCERTAIN."""
        ...

    async def set_outcome(self, call_id: UUID, outcome: CallOutcome) -> None: ...

    async def of_turn(self, turn_id: UUID) -> Sequence[ModelCall]: ...

    async def reserve(
        self, reservation_id: UUID, lines: Sequence[BudgetLine], asking: Asking | None = None
    ) -> Sequence[BudgetLine]:
        """Hold the worst case on every line, or on none; returns the lines that did not fit.

        The same id again holds nothing twice. Raises LimitsChanged where `lines` were made of older limits,
        TooManyRequests.
        """
        ...

    async def reserve_all(self, wanted: Sequence[Reservation], asking: Asking) -> AbstractSet[UUID]:
        """Hold all of one person's, together or not at all; what is held. Raises LimitsChanged."""
        ...

    async def settle(self, reservation_id: UUID, spent: Mapping[str, int]) -> bool:
        """Give the reservation back, book `spent` (by unit) on its lines; False if it was settled already."""
        ...

    async def settle_whole(self, reservation_id: UUID) -> bool:
        """Book all that was held: what a call of unknown end may have cost at most."""
        ...

    async def sweep_reservations(self, before: datetime) -> int:
        """Give back reservations older than `before` whose call never started."""
        ...

    async def budget(self, scope: str, period: date, unit: str) -> BudgetState: ...
