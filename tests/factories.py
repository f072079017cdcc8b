"""Things to test with: sensible by default, each difference named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from services.entities.budgets import BudgetLine
from services.entities.calls import ModelCall, Usage
from services.entities.conversations import Author, FileRef, Message, Place, ThreadMessage
from services.entities.people import Actor, Person
from services.entities.posts import Post
from services.entities.turns import Heard, Source

TEAM, CHANNEL, DM = "T1", "C1", "D1"
ANNA, BEN, ROBOT = "UANNA", "UBEN", "UROBOT"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOON.date()

_numbers = count(1)


def ts_of(at: datetime) -> str:
    return f"{at.timestamp():.6f}"


def next_ts() -> str:
    """A Slack ts that no other message of the test run has."""
    return ts_of(NOON + timedelta(seconds=next(_numbers)))


def next_trigger() -> str:
    return f"{next(_numbers)}.{next(_numbers)}.abcdef0123456789"


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


# ---- what Slack tells --------------------------------------------------------------------------


def heard(**given: Any) -> Heard:
    """A person says something in a channel, not to us."""
    key = given.pop("key", None) or next_ts()
    plain = Heard(
        team=TEAM,
        channel=CHANNEL,
        channel_kind="channel",
        key=key,
        thread_ts=None,
        user=ANNA,
        text="What did she say about pricing?",
        at=_moment(key),
        source=Source.THREAD,
    )
    return replace(plain, **given)


def mention(**given: Any) -> Heard:
    return heard(source=Source.MENTION, mentions_us=True, **given)


def twin(of: Heard, **given: Any) -> Heard:
    """The `message` event of a mention: the same message, told once more."""
    return replace(of, source=Source.THREAD, event_id=None, **given)


def direct(**given: Any) -> Heard:
    return heard(channel=DM, channel_kind="im", source=Source.DIRECT, **given)


def reply(to: Heard, **given: Any) -> Heard:
    """The next message in the thread of `to`, without a mention."""
    place = {"channel": to.channel, "channel_kind": to.channel_kind, "thread_ts": thread_of(to).thread_ts}
    return heard(**place | given)


def from_bot(**given: Any) -> Heard:
    return mention(user=ROBOT, is_bot=True, **given)


def ask(**given: Any) -> Heard:
    """`/ask`: a question that stands nowhere yet."""
    return heard(key=next_trigger(), source=Source.ASK, **given)


def again(about: UUID, to: Heard, **given: Any) -> Heard:
    """The button "Answer again" below an answer in the thread of `to`."""
    return reply(to, key=next_trigger(), source=Source.AGAIN, about=str(about), text="", **given)


def thread_of(said: Heard) -> Place:
    return Place(said.team, said.channel, said.thread_ts or said.key)


def file(file_id: str = "F1", **given: Any) -> FileRef:
    url = f"https://files.slack.com/files-pri/{TEAM}-{file_id}/notes.pdf"
    plain = FileRef(file_id, "notes.pdf", "application/pdf", 1234, url)
    return replace(plain, **given)


def told(**given: Any) -> ThreadMessage:
    """A message as it is read back from a thread."""
    ts = given.pop("ts", None) or next_ts()
    return replace(ThreadMessage(ts, ANNA, "Earlier on", Author.PERSON, _moment(ts)), **given)


# ---- people ------------------------------------------------------------------------------------


def person(**given: Any) -> Person:
    return replace(Person(TEAM, ANNA, "Anna", timezone="Europe/Prague"), **given)


def guest(**given: Any) -> Person:
    return person(is_guest=True, **given)


def anna() -> Actor:
    return Actor(TEAM, ANNA)


# ---- what we do --------------------------------------------------------------------------------


def answer(turn_id: UUID, conversation_id: UUID, **given: Any) -> Message:
    plain = Message(
        id=uuid7(),
        conversation_id=conversation_id,
        author=Author.US,
        user="UUS",
        text="She said it is cheap.",
        at=after(3600),
        turn_id=turn_id,
        tokens=7,
    )
    return replace(plain, **given)


def call(**given: Any) -> ModelCall:
    plain = ModelCall(
        id=uuid7(),
        actor=anna(),
        channel=CHANNEL,
        provider="anthropic",
        model="claude-sonnet-5",
        purpose="chat",
        started_at=NOON,
        day=TODAY,
    )
    return replace(plain, **given)


def used(tokens: int = 100, cost: str | None = "0.00150000") -> dict[str, Any]:
    """What a finished call adds to a begun one: `replace(call, **used())`."""
    return {
        "usage": Usage(tokens_in=tokens, cached_read=tokens // 2, tokens_out=10),
        "cost": None if cost is None else Decimal(cost),
        "latency_ms": 900,
        "first_token_ms": 300,
        "request_id": "req_1",
    }


def line(amount: int = 1000, *, cap: int = 500_000, **given: Any) -> BudgetLine:
    """By default Anna's tokens of the day."""
    plain = BudgetLine(scope=f"user:{TEAM}:{ANNA}/day", period=TODAY, unit="tokens", amount=amount, cap=cap)
    return replace(plain, **given)


def post(turn_id: UUID | None = None, **given: Any) -> Post:
    plain = Post(
        id=uuid7(), turn_id=turn_id, part=0, kind="post", team=TEAM, channel=CHANNEL, thread_ts=None, at=NOON
    )
    return replace(plain, **given)


def day(offset: int = 0) -> date:
    return TODAY + timedelta(days=offset)


def _moment(key: str) -> datetime:
    try:
        return datetime.fromtimestamp(float(key), UTC)
    except ValueError:
        return NOON
