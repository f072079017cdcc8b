"""Every table of ours, one file a topic; all are registered with `metadata` here."""

from __future__ import annotations

from storage.tables.alerts import alert_mails, check_states, digests, incidents, maintenance, pauses
from storage.tables.answers import prompt_cache
from storage.tables.base import is_any, metadata
from storage.tables.calls import (
    OPEN_OUTCOMES,
    ai_calls,
    budget_counters,
    reservations,
    turn_rounds,
    usage_daily,
)
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
    "alert_mails",
    "budget_counters",
    "check_states",
    "content_channels",
    "content_is_open",
    "content_parts",
    "contents",
    "conversations",
    "digests",
    "feedback",
    "file_texts",
    "followers",
    "incidents",
    "is_any",
    "library_channels",
    "limit_requests",
    "limit_versions",
    "limits",
    "maintenance",
    "memberships",
    "message_is_ours",
    "messages",
    "metadata",
    "pauses",
    "posts",
    "prompt_cache",
    "rate_buckets",
    "request_times",
    "reservations",
    "schedule_ticks",
    "slack_events",
    "transcript_segments",
    "turn_is_open",
    "turn_rounds",
    "turns",
    "usage_daily",
    "users",
]
