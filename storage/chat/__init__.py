"""Conversations, their messages and turns."""

from __future__ import annotations

from storage.chat.claims import Claims
from storage.chat.conversations import Conversations
from storage.chat.hearing import Hearing
from storage.chat.messages import Messages
from storage.chat.placing import Placing
from storage.chat.turns import Turns


class SqlChatStore(Hearing, Claims, Turns, Messages, Conversations, Placing):
    """The ChatStore port, one file a topic."""


__all__ = ["SqlChatStore"]
