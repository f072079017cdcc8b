"""Models that look something up, for the tests of rounds."""

from __future__ import annotations

from collections.abc import Sequence

from services.entities.tools import Thought, ToolUse
from services.ports.models import Finished, ModelEvent, TextDelta, ToolResult
from tests.fakes.models import USED
from tests.services.chat.desk import Desk, saying

LINK = "https://acme.slack.com/archives/C1/p1"
QUERY = '{"query": "pricing"}'
THOUGHT = Thought("claude", {"type": "thinking", "thinking": "Hm.", "signature": "s"})


def asking(*texts: str, uses: int = 1, arguments: str = QUERY) -> Sequence[ModelEvent]:
    """A model that says these and then wants to look something up."""
    asked = tuple(ToolUse(f"toolu_{number}", "search_library", arguments) for number in range(uses))
    return (*map(TextDelta, texts), Finished(USED, "tools", "req_1", asked, (THOUGHT,)))


def searches_once(desk: Desk, *texts: str) -> None:
    desk.claude.scripts = [asking(*texts), saying("She said ", "ninety euros.")]


def results_in(desk: Desk) -> list[ToolResult]:
    """Those of the last request."""
    parts = (part for message in desk.claude.asked[-1].messages for part in message.parts)
    return [part for part in parts if isinstance(part, ToolResult)]
