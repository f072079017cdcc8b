"""Writing in channels: posting, editing, deleting, reacting, reading; every change is told."""

from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sandbox.state.changes import (
    Changed,
    Deleted,
    EphemeralDeleted,
    FileShared,
    Pinned,
    Posted,
    Reacted,
    Unread,
)
from sandbox.state.models import Channel, Message, Pin, User

if TYPE_CHECKING:
    from sandbox.state.workspace import Workspace

_ANNOUNCEMENTS = {
    "channel_join": "has joined the channel",
    "group_join": "has joined the channel",
    "channel_leave": "has left the channel",
    "group_leave": "has left the channel",
    "channel_archive": "archived the channel",
    "group_archive": "archived the channel",
}
_EPHEMERALS_KEPT = 500
_FORGOTTEN_AT_ONCE = 20  # a twentieth of what is kept, so that forgetting is rare


class MessageBook:
    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._ephemerals: defaultdict[str, dict[str, Message]] = defaultdict(dict)

    def post(self, channel: Channel, sender: User, text: str, **details: Any) -> Message:
        """`details` are fields of `Message`. A reply to a reply goes to the thread of that reply."""
        details["thread_ts"] = self._root(channel, details.get("thread_ts"))
        message = Message(channel, self._workspace.clock.next_ts(), sender, text, **details)
        self.put(message)
        self._tell_posted(message)
        return message

    def put(self, message: Message) -> None:
        """Takes in what is the newest of its channel, and tells nobody."""
        channel = message.channel
        channel.messages[message.ts] = message
        if message.is_top_level:
            channel.top.append(message)
        if message.is_reply:
            channel.messages[message.root_ts].replies.append(message)
        for file in message.files:
            file.shares.setdefault(channel.id, []).append(message.ts)
        if len(channel.messages) > self._workspace.messages_kept:
            self._forget_oldest(channel)

    def restore_order(self) -> None:
        """After older messages were put in among newer ones."""
        for channel in self._workspace.channels.values():
            channel.messages = dict(sorted(channel.messages.items(), key=lambda item: item[1].at))
            channel.top.sort(key=lambda message: message.at)

    def announce(self, channel: Channel, user: User, subtype: str, more: str = "") -> Message:
        said = more or _ANNOUNCEMENTS[subtype]
        return self.post(channel, user, f"<@{user.id}> {said}", subtype=subtype)

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

    def pin(self, message: Message, user: User) -> bool:
        """False when it was pinned already."""
        pins = message.channel.pins
        if message.ts in pins:
            return False
        pins[message.ts] = Pin(message, user.id, int(self._workspace.clock.now()))
        self._workspace.tell(Pinned(message, user, added=True))
        return True

    def unpin(self, message: Message, user: User) -> bool:
        if message.channel.pins.pop(message.ts, None) is None:
            return False
        self._workspace.tell(Pinned(message, user, added=False))
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
        channel.pins.pop(message.ts, None)
        if message.is_top_level:
            del channel.top[bisect_left(channel.top, message.at, key=lambda item: item.at)]
        if message.is_reply and message.root_ts in channel.messages:
            channel.messages[message.root_ts].replies.remove(message)

    def _forget_oldest(self, channel: Channel) -> None:
        """Whole threads, the oldest first: nobody shall find replies without their parent."""
        surplus = max(1, self._workspace.messages_kept // _FORGOTTEN_AT_ONCE)
        gone: set[str] = set()
        for message in channel.messages.values():
            if len(gone) >= surplus:
                break
            if not message.is_reply:
                gone |= {message.ts, *(reply.ts for reply in message.replies)}
        channel.messages = {ts: message for ts, message in channel.messages.items() if ts not in gone}
        channel.top = [message for message in channel.top if message.ts not in gone]
        channel.pins = {ts: pin for ts, pin in channel.pins.items() if ts not in gone}

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
