"""Agent sessions, thread status and suggested prompts: how Slack shows that the app is at work."""

import asyncio
from typing import TYPE_CHECKING, get_args

from sandbox.state.changes import Change, Posted, PromptsSet, SessionChanged, SessionRenamed, StatusSet
from sandbox.state.models import Channel, Json, Message, Prompts, Session, SessionStatus, Status, User

if TYPE_CHECKING:
    from sandbox.state.workspace import Workspace

_NOTHING = Status("", (), 0.0)


class Agents:
    def __init__(self, workspace: "Workspace", status_lifetime: float) -> None:
        self._workspace, self._lifetime = workspace, status_lifetime
        self._timers: dict[tuple[str, str], asyncio.TimerHandle] = {}
        workspace.listen(self._on_change)

    def set_status(
        self,
        channel: Channel,
        thread_ts: str | None,
        status: str,
        title: str = "",
        initiator: str | None = None,
    ) -> Session:
        """Makes the session when there is none; `title` and `initiator` count only then."""
        session = self._workspace.sessions.get((channel.id, thread_ts))
        if session is None:
            session = Session(channel, thread_ts, title=title, initiator=initiator)
            self._workspace.sessions[channel.id, thread_ts] = session
        session.status = next(known for known in get_args(SessionStatus) if known == status)
        self._workspace.tell(SessionChanged(session))
        return session

    def rename(self, session: Session, title: str) -> None:
        session.title = title
        self._workspace.tell(SessionChanged(session))

    def rename_by(self, session: Session, title: str, user: User) -> None:
        previous, session.title = session.title, title
        self._workspace.tell(SessionChanged(session))
        self._workspace.tell(SessionRenamed(session, previous, user))

    def set_line(
        self, channel: Channel, thread_ts: str, text: str, loading_messages: tuple[str, ...]
    ) -> None:
        """The "is thinking" line; it goes by itself after its time, or when the app writes there."""
        key = (channel.id, thread_ts)
        self._forget(key)
        if not text:
            self._clear(channel, thread_ts)
            return
        status = Status(text, loading_messages, self._workspace.clock.now() + self._lifetime)
        self._workspace.statuses[key] = status
        self._timers[key] = asyncio.get_running_loop().call_later(
            self._lifetime, self._clear, channel, thread_ts
        )
        self._workspace.tell(StatusSet(channel, thread_ts, status))

    def suggest(self, channel: Channel, title: str, prompts: list[Json]) -> None:
        self._workspace.prompts[channel.id] = Prompts(title, tuple(prompts))
        self._workspace.tell(PromptsSet(channel, self._workspace.prompts[channel.id]))

    def close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _on_change(self, change: Change) -> None:
        if isinstance(change, Posted) and change.message.app_authored:
            self._clear_after(change.message)

    def _clear_after(self, message: Message) -> None:
        key = (message.channel.id, message.root_ts)
        if key in self._workspace.statuses:
            self._forget(key)
            self._clear(message.channel, message.root_ts)

    def _forget(self, key: tuple[str, str]) -> None:
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancel()

    def _clear(self, channel: Channel, thread_ts: str) -> None:
        if self._workspace.statuses.pop((channel.id, thread_ts), None) is not None:
            self._workspace.tell(StatusSet(channel, thread_ts, _NOTHING))
