"""Every table of ours, one file a topic; all are registered with `metadata` here."""

from __future__ import annotations

from storage.tables.base import is_any, metadata
from storage.tables.calls import OPEN_OUTCOMES, ai_calls, budget_counters, reservations, usage_daily
from storage.tables.chat import (
    OPEN_STATES,
    RUNNING_STATES,
    conversations,
    feedback,
    followers,
    message_is_ours,
    messages,
    slack_events,
    turn_is_open,
    turn_is_waiting,
    turns,
)
from storage.tables.library import (
    content_channels,
    content_is_open,
    content_parts,
    contents,
    library_channels,
    memberships,
    transcript_segments,
)
from storage.tables.limits import limit_requests, limit_versions, limits, request_times
from storage.tables.slack import POST_KINDS, file_texts, posts, rate_buckets, schedule_ticks, users

__all__ = [
    "OPEN_OUTCOMES",
    "OPEN_STATES",
    "POST_KINDS",
    "RUNNING_STATES",
    "ai_calls",
    "budget_counters",
    "content_channels",
    "content_is_open",
    "content_parts",
    "contents",
    "conversations",
    "feedback",
    "file_texts",
    "followers",
    "is_any",
    "library_channels",
    "limit_requests",
    "limit_versions",
    "limits",
    "memberships",
    "message_is_ours",
    "messages",
    "metadata",
    "posts",
    "rate_buckets",
    "request_times",
    "reservations",
    "schedule_ticks",
    "slack_events",
    "transcript_segments",
    "turn_is_open",
    "turn_is_waiting",
    "turns",
    "usage_daily",
    "users",
]
