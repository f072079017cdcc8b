"""What becomes of an item when something goes wrong: what was done stays, and the state says why it is not more."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.entities.library import ContentState
from services.errors import (
    AiPaused,
    AllModelsFailed,
    FileUnreadable,
    ModelRejected,
    NoModel,
    NotEnoughBudget,
    ObjectDamaged,
    ObjectMissing,
    ProviderError,
    ShowrunnerError,
    SlackUnavailable,
    Stopped,
    StoreUnavailable,
)

SOON, LATER, LONGEST = timedelta(seconds=20), timedelta(minutes=1), timedelta(minutes=30)

Outcome = tuple[ContentState, str, datetime | None]
"""State, reason, and when to try again."""


class Undecided(ShowrunnerError):
    """Calls were lost on the way: the person decides what becomes of them."""


def outcome_of(error: Exception, attempts: int, now: datetime, *, at_most: int) -> Outcome | None:
    """None: nobody knows what that was. `at_most`: attempts before what is only down is given up."""
    return _decided(error) or (
        (ContentState.FAILED, "gave_up", None) if attempts >= at_most else _waiting(error, attempts, now)
    )


def _decided(error: Exception) -> Outcome | None:
    match error:
        case Stopped():
            return ContentState.STOPPED, "stopped", None
        case Undecided():
            return ContentState.UNCERTAIN, "calls", None
        case FileUnreadable():
            return ContentState.REFUSED, error.reason, None
        case NotEnoughBudget():
            return ContentState.WAITING, "budget", error.limit.resets_at
        case AiPaused():
            return ContentState.WAITING, "paused", error.until
        case ObjectMissing():
            return ContentState.FAILED, "gone", None
        case ModelRejected():
            return ContentState.FAILED, "rejected", None
        case _:
            return None


def _waiting(error: Exception, attempts: int, now: datetime) -> Outcome | None:
    match error:
        case NoModel():
            return ContentState.WAITING, "no_model", now + LONGEST
        case ProviderError() | AllModelsFailed():
            return ContentState.WAITING, "model", now + min(LONGEST, LATER * attempts)
        case StoreUnavailable() | ObjectDamaged():
            return ContentState.WAITING, "store", now + min(LONGEST, SOON * attempts)
        case SlackUnavailable(permanent=False):
            return ContentState.WAITING, "slack", now + min(LONGEST, SOON * attempts)
        case _:
            return None
