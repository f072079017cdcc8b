"""Structured logs. Only allowed fields get through: no token or prompt can slip in by being passed."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Collection

import orjson
import structlog
from structlog.typing import EventDict, WrappedLogger

from bot.config import Settings
from services.errors import BadRequest, FileUnreadable, ShowrunnerError

# fmt: off
ALLOWED = frozenset(
    {
        "address", "attempt", "attempts", "backoff", "cause", "channel", "code", "connections", "content",
        "conversation", "count", "delay", "delivered", "depth", "detail", "entrypoint", "error", "event",
        "exception", "file", "fire_at", "host", "id", "incident", "job", "jobs", "kind", "latency", "level", "limit",
        "logger", "method", "mode", "model", "ms", "name", "outcome", "parts", "path", "pid", "port",
        "provider", "purpose", "reason", "rest", "role", "seconds", "signal", "size", "state", "status", "step",
        "task", "team", "timestamp", "tokens", "turn", "user", "version", "waited", "wakes", "worker",
    }
)
# fmt: on
SECRETS = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|sk-[\w-]{8,}|Bearer\s+\S+|(?<=://)[^/@\s:]+:[^/@\s]+(?=@)|[?&](?:token|sig\w*|X-Amz-\w+)=[^&\s]+",
    re.IGNORECASE,
)
LONGEST = 500
PLAIN = re.compile(r"[\w ,.\-/]*")
HARMLESS = ("As you gave `client` as well, `token` will be unused",)
"""Bolt looks for our token in the environment by itself; the client it is given has none, on purpose."""
QUOTES_PEOPLE = (BadRequest, FileUnreadable)
"""Our own errors whose texts hold a word, a file's name or an argument that a person wrote."""


def redacted(text: str) -> str:
    return SECRETS.sub("[redacted]", text)[:LONGEST]


def only_allowed(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    kept = {name: value for name, value in event.items() if name in ALLOWED}
    dropped = sorted(str(name) for name in event.keys() - kept.keys() if not str(name).startswith("_"))
    return {**kept, **({"dropped": dropped} if dropped else {})}


class Clean:
    """Takes out what looks like a secret, and these very secrets wherever they stand."""

    def __init__(self, secrets: Collection[str]) -> None:
        known = sorted(secrets, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {name: self._value(value) for name, value in event.items()}

    def _value(self, value: object) -> object:
        match value:
            case str():
                return redacted(self._known.sub("[redacted]", value) if self._known else value)
            case list() | tuple() | set() | frozenset():
                return [self._value(part) for part in value]
            case dict():
                return {str(name): self._value(part) for name, part in value.items()}
            case _:
                return value


def plain_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """What was raised and where. Only our own errors' texts are facts; others may quote what people wrote."""
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["exception"] = chain(error)
    return event


def chain(error: BaseException) -> list[str]:
    lines: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(lines) < 40:
        tells = isinstance(seen, ShowrunnerError) and not isinstance(seen, QUOTES_PEOPLE)
        said = f": {redacted(str(seen))}" if tells else ""
        lines.append(f"{type(seen).__module__}.{type(seen).__qualname__}{said}")
        lines += [
            f"  {frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(seen.__traceback__)
        ]
        seen = seen.__cause__ or seen.__context__
    return lines


class Foreign(logging.Handler):
    """Warnings of libraries become events of ours; of their texts only what cannot be a payload."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage().startswith(HARMLESS):
            return
        structlog.get_logger().log(
            record.levelno,
            "library",
            logger=record.name,
            path=f"{record.filename}:{record.lineno}",
            reason=opening(record),
            exc_info=record.exc_info[1] if record.exc_info else None,
        )


def opening(record: logging.LogRecord) -> str:
    """The plain words a message begins with: what was filled in stands behind a sign or a quote."""
    said = str(record.msg) if record.args else record.getMessage()
    plain = PLAIN.match(said)
    return plain.group().strip() if plain else ""


def configure(settings: Settings) -> None:
    level = getattr(logging, settings.log_level.upper())
    text = settings.log_format == "text" or (settings.log_format == "auto" and sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            plain_exception,
            only_allowed,
            Clean(settings.secrets()),
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
            if text
            else structlog.processors.JSONRenderer(_dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.root.handlers[:] = [Foreign()]
    logging.root.setLevel(logging.WARNING)


def _dumps(event: object, **_: object) -> str:
    return orjson.dumps(event, default=str).decode()
