"""Between rows and entities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row

from services.entities.conversations import FileRef, Place
from services.entities.library import Content, ContentState, Hit, Part, PartState, Passage, Share, Stage
from services.entities.media import Chapter, MediaKind, Probe, SubtitleTrack
from storage.chat.rows import storable


def to_content(row: Row[Any]) -> Content:
    return Content(
        id=row.id,
        team=row.team,
        short=row.short,
        user=row.user_id,
        title=row.title,
        created_at=row.created_at,
        state=ContentState(row.state),
        stage=Stage(row.stage),
        reason=row.reason,
        wake_at=row.wake_at,
        attempts=row.attempts,
        stop_requested=row.stop_requested,
        size=row.size,
        sha256=row.sha256,
        object_key=row.object_key,
        poster_key=row.poster_key,
        poster_file=row.poster_file,
        sheet_key=row.sheet_key,
        probe=to_probe(row.probe) if row.probe else None,
        language=row.language,
        summary=row.summary,
        topics=tuple(row.topics),
        chapters=to_chapters(row.chapters),
        tags=tuple(row.tags),
        deleted_at=row.deleted_at,
    )


def to_probe(stored: Mapping[str, Any]) -> Probe:
    return Probe(
        **{
            **stored,
            "kind": MediaKind(stored["kind"]),
            "audio_languages": tuple(stored["audio_languages"]),
            "subtitles": tuple(SubtitleTrack(**track) for track in stored["subtitles"]),
            "chapters": to_chapters(stored["chapters"]),
        }
    )


def to_chapters(stored: list[Mapping[str, Any]]) -> tuple[Chapter, ...]:
    return tuple(Chapter(**chapter) for chapter in stored)


def work_of(content: Content) -> dict[str, object]:
    """What the work on an item finds out."""
    return {
        "state": content.state.value,
        "stage": content.stage.value,
        "reason": content.reason,
        "wake_at": content.wake_at,
        "kind": content.kind.value if content.kind else None,
        "size": content.size,
        "sha256": content.sha256,
        "object_key": content.object_key,
        "poster_key": content.poster_key,
        "sheet_key": content.sheet_key,
        "probe": asdict(content.probe) if content.probe else None,
        "language": content.language,
        "summary": storable(content.summary),
        "topics": [storable(topic) for topic in content.topics],
        "chapters": [{**asdict(chapter), "title": storable(chapter.title)} for chapter in content.chapters],
    }


def to_share(row: Row[Any]) -> Share:
    return Share(
        id=row.id,
        content_id=row.content_id,
        place=Place(row.team, row.channel, row.thread_ts),
        audience=row.audience,
        user=row.user_id,
        at=row.at,
        file=FileRef(**row.file) if row.file else None,
        beside=FileRef(**row.beside) if row.beside else None,
    )


def from_share(share: Share) -> dict[str, object]:
    return {
        "id": share.id,
        "content_id": share.content_id,
        "team": share.place.team,
        "audience": share.audience,
        "channel": share.place.channel,
        "thread_ts": share.place.thread_ts,
        "user_id": share.user,
        "file": from_file(share.file),
        "beside": from_file(share.beside),
        "file_id": share.file.id if share.file else None,
        "at": share.at,
    }


def from_file(file: FileRef | None) -> dict[str, object] | None:
    return {**asdict(file), "name": storable(file.name)} if file else None


def to_passage(row: Row[Any]) -> Passage:
    return Passage(row.number, row.text, row.start_at, row.end_at, row.page, row.speaker)


def from_passage(passage: Passage) -> dict[str, object]:
    return {
        "number": passage.number,
        "text": storable(passage.text),
        "start_at": passage.start,
        "end_at": passage.end,
        "page": passage.page,
        "speaker": None if passage.speaker is None else storable(passage.speaker),
    }


def to_part(row: Row[Any]) -> Part:
    return Part(row.number, row.start_at, row.end_at, PartState(row.state), row.call_id)


def to_hit(row: Sequence[Any]) -> Hit:
    """Taken apart at once: by its names it takes longer than PostgreSQL does for a rare word."""
    content_id, number, start, end, page, speaker, text, rank, marked = row
    return Hit(content_id, Passage(number, text, start, end, page, speaker), marked, rank)
