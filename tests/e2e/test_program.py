"""Starting, stopping, dying and coming back, as whoever runs the program sees it."""

import asyncio

import pytest
import structlog

from bot.slack import SlackRefusedToken
from tests.e2e.programs import at_work, launched, readiness, workspace
from tests.e2e.stage import environment, everything, is_whole, ready, said

SOON = {"SHOWRUNNER_HEARTBEAT_SECONDS": "0.5"}


async def test_a_stop_lets_a_running_answer_finish(database):
    async with workspace(database) as stage:
        variables = environment(stage.sandbox, database, SHOWRUNNER_DRAIN_SECONDS="20")
        async with launched(variables) as program:
            await program.port()
            channel = stage.channel()
            stage.sandbox.providers.speed = 40
            question = await stage.mention("ana", channel, "write 60 words about cameras")
            await stage.sandbox.wait_for(lambda: any(map(said, stage.ours_in(channel, question.ts))))
            program.terminate()
            assert await program.ended(30) == 0
            (answer,) = stage.ours_in(channel, question.ts)
            assert is_whole(answer)
            assert [turn["state"] for turn in await stage.settled(channel)] == ["answered"]
            assert "program.draining" in program.said


async def test_a_new_start_goes_on_with_who_was_followed_before(database):
    async with workspace(database) as stage:
        channel = stage.channel()
        async with at_work(stage):
            question = await stage.mention("ana", channel, "say exactly: before")
            await stage.answer(channel, question.ts)
        async with at_work(stage):
            await stage.people.post("ana", channel, "say exactly: after", thread_ts=question.ts)
            _, second = await stage.answers(channel, question.ts, 2)
            assert "after" in said(second)


async def test_what_was_said_while_it_was_away_is_answered_when_it_is_back(database):
    async with workspace(database, retry_scale=0.01) as stage:
        channel = stage.channel()
        async with at_work(stage):
            pass
        question = await stage.mention("ana", channel, "say exactly: welcome back")
        async with at_work(stage):
            assert "welcome back" in said(await stage.answer(channel, question.ts))


async def test_the_very_same_question_is_answered_from_what_is_kept_until_asked_anew(database):
    async with workspace(database) as stage, at_work(stage, SHOWRUNNER_ANSWER_CACHE_HOURS="24"):
        first, second = stage.channel(), stage.channel()
        question = await stage.mention("ana", first, "write 40 words about dollies")
        given = said(await stage.answer(first, question.ts))
        repeated = await stage.mention("ana", second, "write 40 words about dollies")
        kept = await stage.answer(second, repeated.ts)
        assert said(kept) == given
        assert "Answered before" in everything(kept)
        assert len(stage.paid) == 1
        paid, hit = await stage.rows("SELECT outcome, cost, saved FROM ai_calls ORDER BY started_at")
        assert (hit["outcome"], hit["cost"], hit["saved"]) == ("cached", 0, paid["cost"])
        assert not await stage.rows("SELECT 1 FROM reservations")
        await stage.people.press("ana", "chat.again", kept)
        anew = (await stage.answers(second, repeated.ts, 2))[1]
        assert "Answered before" not in everything(anew)
        assert len(stage.paid) == 2


async def test_killed_in_mid_answer_it_asks_with_a_button_and_pays_nothing_twice(database):
    async with workspace(database) as stage:
        channel = stage.channel()
        async with launched(environment(stage.sandbox, database, **SOON)) as program:
            await program.port()
            stage.sandbox.providers.speed = 15
            question = await stage.mention("ana", channel, "write 300 words about fog")
            await stage.sandbox.wait_for(lambda: any(map(said, stage.ours_in(channel, question.ts))))
            program.kill()
            await program.ended()
        stage.sandbox.providers.speed = 0
        async with at_work(stage, **SOON):
            offer = await stage.sandbox.wait_for(lambda: offer_in(stage, channel, question), 20)
            assert [turn["state"] for turn in await stage.settled(channel)] == ["uncertain"]
            assert len(list(stage.paid)) == 1
            await stage.people.press("ana", "chat.ask_again", offer)
            await stage.sandbox.wait_for(lambda: list(filter(is_whole, stage.ours_in(channel, question.ts))))
            assert len(list(stage.paid)) == 2
            assert [turn["state"] for turn in await stage.settled(channel)] == ["answered"]


