"""What stands on the Home tab."""

from __future__ import annotations

import pytest
from uuid_utils.compat import uuid7

from handlers.blocks.home import recent_line
from services.entities.conversations import Conversation

URL = "https://acme.slack.com/"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("R&amp;D, who | when?", "R&amp;D, who ¦ when?"),
        ("&amp;" * 100, "&amp;" * 90 + "…"),
        ("", "(a file)"),
    ],
)
def test_a_question_is_shown_as_it_was_typed(asked: str, told: str) -> None:
    conversation = Conversation(uuid7(), "T1", "C1", "channel", "1700000000.000100")
    link = f"<{URL}archives/C1/p1700000000000100|{told}>"
    assert recent_line(conversation, asked, URL) == f"{link}\n<#C1>"
