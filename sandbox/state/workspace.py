"""The workspace itself: lookups, membership, and the one place that tells listeners what changed."""

from collections.abc import Iterable
from itertools import chain

from sandbox.clock import Clock
from sandbox.state.canvases import Canvas
from sandbox.state.changes import (
    Change,
    ChannelChanged,
    ChannelOpened,
    Listener,
    Membership,
    Notice,
    UserChanged,
)
from sandbox.state.ids import Ids
from sandbox.state.message_shape import message_object
from sandbox.state.messages import MessageBook
from sandbox.state.models import (
    Channel,
    ChannelKind,
    File,
    Json,
    Message,
    Prompts,
    Session,
    Status,
    User,
    View,
)
from sandbox.state.shapes import (
    channel_details,
    channel_object,
    file_object,
    profile_object,
    user_object,
    view_object,
)

UserRef = User | str
ChannelRef = Channel | str
MESSAGES_KEPT = 100_000


class Workspace:
    """People are found by id, name or `User`, channels by id, name (with or without #) or `Channel`."""

    def __init__(
        self, clock: Clock, ids: Ids, team_id: str, domain: str, name: str, messages_kept: int = MESSAGES_KEPT
    ) -> None:
        """`messages_kept` is for each channel: beyond it the oldest threads are forgotten."""
        self.clock, self.ids = clock, ids
        self.team_id, self.domain, self.name = team_id, domain, name
        self.messages_kept, self.base_url = messages_kept, ""
        self.video_domains: tuple[str, ...] = ()
        """whose films the app may embed"""
        self.refused_blocks: set[str] = set()
        """kinds that this workspace does not take, though Slack knows them"""
        self._listeners: list[Listener] = []
        self.clear()

    def clear(self) -> None:
        """Empties everything but the listeners; ids go on, so that no id ever means two things."""
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.sessions: dict[tuple[str, str | None], Session] = {}
        self.statuses: dict[tuple[str, str], Status] = {}
        self.prompts: dict[str, Prompts] = {}
        self.canvases: dict[str, Canvas] = {}
        self.bot: User
        self.other_bot: User
        self.installed = True
        self.messages = MessageBook(self)
        self._names: dict[str, str] = {}
        self._directs: dict[frozenset[str], Channel] = {}

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def stop_listening(self, listener: Listener) -> None:
        self._listeners.remove(listener)

    def tell(self, change: Change) -> None:
        for listener in self._listeners:
            listener(change)

    def notice(self, text: str, user: str | None = None) -> None:
        self.tell(Notice(text, user=user))

    # -- people

    def add_user(self, user: User) -> User:
        self.users[user.id] = user
        self._names[user.name] = user.id
        return user

    def user(self, ref: UserRef) -> User:
        """Raises KeyError for a stranger."""
        if isinstance(ref, User):
            return ref
        return self.users[self._names.get(ref.removeprefix("@"), ref)]

    def change_user(self, user: User) -> None:
        self.tell(UserChanged(user))

    # -- channels

    def add_channel(
        self,
        name: str,
        kind: ChannelKind,
        members: Iterable[User],
        topic: str = "",
        *,
        id_: str | None = None,
    ) -> Channel:
        present = {member.id: None for member in members}
        made_id = id_ or self.ids.new({"im": "D", "mpim": "G"}.get(kind, "C"))
        creator = next(iter(present), "")
        channel = Channel(made_id, name, kind, int(self.clock.now()), creator, present, topic=topic)
        self.channels[channel.id] = channel
        if kind in ("public", "private"):
            self._names[f"#{name}"] = channel.id
        return channel

    def channel(self, ref: ChannelRef) -> Channel:
        """Raises KeyError for a channel that does not exist."""
        if isinstance(ref, Channel):
            return ref
        known = self.channels.get(ref)
        return known if known is not None else self.channels[self._names[f"#{ref.removeprefix('#')}"]]

    def direct(self, *people: User, id_: str | None = None) -> Channel:
        """The direct message of exactly these people, made if they never talked."""
        key = frozenset(person.id for person in people)
        if key not in self._directs:
            kind: ChannelKind = "im" if len(key) <= 2 else "mpim"
            name = "" if kind == "im" else "mpdm-" + "--".join(person.name for person in people) + "-1"
            self._directs[key] = self.add_channel(name, kind, people, id_=id_)
            self.tell(ChannelOpened(self._directs[key]))
        return self._directs[key]

    def app_dm(self, user: UserRef) -> Channel:
        return self.direct(self.user(user), self.bot)

    def create_channel(self, name: str, kind: ChannelKind, creator: User) -> Channel:
        channel = self.add_channel(name, kind, (creator,))
        self.tell(ChannelChanged(channel, creator, "created"))
        return channel

    def rename_channel(self, channel: Channel, name: str, user: User) -> None:
        channel.previous_names.append(channel.name)
        del self._names[f"#{channel.name}"]
        channel.name = name
        self._names[f"#{name}"] = channel.id
        self.tell(ChannelChanged(channel, user, "renamed"))

    def has_channel(self, name: str) -> bool:
        return f"#{name}" in self._names

    def archive_channel(self, channel: Channel, user: User) -> None:
        subtype = "channel_archive" if channel.kind == "public" else "group_archive"
        self.messages.announce(channel, user, subtype)
        channel.archived = True
        self.tell(ChannelChanged(channel, user, "archived"))

    def channels_of(self, user_id: str) -> list[Channel]:
        return [channel for channel in self.channels.values() if user_id in channel.members]

    def join(self, channel: Channel, user: User, inviter: User | None = None) -> bool:
        """False when the person was there already."""
        if user.id in channel.members:
            return False
        channel.members[user.id] = None
        self.messages.announce(channel, user, "channel_join" if channel.kind == "public" else "group_join")
        self.tell(Membership(channel, user, joined=True, inviter=inviter))
        return True

    def leave(self, channel: Channel, user: User) -> bool:
        if user.id not in channel.members:
            return False
        self.messages.announce(channel, user, "channel_leave" if channel.kind == "public" else "group_leave")
        del channel.members[user.id]
        self.tell(Membership(channel, user, joined=False, inviter=None))
        return True

    def can_see(self, user: User, channel: Channel) -> bool:
        """Whether `user` may read `channel`: guests read only where they are members."""
        return user.id in channel.members or (channel.kind == "public" and not user.is_guest)

    # -- messages, as tests like to read them

    def thread(self, channel: ChannelRef, thread_ts: str) -> list[Message]:
        """The parent and its replies, oldest first; empty when there is no such message."""
        parent = self.channel(channel).messages.get(thread_ts)
        return [] if parent is None else [parent, *parent.replies]

    def ephemerals(self, user: UserRef) -> list[Message]:
        """What only this person sees, oldest first."""
        return self.messages.ephemerals_of(self.user(user).id)

    def all_messages(self) -> Iterable[Message]:
        return chain.from_iterable(channel.messages.values() for channel in self.channels.values())

    # -- shapes

    def shown(self, message: Message, *, with_metadata: bool = False) -> Json:
        return message_object(message, self.team_id, with_metadata=with_metadata)

    def shown_channel(self, channel: Channel, viewer: str) -> Json:
        return channel_object(channel, self.team_id, viewer)

    def shown_channel_in_full(self, channel: Channel, viewer: str) -> Json:
        return self.shown_channel(channel, viewer) | channel_details(channel, viewer)

    def shown_profile(self, user: User, *, with_email: bool = True) -> Json:
        return profile_object(user, self.team_id, self.base_url, with_email=with_email)

    def permalink(self, message: Message) -> str:
        channel = message.channel.id
        link = f"https://{self.domain}.slack.com/archives/{channel}/p{message.ts.replace('.', '')}"
        return f"{link}?thread_ts={message.thread_ts}&cid={channel}" if message.is_reply else link

    def shown_user(self, user: User, *, with_email: bool = True) -> Json:
        return user_object(user, self.team_id, self.base_url, with_email=with_email)

    def shown_file(self, file: File) -> Json:
        return file_object(file, self.team_id)

    def shown_view(self, view: View) -> Json:
        return view_object(view, self.team_id, self.bot)
