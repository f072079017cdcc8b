"""Writing in channels: posting, editing, deleting, reacting, reading; every change is told."""

from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sandbox.state.changes import (
    Changed,
    Deleted,
    EphemeralDeleted,
    FileShared,
    Posted,
    Reacted,
    Unread,
)
from sandbox.state.models import Channel, Message, User

if TYPE_CHECKING:
    from sandbox.state.workspace import Workspace

_ANNOUNCEMENTS = {
    "channel_join": "has joined the channel",
    "group_join": "has joined the channel",
    "channel_leave": "has left the channel",
    "group_leave": "has left the channel",
}
_EPHEMERALS_KEPT = 500


class MessageBook:
    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._ephemerals: defaultdict[str, dict[str, Message]] = defaultdict(dict)

    def post(self, channel: Channel, sender: User, text: str, **details: Any) -> Message:
        """`details` are fields of `Message`. A reply to a reply goes to the thread of that reply."""
        details["thread_ts"] = self._root(channel, details.get("thread_ts"))
        message = Message(channel, self._workspace.clock.next_ts(), sender, text, **details)
        channel.messages[message.ts] = message
        if message.is_top_level:
            channel.top.append(message)
        if message.is_reply:
            channel.messages[message.root_ts].replies.append(message)
        for file in message.files:
            file.shares.setdefault(channel.id, []).append(message.ts)
        self._tell_posted(message)
        return message

    def announce(self, channel: Channel, user: User, subtype: str) -> Message:
        return self.post(channel, user, f"<@{user.id}> {_ANNOUNCEMENTS[subtype]}", subtype=subtype)

    def post_ephemeral(
        self, channel: Channel, recipient: User, sender: User, text: str, **details: Any
    ) -> Message:
        ts = self._workspace.clock.next_ts()
        message = Message(channel, ts, sender, text, ephemeral_for=recipient.id, **details)
        mine = self._ephemerals[recipient.id]
        mine[ts] = message
        if len(mine) > _EPHEMERALS_KEPT:
            del mine[next(iter(mine))]
        self._workspace.tell(Posted(message))
        return message

    def change(self, message: Message, **changes: Any) -> None:
        """Sets fields of `message` and tells; an edit is marked only when `edited` is among them."""
        previous = self._workspace.shown(message)
        for name, value in changes.items():
            setattr(message, name, value)
        self._workspace.tell(Changed(message, previous))

    def edit(self, message: Message, editor: User, **changes: Any) -> None:
        edited = {"user": editor.id, "ts": self._workspace.clock.next_ts()}
        self.change(message, edited=edited, **changes)

    def delete(self, message: Message) -> None:
        """A parent with replies stays as a tombstone, as in Slack."""
        previous = self._workspace.shown(message)
        if message.ephemeral_for is not None:
            self._ephemerals[message.ephemeral_for].pop(message.ts, None)
            self._workspace.tell(EphemeralDeleted(message))
            return
        if message.replies and not message.is_reply:
            message.deleted = True
            self._workspace.tell(Changed(message, previous))
            return
        self._remove(message)
        self._workspace.tell(Deleted(message, previous))

    def react(self, message: Message, user: User, name: str) -> bool:
        """False when this person has already reacted so."""
        users = message.reactions.setdefault(name, [])
        if user.id in users:
            return False
        users.append(user.id)
        self._workspace.tell(Reacted(message, user, name, added=True))
        return True

    def unreact(self, message: Message, user: User, name: str) -> bool:
        users = message.reactions.get(name, [])
        if user.id not in users:
            return False
        users.remove(user.id)
        if not users:
            del message.reactions[name]
        self._workspace.tell(Reacted(message, user, name, added=False))
        return True

    def read(self, channel: Channel, user: User, ts: str) -> None:
        channel.last_read[user.id] = ts
        channel.unread[user.id] = 0
        self._workspace.tell(Unread(channel, user.id, 0))

    def ephemeral(self, user_id: str, ts: str) -> Message | None:
        return self._ephemerals[user_id].get(ts)

    def ephemerals_of(self, user_id: str) -> list[Message]:
        return list(self._ephemerals[user_id].values())

    def _root(self, channel: Channel, thread_ts: str | None) -> str | None:
        """Raises KeyError when there is no such message."""
        return None if thread_ts is None else channel.messages[thread_ts].root_ts

    def _remove(self, message: Message) -> None:
        channel = message.channel
        del channel.messages[message.ts]
        if message.is_top_level:
            del channel.top[bisect_left(channel.top, message.at, key=lambda item: item.at)]
        if message.is_reply and message.root_ts in channel.messages:
            channel.messages[message.root_ts].replies.remove(message)

    def _tell_posted(self, message: Message) -> None:
        tell = self._workspace.tell
        tell(Posted(message))
        for file in message.files:
            tell(FileShared(file, message))
        if message.is_top_level or message.channel.is_direct:
            self._count_unread(message)

    def _count_unread(self, message: Message) -> None:
        unread = message.channel.unread
        for member in message.channel.members:
            if member != message.sender.id:
                unread[member] = unread.get(member, 0) + 1
                self._workspace.tell(Unread(message.channel, member, unread[member]))
