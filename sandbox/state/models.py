"""What a workspace consists of."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

ChannelKind = Literal["public", "private", "im", "mpim"]
FileMode = Literal["hosted", "external", "snippet", "post", "tombstone", "hidden_by_limit"]
StreamingState = Literal["in_progress", "completed", "errored"]
SessionStatus = Literal["active", "processing", "suspended", "closed"]
Json = dict[str, Any]

SLACKBOT = "USLACKBOT"
_MICROSECONDS = 6


def microseconds(ts: str) -> int:
    """A message timestamp as a number that orders exactly; raises ValueError for anything else."""
    seconds, _, fraction = ts.partition(".")
    return int(seconds) * 1_000_000 + int(fraction[:_MICROSECONDS].ljust(_MICROSECONDS, "0"))


@dataclass(eq=False)
class User:
    id: str
    name: str
    real_name: str
    email: str = ""
    tz: str = "Europe/Berlin"
    color: str = "4bbe2e"
    title: str = ""
    is_admin: bool = False
    is_guest: bool = False
    bot_id: str | None = None
    app_id: str | None = None
    deleted: bool = False

    @property
    def is_slackbot(self) -> bool:
        return self.id == SLACKBOT

    @property
    def is_bot(self) -> bool:
        return self.bot_id is not None

    @property
    def tz_offset(self) -> int:
        """Seconds east of UTC, today."""
        offset = datetime.now(UTC).astimezone(ZoneInfo(self.tz)).utcoffset()
        return int(offset.total_seconds()) if offset else 0


@dataclass(eq=False)
class File:
    id: str
    name: str
    title: str
    mimetype: str
    filetype: str
    size: int
    user: str
    created: int
    path: Path | None
    url: str
    download_url: str
    alt_txt: str = ""
    mode: FileMode = "hosted"
    external_type: str = ""
    needs_info: bool = False
    """shown in messages only as an id: whoever wants more asks files.info (Slack Connect)"""
    shares: dict[str, list[str]] = field(default_factory=dict)
    """channel id -> timestamps of the messages that share it"""

    @property
    def is_complete(self) -> bool:
        return self.path is not None


@dataclass(eq=False)
class Message:
    channel: "Channel"
    ts: str
    sender: User
    text: str = ""
    subtype: str | None = None
    thread_ts: str | None = None
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    metadata: Json | None = None
    files: list[File] = field(default_factory=list)
    client_msg_id: str | None = None
    username: str | None = None
    icons: Json | None = None
    edited: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    replies: list["Message"] = field(default_factory=list)
    ephemeral_for: str | None = None
    app_authored: bool = False
    broadcast: bool = False
    deleted: bool = False
    markdown: str | None = None
    chunks: list[Json] = field(default_factory=list)
    streaming_state: StreamingState | None = None
    at: int = field(init=False)

    def __post_init__(self) -> None:
        self.at = microseconds(self.ts)

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def is_top_level(self) -> bool:
        return not self.is_reply or self.broadcast

    @property
    def root_ts(self) -> str:
        return self.thread_ts or self.ts


@dataclass(frozen=True)
class Pin:
    message: Message
    by: str
    at: int


@dataclass(eq=False)
class Channel:
    id: str
    name: str
    kind: ChannelKind
    created: int
    creator: str
    members: dict[str, None] = field(default_factory=dict)
    """member ids in the order in which they came"""
    topic: str = ""
    purpose: str = ""
    archived: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    """every message of the channel by its timestamp, thread replies too"""
    top: list[Message] = field(default_factory=list)
    """what the channel itself shows, oldest first"""
    unread: dict[str, int] = field(default_factory=dict)
    last_read: dict[str, str] = field(default_factory=dict)
    pins: dict[str, Pin] = field(default_factory=dict)
    """what is pinned, by the timestamp of the message, in the order in which it was"""
    previous_names: list[str] = field(default_factory=list)
    canvas_id: str | None = None

    @property
    def is_direct(self) -> bool:
        return self.kind in ("im", "mpim")

    def peer_of(self, user_id: str) -> str | None:
        """In a direct message of two: the other one."""
        if self.kind != "im":
            return None
        return next((member for member in self.members if member != user_id), user_id)


@dataclass(eq=False)
class View:
    id: str
    user: str
    kind: Literal["modal", "home"]
    content: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    values: Json = field(default_factory=dict)

    @property
    def external_id(self) -> str:
        return str(self.content.get("external_id", ""))


@dataclass(eq=False)
class Session:
    """An agent session: one conversation with the app, as Slack shows it to people."""

    channel: Channel
    thread_ts: str | None
    status: SessionStatus = "active"
    title: str = ""
    initiator: str | None = None


@dataclass(frozen=True)
class Status:
    """The line "… is thinking" under a thread; an empty text clears it."""

    text: str
    loading_messages: tuple[str, ...]
    expires_at: float


@dataclass(frozen=True)
class Prompts:
    title: str
    prompts: tuple[Json, ...]
