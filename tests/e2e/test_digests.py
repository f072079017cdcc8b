"""Digests over the wire: once, whatever is lost, and kind about quiet days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tests.databases import Database
from tests.e2e.stage import everything
from tests.e2e.test_alerts import SPEND, Watched, watched

DIGESTS = "C0SANDGEN1"


async def show(stage: Watched, kind: str) -> None:
    assert stage.program is not None
    await stage.program._desk.tasks["digests.show"].run(team=stage.workspace.team_id, kind=kind)


def digests(stage: Watched) -> list[str]:
    messages = stage.workspace.channel(DIGESTS).messages.values()
    return [everything(one) for one in messages if one.sender is stage.workspace.bot]


async def test_a_digest_is_told_once_whatever_is_lost(database: Database) -> None:
    async with watched(database, SHOWRUNNER_DIGEST_CHANNEL=DIGESTS, SHOWRUNNER_DIGESTS="daily") as stage:
        yesterday = datetime.now(UTC).date() - timedelta(days=1)
        user = stage.workspace.user("ben").id
        await stage.rows(SPEND, stage.workspace.team_id, yesterday, user, DIGESTS, Decimal("3.21"))
        await stage.sandbox.wait_for(lambda: all("The desk's day" in one for one in digests(stage)))
        told = len(digests(stage))  # at this time of day the clock may have told it already
        await stage.rows("UPDATE digests SET shown_at = NULL")
        stage.sandbox.faults.cut("chat.postMessage", when="after")
        for _ in range(2):
            await show(stage, "daily")
        [daily] = digests(stage)
        assert told <= 1
        assert "$3.21" in daily
        await stage.rows("UPDATE posts SET ts = NULL")
        await stage.rows("UPDATE digests SET shown_at = NULL")
        await show(stage, "daily")
        assert len(digests(stage)) == 1


async def test_a_quiet_week_is_told_kindly_and_without_its_chart(database: Database) -> None:
    async with watched(database, SHOWRUNNER_DIGEST_CHANNEL=DIGESTS) as stage:
        await show(stage, "weekly")
        [weekly] = digests(stage)
        assert "A quiet week" in weekly
        assert "every Monday" in weekly
