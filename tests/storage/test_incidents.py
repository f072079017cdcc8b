"""What checks say, incidents, their mails, pauses: the fake and PostgreSQL mean the same."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError
from uuid_utils.compat import uuid7

from services.entities.alerts import (
    AlertMail,
    Grouping,
    Incident,
    IncidentState,
    Level,
    MailState,
    Maintenance,
    Pause,
    Reading,
)
from services.ports.work import UnitOfWorkFactory
from tests.factories import ANNA, BEN, NOON, TEAM, after

GROUP = Grouping(TEAM, "cost:workspace")
OTHER = Grouping(TEAM, "health:database")


def reading(check: str = "day", level: Level = Level.WARNING, **given: Any) -> Reading:
    return replace(Reading(check, level, "cost.spent", {"spent": "41.20"}), **given)


def incident(**given: Any) -> Incident:
    plain = Incident(uuid7(), TEAM, GROUP.key, IncidentState.FIRING, Level.WARNING, NOON, told_at=NOON)
    return replace(plain, **given)


async def test_of_a_check_the_newest_reading_counts(stores: UnitOfWorkFactory):
    async with stores() as uow:
        await uow.incidents.report(GROUP, [reading(), reading("month")], NOON, whole=False)
        await uow.incidents.report(GROUP, [reading(level=Level.CRITICAL)], after(60), whole=False)
        await uow.incidents.report(OTHER, [reading(host="a"), reading(host="b")], NOON, whole=False)
        assert await uow.incidents.readings(GROUP, NOON) == [reading(level=Level.CRITICAL), reading("month")]
        assert await uow.incidents.readings(GROUP, after(1)) == [reading(level=Level.CRITICAL)]
        assert await uow.incidents.readings(OTHER, NOON) == [reading(host="a"), reading(host="b")]


async def test_what_a_whole_report_lacks_is_forgotten(stores: UnitOfWorkFactory):
    async with stores() as uow:
        await uow.incidents.report(GROUP, [reading(), reading("month")], NOON, whole=True)
        await uow.incidents.report(GROUP, [reading("month")], NOON, whole=True)
        assert await uow.incidents.readings(GROUP, NOON) == [reading("month")]


async def test_groups_with_a_bad_reading_are_found_by_their_beginning(stores: UnitOfWorkFactory):
    async with stores() as uow:
        await uow.incidents.report(GROUP, [reading()], NOON, whole=False)
        await uow.incidents.report(OTHER, [reading()], NOON, whole=False)
        await uow.incidents.report(
            Grouping(TEAM, "cost:well"), [reading(level=Level.WELL)], NOON, whole=False
        )
        await uow.incidents.report(Grouping("T2", "cost:x"), [reading()], NOON, whole=False)
        assert await uow.incidents.groups(TEAM, "cost:") == [GROUP]


async def test_an_incident_is_kept_whole(stores: UnitOfWorkFactory):
    full = incident(
        readings=(reading(), reading("month", host="a")),
        peak=Level.CRITICAL,
        open_since=NOON,
        well_since=after(1),
        bad_since=after(2),
        held_by=ANNA,
        held_at=after(3),
        held_level=Level.NOTICE,
        snoozed_until=after(4),
        reopened=2,
        mails=3,
        mailed_level=Level.NOTICE,
        version=7,
    )
    async with stores() as uow:
        await uow.incidents.save(full)
        assert await uow.incidents.incident(full.id) == full
        ended = replace(full, state=IncidentState.RESOLVED, resolved_at=after(9), level=Level.WELL)
        await uow.incidents.save(ended)
        assert await uow.incidents.latest(GROUP) == ended
        assert await uow.incidents.incident(uuid7()) is None


async def test_the_latest_of_a_group_is_the_one_that_is_not_over(stores: UnitOfWorkFactory):
    over = incident(state=IncidentState.RESOLVED, since=after(60), resolved_at=after(90))
    older = incident(state=IncidentState.RESOLVED, since=after(-60), resolved_at=after(-30))
    async with stores() as uow:
        assert await uow.incidents.latest(GROUP) is None
        for one in (over, older):
            await uow.incidents.save(one)
        assert await uow.incidents.latest(GROUP) == over
        open_one = incident()
        await uow.incidents.save(open_one)
        assert await uow.incidents.latest(GROUP) == open_one


async def test_what_is_shown_only_grows_and_saving_leaves_it(stores: UnitOfWorkFactory):
    one = incident(version=3)
    async with stores() as uow:
        await uow.incidents.save(one)
        assert await uow.incidents.unshown() == [one.id]
        await uow.incidents.set_shown(one.id, 3, "channel")
        await uow.incidents.set_shown(one.id, 2, "channel")
        await uow.incidents.save(one)
        assert await uow.incidents.unshown() == []
        assert await uow.incidents.incident(one.id) == replace(one, shown=3, place="channel")


async def test_open_ones_are_those_people_were_told_of(stores: UnitOfWorkFactory):
    states = list(IncidentState)
    made = [incident(key=f"k{n}", state=state, told_at=after(n)) for n, state in enumerate(states)]
    async with stores() as uow:
        for one in made:
            await uow.incidents.save(one)
        assert await uow.incidents.open(TEAM) == [made[2], made[1]]
        assert {one.key for one in await uow.incidents.unresolved()} == {"k0", "k1", "k2"}
        await uow.incidents.drop(made[0].id)
        assert {one.key for one in await uow.incidents.unresolved()} == {"k1", "k2"}


async def test_maintenance_holds_for_a_prefix_and_a_time(stores: UnitOfWorkFactory):
    planned = Maintenance(uuid7(), TEAM, "cost:", after(10), after(20), ANNA)
    async with stores() as uow:
        await uow.incidents.add_maintenance(planned)
        held = [await uow.incidents.in_maintenance(GROUP, after(at)) for at in (9, 10, 19, 20)]
        assert held == [False, True, True, False]
        assert not await uow.incidents.in_maintenance(OTHER, after(15))
        assert not await uow.incidents.in_maintenance(Grouping("T2", GROUP.key), after(15))


async def test_a_mail_is_taken_by_one_and_counted(stores: UnitOfWorkFactory):
    one = incident()
    mail = AlertMail(uuid4(), one.id, 1, MailState.WAITING, 0, NOON)
    async with stores() as uow:
        await uow.incidents.save(one)
        await uow.incidents.plan_mail(mail)
        await uow.incidents.plan_mail(mail)
        assert await uow.incidents.due_mails(NOON) == [mail.id]
        taken = await uow.incidents.take_mail(mail.id, now=NOON, until=after(60))
        assert taken == replace(mail, state=MailState.SENDING, attempts=1, due=after(60))
        assert await uow.incidents.take_mail(mail.id, now=after(59), until=after(99)) is None
        again = await uow.incidents.take_mail(mail.id, now=after(60), until=after(99))
        assert again is not None
        assert again.attempts == 2
        await uow.incidents.set_mail(mail.id, MailState.SENT, due=after(99))
        assert await uow.incidents.due_mails(after(999)) == []
        assert await uow.incidents.take_mail(mail.id, now=after(999), until=after(1999)) is None


async def test_a_pause_holds_until_its_end_or_a_resume(stores: UnitOfWorkFactory):
    person = Pause(TEAM, "person", ANNA, BEN, NOON, after(60))
    channel = Pause(TEAM, "channel", "C1", BEN, after(1))
    async with stores() as uow:
        await uow.pauses.pause(replace(person, until=after(5)))
        await uow.pauses.pause(person)
        await uow.pauses.pause(channel)
        assert await uow.pauses.active(TEAM, after(59)) == [person, channel]
        assert await uow.pauses.active(TEAM, after(60)) == [channel]
        assert await uow.pauses.active("T2", NOON) == []
        assert await uow.pauses.resume(TEAM, "channel", "C1")
        assert not await uow.pauses.resume(TEAM, "channel", "C1")


async def test_two_that_are_not_over_are_refused(uow: UnitOfWorkFactory):
    async with uow() as work:
        await work.incidents.save(incident())
        with pytest.raises(IntegrityError):
            await work.incidents.save(incident(state=IncidentState.PENDING))


async def test_one_at_a_time_decides_about_a_group(uow: UnitOfWorkFactory):
    order: list[str] = []
    locked = asyncio.Event()

    async def first() -> None:
        async with uow() as work:
            await work.incidents.lock(GROUP)
            locked.set()
            await asyncio.sleep(0.05)
            order.append("first")

    async def second() -> None:
        await locked.wait()
        async with uow() as work:
            await work.incidents.lock(OTHER)
            await work.incidents.lock(GROUP)
            order.append("second")

    await asyncio.wait_for(asyncio.gather(first(), second()), timedelta(seconds=10).total_seconds())
    assert order == ["first", "second"]
