"""How an action of a person ended."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.state import Message, View

TROUBLE = "We had some trouble connecting. Try again?"


class Refused(Exception):
    """Slack would not have let this person do that; `text` is what they would have read."""

    def __init__(self, error: str, text: str) -> None:
        super().__init__(text)
        self.error, self.text = error, text


@dataclass(frozen=True)
class Outcome:
    """`answer` is the app's acknowledgement; `errors` are texts by block id, shown in the modal."""

    ok: bool
    error: str | None = None
    text: str = ""
    answer: dict[str, Any] | None = None
    message: Message | None = None
    view: View | None = None
    errors: dict[str, Any] = field(default_factory=dict)
    options: list[dict[str, Any]] = field(default_factory=list)
    option_groups: list[dict[str, Any]] = field(default_factory=list)
