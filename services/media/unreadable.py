"""Why the child process gave up, and the exit code that tells its parent."""

from __future__ import annotations

REASONS = {
    3: "password",
    4: "damaged",
    5: "type",
    6: "too_large",
    7: "mismatch",
    8: "too_long",
    9: "pixels",
    10: "unpacked",
    11: "no_access",
}


class Unreadable(Exception):
    """`reason` is one of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def code(self) -> int:
        return next(code for code, reason in REASONS.items() if reason == self.reason)
