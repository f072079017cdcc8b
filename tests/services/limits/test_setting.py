from __future__ import annotations

import pytest

from services.entities.limits import Limit
from services.entities.people import Actor
from services.errors import BadArgument, NotAllowed, NotFound
from tests import factories as make
from tests.services.limits.stand import OWNER, Stand

OLGA, BEN = Actor(make.TEAM, OWNER), Actor(make.TEAM, make.BEN)


def limit(cap: int, kind: str = "person", subject: str = make.ANNA) -> Limit:
    return Limit(kind, subject, "day", "tokens", cap)


async def test_owners_and_admins_may_set_limits_and_members_may_not() -> None:
    stand = Stand()
    await stand.setting.set(OLGA, limit(5))
    await stand.setting.set(BEN, limit(6))
    assert [(one.cap, one.set_by) for one in await stand.setting.all(OLGA)] == [(6, make.BEN)]
    for act in (
        stand.setting.set(make.anna(), limit(7)),
        stand.setting.all(make.anna()),
        stand.setting.unset(make.anna(), "person", make.ANNA),
    ):
        with pytest.raises(NotAllowed):
            await act


@pytest.mark.parametrize("cap", [0, -1, 10**12 + 1])
async def test_a_limit_of_nothing_or_of_everything_is_none(cap: int) -> None:
    with pytest.raises(BadArgument):
        await Stand().setting.set(OLGA, limit(cap))


async def test_unknown_people_and_roles_have_no_limits() -> None:
    with pytest.raises(NotFound):
        await Stand().setting.set(OLGA, limit(5, subject="UNOBODY"))
    with pytest.raises(BadArgument):
        await Stand().setting.set(OLGA, limit(5, "role", "king"))


async def test_without_a_limit_of_its_own_the_default_holds_again() -> None:
    stand = Stand(1_000)
    await stand.setting.set(OLGA, limit(5))
    assert await stand.setting.unset(OLGA, "person", make.ANNA) == 1
    assert (await stand.own_day()).cap == 1_000
    assert await stand.setting.unset(OLGA, "person", make.ANNA) == 0
