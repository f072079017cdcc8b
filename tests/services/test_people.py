from __future__ import annotations

import pytest

from services.entities.people import Actor
from services.errors import NotFound, SlackUnavailable
from services.people import PeopleService
from tests import factories as make
from tests.fakes.clock import FakeClock
from tests.fakes.slack import FakeDirectory
from tests.fakes.uow import fake_unit_of_work, new_memory

HOUR = 3600
NOBODY = Actor(make.TEAM, "BROBOT")


class Stand:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.slack = FakeDirectory({make.ANNA: make.person()})
        self.people = PeopleService(fake_unit_of_work(new_memory(self.clock.now)), self.slack, self.clock)


async def test_a_person_is_asked_of_slack_once_an_hour() -> None:
    stand = Stand()
    for _ in range(3):
        assert (await stand.people.person(make.anna())).name == "Anna"
    assert stand.slack.asked == [make.ANNA]
    stand.clock.tick(HOUR + 1)
    await stand.people.person(make.anna())
    assert stand.slack.asked == [make.ANNA] * 2


async def test_what_slack_says_has_changed_is_asked_at_the_next_request() -> None:
    stand = Stand()
    await stand.people.person(make.anna())
    stand.slack.people[make.ANNA] = make.guest()
    await stand.people.changed(make.anna())
    assert (await stand.people.person(make.anna())).is_guest


async def test_what_changed_in_slack_is_seen_after_an_hour() -> None:
    stand = Stand()
    await stand.people.person(make.anna())
    stand.slack.people[make.ANNA] = make.guest()
    stand.clock.tick(HOUR + 1)
    assert (await stand.people.person(make.anna())).is_guest


async def test_settings_outlast_what_slack_says() -> None:
    stand = Stand()
    await stand.people.choose(make.anna(), "model", "gpt")
    stand.clock.tick(HOUR + 1)
    assert (await stand.people.person(make.anna())).settings == {"model": "gpt"}
    assert await stand.people.settings(make.anna()) == {"model": "gpt"}


async def test_nobody_and_a_slack_that_is_down_are_told_apart() -> None:
    stand = Stand()
    with pytest.raises(NotFound):
        await stand.people.person(NOBODY)
    stand.slack.down = True
    with pytest.raises(SlackUnavailable):
        await stand.people.person(make.anna())


async def test_names_are_given_for_those_whom_slack_knows() -> None:
    stand = Stand()
    assert await stand.people.names([make.anna(), NOBODY, make.anna()]) == {make.ANNA: "Anna"}


async def test_neither_names_nor_their_lack_are_asked_for_with_every_answer() -> None:
    stand = Stand()
    for _ in range(5):
        await stand.people.names([make.anna(), NOBODY])
    assert sorted(stand.slack.asked) == sorted([make.ANNA, NOBODY.user])


async def test_a_name_that_slack_could_not_tell_is_asked_for_again() -> None:
    stand = Stand()
    stand.slack.down = True
    assert await stand.people.names([make.anna()]) == {}
    stand.slack.down = False
    assert await stand.people.names([make.anna()]) == {make.ANNA: "Anna"}
