"""How much Slack lets an app call each method, as token buckets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Bucket:
    """`burst` calls at once, then `rate` calls a second."""

    burst: float
    rate: float


def per_minute(calls: float) -> Bucket:
    """A quarter at once, the rest evenly: no window of 60 s, nor of 62 s, holds more than `calls`.

    The two seconds are for calls that take longer to Slack than the ones after them.
    """
    burst = calls / 4
    return Bucket(burst, (calls - burst) / 62)


TIER_2, TIER_3, TIER_4 = per_minute(20), per_minute(50), per_minute(100)

# Tiers as in Slack's own SDK metadata; `agents.sessions.*` as in its documentation. What the SDK calls by
# itself (`apps.connections.open`) does not come through here.
TIERS: Mapping[str, Bucket] = MappingProxyType(
    {
        "chat.startStream": TIER_2,
        "chat.stopStream": TIER_2,
        "conversations.list": TIER_2,
        "users.list": TIER_2,
        "users.conversations": TIER_2,
        "usergroups.list": TIER_2,
        "chat.update": TIER_3,
        "chat.delete": TIER_3,
        "conversations.history": TIER_3,
        "conversations.replies": TIER_3,
        "conversations.info": TIER_3,
        "conversations.open": TIER_3,
        "conversations.join": TIER_3,
        "reactions.add": TIER_3,
        "team.info": TIER_3,
        "files.list": TIER_3,
        "files.delete": TIER_3,
        "assistant.threads.setTitle": TIER_3,
        "assistant.threads.setSuggestedPrompts": TIER_3,
        "agents.sessions.setStatus": TIER_3,
        "agents.sessions.rename": TIER_3,
        "chat.appendStream": TIER_4,
        "chat.postEphemeral": TIER_4,
        "users.info": TIER_4,
        "users.profile.get": TIER_4,
        "conversations.members": TIER_4,
        "files.info": TIER_4,
        "files.getUploadURLExternal": TIER_4,
        "files.completeUploadExternal": TIER_4,
        "views.open": TIER_4,
        "views.publish": TIER_4,
        "views.push": TIER_4,
        "views.update": TIER_4,
        "chat.postMessage": per_minute(300),  # "several hundred a minute" for the workspace
    }
)

# "About one a second": a little less, so that two never arrive within one second.
CHANNEL_TIERS: Mapping[str, Bucket] = MappingProxyType({"chat.postMessage": Bucket(1, 0.9)})
