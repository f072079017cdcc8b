"""What Slack sends becomes what a handler takes; it is acknowledged in time, and errors are told."""

import asyncio

import orjson
import pytest

from bot import listeners
from handlers.routes import Button, Command, Shortcut, View
from services.entities.conversations import Place
from services.entities.people import Actor
from services.errors import NotAllowed, StorageUnavailable
from tests.bot import payloads
from tests.bot.conftest import Taken
from tests.bot.payloads import ANA, CHANNEL, DM, REPLY, RESPONSE_URL, ROOT, TEAM, TRIGGER

ACTOR = Actor(TEAM, ANA)


def failing(error):
    async def fail(_):
        raise error

    return fail


def asking(run):
    return Command("ask", "", run, "asks", "QUESTION", lambda _: True)


# -- commands -----------------------------------------------------------------------------------


async def test_a_slash_command_is_a_call(door, taken):
    answer = await door(asking(taken)).send(payloads.command("/ask", " what is a slate? "))
    call = taken.only
    assert answer.status == 200
    assert (call.group, call.word, call.args) == ("ask", "", "what is a slate?")
    assert (call.actor, call.to.place) == (ACTOR, Place(TEAM, CHANNEL))
    assert (call.to.response_url, call.trigger_id, call.key) == (RESPONSE_URL, TRIGGER, TRIGGER)


@pytest.mark.parametrize(("name", "kind"), [("directmessage", "im"), ("launch", "channel")])
async def test_a_call_knows_what_kind_of_channel_it_came_from(door, taken, name, kind):
    await door(asking(taken)).send(payloads.command("/ask", "x", channel_id=DM, channel_name=name))
    assert taken.only.channel_kind == kind


async def test_an_unknown_word_is_told_with_the_usage_line(door, taken):
    room = door(Command("showrunner", "settings", taken, "settings", "settings"))
    answer = await room.send(payloads.command("/showrunner", "setings"))
    (_, explanation, incident) = room.told.problems[0]
    assert answer.status == 200
    assert "settings" in explanation.what
    assert "/showrunner" in explanation.todo
    assert incident is None


# -- buttons, choices, shortcuts ----------------------------------------------------------------


async def test_a_button_below_a_reply_belongs_to_its_thread(door, taken):
    answer = await door(Button("chat.let_be", taken)).send(
        payloads.press(payloads.button("chat.let_be", "t1"))
    )
    press = taken.only
    assert answer.status == 200
    assert (press.actor, press.value, press.key, press.trigger_id) == (ACTOR, "t1", TRIGGER, TRIGGER)
    assert press.to.place == Place(TEAM, CHANNEL, ROOT)
    assert press.message["ts"] == REPLY


async def test_a_button_below_a_message_at_the_top_belongs_to_the_thread_under_it(door, taken):
    body = payloads.press(payloads.button("chat.let_be", "t1"), payloads.message(thread_ts=None))
    await door(Button("chat.let_be", taken)).send(body)
    assert taken.only.to.place == Place(TEAM, CHANNEL, REPLY)


async def test_a_choice_gives_the_chosen_options_value(door, taken):
    await door(Button("chat.again", taken)).send(payloads.press(payloads.select("chat.again", "t1|gpt")))
    assert taken.only.value == "t1|gpt"


async def test_feedback_gives_its_buttons_value(door, taken):
    action = {"type": "feedback_buttons", "action_id": "chat.feedback", "value": "up:t1"}
    await door(Button("chat.feedback", taken)).send(payloads.press(action))
    assert taken.only.value == "up:t1"


async def test_a_button_below_a_message_for_one_person_is_placed_by_its_container(door, taken):
    await door(Button("help.open", taken)).send(payloads.press_whispered(payloads.button("help.open", "")))
    assert taken.only.to.place == Place(TEAM, CHANNEL, ROOT)
    assert taken.only.message == {}


async def test_a_button_at_home_has_no_place(door, taken):
    await door(Button("home.ask", taken)).send(payloads.press_at_home(payloads.button("home.ask", "x")))
    assert taken.only.to.place == Place(TEAM, "")
    assert taken.only.to.response_url is None


