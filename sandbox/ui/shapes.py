"""The workspace as the page shows it to one person."""

from dataclasses import asdict

from sandbox.manifest import Manifest
from sandbox.state import Channel, Message, Session, User, Workspace
from sandbox.state.models import Json, Prompts, Status
from sandbox.traffic import Entry

_STOP_EVENT = "agent_session_stopped"


class Shapes:
    def __init__(self, workspace: Workspace, manifest: Manifest) -> None:
        self._workspace, self._manifest = workspace, manifest

    def user(self, user: User) -> Json:
        return {
            "id": user.id,
            "name": user.name,
            "real_name": user.real_name,
            "is_bot": user.is_bot or user.is_slackbot,
            "is_admin": user.is_admin,
            "is_guest": user.is_guest,
            "tz": user.tz,
            "color": f"#{user.color}",
            "initials": "".join(word[0] for word in user.real_name.split()[:2]).upper(),
        }

    def channel(self, channel: Channel, viewer: User) -> Json:
        peer = channel.peer_of(viewer.id)
        shown = {
            "id": channel.id,
            "name": self._name(channel, viewer),
            "kind": self._kind(channel, peer),
            "members": list(channel.members),
            "is_member": viewer.id in channel.members,
            "topic": channel.topic,
            "unread": channel.unread.get(viewer.id, 0),
            "last_ts": channel.top[-1].ts if channel.top else None,
        }
        return shown | ({"peer": peer} if peer else {})

    def app(self) -> Json:
        bot = self._workspace.bot
        return {
            "id": bot.app_id,
            "name": self._manifest.name,
            "bot_user_id": bot.id,
            "bot_id": bot.bot_id,
            "description": self._manifest.description,
        }

    def commands(self) -> list[Json]:
        shown = ("command", "description", "usage_hint")
        return [{name: getattr(item, name) for name in shown} for item in self._manifest.commands]

    def shortcuts(self) -> list[Json]:
        return [asdict(shortcut) for shortcut in self._manifest.shortcuts]

    def message(self, message: Message) -> Json:
        """Slack's message object, and what only the page needs; blocks only where someone gave them."""
        shown = self._workspace.shown(message, with_metadata=True)
        if not message.blocks:
            shown.pop("blocks", None)
        shown |= {
            "channel": message.channel.id,
            "ephemeral": message.ephemeral_for is not None,
            "stoppable": self.is_stoppable(message),
            "deleted": message.deleted,
        }
        if message.markdown is not None:
            shown["markdown"] = message.markdown
        if message.chunks:
            shown["chunks"] = message.chunks
        if message.username is not None:
            shown["username"] = message.username
        return shown

    def is_stoppable(self, message: Message) -> bool:
        return message.streaming_state == "in_progress" and self._manifest.subscribes(_STOP_EVENT)

    def status(self, channel: Channel, thread_ts: str | None, status: Status) -> Json:
        return {
            "type": "status",
            "channel": channel.id,
            "thread_ts": thread_ts,
            "status": "processing" if status.text else "active",
            "text": status.text,
            "loading_messages": list(status.loading_messages),
        }

    def session(self, session: Session) -> Json:
        return {
            "type": "session",
            "channel": session.channel.id,
            "thread_ts": session.thread_ts,
            "title": session.title,
            "status": session.status,
        }

    def working(self, session: Session) -> Json:
        """Slack's own line under a conversation while its session is processing."""
        text = "Working on it…" if session.status == "processing" else ""
        place = {"channel": session.channel.id, "thread_ts": session.thread_ts}
        return {"type": "status", **place, "status": session.status, "text": text, "loading_messages": []}

    def prompts(self, prompts: Prompts | None) -> Json:
        if prompts is None:
            return {"prompts": list(self._manifest.suggested_prompts), "title": ""}
        return {"prompts": list(prompts.prompts), "title": prompts.title}

    def traffic(self, entry: Entry) -> Json:
        return {"type": "traffic", "entry": entry.public()}

    def _name(self, channel: Channel, viewer: User) -> str:
        if channel.kind != "im":
            return channel.name
        peer = channel.peer_of(viewer.id)
        return self._workspace.users[peer].real_name if peer else channel.name

    def _kind(self, channel: Channel, peer: str | None) -> str:
        if channel.kind == "im" and peer == self._workspace.bot.id:
            return "app"
        return "private" if channel.kind == "mpim" else channel.kind
