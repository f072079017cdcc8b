"""What digests ask of the outside."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from services.usage import Report


class DigestStore(Protocol):
    async def plan(self, team: str, kind: str, period: date, at: datetime) -> bool:
        """It is about to be shown; False where it has been."""
        ...

    async def set_shown(self, team: str, kind: str, period: date, at: datetime) -> None: ...


class DigestPresenter(Protocol):
    async def show(self, digest_id: UUID, kind: str, report: Report) -> None:
        """In the channel of digests; again with the same id shows nothing twice."""
        ...
