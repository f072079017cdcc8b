"""Slack's rate limits: a count per method and minute, and one post per second in a channel."""

import math
from collections import defaultdict, deque

_MINUTE = 60.0
_POST_INTERVAL = 1.0


class Tiers:
    def __init__(self, *, enforced: bool) -> None:
        self.enforced = enforced
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)
        self._posts: dict[str, float] = {}

    def wait_for(self, method: str, per_minute: int, now: float) -> int:
        """0 when the call may go on (and is counted), else the seconds for Retry-After."""
        calls = self._calls[method]
        while calls and now - calls[0] >= _MINUTE:
            calls.popleft()
        if len(calls) >= per_minute:
            return max(1, math.ceil(_MINUTE - (now - calls[0])))
        calls.append(now)
        return 0

    def wait_to_post(self, channel: str, now: float) -> int:
        if now - self._posts.get(channel, -_MINUTE) < _POST_INTERVAL:
            return 1
        self._posts[channel] = now
        return 0

    def clear(self) -> None:
        self._calls.clear()
        self._posts.clear()
