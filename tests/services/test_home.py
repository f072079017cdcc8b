from __future__ import annotations

import pytest

from services.errors import BadArgument
from services.home import HomeService
from services.people import PeopleService
from tests import factories as make
from tests.services.chat.desk import Desk


class Stand(Desk):
    def __init__(self) -> None:
        super().__init__()
        people = PeopleService(self.uow, self.slack, self.clock)
        self.home = HomeService(self.uow, people, self.limits, ("claude", "gpt"))


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
    assert overview.usage.spent == 240
    assert (overview.models, overview.model) == (("claude", "gpt"), None)
    assert [question for _, question in overview.recent] == ["Newer?", "Older?"]


async def test_the_chosen_model_is_shown_and_answers() -> None:
    stand = Stand()
    await stand.home.choose_model(make.anna(), "gpt")
    assert (await stand.home.overview(make.anna())).model == "gpt"
    await stand.answered(make.mention())
    assert stand.gpt.asked


async def test_the_desks_choice_can_be_had_back() -> None:
    stand = Stand()
    await stand.home.choose_model(make.anna(), "gpt")
    await stand.home.choose_model(make.anna(), "")
    assert (await stand.home.overview(make.anna())).model is None


async def test_a_model_that_is_not_offered_cannot_be_chosen() -> None:
    with pytest.raises(BadArgument):
        await Stand().home.choose_model(make.anna(), "llama")


async def test_a_model_that_is_gone_is_not_shown_as_chosen() -> None:
    stand = Stand()
    async with stand.uow() as uow:
        await uow.people.set_setting(make.anna(), "model", "claude-1")
        await uow.commit()
    assert (await stand.home.overview(make.anna())).model is None
