"""The live feed of the page: each change goes to the people who may see it."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

import orjson
from aiohttp import WSMsgType, web

from sandbox.state import Change, Message, User, Workspace
from sandbox.state.changes import (
    Changed,
    ChannelChanged,
    ChannelOpened,
    Deleted,
    EphemeralDeleted,
    HomePublished,
    Membership,
    Notice,
    Pinned,
    Posted,
    PromptsSet,
    Reacted,
    SessionChanged,
    StatusSet,
    Streamed,
    Unread,
    ViewErrors,
    ViewMoved,
)
from sandbox.state.message_shape import reactions
from sandbox.state.models import Json
from sandbox.traffic import Entry
from sandbox.ui.shapes import Shapes

_BACKLOG = 2_000
_OfMessage = Posted | Changed | Deleted | EphemeralDeleted | Streamed | Reacted | Pinned
_PING = 20.0


@dataclass(eq=False)
class Watcher:
    user: User
    wants_traffic: bool
    queue: asyncio.Queue[Json] = field(default_factory=lambda: asyncio.Queue(_BACKLOG))
    is_behind: bool = False

    def push(self, event: Json) -> None:
        """A page that reads too slowly is told to load anew instead of holding memory."""
        if self.queue.full():
            self.is_behind = True
        else:
            self.queue.put_nowait(event)


class Feed:
    def __init__(self, workspace: Workspace, shapes: Shapes) -> None:
        self._workspace, self._shapes = workspace, shapes
        self._watchers: set[Watcher] = set()
        self._sockets: set[web.WebSocketResponse] = set()
        workspace.listen(self._on_change)

    async def serve(self, request: web.Request, user: User) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=_PING)
        await socket.prepare(request)
        watcher = Watcher(user, request.query.get("traffic") == "1")
        self._watchers.add(watcher)
        self._sockets.add(socket)
        writer = asyncio.ensure_future(_write(socket, watcher))
        try:
            async for message in socket:
                if message.type is WSMsgType.ERROR:
                    break
        finally:
            self._watchers.discard(watcher)
            self._sockets.discard(socket)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return socket

    async def close(self) -> None:
        for socket in list(self._sockets):
            await socket.close()

    def on_traffic(self, entry: Entry) -> None:
        watching = [watcher for watcher in self._watchers if watcher.wants_traffic]
        if watching:
            event = self._shapes.traffic(entry)
            for watcher in watching:
                watcher.push(event)

    def _on_change(self, change: Change) -> None:
        if not self._watchers:
            return
        for watcher in self._watchers:
            for event in self._seen_by(watcher.user, change):
                watcher.push(event)

    def _seen_by(self, user: User, change: Change) -> Iterable[Json]:
        match change:
            case Posted() | Changed() | Deleted() | EphemeralDeleted() | Streamed() | Reacted() | Pinned():
                if self._may_see(user, change.message):
                    yield self._of_message(change)
                    yield from self._parent(change)
            case Membership() | ChannelOpened() | ChannelChanged():
                yield from self._of_channel(user, change)
            case ViewMoved() | ViewErrors():
                if change.user == user.id:
                    yield self._of_view(change)
            case StatusSet() | SessionChanged() | PromptsSet():
                yield from self._of_agent(user, change)
            case _:
                yield from self._of_person(user, change)

    def _of_message(self, change: _OfMessage) -> Json:
        message = change.message
        place: Json = {"channel": message.channel.id}
        match change:
            case Posted():
                kind = "ephemeral" if message.ephemeral_for else "message"
                return {"type": kind, **place, "message": self._shapes.message(message)}
            case Changed() | Pinned():
                return {"type": "message_changed", **place, "message": self._shapes.message(message)}
            case Deleted():
                return {"type": "message_deleted", **place, "ts": message.ts, "thread_ts": message.thread_ts}
            case EphemeralDeleted():
                return {"type": "ephemeral_deleted", **place, "ts": message.ts}
            case Reacted():
                return {"type": "reaction", **place, "ts": message.ts, "reactions": reactions(message)}
        if not change.text:
            return {"type": "message_changed", **place, "message": self._shapes.message(message)}
        stamps = {"ts": message.ts, "thread_ts": message.thread_ts}
        return {"type": "stream", **place, **stamps, "append": change.text}

    def _parent(self, change: Change) -> Iterable[Json]:
        """A new or deleted reply changes the count under its parent."""
        if (
            isinstance(change, Posted | Deleted)
            and change.message.is_reply
            and not change.message.ephemeral_for
        ):
            parent = change.message.channel.messages.get(change.message.root_ts)
            if parent is not None:
                shown = self._shapes.message(parent)
                yield {"type": "message_changed", "channel": parent.channel.id, "message": shown}

    def _of_channel(self, user: User, change: Membership | ChannelOpened | ChannelChanged) -> Iterable[Json]:
        """Who leaves a private channel is told too, though they can no longer see it."""
        is_own = isinstance(change, Membership) and change.user is user
        if is_own or self._workspace.can_see(user, change.channel):
            yield {"type": "channel", "channel": self._shapes.channel(change.channel, user)}

    def _of_view(self, change: ViewMoved | ViewErrors) -> Json:
        if isinstance(change, ViewErrors):
            return {"type": "view_errors", "view_id": change.view.id, "errors": change.errors}
        if change.how == "closed":
            return {"type": "view_closed", "view_id": change.view.id if change.view else None}
        shown = self._workspace.shown_view(change.view) if change.view else None
        return {"type": f"view_{change.how}", "view": shown}

    def _of_agent(self, user: User, change: StatusSet | SessionChanged | PromptsSet) -> Iterable[Json]:
        channel = change.session.channel if isinstance(change, SessionChanged) else change.channel
        if user.id not in channel.members:
            return
        match change:
            case StatusSet():
                yield self._shapes.status(channel, change.thread_ts, change.status)
            case SessionChanged():
                yield self._shapes.session(change.session)
                yield self._shapes.working(change.session)
            case PromptsSet():
                yield {"type": "prompts", "channel": channel.id, **self._shapes.prompts(change.prompts)}

    def _of_person(self, user: User, change: Change) -> Iterable[Json]:
        match change:
            case HomePublished() if change.view.user == user.id:
                yield {"type": "home", "view": self._workspace.shown_view(change.view)}
            case Unread() if change.user == user.id:
                yield {"type": "unread", "channel": change.channel.id, "unread": change.count}
            case Notice() if change.user in (None, user.id):
                yield {"type": "notice", "text": change.text, "level": change.level}
            case _:
                pass

    def _may_see(self, user: User, message: Message) -> bool:
        if message.ephemeral_for is not None:
            return message.ephemeral_for == user.id
        return self._workspace.can_see(user, message.channel)


async def _write(socket: web.WebSocketResponse, watcher: Watcher) -> None:
    while not socket.closed:
        event = await watcher.queue.get()
        if watcher.is_behind:
            await socket.close(code=1013, message=b"too far behind")
            return
        try:
            await socket.send_str(orjson.dumps(event).decode())
        except ConnectionError:
            return
