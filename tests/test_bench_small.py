"""The benches' machinery in small: each gives a figure. Whether it is within its bar is for `make bench`."""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import AsyncIterator
from functools import partial

import orjson
import pytest
import pytest_asyncio

from tests.bench import (
    acknowledgement,
    audio,
    caching,
    calls,
    figures,
    growth,
    latency,
    load,
    report,
    reservations,
    search,
    start,
    throughput,
    upload,
    usage,
)
from tests.bench.numbers import quantile, ratio
from tests.bench.processes import Bot
from tests.bench.report import Figure
from tests.bench.stand import OPEN_GATES, Stand, standing
from tests.databases import Database

in_one_loop = pytest.mark.asyncio(loop_scope="module")
FEW = 20


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stand(server: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stand]:
    async with standing(server, tmp_path_factory.mktemp("bench")) as stand:
        yield stand


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def product(stand: Stand) -> AsyncIterator[Bot]:
    """On tables that are filled as for the bench of their growth."""
    async with stand.database() as database:
        await growth.fill(database, stand, FEW)
        async with stand.product(database, **OPEN_GATES) as bot:
            yield bot


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def floor(stand: Stand) -> AsyncIterator[Bot]:
    async with stand.floor("bare") as bot:
        yield bot


@in_one_loop
async def test_p1_times_acknowledgements(stand: Stand, product: Bot):
    async with stand.floor("ok") as floor:
        size = acknowledgement.Size(rounds=1, seconds=0.4)
        assert_measured(await acknowledgement.measured(stand, floor, product, size))


@in_one_loop
async def test_p9_reserves_at_once_and_never_too_much(stand: Stand):
    [found] = await reservations.bench(stand, reservations.Size(requests=40, waves=2, rounds=1))
    assert_measured(found)
    assert found.figure.endswith("overspend 0")


@in_one_loop
async def test_p2_counts_processor_time(stand: Stand, floor: Bot, product: Bot):
    size = throughput.Size(rounds=1, turns=8, tokens=40, others=(20,))
    assert_measured(await throughput.measured(stand, floor, product, size))


@in_one_loop
async def test_p3_times_first_texts(stand: Stand, floor: Bot, product: Bot):
    assert_measured(await latency.measured(stand, floor, product, latency.Size(rounds=1, turns=3)))


@in_one_loop
async def test_p4_counts_calls(stand: Stand, product: Bot):
    size = calls.Size(tokens=60, seconds=0.5, turns=3, per_minute=600, short=20, speed=0)
    found = await calls.measured(stand, (product,), size)

    assert_measured(found)
    assert "chat.startStream" in str(found.notes)


@in_one_loop
async def test_p5_times_an_upload(stand: Stand):
    assert_measured(await upload.measured(stand, upload.Size(rounds=1, bytes=16 * upload.MIB)))


@in_one_loop
async def test_p11_looks_at_a_process_after_its_first_answer(stand: Stand, floor: Bot, product: Bot):
    starts = [start.Start(bot.started_in, bot.memory()) for bot in (floor, product)]

    assert_measured(start.figure(starts[:1], starts[1:], start.Size(1)))


async def test_p12_pays_half_for_a_thread_or_less():
    """Money, not time: the bar itself is asserted."""
    [found] = await caching.bench(caching.Size(turns=8))
    assert found.met, found.figure
    assert_measured(found)


@in_one_loop
async def test_growth_compares_two_processes(stand: Stand, product: Bot):
    size = growth.Size(rounds=1, turns=4, rows=FEW)
    assert_measured(await growth.measured(stand, product, product, size))


@in_one_loop
async def test_p8_compares_report_and_log(stand: Stand):
    size = usage.Size(calls=3_000, people=5, days=6, rounds=1, own=60)
    against_the_log, growth_of_it = await usage.bench(stand, size)

    assert_measured(against_the_log)
    assert_measured(growth_of_it)
    assert "; 0 of " in against_the_log.figure


async def test_p6_times_the_sound_of_a_video():
    assert_measured(await audio.measured(audio.Size(rounds=1, minutes=0.2)))


async def test_work_that_waits_does_not_hold_up_what_is_due():
    done = asyncio.Event()

    async def wait(_: float) -> bool:
        return await done.wait()

    async def finish(due: float) -> bool:
        done.set()
        return due <= time.monotonic()

    assert await load.open_loop(1000.0, [wait, wait, finish]) == [True, True, True]


async def test_no_more_than_so_many_at_once():
    working: list[int] = []
    most: list[int] = []

    async def work(number: int) -> int:
        working.append(number)
        most.append(len(working))
        await asyncio.sleep(0)
        working.remove(number)
        return number

    done = await load.at_once(2, [partial(work, number) for number in range(5)])

    assert sorted(done) == [0, 1, 2, 3, 4]
    assert max(most) == 2


def test_a_quantile_is_one_of_the_values():
    assert [quantile([4, 1, 3, 2], share) for share in (0.25, 0.5, 0.99)] == [1, 2, 4]


def test_each_round_is_compared_with_the_one_beside_it():
    assert ratio([2, 40, 3], [1, 10, 3]) == 2


def test_the_page_of_figures_tells_what_where_and_how():
    made = Figure("P1", "acknowledgement", "at most 3 times", "2.00 times", met=True, notes=("4 rounds",))
    told = orjson.loads(orjson.dumps(report.report([made], "make bench", report.machine(), 1.0)))
    chaos = told | {"lines": [{"id": "R1", "bar": "one answer", "figure": "1 of 1\n2 of 2", "met": False}]}

    page = figures.page([("Speed", told), ("Reliability", chaos)])

    assert "| P1 | acknowledgement: at most 3 times | 2.00 times | yes |" in page
    assert "| R1 | one answer | 1 of 1<br>2 of 2 | **no** |" in page
    assert "- P1: 4 rounds." in page
    assert f"- Date: {told['date']}" in page
    assert "- Command: `make bench`" in page


def assert_measured(figure: Figure) -> None:
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", figure.figure)]
    assert numbers
    assert all(math.isfinite(number) for number in numbers)
    assert "inf" not in figure.figure


@in_one_loop
async def test_p7_times_searches(stand: Stand):
    async with stand.database() as small, stand.database() as large:
        await search.fill(small, 1_000)
        await search.fill(large, 2_000)
        size = search.Size(passages=2_000, rounds=2, slow_rounds=1)
        for figure in await search.measured(small, large, size):
            assert_measured(figure)
