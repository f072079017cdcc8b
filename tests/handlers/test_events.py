"""Slack's events as entities."""

import pytest

from handlers.events import heard_mention, heard_message
from handlers.routes import Envelope
from services.entities.turns import Source

US = "U0BOT"


def envelope(**event):
    base = {
        "type": "message",
        "channel": "C1",
        "channel_type": "channel",
        "user": "U1",
        "text": "hi",
        "ts": "1700000000.000100",
    }
    return Envelope("T1", "Ev1", {**base, **event})


def test_a_mention_becomes_what_was_heard_without_our_name():
    heard = heard_mention(envelope(type="app_mention", text=f"<@{US}> why?"), US)
    assert (heard.text, heard.source, heard.mentions_us, heard.mentions_others) == (
        "why?",
        Source.MENTION,
        True,
        False,
    )


def test_a_top_level_message_is_the_root_of_its_own_thread():
    assert heard_message(envelope(), US).thread_ts == "1700000000.000100"


def test_a_reply_keeps_its_thread():
    assert heard_message(envelope(thread_ts="1600000000.000001"), US).thread_ts == "1600000000.000001"


def test_a_direct_message_is_known_as_one():
    heard = heard_message(envelope(channel="D1", channel_type="im"), US)
    assert (heard.source, heard.channel_kind) == (Source.DIRECT, "im")


def test_files_come_along_and_those_without_bytes_do_not():
    hosted = {
        "id": "F1",
        "name": "a.pdf",
        "mimetype": "application/pdf",
        "size": 9,
        "url_private_download": "https://x/a",
    }
    external = {"id": "F2", "name": "doc", "mode": "external", "url_private": "https://drive"}
    heard = heard_message(envelope(subtype="file_share", files=[hosted, external]), US)
    assert [(file.id, file.url) for file in heard.files] == [("F1", "https://x/a")]


def test_another_bot_is_known_as_one():
    heard = heard_message(envelope(subtype="bot_message", bot_id="B9", user=None), US)
    assert (heard.is_bot, heard.user) == (True, "B9")


def test_a_message_to_somebody_else_is_known_as_such():
    assert heard_message(envelope(text="<@U2> look"), US).mentions_others


@pytest.mark.parametrize("subtype", ["channel_join", "message_changed", "message_deleted", "channel_topic"])
def test_subtypes_that_nobody_wrote_are_not_heard(subtype):
    assert heard_message(envelope(subtype=subtype), US) is None
