"""The news of a workspace: each says what has just changed, after the fact."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sandbox.state.models import Channel, File, Json, Message, Prompts, Session, Status, User, View


@dataclass(frozen=True, slots=True)
class Posted:
    message: Message


@dataclass(frozen=True, slots=True)
class Changed:
    """`previous` is the message as Slack showed it before."""

    message: Message
    previous: Json


@dataclass(frozen=True, slots=True)
class Deleted:
    message: Message
    previous: Json


@dataclass(frozen=True, slots=True)
class Streamed:
    message: Message
    text: str


@dataclass(frozen=True, slots=True)
class EphemeralDeleted:
    message: Message


@dataclass(frozen=True, slots=True)
class Reacted:
    message: Message
    user: User
    name: str
    added: bool


@dataclass(frozen=True, slots=True)
class Membership:
    channel: Channel
    user: User
    joined: bool
    inviter: User | None


@dataclass(frozen=True, slots=True)
class ChannelOpened:
    channel: Channel


@dataclass(frozen=True, slots=True)
class ChannelChanged:
    channel: Channel
    user: User
    how: Literal["created", "archived", "renamed", "told"]
    """told: its topic or purpose is another"""


@dataclass(frozen=True, slots=True)
class Pinned:
    message: Message
    user: User
    added: bool


@dataclass(frozen=True, slots=True)
class ViewMoved:
    """`view` None with "closed": the person's whole stack is gone."""

    user: str
    how: Literal["opened", "pushed", "updated", "closed"]
    view: View | None


@dataclass(frozen=True, slots=True)
class ViewErrors:
    user: str
    view: View
    errors: Json


@dataclass(frozen=True, slots=True)
class HomePublished:
    view: View


@dataclass(frozen=True, slots=True)
class StatusSet:
    channel: Channel
    thread_ts: str
    status: Status


@dataclass(frozen=True, slots=True)
class SessionChanged:
    session: Session


@dataclass(frozen=True, slots=True)
class SessionRenamed:
    session: Session
    previous_title: str
    user: User


@dataclass(frozen=True, slots=True)
class PromptsSet:
    channel: Channel
    prompts: Prompts


@dataclass(frozen=True, slots=True)
class FileShared:
    file: File
    message: Message


@dataclass(frozen=True, slots=True)
class UserChanged:
    user: User


@dataclass(frozen=True, slots=True)
class Unread:
    channel: Channel
    user: str
    count: int


@dataclass(frozen=True, slots=True)
class Notice:
    """A line from the sandbox itself to the person at the page; `user` None: to everyone."""

    text: str
    level: Literal["info", "warning", "error"] = "info"
    user: str | None = None


Change = (
    Posted
    | Changed
    | Deleted
    | Streamed
    | EphemeralDeleted
    | Reacted
    | Membership
    | ChannelOpened
    | ChannelChanged
    | Pinned
    | ViewMoved
    | ViewErrors
    | HomePublished
    | StatusSet
    | SessionChanged
    | SessionRenamed
    | PromptsSet
    | FileShared
    | UserChanged
    | Unread
    | Notice
)
Listener = Callable[[Change], None]
