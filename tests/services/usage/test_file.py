"""The file says what the report says."""

from __future__ import annotations

import csv
import io
from dataclasses import fields
from decimal import Decimal

import pytest

from services.entities.people import Actor
from services.entities.usage import Counted, Dimension
from services.usage import Report, as_csv
from tests import factories as make
from tests.factories import ANNA, BEN, NOON, TEAM
from tests.services.usage.stand import Stand, team, used

Line = dict[str, str]


def read(report: Report) -> list[Line]:
    return list(csv.DictReader(io.StringIO(as_csv(report).decode("utf-8-sig"))))


def counted(line: Line) -> Counted:
    sums = {
        one.name: Decimal(line[one.name]) if one.name in {"cost", "saved", "seconds"} else int(line[one.name])
        for one in fields(Counted)
    }
    return Counted(**sums)


async def reported(*names: str) -> Report:
    """Of thirty days, two people, two models, an unknown price."""
    stand = Stand()
    for user, name in zip((ANNA, BEN), names, strict=False):
        async with stand.uow() as uow:
            await uow.people.save_person(make.person(user=user, name=name), NOON)
            await uow.commit()
    await stand.people.person(Actor(TEAM, ANNA))
    await stand.log(
        *(used(back, user) for back in range(40) for user in (ANNA, BEN)),
        used(3, model="house-model", cost=None, seconds=Decimal("12.5")),
    )
    return await stand.usage.report(team("30d"))


async def test_every_sum_of_the_report_is_in_the_file() -> None:
    report = await reported()
    lines = read(report)
    told = {(line["what"], line["key"]): counted(line) for line in lines if line["what"] != "forecast"}
    expected = {("total", ""): report.total, ("before", ""): report.before}
    expected |= {("day", day.isoformat()): sums for day, sums in report.days}
    expected |= {
        (dimension.value, row.key): row.counted for dimension in Dimension for row in report.tops[dimension]
    }
    assert told == expected
    assert len(lines) == len(expected) + 1


async def test_people_are_counted_and_tokens_summed_up() -> None:
    report = await reported()
    total, before, *_ = read(report)
    assert (total["people"], before["people"]) == ("2", "2")
    assert total["tokens"] == str(report.total.tokens)
    assert (total["first_day"], total["last_day"]) == ("2026-10-25", "2026-11-23")


async def test_the_forecast_is_told_with_its_basis() -> None:
    report = await reported()
    assert report.forecast is not None
    line = read(report)[-1]
    assert (line["what"], line["name"]) == ("forecast", "mean of 28 days")
    assert (Decimal(line["cost"]), int(line["tokens"])) == (report.forecast.cost, report.forecast.tokens)
    assert line["last_day"] == "2026-11-30"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")'])
async def test_a_name_that_a_spreadsheet_would_run_is_text(name: str) -> None:
    lines = read(await reported(name))
    [hers] = [line for line in lines if line["what"] == "person" and line["key"] == ANNA]
    assert hers["name"] == f"'{name}"


async def test_commas_quotes_and_other_alphabets_arrive_whole() -> None:
    lines = read(await reported('Ana "Q", Ž', "張"))
    assert {line["name"] for line in lines if line["what"] == "person"} == {'Ana "Q", Ž', "張"}
