"""An event is acknowledged when it is stored, and only then."""

import pytest

from handlers.routes import Event
from services.errors import StorageUnavailable
from tests.bot import payloads
from tests.bot.payloads import BOT_ID, BOT_USER, TEAM


def failing(error):
    async def fail(_):
        raise error

    return fail


async def test_a_handled_event_is_taken_with_its_envelope(door, taken):
    room = door(Event("app_mention", taken))
    answer = await room.send(payloads.event(payloads.mention(), "Ev1"))
    assert (taken.only.team, taken.only.id, taken.only.type) == (TEAM, "Ev1", "app_mention")
    assert (answer.status, answer.body) == (200, "")
    assert room.counted("taken") == 1


@pytest.mark.parametrize("ours", [{"user": BOT_USER}, {"user": "U0OTHER", "bot_id": BOT_ID}])
async def test_what_we_said_ourselves_is_passed_over(door, taken, ours):
    room = door(Event("message", taken))
    answer = await room.send(payloads.event({**payloads.mention(), "type": "message", **ours}))
    assert (answer.status, taken.calls) == (200, [])
    assert room.counted("passed") == 1


async def test_an_event_about_a_person_is_taken(door, taken):
    await door(Event("user_change", taken)).send(
        payloads.event({"type": "user_change", "user": {"id": "U1", "deleted": True}})
    )
    assert taken.only.event["user"]["id"] == "U1"


async def test_another_bots_message_is_taken(door, taken):
    await door(Event("message", taken)).send(
        payloads.event({**payloads.mention(), "type": "message", "bot_id": "B0OTHER", "user": "U0OTHER"})
    )
    assert taken.calls


async def test_an_event_that_nobody_handles_is_acknowledged_so_that_it_does_not_come_again(door):
    room = door()
    assert (await room.send(payloads.event({"type": "channel_rename"}))).status == 200
    assert room.counted("passed") == 1


@pytest.mark.parametrize(("error", "status"), [(StorageUnavailable(), 503), (KeyError("channel"), 400)])
async def test_an_exception_leaves_the_event_unacknowledged(door, error, status):
    room = door(Event("app_mention", failing(error)))
    assert (await room.send(payloads.event(payloads.mention()))).status == status
    assert room.counted("failed") == 1


@pytest.mark.parametrize("wrong", [{"event": "text"}, {"event": {"type": "app_mention"}, "team_id": None}])
async def test_a_broken_envelope_is_not_acknowledged(door, taken, wrong):
    body = {**payloads.event(payloads.mention()), **wrong}
    body = {name: value for name, value in body.items() if value is not None}
    assert (await door(Event("app_mention", taken)).send(body)).status == 400
    assert not taken.calls
