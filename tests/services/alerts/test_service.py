"""Checks report, one process decides, people are told once; over fakes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.alerts.mails import MOST_ATTEMPTS
from services.entities.alerts import (
    Grouping,
    IncidentState,
    Level,
    MailState,
    Reading,
)
from services.errors import MailRefused, MailUnavailable, NotAllowed, NotFound, SlackUnavailable
from tests import factories as make
from tests.services.alerts.stand import MEMBER, OWNER, Refused, Stand


@pytest.fixture
def stand() -> Stand:
    return Stand()


async def test_what_is_bad_is_shown_and_mailed_once(stand: Stand) -> None:
    for _ in range(3):
        await stand.report(2)
        await stand.work()
    assert stand.states == ["firing"]
    assert [mail.subject for mail in stand.mailer.sent] == ["firing"]
    assert stand.incident.shown == stand.incident.version == 1


async def test_a_higher_level_is_the_same_message_and_another_mail(stand: Stand) -> None:
    for level in (1, 2, 2, 3):
        await stand.report(level)
        await stand.work()
    assert {view.incident.id for view in stand.slack.shown} == {stand.incident.id}
    assert [int(view.incident.level) for view in stand.slack.shown] == [1, 2, 3]
    assert len(stand.mailer.sent) == 3


async def test_it_is_over_when_time_says_so(stand: Stand) -> None:
    await stand.report(2)
    await stand.report(0)
    stand.clock.tick(59)
    await stand.alerts.sweep()
    assert stand.incident.state is IncidentState.FIRING
    stand.clock.tick(1)
    await stand.alerts.sweep()
    await stand.work()
    assert stand.incident.state is IncidentState.RESOLVED
    assert [mail.subject for mail in stand.mailer.sent] == ["resolved", "resolved"]


async def test_what_is_shown_is_what_it_is_when_it_is_shown(stand: Stand) -> None:
    await stand.report(1)
    await stand.report(3)
    await stand.work()
    assert {int(view.incident.level) for view in stand.slack.shown} == {3}


async def test_other_groups_below_the_prefix_are_well(stand: Stand) -> None:
    bad = [Reading("day", Level.WARNING, "cost.spent")]
    await stand.alerts.report_all(make.TEAM, "cost:", {"cost:a": bad, "cost:b": bad})
    stand.clock.tick(60)
    await stand.alerts.report_all(make.TEAM, "cost:", {"cost:b": bad})
    stand.clock.tick(60)
    await stand.alerts.sweep()
    states = {one.key: one.state for one in stand.memory.incidents.values()}
    assert states == {"cost:a": IncidentState.RESOLVED, "cost:b": IncidentState.FIRING}


async def test_a_host_that_fell_silent_no_longer_counts(stand: Stand) -> None:
    group = Grouping(make.TEAM, "health:disk")
    for host, level in (("a", Level.CRITICAL), ("b", Level.WELL)):
        await stand.alerts.report(group, [Reading("disk", level, "health", host=host)])
    assert stand.incident.state is IncidentState.FIRING
    stand.clock.tick(31 * 60)
    await stand.alerts.sweep()
    stand.clock.tick(6 * 60)
    await stand.alerts.sweep()
    assert stand.incident.state is IncidentState.RESOLVED


# -- people ---------------------------------------------------------------------------------------


async def test_who_acknowledges_is_shown(stand: Stand) -> None:
    await stand.report(2)
    await stand.work()
    await stand.alerts.acknowledge(OWNER, stand.incident.id)
    await stand.work()
    assert stand.slack.shown[-1].incident.held_by == make.ANNA
    stand.clock.tick(3600)
    await stand.report(2)
    assert len(stand.mailer.sent) == 1


async def test_a_snooze_ends_by_the_clock_and_is_mailed(stand: Stand) -> None:
    await stand.report(2)
    await stand.work()
    await stand.alerts.snooze(OWNER, stand.incident.id, timedelta(minutes=10))
    stand.clock.tick(600)
    await stand.alerts.sweep()
    await stand.work()
    assert stand.states[-1] == "firing"
    assert len(stand.mailer.sent) == 2


async def test_others_may_not_decide(stand: Stand) -> None:
    await stand.report(2)
    for act in (stand.alerts.acknowledge, stand.alerts.snooze):
        with pytest.raises(NotAllowed):
            await act(MEMBER, stand.incident.id)
    with pytest.raises(NotAllowed):
        await stand.alerts.open(MEMBER)
    with pytest.raises(NotAllowed):
        await stand.pauses.pause(MEMBER, "person", make.BEN)


async def test_the_alerts_of_another_workspace_are_not_there(stand: Stand) -> None:
    await stand.report(2)
    stand.memory.incidents[stand.incident.id] = type(stand.incident)(
        **{name: getattr(stand.incident, name) for name in stand.incident.__slots__} | {"team": "T2"}
    )
    with pytest.raises(NotFound):
        await stand.alerts.acknowledge(OWNER, stand.incident.id)


async def test_open_ones_are_found_by_the_end_of_their_id(stand: Stand) -> None:
    await stand.report(2)
    assert await stand.alerts.open(OWNER) == [stand.incident]
    assert (await stand.alerts.find(OWNER, str(stand.incident.id)[-6:].upper())).id == stand.incident.id
    for ending in ("", "zzzzzz"):
        with pytest.raises(NotFound):
            await stand.alerts.find(OWNER, ending)


async def test_quiet_tells_nothing_new_until_it_ends(stand: Stand) -> None:
    await stand.alerts.maintain(OWNER, "", timedelta(minutes=10))
    await stand.report(3)
    await stand.work()
    assert stand.states == []
    stand.clock.tick(600)
    await stand.report(3)
    await stand.work()
    assert stand.states == ["firing"]


async def test_a_pause_stands_beside_its_incident(stand: Stand) -> None:
    await stand.report(2)
    await stand.work()
    pause = await stand.pauses.pause(OWNER, "person", make.BEN)
    await stand.alerts.touch(stand.incident.id)
    await stand.work()
    assert stand.slack.shown[-1].pauses == (pause,)


# -- what goes wrong ------------------------------------------------------------------------------


async def test_what_nobody_could_be_shown_is_tried_later(stand: Stand) -> None:
    stand.slack.error = Refused("chat.postMessage", "channel_not_found")
    await stand.report(2)
    await stand.work()
    assert stand.incident.shown == 0
    stand.slack.error = None
    await stand.alerts.wake()
    await stand.work()
    assert stand.states == ["firing"]
    await stand.alerts.wake()
    assert stand.memory.jobs == []


async def test_a_slack_that_may_answer_later_is_left_to_the_queue(stand: Stand) -> None:
    stand.slack.error = SlackUnavailable("chat.postMessage", "ratelimited")
    await stand.report(2)
    with pytest.raises(SlackUnavailable):
        await stand.work()


async def test_a_silent_mail_server_loses_nothing(stand: Stand) -> None:
    stand.mailer.errors = [MailUnavailable("TimeoutError")] * 2
    await stand.report(2)
    await stand.work()
    [mail] = stand.memory.mails.values()
    assert (mail.state, mail.attempts) == (MailState.WAITING, 1)
    for _ in range(4):
        stand.clock.tick(120)
        await stand.alerts.wake()
        await stand.work()
    assert len(stand.mailer.sent) == 1
    assert stand.states == ["firing"]


async def test_mail_is_given_up_after_many_tries(stand: Stand) -> None:
    stand.mailer.errors = [MailUnavailable("TimeoutError")] * 99
    await stand.report(2)
    for _ in range(30):
        await stand.work()
        stand.clock.tick(2 * 3600)
        await stand.alerts.wake()
    [mail] = stand.memory.mails.values()
    assert (mail.state, mail.attempts) == (MailState.GIVEN_UP, MOST_ATTEMPTS)


async def test_mail_that_is_refused_is_not_tried_again(stand: Stand) -> None:
    stand.mailer.errors = [MailRefused("answered 550")]
    await stand.report(2)
    await stand.work()
    stand.clock.tick(86_400)
    await stand.alerts.wake()
    await stand.work()
    assert stand.mailer.sent == []


async def test_a_mail_is_sent_by_one_process(stand: Stand) -> None:
    await stand.report(2)
    [mail] = stand.memory.mails
    await stand.work()
    await stand.mails.send(mail)
    assert len(stand.mailer.sent) == 1


async def test_without_a_mail_server_no_mail_is_planned() -> None:
    stand = Stand(mails=False)
    await stand.report(3)
    assert stand.memory.mails == {}
