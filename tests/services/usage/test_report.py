"""Every number of a report, from the calls that it was made of."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from services.entities.calls import CallOutcome, Usage
from services.entities.people import Actor
from services.entities.usage import Counted, Dimension, Scope, ScopeKind
from services.errors import BadArgument, NotAllowed, NotFound
from services.usage import Query
from tests.factories import ANNA, BEN, CHANNEL, TEAM, day
from tests.services.usage.stand import ADMIN, EVERYBODY, HERS, OWNER, Stand, team, used

ONE = Counted(
    calls=1, answers=1, tokens_in=100, cached_read=50, cached_write=20, tokens_out=10,
    cost=Decimal("0.001"), saved=Decimal("0.0002"),
)  # fmt: skip


def times(number: int, counted: Counted = ONE) -> Counted:
    return sum([counted] * number, Counted())


async def test_the_headline_is_the_period_against_the_one_before() -> None:
    stand = Stand()
    await stand.log(used(0), used(6, BEN), used(7), used(13), used(14))
    report = await stand.usage.report(team())
    assert (report.total, report.before) == (times(2), times(2))
    assert (report.people, report.people_before) == (2, 1)


async def test_all_ways_of_taking_it_apart_add_up_to_the_whole() -> None:
    stand = Stand()
    await stand.log(
        *(used(back, user) for back in range(30) for user in (ANNA, BEN, OWNER)),
        used(1, model="gpt-6.1-sol", provider="openai", channel="C2"),
        used(2, purpose="summary", cost=None),
        used(3, outcome=CallOutcome.FAILED, usage=Usage()),
    )
    report = await stand.usage.report(team("30d"))
    assert report.total.calls == 93
    for rows in report.tops.values():
        assert sum((row.counted for row in rows), Counted()) == report.total
    for series in (report.trend.by_model, report.trend.by_purpose):
        assert sum((one for line in series for one in line.values), Counted()) == report.total
    assert sum((bucket.counted for bucket in report.trend.buckets), Counted()) == report.total
    assert sum((counted for _, counted in report.days), Counted()) == report.total


async def test_each_day_of_the_period_is_there_used_or_not() -> None:
    stand = Stand()
    await stand.log(used(0), used(2), used(2))
    report = await stand.usage.report(team())
    assert [counted.calls for _, counted in report.days] == [0, 0, 0, 0, 2, 0, 1]
    assert report.days[-1][0] == day()


async def test_the_dearest_come_first() -> None:
    stand = Stand()
    await stand.log(used(), used(), used(user=BEN, cost=Decimal("0.9")), used(user=OWNER))
    rows = (await stand.usage.report(team())).tops[Dimension.PERSON]
    assert [(row.key, row.counted.cost) for row in rows] == [
        (BEN, Decimal("0.9")),
        (ANNA, Decimal("0.002")),
        (OWNER, Decimal("0.001")),
    ]


async def test_people_are_called_by_name_and_those_unknown_by_id() -> None:
    stand = Stand()
    await stand.people.person(Actor(TEAM, ANNA))
    await stand.log(used(), used(user="UGONE"))
    rows = (await stand.usage.report(team())).tops[Dimension.PERSON]
    assert {row.key: row.name for row in rows} == {ANNA: "Anna", "UGONE": "UGONE"}


async def test_more_models_than_a_chart_holds_share_the_last_line() -> None:
    stand = Stand()
    await stand.log(*(used(model=f"m{n}", usage=Usage(100 * n, 0, 0, 0)) for n in range(1, 9)))
    lines = (await stand.usage.report(team())).trend.by_model
    assert [line.key for line in lines] == [*(f"anthropic/m{n}" for n in (8, 7, 6, 5, 4)), ""]
    assert sum(one.tokens for one in lines[-1].values) == 600


async def test_what_has_no_price_is_counted_and_left_out_of_the_sum() -> None:
    stand = Stand()
    await stand.log(used(), used(cost=None))
    total = (await stand.usage.report(team())).total
    assert (total.cost, total.unpriced, total.tokens) == (Decimal("0.001"), 1, 220)


async def test_a_period_without_calls_is_empty() -> None:
    stand = Stand()
    await stand.log(used(8))
    report = await stand.usage.report(team())
    assert report.is_empty
    assert (report.total, report.before) == (Counted(), ONE)


async def test_a_persons_report_is_theirs_in_all_channels() -> None:
    stand = Stand()
    await stand.log(used(), used(channel="C2"), used(user=BEN))
    report = await stand.usage.report(Query(HERS, "7d"))
    assert (report.subject, report.total) == ("Anna", times(2))
    assert [state.kind for state in report.limits] == ["person"]


async def test_a_channels_report_is_everybodys_in_it() -> None:
    stand = Stand()
    await stand.log(used(), used(user=BEN), used(channel="C2"))
    report = await stand.usage.report(Query(Scope(TEAM, ScopeKind.CHANNEL, CHANNEL), "7d"))
    assert (report.subject, report.total) == (CHANNEL, times(2))


async def test_the_forecast_comes_with_the_report_whatever_its_period() -> None:
    stand = Stand()
    await stand.log(*(used(back) for back in range(28)))
    found = (await stand.usage.report(team("today"))).forecast
    assert found is not None
    assert (found.basis, found.daily_cost) == (28, Decimal("0.027") / 28)
    assert found.cost == Decimal("0.023") + 7 * found.daily_cost


async def test_days_are_those_of_the_desk() -> None:
    stand = Stand("Pacific/Auckland")  # noon in UTC is the next day there
    await stand.log(replace(used(), day=day(1)), used())
    report = await stand.usage.report(team("today"))
    assert (report.period.span.last, report.total) == (day(1), ONE)
    assert report.zone == "Pacific/Auckland"


# ---- who may see what --------------------------------------------------------------------------


async def test_everybody_sees_their_own() -> None:
    stand = Stand()
    await stand.log(used())
    assert (await stand.usage.asked(Actor(TEAM, ANNA), Query(HERS, "7d"))).total == ONE


@pytest.mark.parametrize("user", [OWNER, ADMIN])
@pytest.mark.parametrize("scope", [EVERYBODY, HERS, Scope(TEAM, ScopeKind.CHANNEL, CHANNEL)])
async def test_owners_and_admins_see_all(user: str, scope: Scope) -> None:
    stand = Stand()
    await stand.log(used())
    assert (await stand.usage.asked(Actor(TEAM, user), Query(scope, "7d"))).total == ONE


@pytest.mark.parametrize(
    "scope", [EVERYBODY, Scope(TEAM, ScopeKind.PERSON, BEN), Scope(TEAM, ScopeKind.CHANNEL, CHANNEL)]
)
async def test_others_are_not_a_members_to_see(scope: Scope) -> None:
    with pytest.raises(NotAllowed) as refused:
        await Stand().usage.asked(Actor(TEAM, ANNA), Query(scope, "7d"))
    assert refused.value.reason == "others_usage"


async def test_not_even_an_owner_sees_another_workspace() -> None:
    with pytest.raises(NotAllowed):
        await Stand().usage.asked(Actor(TEAM, OWNER), Query(Scope("T2", ScopeKind.TEAM), "7d"))


async def test_guests_see_nothing() -> None:
    own = Scope(TEAM, ScopeKind.PERSON, "UGUEST")
    with pytest.raises(NotAllowed) as refused:
        await Stand().usage.asked(Actor(TEAM, "UGUEST"), Query(own, "7d"))
    assert refused.value.reason == "guest"


async def test_a_person_whom_slack_does_not_know_is_not_found() -> None:
    with pytest.raises(NotFound):
        await Stand().usage.asked(Actor(TEAM, OWNER), Query(Scope(TEAM, ScopeKind.PERSON, "UNOBODY"), "7d"))


async def test_a_period_that_nobody_knows_is_refused() -> None:
    with pytest.raises(BadArgument):
        await Stand().usage.report(team("7x"))


async def test_a_forecast_is_the_same_whether_the_period_reaches_as_far_or_not() -> None:
    stand = Stand()
    await stand.log(*(used(back, cost=Decimal(back + 1) / 100) for back in range(40)))
    short, long = [await stand.usage.report(team(period)) for period in ("7d", "60d")]
    assert short.forecast == long.forecast
    assert short.forecast is not None