async def test_a_message_shortcut_brings_the_message(door, taken):
    body = payloads.message_shortcut("chat.about", payloads.message())
    assert (await door(Shortcut("chat.about", taken)).send(body)).status == 200
    assert taken.only.message["text"] == "An answer."
    assert taken.only.to.place == Place(TEAM, CHANNEL, ROOT)


# -- forms --------------------------------------------------------------------------------------

FIELDS = {
    "question": {"q": {"type": "plain_text_input", "value": "Why?"}},
    "channel": {"c": {"type": "conversations_select", "selected_conversation": CHANNEL}},
    "model": {"m": {"type": "static_select", "selected_option": {"value": "gpt-6.1-sol"}}},
    "nothing": {"n": {"type": "plain_text_input", "value": None}},
}


async def test_a_submitted_form_gives_plain_values_by_block(door, taken):
    answer = await door(View("f", taken)).send(payloads.submission("f", FIELDS, context="C1 1.2"))
    form = taken.only
    assert (answer.status, answer.body) == (200, "")
    assert form.values == {"question": "Why?", "channel": CHANNEL, "model": "gpt-6.1-sol", "nothing": None}
    assert (form.actor, form.key, form.context) == (ACTOR, "V0FORM", "C1 1.2")


async def test_what_is_wrong_with_a_form_is_shown_in_it(door):
    room = door(View("f", Taken([("question", "Write a question first.")])))
    answer = await room.send(payloads.submission("f", FIELDS))
    assert orjson.loads(answer.body) == {
        "response_action": "errors",
        "errors": {"question": "Write a question first."},
    }


async def test_a_form_that_fails_is_closed_and_the_person_told_why_with_an_id(door):
    room = door(View("f", failing(RuntimeError("boom"))))
    answer = await room.send(payloads.submission("f", FIELDS))
    (to, explanation, incident) = room.told.problems[0]
    assert (answer.status, answer.body) == (200, "")
    assert (to.actor, to.place.channel) == (ACTOR, "")
    assert "boom" not in explanation.what
    assert incident


# -- acknowledging ------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [NotAllowed("guest"), StorageUnavailable(), RuntimeError("boom")])
async def test_a_handlers_error_is_acknowledged_and_told(door, error):
    room = door(asking(failing(error)))
    answer = await room.send(payloads.command("/ask", "x"))
    assert answer.status == 200
    assert len(room.told.problems) == 1


async def test_a_slow_handler_is_acknowledged_before_it_is_through_and_drained_at_the_end(door, monkeypatch):
    monkeypatch.setattr(listeners, "ACK_WITHIN", 0.01)
    through, go_on = [], asyncio.Event()

    async def slow(call):
        await go_on.wait()
        through.append(call)

    room = door(asking(slow))
    assert (await room.send(payloads.command("/ask", "x"))).status == 200
    assert not through
    go_on.set()
    await room.listeners.drained(5)
    assert through


async def test_draining_does_not_wait_for_ever(door, monkeypatch):
    monkeypatch.setattr(listeners, "ACK_WITHIN", 0.01)
    never = asyncio.Event()
    room = door(asking(lambda _: never.wait()))
    await room.send(payloads.command("/ask", "x"))
    await room.listeners.drained(0.01)
    never.set()
    await room.listeners.drained(5)


@pytest.mark.parametrize(
    "body",
    [
        {**payloads.press(payloads.button("help.open", "")), "user": None},
        {**payloads.submission("f", {}), "view": {"callback_id": "f", "type": "modal"}},
        {**payloads.command("/ask", "x"), "user_id": None, "channel_id": None, "team_id": None},
    ],
)
async def test_an_interaction_that_is_none_of_slacks_is_not_acknowledged(door, taken, body):
    body = {name: value for name, value in body.items() if value is not None}
    room = door(Button("help.open", taken), View("f", taken), asking(taken))
    assert (await room.send(body)).status == 400
    assert not taken.calls


async def test_a_button_that_nobody_handles_is_not_acknowledged(door, taken):
    room = door(Button("help.open", taken))
    assert (await room.send(payloads.press(payloads.button("old.button", "")))).status == 404
