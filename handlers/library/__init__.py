"""The content library in Slack: add, find, read, look after."""

from __future__ import annotations

from handlers.library.adding import AddingHandlers
from handlers.library.finding import FindingHandlers
from handlers.library.tending import TendingHandlers

__all__ = ["AddingHandlers", "FindingHandlers", "TendingHandlers"]