def offer_in(stage, channel, question):
    ours = stage.ours_in(channel, question.ts)
    return next((message for message in ours if "chat.ask_again" in everything(message)), None)


# -- Slack at the start -------------------------------------------------------------------------


async def test_a_revoked_token_at_the_start_is_one_clear_line(database):
    async with workspace(database) as stage:
        stage.sandbox.api.revoked = True
        async with launched(environment(stage.sandbox, database)) as program:
            assert await program.ended() == 1
            assert "Slack does not accept SLACK_BOT_TOKEN (" in program.said
            assert "Traceback" not in program.said


async def test_a_wrong_app_token_at_the_start_is_refused_by_name(database):
    async with workspace(database) as stage:
        with pytest.raises(SlackRefusedToken) as refused:
            async with at_work(stage, SLACK_APP_TOKEN="xapp-wrong"):
                pass
    assert (refused.value.variable, refused.value.code) == ("SLACK_APP_TOKEN", "invalid_auth")


async def test_a_slack_that_is_away_at_the_start_is_waited_for(database):
    async with workspace(database) as stage:
        stage.sandbox.faults.server_error("auth.test")
        stage.sandbox.faults.answer("apps.connections.open", "internal_error")
        async with at_work(stage):
            channel = stage.channel()
            question = await stage.mention("ana", channel, "say exactly: there you are")
            assert "there you are" in said(await stage.answer(channel, question.ts))


async def test_a_stop_ends_the_wait_for_slack(database):
    async with workspace(database) as stage:
        variables = environment(stage.sandbox, database, SLACK_API_URL="http://127.0.0.1:1/api/")
        async with launched(variables) as program:
            await program.logged("slack.not_reached")
            program.terminate()
            assert await program.ended() == 0


# -- Slack while it runs ------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_token_revoked_while_it_runs_is_told_and_readiness_is_red(database, mode):
    async with workspace(database) as stage, at_work(stage, mode) as program:
        await ready(program.port)
        assert set((await readiness(program.port))[1]) == parts(mode)
        stage.sandbox.revoke_tokens()
        event = await stage.sandbox.wait_for(
            lambda: next(iter(stage.sandbox.deliveries("tokens_revoked")), None)
        )
        await stage.sandbox.wait_for(lambda: event.ack)
        status, checks = await readiness(program.port)
        assert (status, checks["slack access"]) == (503, False)


def parts(mode):
    sockets = {"slack sockets"} if mode == "socket" else set()
    return {"running", "database", "slack access", "worker"} | sockets


async def test_a_token_that_slack_refuses_is_noticed_by_who_hears_of_nothing_else(database):
    async with workspace(database) as stage, at_work(stage) as program:
        assert (await program.checks())["slack access"]
        stage.sandbox.api.revoked = True
        await stage.mention("ana", stage.channel(), "say exactly: are you there?")

        async def told():
            return not (await program.checks())["slack access"]

        async with asyncio.timeout(15):
            while not await told():
                await asyncio.sleep(0.05)


async def test_who_says_that_it_is_ready_takes_jobs(database):
    async with workspace(database) as stage, at_work(stage) as program:
        assert (await program.checks())["worker"]


async def test_an_uninstalled_app_is_told_in_the_log(database):
    with structlog.testing.capture_logs() as lines:
        async with workspace(database) as stage, at_work(stage):
            stage.sandbox.uninstall()
            await stage.sandbox.wait_for(
                lambda: [line for line in lines if line["event"] == "slack.access_lost"]
            )


# -- processes and databases --------------------------------------------------------------------


async def test_two_roles_start_at_once_on_an_empty_database_and_answer_together(empty_database):
    async with workspace(empty_database) as stage:
        variables = environment(stage.sandbox, empty_database)
        async with (
            launched(variables, "serve", "--role", "web") as web,
            launched(variables, "serve", "--role", "worker") as worker,
        ):
            web_parts = (await readiness(await web.port()))[1]
            worker_parts = (await readiness(await worker.port()))[1]
            assert set(web_parts) == {"running", "database", "slack access", "slack sockets"}
            assert set(worker_parts) == {"running", "database", "slack access", "worker"}
            channel = stage.channel()
            question = await stage.mention("ana", channel, "say exactly: together")
            assert "together" in said(await stage.answer(channel, question.ts))
            for program in (web, worker):
                program.terminate()
                assert await program.ended() == 0
            assert "turn.answered" in worker.said
            assert "turn.answered" not in web.said
