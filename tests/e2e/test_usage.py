"""Usage reports over the wire."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.e2e.stage import everything

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def used(stage, *names):
    """A channel in which each of these people had an answer."""
    channel = stage.channel(*names)
    for name in names:
        question = await stage.mention(name, channel, "say exactly: counted")
        await stage.answer(channel, question.ts)
    await stage.settled(channel)
    return channel


def tokens_of(calls):
    return f"{sum(call['tokens_in'] + call['tokens_out'] for call in calls):,}"


async def log_of(stage, where):
    return await stage.rows(f"SELECT * FROM ai_calls WHERE {where}")


async def shown_in(stage, who, channel, *words, timeout=10):
    """The newest message to this person alone in a channel that has all these words."""

    def found():
        mine = [m for m in stage.workspace.ephemerals(who) if m.channel is channel]
        return next((m for m in reversed(mine) if all(word in everything(m) for word in words)), None)

    return await stage.sandbox.wait_for(found, timeout)


def kinds(message):
    return [block["type"] for block in message.blocks]


async def test_ones_own_usage_comes_to_oneself_with_chart_and_table(stage):
    channel = await used(stage, "ana")
    ana = stage.workspace.user("ana").id
    await stage.people.command("ana", channel, "/usage", "today")
    report = await shown_in(stage, "ana", channel, "Usage of")
    assert {"data_visualization", "data_table", "actions"} <= set(kinds(report))
    assert tokens_of(await log_of(stage, f"user_id = '{ana}'")) in everything(report)
    assert "usage.share" in everything(report)
    assert not channel.top[1:]


async def test_a_mention_and_the_home_command_do_the_same(stage):
    channel = await used(stage, "ben")
    await stage.people.command("ben", channel, "/showrunner", "usage 30d me")
    await shown_in(stage, "ben", channel, "last 30 days")
    await stage.mention("ben", channel, "usage 7d")
    await shown_in(stage, "ben", channel, "last 7 days")


async def test_a_member_who_asks_about_others_is_kindly_refused(stage):
    channel = stage.channel("ana", "ben")
    ben = stage.workspace.user("ben").id
    for words in ("team 7d", f"<@{ben}|ben>", f"<#{channel.id}|here> today"):
        await stage.people.command("ana", channel, "/usage", words)
    await shown_in(stage, "ana", channel, "for them and the admins to see")


async def test_an_admin_sees_a_channel_looks_closer_and_shares_it(stage):
    channel = await used(stage, "ana", "mia")
    await stage.people.command("mia", channel, "/usage", f"today <#{channel.id}|x>")
    report = await shown_in(stage, "mia", channel, "this channel")
    total = tokens_of(await log_of(stage, f"channel = '{channel.id}'"))
    assert total in everything(report)
    await stage.people.press("mia", "usage.person", report)
    closer = await shown_in(stage, "mia", channel, "By person", total)
    assert closer.ts == report.ts
    await stage.people.press("mia", "usage.share", closer)
    shared = await stage.sandbox.wait_for(
        lambda: next((m for m in channel.top if "Shared by" in everything(m)), None)
    )
    assert total in everything(shared)
    assert "actions" not in kinds(shared)


async def test_a_file_goes_to_ones_own_messages(stage):
    channel = await used(stage, "mia")
    await stage.people.command("mia", channel, "/usage", f"csv today <#{channel.id}|x>")
    direct = stage.workspace.app_dm(stage.workspace.user("mia"))
    shared = await stage.sandbox.wait_for(
        lambda: next(
            (m for m in direct.messages.values() if any(channel.id.lower() in f.name for f in m.files)), None
        )
    )
    [file] = shared.files
    lines = list(csv.DictReader(io.StringIO(file.path.read_bytes().decode("utf-8-sig"))))
    calls = await log_of(stage, f"channel = '{channel.id}'")
    assert lines[0]["calls"] == str(len(calls))
    assert f"{int(lines[0]['tokens']):,}" == tokens_of(calls)
    assert not any(f.name.endswith(".csv") for m in channel.messages.values() for f in m.files)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("7x", "neither a person, a channel nor a period; did you mean `7d`?"),
        ("me team", "one person, channel or team"),
        ("@nobody", "nobody called"),
        ("#nowhere 7d", "no channel"),
        ("<@U0NOBODY9|x>", "can't find that person"),
    ],
)
async def test_what_cannot_be_meant_is_told_with_the_usage_line(stage, words, told):
    channel = stage.channel("mia")
    await stage.people.command("mia", channel, "/usage", words)
    await shown_in(stage, "mia", channel, told)


async def test_an_empty_period_says_so_kindly(stage):
    channel = stage.channel("mia")
    await stage.people.command("mia", channel, "/usage", f"<#{channel.id}|x> 30d")
    await shown_in(stage, "mia", channel, "Nobody asked me anything", "Try a longer period")


async def test_a_sentence_about_usage_is_a_question(stage):
    channel = stage.channel("ana")
    question = await stage.mention("ana", channel, "usage of drones: say exactly: it is a question")
    assert "it is a question" in everything(await stage.answer(channel, question.ts))


async def test_in_a_direct_message_the_report_is_a_message_that_changes(stage):
    await used(stage, "mia")
    direct = stage.workspace.app_dm(stage.workspace.user("mia"))
    await stage.people.command("mia", direct, "/usage", "7d me")

    def report(word):
        return next((m for m in direct.messages.values() if word in everything(m) and m.blocks), None)

    shown = await stage.sandbox.wait_for(lambda: report("last 7 days"))
    assert "usage.share" not in everything(shown)
    await stage.people.press("mia", "usage.model", shown)
    closer = await stage.sandbox.wait_for(lambda: report("By model"))
    assert closer.ts == shown.ts


async def test_in_a_thread_the_report_stays_in_it(stage):
    channel = stage.channel("mia")
    root = await stage.people.post("mia", channel, "How much was it?")
    await stage.mention("mia", channel, f"usage today <#{channel.id}|x>", thread_ts=root.ts)
    report = await shown_in(stage, "mia", channel, "this channel")
    assert report.thread_ts == root.ts
    await stage.people.press("mia", "usage.share", report)
    shared = await stage.sandbox.wait_for(
        lambda: next((m for m in root.replies if "Shared by" in everything(m)), None)
    )
    assert shared.thread_ts == root.ts


async def test_home_leads_to_the_details(stage):
    await used(stage, "mia")
    await stage.people.open_home("mia")
    mia = stage.workspace.user("mia")

    def home():
        view = stage.workspace.homes.get(mia.id)
        return view and "usage.open" in str(view.content) and view

    view = await stage.sandbox.wait_for(home)
    assert "data_visualization" in str(view.content)
    await stage.people.press("mia", "usage.open", view)
    direct = stage.workspace.app_dm(mia)
    await stage.sandbox.wait_for(
        lambda: next((m for m in direct.messages.values() if "last 30 days" in everything(m)), None)
    )


async def test_what_is_set_at_home_is_kept(stage):
    await stage.people.open_home("ben")
    ben = stage.workspace.user("ben").id
    view = await stage.sandbox.wait_for(lambda: stage.workspace.homes.get(ben))
    await stage.people.press("ben", "home.length", view, "short")
    await stage.people.press("ben", "home.timezone", view, "Asia/Tokyo")
    await stage.people.press("ben", "home.notices", view, [])
    [row] = await stage.rows("SELECT settings::text FROM users WHERE user_id = $1", ben)
    settings = json.loads(row["settings"])
    assert settings | {"length": "short", "timezone": "Asia/Tokyo"} == settings
    assert settings["warnings"] == "off"
    await stage.people.press("ben", "home.length", view, "desk")


async def test_where_charts_are_refused_a_picture_takes_their_place(stage):
    channel = await used(stage, "mia")
    stage.sandbox.breaking.start(["no-charts"])
    await stage.people.command("mia", channel, "/usage", "me today")
    report = await shown_in(stage, "mia", channel, "slack_file", timeout=30)
    assert "data_visualization" not in kinds(report)
    [image] = [block for block in report.blocks if block["type"] == "image"]
    file = stage.workspace.files[image["slack_file"]["id"]]
    assert file.path.read_bytes().startswith(b"\x89PNG")
    assert "tokens" in image["alt_text"]
    stage.sandbox.breaking.mend()
