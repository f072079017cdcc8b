"""Settings and circumstances that are not as they should be, and a database of its own."""

import shutil
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
import pytest
import structlog
from sqlalchemy import make_url

from bot import config
from sandbox.providers.faults import Fault
from sandbox.server import Sandbox
from sandbox.settings import Credentials, SandboxSettings
from tests.databases import Database
from tests.e2e.programs import at_work, launched, workspace
from tests.e2e.stage import Stage, environment, everything, said

CANARY = "canary7f3a"


async def test_without_a_provider_key_the_reply_names_the_variables(database):
    async with workspace(database) as stage, at_work(stage, ANTHROPIC_API_KEY="", OPENAI_API_KEY=""):
        channel = stage.channel()
        question = await stage.mention("ana", channel, "say exactly: hello")
        told = await stage.sandbox.wait_for(lambda: next(iter(stage.ours_in(channel, question.ts)), None))
        for name in ("ANTHROPIC_API_KEY", "OPENAI_API_KEY"):
            assert name in everything(told)


async def test_a_day_used_up_is_refused_with_what_is_left_and_when_it_resets(database):
    async with workspace(database) as stage, at_work(stage, SHOWRUNNER_DAILY_TOKENS="5200"):
        channel = stage.channel()
        states: list[str] = []
        while "refused" not in states:
            await stage.mention("ana", channel, "write 500 words about light")
            states = [turn["state"] for turn in await stage.settled(channel)]
        refusal = everything(
            await stage.private("ana", "Your own limit of 5,200 tokens a day does not allow this")
        )
        assert "are left" in refusal
        assert "starts anew <!date^" in refusal
        assert sum(call.total_tokens for call in stage.paid) <= 5200


async def test_a_clock_that_is_off_refuses_slack_and_says_so(database):
    async with workspace(database, retry_scale=0.0) as stage, at_work(stage, "http"):
        channel = stage.channel()
        with structlog.testing.capture_logs() as lines:
            stage.sandbox.clock.offset = -400
            await stage.mention("ana", channel, "say exactly: too late")
            (event,) = stage.sandbox.deliveries("app_mention")
            await stage.sandbox.wait_for(lambda: len(event.attempts) == 4)
        assert event.ack is None
        assert [line["seconds"] // 100 for line in lines if line["event"] == "slack.clock_off"] == [4]
        assert not await stage.rows("SELECT 1 FROM turns")


async def test_an_empty_database_url_brings_its_own_postgresql():
    base = Path(tempfile.mkdtemp(prefix="desk-"))
    base.chmod(0o711)  # the server's account has to reach its folder
    nowhere = Database("postgresql+asyncpg://nowhere/none")
    try:
        async with workspace(nowhere) as stage:
            variables = {"DATABASE_URL": "", "SHOWRUNNER_DATA_DIR": str(base / "data")}
            async with at_work(stage, **variables):
                channel = stage.channel()
                question = await stage.mention("ana", channel, "say exactly: at home")
                assert "at home" in said(await stage.answer(channel, question.ts))
            async with at_work(stage, **variables):
                await stage.people.post("ana", channel, "say exactly: still here", thread_ts=question.ts)
                _, second = await stage.answers(channel, question.ts, 2)
                assert "still here" in said(second)
    finally:
        shutil.rmtree(base)


# -- secrets ------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_no_secret_and_no_word_of_a_person_is_found_in_the_log(database, mode):
    async with canary_stage(database) as stage:
        variables = environment(
            stage.sandbox,
            Database(with_password(database.url)),
            mode,
            SHOWRUNNER_METRICS_TOKEN=f"metrics-{CANARY}",
            SHOWRUNNER_LOG_LEVEL="debug",
            SHOWRUNNER_HEARTBEAT_SECONDS="0.5",
        )
        async with launched(variables) as program:
            port = await program.port()
            if mode == "http":
                stage.sandbox.deliver_over_http(f"http://127.0.0.1:{port}/slack/events")
            await a_bad_day(stage, database)
            program.terminate()
            assert await program.ended() == 0
        events = {line["event"] for line in program.log}
        assert {"turn.failed", "turn.answered", "handler.failed"} <= events
        assert CANARY not in program.said
        assert not [secret for secret in config.load(variables).secrets() if secret in program.said]


@asynccontextmanager
async def canary_stage(database):
    credentials = Credentials(
        bot_token=f"xoxb-{CANARY}",
        app_token=f"xapp-{CANARY}",
        signing_secret=f"signing{CANARY}",
    )
    sandbox = Sandbox(SandboxSettings(retry_scale=0.01), credentials)
    await sandbox.start()
    sandbox.providers.speed = 0
    try:
        yield Stage(sandbox, database)
    finally:
        await sandbox.stop()


def with_password(url):
    return make_url(url).set(password=f"base-{CANARY}").render_as_string(hide_password=False)


async def a_bad_day(stage, database):
    """Every failure a person's words or a secret could ride on into the log."""
    channel, faults = stage.channel(), stage.sandbox.faults
    providers = stage.sandbox.providers.faults

    async def ask(text):
        question = await stage.mention("ana", channel, f"{text} {CANARY}")
        await stage.settled(channel)
        return question

    for provider in ("anthropic", "openai"):
        providers.push(provider, Fault("status", 400))
    await ask("say exactly: rejected")
    providers.push("anthropic", Fault("refuse"))
    providers.push("openai", Fault("cut", at=3))
    await ask("write 40 words about")
    faults.server_error("chat.startStream", times=2)
    faults.answer("chat.postMessage", "fatal_error", times=2)
    await ask("say exactly:")
    broken = await stage.people.upload("ana", f"{CANARY}.pdf", CANARY.encode(), "application/pdf")
    bot = stage.workspace.bot.id
    await stage.people.post("ana", channel, f"<@{bot}> read {CANARY}", files=[broken])
    await stage.people.command("ana", channel, "/showrunner", CANARY)
    faults.answer("views.open", "internal_error")
    await stage.people.command("ana", channel, "/ask", "")
    await database.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    stage.sandbox.events.send({"type": "app_mention", "text": orjson.dumps({"x": CANARY}).decode()})
    faults.clear()
    await stage.settled(channel, timeout=30)
    question = await ask("say exactly: good night")
    await stage.answer(channel, question.ts)
