from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from services.limits.gathering import Gathering


class Store:
    """Takes anything but `full`; what is done waits for `let`."""

    def __init__(self, *full: str, most: int = 100) -> None:
        self.done: list[tuple[str, ...]] = []
        self.full, self.let = full, asyncio.Event()
        self.gathering = Gathering(self.alone, self.together, most)

    async def alone(self, one: str) -> None:
        await self.let.wait()
        self.done.append((one,))
        if one in self.full:
            raise LookupError(one)

    async def together(self, several: Sequence[str]) -> Sequence[str]:
        await self.let.wait()
        if set(several) & set(self.full):
            return several
        self.done.append(tuple(several))
        return ()

    async def asked(self, *names: str, key: str = "anna") -> list[asyncio.Task[None]]:
        """Each in a task of its own, all waiting."""
        tasks = [asyncio.create_task(self.gathering.do(key, name)) for name in names]
        await asyncio.sleep(0)
        return tasks


async def test_one_alone_is_done_at_once() -> None:
    store = Store()
    store.let.set()
    await store.gathering.do("anna", "a")
    await store.gathering.do("anna", "b")
    assert store.done == [("a",), ("b",)]


async def test_what_comes_meanwhile_goes_together() -> None:
    store = Store(most=2)
    tasks = await store.asked("a", "b", "c", "d")
    store.let.set()
    await asyncio.gather(*tasks)
    assert store.done == [("a",), ("b", "c"), ("d",)]


async def test_others_do_not_wait_for_it() -> None:
    store = Store()
    tasks = [*await store.asked("a", "b"), *await store.asked("c", key="ben")]
    store.let.set()
    await asyncio.gather(*tasks)
    assert sorted(store.done) == [("a",), ("b",), ("c",)]


async def test_where_all_do_not_fit_each_is_tried() -> None:
    store = Store("c")
    tasks = await store.asked("a", "b", "c", "d")
    store.let.set()
    await asyncio.wait(tasks)
    assert store.done == [("a",), ("b",), ("c",), ("d",)]
    assert [isinstance(task.exception(), LookupError) for task in tasks] == [False, False, True, False]


@pytest.mark.parametrize("gone", [0, 1])
async def test_who_is_gone_keeps_nobody_waiting(gone: int) -> None:
    store = Store()
    tasks = await store.asked("a", "b", "c")
    tasks[gone].cancel()
    store.let.set()
    await asyncio.gather(*(task for place, task in enumerate(tasks) if place != gone))
    assert tasks[gone].cancelled()
    await store.gathering.do("anna", "z")
    assert store.done[-1] == ("z",)


async def test_nothing_is_kept_of_what_is_over() -> None:
    store = Store()
    tasks = await store.asked("a", "b")
    store.let.set()
    await asyncio.gather(*tasks)
    await asyncio.sleep(0)
    assert not store.gathering._waiting
