"""Between rows and entities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row

from services.entities.conversations import Author, Conversation, ConversationMode, FileRef, Message
from services.entities.turns import Source, Turn, TurnState


def storable(text: str) -> str:
    """Without what PostgreSQL cannot keep in a text: NUL and halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def to_conversation(row: Row[Any], turn: Turn | None = None) -> Conversation:
    """`turn`, one of it, where `id`, `team` and `channel` of the row are another's."""
    return Conversation(
        id=turn.conversation_id if turn else row.id,
        team=turn.team if turn else row.team,
        channel=turn.channel if turn else row.channel,
        channel_kind=row.channel_kind,
        thread_ts=row.thread_ts,
        mode=ConversationMode(row.mode),
        summary=row.summary,
        summary_until=row.summary_until,
        pinned=row.pinned,
        history_read=row.history_read,
        warned_full=row.warned_full,
    )


def deletion_of(channel: str, ts: str) -> str:
    """What stands among the events for a deleted message."""
    return f"deleted {channel} {ts}"


def to_turn(row: Row[Any]) -> Turn:
    return Turn(
        id=row.id,
        conversation_id=row.conversation_id,
        team=row.team,
        channel=row.channel,
        key=row.key,
        user=row.user_id,
        source=Source(row.source),
        state=TurnState(row.state),
        created_at=row.created_at,
        model=row.model,
        about=row.about,
        is_bot=row.is_bot,
        stop_requested=row.stop_requested,
        attempts=row.attempts,
    )


def to_message(row: Row[Any]) -> Message:
    return Message(
        id=row.id,
        conversation_id=row.conversation_id,
        author=Author(row.author),
        user=row.user_id,
        text=row.text,
        at=row.at,
        ts=row.ts,
        turn_id=row.turn_id,
        files=tuple(to_file(file) for file in row.files),
        tokens=row.tokens,
    )


def to_file(stored: Mapping[str, Any]) -> FileRef:
    return FileRef(
        id=stored["id"],
        name=stored["name"],
        mimetype=stored["mimetype"],
        size=stored["size"],
        url=stored["url"],
    )


def from_files(files: Iterable[FileRef]) -> list[dict[str, object]]:
    return [
        {
            "id": file.id,
            "name": storable(file.name),
            "mimetype": storable(file.mimetype),
            "size": file.size,
            "url": storable(file.url),
        }
        for file in files
    ]
