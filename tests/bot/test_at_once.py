"""A turn that was just heard is worked on here while there is room; the queue has the others."""

import asyncio
from dataclasses import dataclass, field

import pytest
import structlog
from uuid_utils.compat import uuid7

from bot.at_once import AtOnce
from services.entities.turns import Source, Turn, TurnState
from tests.factories import after


def turn():
    return Turn(uuid7(), uuid7(), "T1", "C1", "1.000001", "U1", Source.MENTION, TurnState.WAITING, after(0))


@dataclass
class Work:
    """Works on each turn until it is let go, then fails with `error` if there is one."""

    error: Exception | None = None
    begun: list[object] = field(default_factory=list)
    done: list[object] = field(default_factory=list)
    interrupted: list[object] = field(default_factory=list)
    free: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, taken):
        self.begun.append(taken)
        try:
            await self.free.wait()
        except asyncio.CancelledError:
            self.interrupted.append(taken)
            raise
        if self.error is not None:
            raise self.error
        self.done.append(taken)


@pytest.fixture
def work():
    return Work()


def at_once(work, room=2):
    made = AtOnce(room)
    made.start(work)
    return made


def test_nothing_is_taken_before_the_start():
    assert not AtOnce(2)(turn())


async def test_no_more_is_taken_than_there_is_room_for(work):
    taking = at_once(work, room=2)
    assert [taking(turn()) for _ in range(3)] == [True, True, False]
    work.free.set()
    await taking.stop(5)
    assert len(work.done) == 2


async def test_what_is_done_makes_room(work):
    taking = at_once(work, room=1)
    work.free.set()
    assert taking(turn())
    while not taking(turn()):
        await asyncio.sleep(0)
    await taking.stop(5)
    assert len(work.done) == 2


async def test_a_failure_is_logged_and_makes_room(work):
    work.error = RuntimeError("a bug")
    work.free.set()
    taking, one = at_once(work, room=1), turn()
    with structlog.testing.capture_logs() as lines:
        assert taking(one)
        while not taking(turn()):
            await asyncio.sleep(0)
        await taking.stop(5)
    assert lines[0]["event"] == "turn.left"
    assert lines[0]["turn"] == str(one.id)


async def test_a_stop_waits_for_what_runs_and_takes_nothing_more(work):
    taking = at_once(work)
    taking(turn())
    stopping = asyncio.create_task(taking.stop(5))
    await asyncio.sleep(0)
    assert not taking(turn())
    work.free.set()
    await stopping
    assert (len(work.done), work.interrupted) == (1, [])


async def test_a_stop_interrupts_what_takes_too_long(work):
    taking, one = at_once(work), turn()
    taking(one)
    await asyncio.sleep(0)
    with structlog.testing.capture_logs() as lines:
        await taking.stop(0)
    assert work.interrupted == [one]
    assert [line["event"] for line in lines] == ["turns.interrupted"]
