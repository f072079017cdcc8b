"""Slack's events as the entities they tell of. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from handlers.grammar import mentions, without_mention
from handlers.routes import Envelope
from services.entities.conversations import FileRef
from services.entities.turns import Heard, Source

JSON = Mapping[str, Any]

HEARD_SUBTYPES = frozenset({None, "file_share", "bot_message", "thread_broadcast", "me_message"})


def heard_mention(envelope: Envelope, bot_user: str) -> Heard:
    return _heard(envelope, envelope.event, bot_user, Source.MENTION)


def heard_message(envelope: Envelope, bot_user: str) -> Heard | None:
    """A message somebody wrote; None for the subtypes that tell of something else."""
    event = envelope.event
    if event.get("subtype") not in HEARD_SUBTYPES:
        return None
    source = Source.DIRECT if event.get("channel_type") == "im" else Source.THREAD
    return _heard(envelope, event, bot_user, source)


def _heard(envelope: Envelope, event: JSON, bot_user: str, source: Source) -> Heard:
    text = str(event.get("text") or "")
    said_to = mentions(text)
    ts = str(event["ts"])
    kind = str(event.get("channel_type") or kind_of(str(event["channel"])))
    return Heard(
        team=envelope.team,
        channel=str(event["channel"]),
        channel_kind=kind,
        key=ts,
        thread_ts=str(event.get("thread_ts") or ts),
        user=str(event.get("user") or event.get("bot_id") or ""),
        text=without_mention(text, bot_user),
        at=moment(ts),
        source=source,
        event_id=envelope.id,
        is_bot=bool(event.get("bot_id")) or event.get("subtype") == "bot_message",
        mentions_us=bot_user in said_to,
        mentions_others=bool(said_to - {bot_user}),
        files=tuple(file_ref(file) for file in event.get("files") or () if is_readable(file)),
    )


def kind_of(channel: str) -> str:
    """`app_mention` does not say what kind of channel it came from; the id's first letter does."""
    return "im" if channel.startswith("D") else "channel"


def moment(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC)


def is_readable(file: JSON) -> bool:
    """Of another workspace it may be no more than an id: Slack is asked about it later."""
    told = bool(file.get("url_private_download") or file.get("url_private"))
    return file.get("mode") != "external" and (told or file.get("file_access") == "check_file_info")


def file_ref(file: JSON) -> FileRef:
    return FileRef(
        id=str(file["id"]),
        name=str(file.get("name") or file["id"]),
        mimetype=str(file.get("mimetype") or "application/octet-stream"),
        size=int(file.get("size") or 0),
        url=str(file.get("url_private_download") or file.get("url_private") or ""),
    )
