"""Small versions of every chaos line: the harness works, and the bars hold at a few repetitions.

R2 and nothing else needs processes that can die; the others run the program in this process.
"""

from __future__ import annotations

import pytest

from tests.chaos import (
    injections,
    output_strings,
    r1_duplicates,
    r2_crashes,
    r4_cut_calls,
    r5_bots,
    r6_reconnects,
    r7_failover,
    r8_broken_answers,
    r9_budget,
    r10_database,
    r11_objects,
    r13_rate_limits,
    r14_files,
    r17_alerts,
    slack_input,
)
from tests.chaos.ground import Ground
from tests.chaos.report import Line
from tests.databases import Database

SMALL = 0.01


@pytest.fixture
def ground(server: Database, template: Database) -> Ground:
    return Ground(server, template, apart=False)


def assert_met(line: Line) -> None:
    assert line.met, f"{line.id}: {line.figure}"


async def test_an_event_told_fifty_times_is_answered_once(ground):
    assert_met(await r1_duplicates.run(ground, SMALL))


async def test_a_crash_where_a_paid_call_may_be_lost_is_asked_about(ground):
    assert_met(await r2_crashes.crash(ground, ["sent"]))


async def test_a_cut_call_shows_one_message(ground):
    assert_met(await r4_cut_calls.run(ground, SMALL, streamed=("chat.startStream",), posted=("chat.update",)))


async def test_bots_get_one_answer_and_floods_five(ground):
    assert_met(await r5_bots.run(ground, SMALL))


async def test_no_event_is_missed_while_connections_close(ground):
    assert_met(await r6_reconnects.run(ground, SMALL))


async def test_the_other_provider_answers(ground):
    kinds, troubles = ("529", "cut before a token"), ("refused",)
    assert_met(await r7_failover.run(ground, SMALL, kinds=kinds, troubles=troubles))


async def test_a_limit_is_never_passed_however_many_ask_at_once(ground):
    assert_met(await r9_budget.run(ground, SMALL, questions=60, programs=2))


async def test_a_restarted_database_loses_nothing(ground):
    assert_met(await r10_database.run(ground, SMALL))


async def test_an_upload_outlives_its_store(ground):
    assert_met(
        await r11_objects.run(ground, SMALL, troubles=("down", "cut while sending", "cut while answering"))
    )


async def test_a_limited_or_dead_stream_arrives_whole(ground):
    methods, posting = ("chat.startStream", "chat.appendStream"), ("chat.postMessage",)
    assert_met(await r13_rate_limits.run(ground, SMALL, methods=methods, posting=posting))


async def test_bad_files_are_refused_with_a_clear_message_and_leave_nothing(ground):
    assert_met(await r14_files.run(ground, SMALL, limit=2 * 2**20, huge=16 * 2**20, in_channels=2))


async def test_an_answer_that_breaks_off_is_kept_and_marked(ground):
    assert_met(await r8_broken_answers.run(ground, SMALL, stall_seconds="1"))


async def test_requests_that_are_not_from_slack_are_refused(ground):
    assert_met(await slack_input.run(ground, SMALL))


async def test_generated_strings_call_nobody_and_lead_where_they_say(ground):
    assert_met(await output_strings.run(ground, SMALL))


async def test_an_injected_address_is_not_shown(ground):
    assert_met(await injections.run(ground, SMALL))


async def test_an_incident_is_told_once_though_who_told_it_died(ground):
    assert_met(await r17_alerts.killed(ground, ["bulletin.posted"]))
