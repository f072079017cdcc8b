"""What Slack's error names mean to the sender."""

from __future__ import annotations

CLOSED = frozenset(
    {
        "message_not_in_streaming_state",
        "streaming_state_conflict",
        "message_not_found",
        "message_not_owned_by_app",
        "stream_not_found",
    }
)
STOPPED = "stopped_by_user"

# Slack could not make a message of the Markdown it was given.
CONTENT = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "markdown_text_conflict",
        "msg_blocks_too_long",
        "msg_too_long",
        "only_one_table_allowed",
    }
)

# The call may have had an effect although it was answered with an error.
UNSURE = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})

# The token is good for nothing any more. A process that only works hears of it in no other way.
ACCESS_LOST = frozenset({"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"})

# Nothing of ours can help: the place or the token is not there any more.
HOPELESS = frozenset(
    {
        "account_inactive",
        "cannot_reply_to_message",
        "channel_not_found",
        "invalid_auth",
        "is_archived",
        "not_authed",
        "not_in_channel",
        "restricted_action",
        "thread_locked",
        "thread_not_found",
        "token_expired",
        "token_revoked",
        "user_not_found",
        "user_not_in_channel",
    }
)

# We are not in the place, so nothing of ours is there and nothing can be put there.
NOT_THERE = frozenset({"channel_not_found", "is_archived", "not_in_channel", "user_not_in_channel"})

_MISSING = frozenset(
    {"access_denied", "deprecated_endpoint", "method_deprecated", "missing_scope", "unknown_method"}
)


def is_missing(code: str) -> bool:
    """Whether the workspace or the app's set-up lacks the method, for every channel and for some time."""
    return code in _MISSING or code.startswith(("not_allowed", "feature_", "no_permission"))
