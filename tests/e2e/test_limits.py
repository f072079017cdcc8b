"""Somebody runs out of budget, understands why, asks for more, gets it and goes on."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest

from sandbox.state import Channel, Message
from tests.databases import Database
from tests.e2e.programs import at_work, workspace
from tests.e2e.stage import Stage, everything, is_whole

DAY = 6_000
ENDLESS = "write 500 words about light"


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Stage]:
    """Ben is the owner; a person may use 6,000 tokens a day."""
    async with workspace(database) as stage:
        owner = stage.workspace.user("ben").id
        more = {"SHOWRUNNER_OWNERS": owner, "SHOWRUNNER_DAILY_TOKENS": str(DAY)}
        async with at_work(stage, **more):
            yield stage


async def used_up(stage: Stage, channel: Channel) -> Message:
    """Ana asks until she is refused; what she is told then."""
    states: list[str] = []
    while "refused" not in states:
        await stage.mention("ana", channel, ENDLESS)
        states = [turn["state"] for turn in await stage.settled(channel)]
    return await stage.private("ana", "Your own limit of 6,000 tokens a day does not allow this")


async def ops(stage: Stage, who: str, channel: Channel, text: str, answer: str) -> str:
    await stage.people.command(who, channel, "/ops", text)
    return everything(await stage.private(who, answer))


async def test_who_runs_out_asks_for_more_gets_it_and_asks_again(stage: Stage) -> None:
    channel, owner = stage.channel(), stage.workspace.user("ben").id
    refusal = await used_up(stage, channel)
    said = everything(refusal)
    assert "left" in said
    assert "starts anew <!date^" in said
    assert f"<@{owner}> can raise it" in said

    await stage.people.press("ana", "limits.more", refusal)
    await stage.private("ana", f"I have asked <@{owner}>")
    wish = await stage.private("ben", "asks for more")
    await stage.people.press("ana", "limits.more", refusal)
    await stage.private("ana", "asked already")

    await stage.people.press("ben", "limits.grant.1", wish)
    granted = await stage.private("ana", "has granted you 100,000 tokens more")
    await stage.sandbox.wait_for(lambda: "limits.grant" not in everything(wish))
    assert f"<@{owner}> granted 100,000 tokens more" in everything(wish)

    await stage.people.press("ana", "chat.again", granted)
    newest = list(channel.messages.values())[-1]
    await stage.sandbox.wait_for(lambda: any(map(is_whole, stage.ours_in(channel, newest.ts))))
    [counter] = await stage.rows("SELECT * FROM budget_counters WHERE scope LIKE 'user:%/day'")
    assert (counter["bonus"], counter["spent"] > 0) == (100_000, True)


async def test_a_wish_is_granted_once_however_often_it_is_pressed(stage: Stage) -> None:
    channel = stage.channel()
    refusal = await used_up(stage, channel)
    await stage.people.press("ana", "limits.more", refusal)
    wish = await stage.private("ben", "asks for more")
    [stored] = await stage.rows("SELECT * FROM limit_requests")
    assert stored["turn_id"] is not None
    presses = [stage.people.press("ben", f"limits.grant.{place % 2}", wish) for place in range(4)]
    await asyncio.gather(*presses)
    await stage.private("ben", "decided already")
    await stage.private("ana", "has granted you")
    [wish_row] = await stage.rows("SELECT state, bonus FROM limit_requests")
    [counter] = await stage.rows("SELECT bonus FROM budget_counters WHERE scope LIKE 'user:%/day'")
    assert wish_row["state"] == "granted"
    assert wish_row["bonus"] == counter["bonus"] in {DAY, 100_000}


async def test_a_wish_that_is_declined_is_told_kindly(stage: Stage) -> None:
    refusal = await used_up(stage, stage.channel())
    await stage.people.press("ana", "limits.more", refusal)
    await stage.people.press("ben", "limits.decline", await stage.private("ben", "asks for more"))
    assert "starts anew <!date^" in everything(await stage.private("ana", "has not granted you more"))


async def test_limits_are_set_shown_and_taken_back(stage: Stage) -> None:
    channel, ana = stage.channel(), stage.workspace.user("ana").id
    await ops(stage, "ben", channel, f"limits <@{ana}|ana> 1m tokens/day", "1,000,000 tokens a day")
    await ops(stage, "ben", channel, f"limits <#{channel.id}> $20/month", "$20.00 a month")
    await ops(stage, "ben", channel, "limits role:member 300k/day", "300,000 tokens a day each")
    table = await ops(stage, "ben", channel, "limits", "unless set otherwise")
    for cap in ("1,000,000 tokens a day", "$20.00 a month", "300,000 tokens a day"):
        assert cap in table
    await ops(stage, "ben", channel, f"limits <@{ana}> default", "back to the default")
    await ops(stage, "ben", channel, "limits role:king 3k/day", "`king` is not a role")
    await ops(stage, "ben", channel, "limits @ana 3k/day", "nobody I can set a limit for")
    await ops(stage, "ana", channel, f"limits <@{ana}> 9m/day", "You can't do that here")


async def test_a_channels_limit_stops_everybody_there_and_nobody_elsewhere(stage: Stage) -> None:
    narrow, other = stage.channel(), stage.channel()
    await ops(stage, "ben", narrow, f"limits <#{narrow.id}> 500/day", "500 tokens a day")
    await stage.mention("ana", narrow, "say exactly: no")
    refusal = everything(await stage.private("ana", "This channel's limit of 500 tokens a day"))
    assert "left" in refusal
    question = await stage.mention("ana", other, "say exactly: yes")
    await stage.answer(other, question.ts)


async def test_who_has_used_most_of_it_is_warned_once(stage: Stage) -> None:
    channel, ana = stage.channel(), stage.workspace.user("ana").id
    await ops(stage, "ben", channel, f"limits <@{ana}> 30k/day", "30,000 tokens a day")
    await asked(stage, channel, "say exactly: one")
    await stage.rows("UPDATE budget_counters SET spent = 23990 WHERE scope LIKE 'user:%/day'")
    await asked(stage, channel, "say exactly: two")
    warning = everything(await stage.private("ana", "is 80 % used", timeout=20))
    assert "Your own limit of 30,000 tokens a day" in warning
    await asked(stage, channel, "say exactly: three")
    assert not await stage.rows("SELECT 1 FROM budget_counters WHERE warned_at IS NULL AND warn_user <> ''")


async def test_more_questions_than_fit_into_a_minute_wait(database: Database) -> None:
    async with workspace(database) as stage, at_work(stage, SHOWRUNNER_REQUESTS_PER_MINUTE="2"):
        channel = stage.channel()
        for _ in range(2):
            await asked(stage, channel, "say exactly: yes")
        await stage.mention("ana", channel, "say exactly: no")
        said = everything(await stage.private("ana", "2 questions within a minute"))
        assert re.search(r"Ask again in [1-6]?\d seconds", said)
        question = await stage.mention("ben", channel, "say exactly: others may")
        await stage.answer(channel, question.ts)


async def asked(stage: Stage, channel: Channel, text: str) -> None:
    question = await stage.mention("ana", channel, text)
    await stage.answer(channel, question.ts)


async def test_where_money_is_left_for_a_cheaper_model_it_is_offered(stage: Stage) -> None:
    channel, ana = stage.channel(), stage.workspace.user("ana").id
    await ops(stage, "ben", channel, f"limits <@{ana}> $0.005/day", "a day")
    question = await stage.mention("ana", channel, "say exactly: cheap")
    refusal = await stage.private("ana", "Answer with claude-haiku-5-5")
    await stage.people.press("ana", "chat.again", refusal)
    assert "cheap" in everything(await stage.answer(channel, question.ts))
    calls = await stage.rows("SELECT model FROM ai_calls")
    assert {call["model"] for call in calls} == {"claude-haiku-5-5"}
