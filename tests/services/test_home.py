from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import pytest

from services.calendar import Calendar
from services.entities.library import Content
from services.entities.people import Actor
from services.errors import BadArgument, NotAllowed, SlackUnavailable
from services.home import RECENT, HomeService
from services.people import PeopleService
from services.policy import Policy
from services.settings import WARNINGS, wants, zone_of
from services.usage import UsageService
from tests import factories as make
from tests.library import ready
from tests.services.chat.desk import Desk


@dataclass
class Library:
    """What somebody may see of it, by their id."""

    items: dict[str, list[Content]] = field(default_factory=dict)
    error: Exception | None = None

    async def recent(self, actor: Actor, limit: int) -> Sequence[Content]:
        if self.error:
            raise self.error
        return self.items.get(actor.user, [])[:limit]


class Stand(Desk):
    def __init__(self) -> None:
        super().__init__()
        people = PeopleService(self.uow, self.slack, self.clock)
        calendar = Calendar(ZoneInfo("UTC"))
        usage = UsageService(self.uow, people, Policy([], guests=False), self.limits, self.clock, calendar)
        self.library = Library()
        self.home = HomeService(self.uow, people, usage, ("claude", "gpt"), self.library)


async def test_a_visit_is_taken_once() -> None:
    stand = Stand()
    for _ in range(2):
        await stand.home.visit(make.anna(), "Ev1", "home.publish", "D1")
    assert stand.memory.jobs == [("home.publish", {"team": make.TEAM, "user": make.ANNA, "channel": "D1"})]


async def test_home_shows_use_models_and_what_was_asked_last() -> None:
    stand = Stand()
    await stand.answered(make.mention(text="Older?"))
    await stand.answered(make.mention(text="Newer?"))
    await stand.answered(make.mention(text="Not mine", user=make.BEN))
    overview = await stand.home.overview(make.anna())
    assert overview.today.tokens == overview.month.tokens == 240
    assert [state.spent for state in overview.report.limits] == [240]
    assert (overview.models, overview.model) == (("claude", "gpt"), None)
    assert [question for _, question in overview.recent] == ["Newer?", "Older?"]


async def test_home_lists_the_newest_items_that_the_person_may_see() -> None:
    stand = Stand()
    items = [ready(title=f"Film {number}") for number in range(7)]
    stand.library.items = {make.ANNA: items, make.BEN: [ready(title="Not hers")]}
    overview = await stand.home.overview(make.anna())
    assert [item.title for item in overview.items] == [f"Film {number}" for number in range(RECENT)]


@pytest.mark.parametrize("error", [NotAllowed("guest"), SlackUnavailable("users.conversations", "timeout")])
async def test_home_does_without_items_where_nobody_can_say_who_may_see_them(error: Exception) -> None:
    stand = Stand()
    stand.library.error = error
    assert (await stand.home.overview(make.anna())).items == ()


async def test_the_chosen_model_is_shown_and_answers() -> None:
    stand = Stand()
    await stand.home.choose(make.anna(), {"model": "gpt"})
    assert (await stand.home.overview(make.anna())).model == "gpt"
    await stand.answered(make.mention())
    assert stand.gpt.asked


async def test_the_desks_choice_can_be_had_back() -> None:
    stand = Stand()
    await stand.home.choose(make.anna(), {"model": "gpt"})
    await stand.home.choose(make.anna(), {"model": ""})
    assert (await stand.home.overview(make.anna())).model is None


async def test_a_model_that_is_not_offered_cannot_be_chosen() -> None:
    with pytest.raises(BadArgument):
        await Stand().home.choose(make.anna(), {"model": "llama"})


async def test_a_model_that_is_gone_is_not_shown_as_chosen() -> None:
    stand = Stand()
    async with stand.uow() as uow:
        await uow.people.set_setting(make.anna(), "model", "claude-1")
        await uow.commit()
    assert (await stand.home.overview(make.anna())).model is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("length", "short"), ("timezone", "Asia/Tokyo"), ("warnings", "off")],
)
async def test_what_is_set_is_kept(name: str, value: str) -> None:
    stand = Stand()
    await stand.home.choose(make.anna(), {name: value})
    assert (await stand.home.overview(make.anna())).person.settings[name] == value


@pytest.mark.parametrize(
    ("name", "value"),
    [("length", "endless"), ("timezone", "Mars/Olympus"), ("warnings", "loud"), ("colour", "red")],
)
async def test_what_is_no_choice_is_refused_and_nothing_is_set(name: str, value: str) -> None:
    stand = Stand()
    with pytest.raises(BadArgument):
        await stand.home.choose(make.anna(), {"model": "gpt", name: value})
    assert (await stand.home.overview(make.anna())).model is None


def test_notices_come_unless_they_are_switched_off() -> None:
    told = [wants(settings, WARNINGS) for settings in ({}, {"warnings": ""}, {"warnings": "off"})]
    assert told == [True, True, False]


@pytest.mark.parametrize(
    ("chosen", "slacks", "zone"),
    [
        ("", "Europe/Prague", "Europe/Prague"),
        ("Asia/Tokyo", "Europe/Prague", "Asia/Tokyo"),
        ("", "Nowhere/Land", "UTC"),
    ],
)
def test_a_time_zone_is_ones_own_choice_or_slacks(chosen: str, slacks: str, zone: str) -> None:
    assert zone_of(make.person(timezone=slacks, settings={"timezone": chosen})).key == zone
