"""How Slack says no."""

from collections.abc import Sequence
from typing import Any


class SlackError(Exception):
    """Answered as `{"ok": false, "error": …}`; `details` are further fields of that answer."""

    def __init__(self, error: str, **details: Any) -> None:
        super().__init__(error)
        self.error, self.details = error, details

    def answer(self) -> dict[str, Any]:
        return {"ok": False, "error": self.error, **self.details}


def invalid(error: str, problems: Sequence[str]) -> SlackError:
    """With the list of what is wrong, in both places where Slack puts it."""
    messages = [f"[ERROR] {text}" for text in problems]
    return SlackError(error, errors=list(problems), response_metadata={"messages": messages})


def invalid_arguments(*problems: str) -> SlackError:
    messages = [f"[ERROR] {text}" for text in problems]
    return SlackError("invalid_arguments", response_metadata={"messages": messages})


def missing_scope(needed: Sequence[str], provided: Sequence[str]) -> SlackError:
    return SlackError("missing_scope", needed=",".join(needed), provided=",".join(sorted(provided)))
