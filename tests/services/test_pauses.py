from __future__ import annotations

from datetime import timedelta

import pytest

from services.entities.people import Actor
from services.errors import AiPaused
from services.pauses import PAUSE, REMEMBERED
from tests import factories as make
from tests.services.alerts.stand import MEMBER, OWNER, Stand


@pytest.fixture
def stand() -> Stand:
    return Stand()


async def test_a_person_is_paused_everywhere(stand: Stand) -> None:
    await stand.pauses.pause(OWNER, "person", make.BEN)
    with pytest.raises(AiPaused) as refused:
        await stand.pauses.check(MEMBER, "C9")
    error = refused.value
    assert (error.kind, error.by, error.until) == ("person", make.ANNA, make.NOON + PAUSE)
    await stand.pauses.check(OWNER, "C9")


async def test_a_channel_is_paused_for_everybody(stand: Stand) -> None:
    await stand.pauses.pause(OWNER, "channel", "C9", None)
    for who in (OWNER, MEMBER):
        with pytest.raises(AiPaused):
            await stand.pauses.check(who, "C9")
        await stand.pauses.check(who, "C1")
    await stand.pauses.check(Actor("T2", make.BEN), "C9")


async def test_a_pause_ends_by_itself_or_when_it_is_resumed(stand: Stand) -> None:
    await stand.pauses.pause(OWNER, "person", make.BEN, timedelta(minutes=1))
    stand.clock.tick(60)
    await stand.pauses.check(MEMBER, "C1")
    await stand.pauses.pause(OWNER, "person", make.BEN)
    assert await stand.pauses.resume(OWNER, "person", make.BEN)
    await stand.pauses.check(MEMBER, "C1")
    assert not await stand.pauses.resume(OWNER, "person", make.BEN)


async def test_another_process_knows_within_seconds(stand: Stand) -> None:
    other = Stand(memory=stand.memory, clock=stand.clock)
    await stand.pauses.check(MEMBER, "C1")
    await other.pauses.pause(OWNER, "person", make.BEN)
    stand.clock.tick(REMEMBERED)
    with pytest.raises(AiPaused):
        await stand.pauses.check(MEMBER, "C1")
