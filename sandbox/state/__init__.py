"""The workspace: people, channels, messages, files, views, and the news of what changed in it."""

from sandbox.state.changes import Change
from sandbox.state.models import Channel, File, Message, Session, User, View
from sandbox.state.workspace import Workspace

__all__ = ["Change", "Channel", "File", "Message", "Session", "User", "View", "Workspace"]
