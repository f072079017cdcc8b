"""Any exception becomes a reply a person can act on, with an id that is found in the logs."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import structlog
from uuid_utils.compat import uuid7

from handlers.blocks import files, limits
from handlers.blocks.kit import slack_date
from handlers.routes import Audience
from handlers.sender.sanitise import escape
from services import errors
from services.media.safe import shown_name

log = structlog.get_logger()

__all__ = ["Boundary", "Explanation", "explain", "provider_trouble", "slack_date"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What happened, and what to do about it; both in mrkdwn."""

    what: str
    todo: str = ""


class Replies(Protocol):
    async def problem(self, to: Audience, explanation: Explanation, incident: str | None) -> None: ...


class Boundary:
    def __init__(self, replies: Replies) -> None:
        self._replies = replies

    @asynccontextmanager
    async def guard(self, to: Audience) -> AsyncIterator[None]:
        try:
            yield
        except errors.ShowrunnerError as error:
            await self._tell(to, error, None if error.permanent else self._logged(error))
        except Exception as error:
            await self._tell(to, error, self._logged(error))

    async def _tell(self, to: Audience, error: Exception, incident: str | None) -> None:
        await self._replies.problem(to, explain(error), incident)

    def _logged(self, error: Exception) -> str:
        incident = str(uuid7())[-8:]
        log.error("handler.failed", incident=incident, exc_info=error)
        return incident


def explain(error: Exception) -> Explanation:
    for kind, words in WORDS.items():
        if isinstance(error, kind):
            return words(error)
    return Explanation(
        "Something went wrong on my side.", "Try again; if it happens twice, show an admin the id below."
    )


def _unknown_word(error: errors.UnknownWord) -> Explanation:
    near = f" Did you mean `{error.nearest}`?" if error.nearest else ""
    return Explanation(f"I don't know `{error.word}`.{near}", f"Usage: `{error.usage}`")


def _too_long(error: errors.QuestionTooLong) -> Explanation:
    return Explanation(
        "That is more than I can read at once "
        f"(about {error.length:,} tokens of text and files, of {error.limit:,} at most).",
        "Ask about a part of it, or leave a file out.",
    )


def _not_allowed(error: errors.NotAllowed) -> Explanation:
    reasons = {
        "guest": Explanation(
            "Guests of this workspace can't use Showrunner.", "An owner of Showrunner can allow it."
        ),
        "blocked": Explanation("Your account can't use Showrunner.", "Ask an owner of Showrunner."),
        "others_usage": Explanation(
            "What others use is for them and the admins to see.",
            "Yours is one word away: `/usage me`. An owner or admin can share the rest with you.",
        ),
    }
    return reasons.get(error.reason, Explanation("You can't do that here.", "Ask an owner of Showrunner."))


def _budget(error: errors.NotEnoughBudget) -> Explanation:
    return Explanation(limits.what_is_full(error), limits.what_to_do(error))


def _too_many(error: errors.TooManyRequests) -> Explanation:
    return Explanation(
        f"You have asked {error.per_minute} questions within a minute, which is all I take from one person.",
        f"Ask again in {math.ceil(error.seconds)} seconds.",
    )


def _paused(error: errors.AiPaused) -> Explanation:
    whom = "you" if error.kind == "person" else f"<#{error.subject}>"
    until = f"until {slack_date(error.until)}" if error.until else "until somebody resumes it"
    return Explanation(
        f"<@{error.by}> has paused AI for {whom}, {until}.",
        f"Nothing was spent. Ask <@{error.by}> or an owner of Showrunner to resume it.",
    )


def _no_model(error: errors.NoModel) -> Explanation:
    names = " or ".join(f"`{name}`" for name in error.variables)
    return Explanation(
        "I have no AI provider to ask.", f"Whoever runs me needs to set {names} and start me again."
    )


def _all_failed(error: errors.AllModelsFailed) -> Explanation:
    lines = "\n".join(f"• {cause.provider}: {provider_trouble(cause)}" for cause in error.causes)
    return Explanation(
        f"None of the AI models answered:\n{lines}", "Your question is kept: try again in a minute."
    )


def _unreadable(error: errors.FileUnreadable) -> Explanation:
    return Explanation(*files.told(escape(shown_name(error.name)), error.reason))


def provider_trouble(error: errors.ProviderError) -> str:
    match error.status:
        case 401 | 403:
            return "it does not accept our key; whoever runs me has to look at it"
        case 402:
            return "the account there has run out of credit"
        case 429:
            return "it is limiting how often we may ask"
        case 400 | 413 | 422:
            return "it did not take the request"
        case None:
            return "it could not be reached, or did not answer in time"
        case _:
            return "it is overloaded or out of order"


def _slack(error: errors.SlackUnavailable) -> Explanation:
    if error.code in {"not_in_channel", "channel_not_found"}:
        return Explanation(
            "I can't write in that channel.", "Invite me with `/invite @Showrunner` and ask again."
        )
    if error.code in {"is_archived", "restricted_action"}:
        return Explanation(
            "Slack does not let me write in that channel.", "Ask in another channel, or write to me directly."
        )
    return Explanation(f"Slack did not take my message (`{error.code}`).", "Try again in a minute.")


WORDS: dict[type[Exception], Callable[..., Explanation]] = {
    errors.EmptyQuestion: lambda _: Explanation(
        "I heard you, but there was no question in it.",
        "Mention me with a question, for example “@Showrunner outline a three-minute launch video”.",
    ),
    errors.QuestionTooLong: _too_long,
    errors.UnknownWord: _unknown_word,
    errors.BadArgument: lambda error: Explanation(f"{error.problem}.", f"Usage: `{error.usage}`"),
    errors.FileUnreadable: _unreadable,
    errors.NotFound: lambda error: Explanation(f"I can't find that {error.what} any more.", ""),
    errors.NotAllowed: _not_allowed,
    errors.NotEnoughBudget: _budget,
    errors.TooManyRequests: _too_many,
    errors.AiPaused: _paused,
    errors.TooManyAnswers: lambda _: Explanation(
        "I have answered a lot in this thread within a minute and take a short break.",
        "Ask again in a minute.",
    ),
    errors.NoModel: _no_model,
    errors.AllModelsFailed: _all_failed,
    errors.SlackUnavailable: _slack,
    errors.StorageUnavailable: lambda _: Explanation(
        "My database did not answer.", "Nothing is lost that I had confirmed. Try again in a moment."
    ),
}
