from __future__ import annotations

from tests.fakes.chat.claims import FakeClaims
from tests.fakes.chat.conversations import FakeConversations
from tests.fakes.chat.messages import FakeMessages
from tests.fakes.chat.turns import FakeTurns


class FakeChatStore(FakeClaims, FakeTurns, FakeMessages, FakeConversations):
    """The ChatStore port in memory, one file a topic."""


__all__ = ["FakeChatStore"]
