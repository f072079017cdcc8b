"""Where a person is: joining, leaving, inviting, opening."""

from typing import Any

from sandbox.delivery.events import Events
from sandbox.people.outcome import Refused
from sandbox.state import Channel, User, Workspace
from sandbox.state.workspace import ChannelRef, UserRef

Json = dict[str, Any]


class Presence:
    def __init__(self, workspace: Workspace, events: Events) -> None:
        self._workspace, self._events = workspace, events

    async def join(self, who: UserRef, channel: ChannelRef) -> Channel:
        user, place = self._workspace.user(who), self._workspace.channel(channel)
        if place.kind != "public" or user.is_guest:
            raise Refused("not_allowed", "You need an invitation to join this channel.")
        self._workspace.join(place, user)
        return place

    async def invite(self, who: UserRef, channel: ChannelRef, guest: UserRef) -> Channel:
        user, place = self._inside(who, channel)
        if user.is_guest:
            raise Refused("not_allowed", "Guests cannot invite anyone.")
        self._workspace.join(place, self._workspace.user(guest), inviter=user)
        return place

    async def kick(self, who: UserRef, channel: ChannelRef, guest: UserRef) -> Channel:
        _, place = self._inside(who, channel)
        self._workspace.leave(place, self._workspace.user(guest))
        return place

    async def leave(self, who: UserRef, channel: ChannelRef) -> Channel:
        user, place = self._inside(who, channel)
        if place.is_direct:
            raise Refused("not_allowed", "A direct message cannot be left.")
        self._workspace.leave(place, user)
        return place

    async def open_dm(self, who: UserRef, other: UserRef | None = None) -> Channel:
        """With the app when nobody else is named."""
        user = self._workspace.user(who)
        return self._workspace.direct(user, self._workspace.user(other) if other else self._workspace.bot)

    async def open_home(self, who: UserRef, tab: str = "home") -> Channel:
        """The app's page, on its Home or Messages tab."""
        user = self._workspace.user(who)
        channel = self._workspace.app_dm(user)
        event: Json = {"type": "app_home_opened", "user": user.id, "channel": channel.id, "tab": tab}
        home = self._workspace.homes.get(user.id)
        if tab == "home" and home is not None:
            event["view"] = self._workspace.shown_view(home)
        self._events.send({**event, "context": {"entities": []}})
        return channel

    def _inside(self, who: UserRef, channel: ChannelRef) -> tuple[User, Channel]:
        user, place = self._workspace.user(who), self._workspace.channel(channel)
        if user.id not in place.members:
            raise Refused("not_in_channel", f"{user.real_name} is not in this channel.")
        return user, place
