"""A person at the keyboard. Everyone is given by id, name or `User`, channels by id, #name or `Channel`."""

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.delivery.events import Events
from sandbox.files import FileStore
from sandbox.interactivity.modals import Modals
from sandbox.interactivity.values import filled, find, held
from sandbox.manifest import Manifest
from sandbox.people.interactions import Interactions
from sandbox.people.outcome import Outcome, Refused
from sandbox.people.presence import Presence
from sandbox.state import File, Message, User, View, Workspace
from sandbox.state.streams import Streams
from sandbox.state.workspace import ChannelRef, UserRef

Json = dict[str, Any]
_STOPPED_EVENT = "agent_session_stopped"


class People(Presence):
    def __init__(
        self,
        workspace: Workspace,
        manifest: Manifest,
        events: Events,
        files: FileStore,
        streams: Streams,
        modals: Modals,
        interactions: Interactions,
    ) -> None:
        super().__init__(workspace, events)
        self._manifest, self._files = manifest, files
        self._streams, self._modals, self._interactions = streams, modals, interactions

    # -- writing

    async def post(
        self,
        who: UserRef,
        channel: ChannelRef,
        text: str,
        *,
        thread_ts: str | None = None,
        files: Sequence[File | str] = (),
        broadcast: bool = False,
    ) -> Message:
        user, place = self._inside(who, channel)
        if thread_ts is not None and thread_ts not in place.messages:
            raise Refused("thread_not_found", "That thread is gone.")
        shared = [file if isinstance(file, File) else self._workspace.files[file] for file in files]
        if not text and not shared:
            raise Refused("no_text", "There is nothing to send.")
        subtype = "file_share" if shared else "thread_broadcast" if broadcast else None
        return self._workspace.messages.post(
            place,
            user,
            text,
            thread_ts=thread_ts,
            files=shared,
            broadcast=broadcast,
            subtype=subtype,
            client_msg_id=self._workspace.ids.uuid(),
        )

    async def mention(
        self, who: UserRef, channel: ChannelRef, text: str, *, thread_ts: str | None = None
    ) -> Message:
        """Posts `text` with the app's name before it."""
        return await self.post(who, channel, f"<@{self._workspace.bot.id}> {text}", thread_ts=thread_ts)

    async def other_bot_posts(
        self, channel: ChannelRef, text: str, *, thread_ts: str | None = None
    ) -> Message:
        place = self._workspace.channel(channel)
        return self._workspace.messages.post(place, self._workspace.other_bot, text, thread_ts=thread_ts)

    async def edit(self, who: UserRef, message: Message, text: str) -> Message:
        user = self._own(who, message, "edit")
        self._workspace.messages.edit(message, user, text=text)
        return message

    async def delete(self, who: UserRef, message: Message) -> None:
        self._own(who, message, "delete")
        self._workspace.messages.delete(message)

    async def react(self, who: UserRef, message: Message, name: str) -> None:
        user, _ = self._inside(who, message.channel)
        self._workspace.messages.react(message, user, name.strip(":"))

    async def unreact(self, who: UserRef, message: Message, name: str) -> None:
        user, _ = self._inside(who, message.channel)
        self._workspace.messages.unreact(message, user, name.strip(":"))

    async def upload(
        self, who: UserRef, name: str, data: bytes, mimetype: str | None = None, *, elsewhere: bool = False
    ) -> File:
        """The file alone; share it with `post(…, files=[file])`. `elsewhere`: in another workspace's message
        (Slack Connect), which tells no more of it than its id."""
        file = await self._files.add(self._workspace.user(who), name, data, mimetype)
        file.needs_info = elsewhere
        return file

    async def delete_file(self, file: File) -> None:
        self._files.remove(file)

    async def hide_file(self, file: File) -> None:
        """Beyond what the workspace's plan shows."""
        self._files.hide(file)

    async def link_file(self, who: UserRef, name: str, url: str, external_type: str = "gdrive") -> File:
        """A file that lives elsewhere; share it like an upload."""
        return self._files.link(self._workspace.user(who), name, url, external_type)

    async def pin(self, who: UserRef, message: Message) -> None:
        user, _ = self._inside(who, message.channel)
        self._workspace.messages.pin(message, user)

    async def unpin(self, who: UserRef, message: Message) -> None:
        user, _ = self._inside(who, message.channel)
        self._workspace.messages.unpin(message, user)

    async def read(self, who: UserRef, channel: ChannelRef, ts: str) -> None:
        user, place = self._inside(who, channel)
        self._workspace.messages.read(place, user, ts)

    # -- talking to the app

    async def command(
        self, who: UserRef, channel: ChannelRef, command: str, text: str = "", *, thread_ts: str | None = None
    ) -> Outcome:
        if thread_ts is not None:
            raise Refused("not_in_thread", f"{command} is not supported in threads. Mention the app instead.")
        user, place = self._inside(who, channel)
        return await self._interactions.command(user, place, command, text)

    async def shortcut(self, who: UserRef, callback_id: str, message: Message | None = None) -> Outcome:
        return await self._interactions.shortcut(self._workspace.user(who), callback_id, message)

    async def press(
        self,
        who: UserRef,
        action_id: str,
        on: Message | View,
        value: Any = None,
        *,
        state: Json | None = None,
    ) -> Outcome:
        """Uses the first element with this action_id (of buttons with `value`: the one that has it)."""
        blocks = on.content["blocks"] if isinstance(on, View) else on.blocks or []
        wanted = value if isinstance(value, str) else None
        block_id, element = find(blocks, lambda _, item: _fits(item, action_id, wanted))
        return await self.act(who, on, block_id, action_id, held(element, value), state=state)

    async def act(
        self,
        who: UserRef,
        on: Message | View,
        block_id: str,
        action_id: str,
        fields: Json,
        *,
        state: Json | None = None,
    ) -> Outcome:
        """As `press`, with the element's own payload in `fields` and the inputs around it in `state`."""
        user = self._workspace.user(who)
        return await self._interactions.act(user, on, block_id, action_id, state or {}, fields)

    async def submit(
        self, who: UserRef, values: Mapping[str, Any] | None = None, *, view: View | None = None
    ) -> Outcome:
        """Fills inputs by action id (or block id) and submits; the topmost modal unless `view` is given."""
        shown = self._modal(who, view)
        return await self.submit_state(who, shown, filled(shown.content["blocks"], values or {}))

    async def submit_state(self, who: UserRef, view: View, state: Mapping[str, Json]) -> Outcome:
        """`state` as Slack's `state.values`."""
        return await self._interactions.submit(self._workspace.user(who), view, state)

    async def close_view(
        self, who: UserRef, *, view: View | None = None, everything: bool = False
    ) -> Outcome:
        user = self._workspace.user(who)
        return await self._interactions.close(user, self._modal(who, view), everything=everything)

    async def suggest(
        self, who: UserRef, on: Message | View, block_id: str, action_id: str, value: str
    ) -> Outcome:
        return await self._interactions.suggest(self._workspace.user(who), on, block_id, action_id, value)

    async def stop(self, who: UserRef, channel: ChannelRef, thread_ts: str | None = None) -> list[str]:
        """The Stop button: ends the streams of the conversation; their timestamps."""
        user, place = self._inside(who, channel)
        if not self._manifest.subscribes(_STOPPED_EVENT):
            raise Refused("not_stoppable", "This app cannot be stopped.")
        stopped = self._streams.stop_by_user(place, thread_ts)
        event: Json = {"type": _STOPPED_EVENT, "channel": place.id, "user": user.id}
        self._events.send({**event, "thread_ts": thread_ts, "streaming_message_ts": stopped})
        return stopped

    def view(self, who: UserRef) -> View | None:
        """The modal that this person has before them."""
        return self._modals.top_of(self._workspace.user(who))

    # -- what may be done

    def _modal(self, who: UserRef, view: View | None) -> View:
        shown = view or self.view(who)
        if shown is None:
            raise Refused("not_found", "There is no modal open.")
        return shown

    def _own(self, who: UserRef, message: Message, what: str) -> User:
        user = self._workspace.user(who)
        if message.sender is not user and not (what == "delete" and user.is_admin):
            raise Refused(f"cant_{what}_message", f"Only its author can {what} this message.")
        return user


def _fits(element: Json, action_id: str, value: str | None) -> bool:
    if element["action_id"] != action_id:
        return False
    return value is None or element["type"] != "button" or element.get("value") == value
