"""Messages for later: each waits for its moment on the workspace's own clock."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.state.models import Channel, Json, User

if TYPE_CHECKING:
    from sandbox.state.workspace import Workspace


@dataclass(frozen=True, eq=False)
class Scheduled:
    id: str
    channel: Channel
    sender: User
    post_at: int
    created: int
    fields: Json = field(default_factory=dict)
    """of `Message`"""

    @property
    def text(self) -> str:
        return str(self.fields.get("text", ""))


class Schedule:
    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._waiting: dict[str, Scheduled] = {}
        self._timer: asyncio.TimerHandle | None = None
        workspace.clock.on_jump(self._look)

    def add(self, channel: Channel, sender: User, post_at: int, fields: Json) -> Scheduled:
        now = int(self._workspace.clock.now())
        item = Scheduled(self._workspace.ids.new("Q"), channel, sender, post_at, now, fields)
        self._waiting[item.id] = item
        self._look()
        return item

    def remove(self, item: Scheduled) -> None:
        self._waiting.pop(item.id, None)
        self._look()

    def waiting(self, channel: Channel | None = None) -> list[Scheduled]:
        """Of one channel or of all, the next one first."""
        found = [item for item in self._waiting.values() if channel in (None, item.channel)]
        return sorted(found, key=lambda item: item.post_at)

    def close(self) -> None:
        """Forgets everything."""
        self._waiting.clear()
        self._cancel()

    def _look(self) -> None:
        """Posts what is due, and comes back for the next one."""
        self._cancel()
        now = self._workspace.clock.now()
        for item in self.waiting():
            if item.post_at > now:
                loop = asyncio.get_running_loop()
                self._timer = loop.call_later(item.post_at - now, self._look)
                return
            del self._waiting[item.id]
            self._post(item)

    def _post(self, item: Scheduled) -> None:
        if item.channel.archived or item.sender.id not in item.channel.members:
            return
        fields = dict(item.fields)
        if fields.get("thread_ts") not in item.channel.messages:
            fields.pop("thread_ts", None)
        text = str(fields.pop("text", ""))
        self._workspace.messages.post(item.channel, item.sender, text, app_authored=True, **fields)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
