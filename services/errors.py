"""One tree of what can go wrong. Each says whether a retry can help; the boundary finds the words.

The words live in `handlers/boundary.py`: an error carries facts, never a sentence for the person.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.entities.calls import Usage
from services.entities.limits import LimitState


class ShowrunnerError(Exception):
    """`permanent` tells the worker that doing the same again cannot help."""

    permanent = True


class BadRequest(ShowrunnerError):
    """What the person gave cannot be used as it is."""


class EmptyQuestion(BadRequest):
    pass


class QuestionTooLong(BadRequest):
    def __init__(self, length: int, limit: int) -> None:
        super().__init__(f"{length} of {limit} characters")
        self.length, self.limit = length, limit


class UnknownWord(BadRequest):
    """A command word that does not exist. `nearest` is the closest one that does, or None."""

    def __init__(self, word: str, nearest: str | None, usage: str) -> None:
        super().__init__(word)
        self.word, self.nearest, self.usage = word, nearest, usage


class BadArgument(BadRequest):
    """`problem` is a plain clause: "`7x` is not a period"."""

    def __init__(self, problem: str, usage: str) -> None:
        super().__init__(problem)
        self.problem, self.usage = problem, usage


class NotFound(BadRequest):
    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class NotAllowed(ShowrunnerError):
    """`reason`: "guest", "blocked", "stranger", "role", "not_in_channel" or "others_usage"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotEnoughBudget(ShowrunnerError):
    """A request that does not fit under `limit`; both are in its unit. `raisers`: who can raise it, by id.

    `cheaper`: a model that what is left would do for, where there is one.
    """

    cheaper: str | None = None

    def __init__(self, limit: LimitState, needed: int, raisers: Sequence[str] = ()) -> None:
        super().__init__(f"{limit.scope}: {needed} {limit.unit} needed, {limit.left} of {limit.cap} left")
        self.limit, self.needed, self.raisers = limit, needed, tuple(raisers)


class LimitsChanged(ShowrunnerError):
    """Somebody set a limit since these were read: reserve again under the new ones."""

    permanent = False


class TooManyRequests(ShowrunnerError):
    """More questions within a minute than a person may ask. `seconds` until one more fits."""

    def __init__(self, seconds: float, per_minute: int) -> None:
        super().__init__(f"{per_minute} a minute; {seconds:.0f} s to wait")
        self.seconds, self.per_minute = seconds, per_minute


class AiPaused(ShowrunnerError):
    """Somebody has paused AI: `kind` is "person" or "channel". `until` None: until it is resumed."""

    def __init__(self, kind: str, subject: str, by: str, until: datetime | None) -> None:
        super().__init__(f"{kind} {subject}, by {by}")
        self.kind, self.subject, self.by, self.until = kind, subject, by, until


class MailUnavailable(ShowrunnerError):
    """The mail server did not answer, or not now; `detail` names what it was, without addresses."""

    permanent = False

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class MailRefused(MailUnavailable):
    """It will not take this mail, however often it is asked."""

    permanent = True


class TooManyAnswers(ShowrunnerError):
    """The loop breaker of a thread."""


class Stopped(ShowrunnerError):
    """The person pressed Stop, or deleted the question."""


class ProviderError(ShowrunnerError):
    """Something between us and a model. `status` is HTTP's where there was an answer."""

    permanent = False

    def __init__(self, provider: str, detail: str, *, status: int | None = None) -> None:
        super().__init__(f"{provider}: {detail}")
        self.provider, self.detail, self.status = provider, detail, status


class ModelUnavailable(ProviderError):
    """Overload, rate limit, outage, no connection, a time-out, a rejected key: another model may answer."""


class ModelRejected(ProviderError):
    """The request itself is wrong for this model (HTTP 400, 413, 422); the next model may still take it."""

    permanent = True


class ModelBroke(ProviderError):
    """The answer broke off or stalled after it had begun; `usage` is what is known of it, if anything."""

    def __init__(self, provider: str, detail: str, *, usage: Usage | None = None) -> None:
        super().__init__(provider, detail)
        self.usage = usage


class NoModel(ShowrunnerError):
    """No provider is configured for the purpose. `variables` would change that."""

    def __init__(self, variables: tuple[str, ...]) -> None:
        super().__init__(", ".join(variables))
        self.variables = variables


class AllModelsFailed(ShowrunnerError):
    """The whole chain failed before the first token; `causes` in the order tried."""

    permanent = False

    def __init__(self, causes: tuple[ProviderError, ...]) -> None:
        super().__init__("; ".join(str(cause) for cause in causes))
        self.causes = causes


class StorageUnavailable(ShowrunnerError):
    """The database did not answer or cut the connection; nothing of the transaction is stored."""

    permanent = False


class LostClaim(ShowrunnerError):
    """This worker was away for longer than its lease, and another one has the turn now: nothing is ours to do."""


class ObjectMissing(ShowrunnerError):
    """Nothing is stored under this key."""


class ObjectDamaged(ShowrunnerError):
    """What arrived in the store is not what was sent; nothing of it is kept."""

    permanent = False


class StoreUnavailable(ShowrunnerError):
    """The object store did not answer, or broke off."""

    permanent = False


class LinkExpired(ShowrunnerError):
    """Ours, but its time is over: a new one is to be had where this one was."""


class LinkForged(ShowrunnerError):
    """Not one of ours, or not for this item."""


class SlackUnavailable(ShowrunnerError):
    """Slack did not take a call. `code` is Slack's error name or an HTTP status."""

    permanent = False

    def __init__(self, method: str, code: str) -> None:
        super().__init__(f"{method}: {code}")
        self.method, self.code = method, code


class FileUnreadable(ShowrunnerError):
    """`reason`: "too_large", "type", "mismatch", "password", "damaged", "too_long", "pixels", "unpacked",
    "gone", "hidden", "external", "no_access" or "untranscribed"."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name, self.reason = name, reason
