"""Slack's rate limits hold over all processes together; a gate stands for a process here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.rates import CHANNEL_TIERS, TIERS, Bucket, SlackRateGate
from tests.databases import Database
from tests.storage.cuts import cut_all

SLOW = 1 / 1000
TIER = {"chat.update": Bucket(10, SLOW), "chat.postMessage": Bucket(10, SLOW)}
CHANNEL = {"chat.postMessage": Bucket(1, SLOW)}


@pytest.fixture
def gate(engine: AsyncEngine) -> Callable[..., SlackRateGate]:
    def make(**changes: object) -> SlackRateGate:
        options = {"tiers": TIER, "channel_tiers": CHANNEL, **changes}
        return SlackRateGate(engine, **options)  # type: ignore[arg-type]

    return make


@pytest.mark.parametrize("method", TIERS)
def test_no_minute_holds_more_than_slack_allows(method: str) -> None:
    tier = TIERS[method]
    allowed = 4 * tier.burst
    assert tier.burst + 60 * tier.rate <= allowed


def test_two_posts_in_a_channel_are_more_than_a_second_apart() -> None:
    tier = CHANNEL_TIERS["chat.postMessage"]
    assert tier.burst == 1
    assert tier.rate < 1


async def test_two_processes_together_get_no_more_than_the_bucket_holds(gate) -> None:
    gates = [gate(), gate()]
    granted = await asyncio.gather(*(gates[n % 2].try_take("T1", "chat.update") for n in range(60)))
    assert 5 <= sum(granted) <= 10


async def test_an_exhausted_bucket_serves_in_the_order_of_asking(gate) -> None:
    scarce = {"chat.update": Bucket(1, 1 / 60)}
    one, other = gate(tiers=scarce), gate(tiers=scarce)
    waits = [await asking.take("T1", "chat.update") for asking in (one, other, one, other)]
    assert waits == pytest.approx([0, 60, 120, 180], abs=10)


async def test_trying_in_vain_takes_nothing(gate) -> None:
    scarce = {"chat.update": Bucket(1, 1 / 60)}
    one = gate(tiers=scarce)
    await one.take("T1", "chat.update")
    assert not any([await gate(tiers=scarce).try_take("T1", "chat.update") for _ in range(3)])
    assert await one.take("T1", "chat.update") <= 60


async def test_the_bucket_fills_again(gate) -> None:
    quick = gate(tiers={"chat.update": Bucket(1, 50)})
    await quick.take("T1", "chat.update")
    async with asyncio.timeout(5):
        while not await quick.try_take("T1", "chat.update"):
            await asyncio.sleep(0.01)


async def test_teams_and_methods_have_buckets_of_their_own(gate) -> None:
    one = gate(tiers={"chat.update": Bucket(1, SLOW), "chat.delete": Bucket(1, SLOW)})
    assert await one.try_take("T1", "chat.update")
    assert await one.try_take("T2", "chat.update")
    assert await one.try_take("T1", "chat.delete")


async def test_a_channel_takes_one_post_at_a_time(gate) -> None:
    assert await gate().try_take("T1", "chat.postMessage", channel="C1")
    assert not await gate().try_take("T1", "chat.postMessage", channel="C1")
    assert await gate().try_take("T1", "chat.postMessage", channel="C2")


async def test_the_workspace_limits_posts_over_all_channels(gate) -> None:
    one = gate(tiers={"chat.postMessage": Bucket(3, SLOW)})
    granted = [await one.try_take("T1", "chat.postMessage", channel=f"C{n}") for n in range(5)]
    assert granted == [True, True, True, False, False]


async def test_a_post_the_workspace_has_no_room_for_leaves_its_channel_free(
    gate, engine: AsyncEngine
) -> None:
    one = gate(tiers={"chat.postMessage": Bucket(1, SLOW)})
    await one.take("T1", "chat.postMessage", channel="C1")
    assert not await one.try_take("T1", "chat.postMessage", channel="C2")
    async with engine.connect() as connection:
        channels = await connection.scalars(text("SELECT channel FROM rate_buckets ORDER BY 1"))
    assert channels.all() == ["", "C1"]


async def test_a_429_holds_every_process(gate) -> None:
    one, other = gate(), gate()
    await one.punish("T1", "chat.update", 30)
    assert await one.take("T1", "chat.update") > 20
    assert not await other.try_take("T1", "chat.update")
    assert await other.fullness("T1", "chat.update") == 0


async def test_the_same_429_heard_twice_does_not_add_up(gate) -> None:
    quick = {"chat.update": Bucket(10, 10)}
    one, other = gate(tiers=quick), gate(tiers=quick)
    for punished in (one, other):
        await punished.punish("T1", "chat.update", 30)
        await punished.take("T1", "chat.update")
    assert await one.take("T1", "chat.update") < 40


async def test_fullness_goes_down_with_use(gate) -> None:
    assert await gate().fullness("T1", "chat.update") == 1
    for _ in range(4):
        await gate().take("T1", "chat.update")
    assert await gate().fullness("T1", "chat.update") == pytest.approx(0.6, abs=0.1)


async def test_calls_held_in_advance_are_given_up_after_a_second(gate) -> None:
    now = [0.0]
    hasty, other = gate(monotonic=lambda: now[0]), gate()
    for _ in range(3):
        await hasty.take("T1", "chat.update")
    while await other.try_take("T1", "chat.update"):
        pass
    now[0] = 1.0
    assert not await hasty.try_take("T1", "chat.update")


async def test_a_method_without_a_tier_is_limited_only_after_a_429(gate) -> None:
    one = gate()
    assert await one.take("T1", "auth.test") == 0
    await one.punish("T1", "auth.test", 30)
    assert not await one.try_take("T1", "auth.test")


async def test_switched_off_it_lets_everything_through(gate) -> None:
    off = gate(enabled=False, tiers={"chat.update": Bucket(1, SLOW)})
    assert [await off.take("T1", "chat.update") for _ in range(3)] == [0, 0, 0]
    assert await off.fullness("T1", "chat.update") == 1


async def test_it_goes_on_after_its_connections_were_cut(gate, database: Database) -> None:
    one = gate()
    await one.take("T1", "chat.update")
    await cut_all(database.dsn)
    assert await one.try_take("T1", "chat.update")
