"""The methods, one file for each family, and all of them together."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sandbox.files import FileStore
from sandbox.interactivity.modals import Modals
from sandbox.interactivity.triggers import Triggers
from sandbox.manifest import Manifest
from sandbox.state import Workspace
from sandbox.state.agents import Agents
from sandbox.state.scheduled import Schedule
from sandbox.state.streams import Streams
from sandbox.web.method import Methods
from sandbox.web.methods.agents import AgentMethods
from sandbox.web.methods.canvases import CanvasMethods
from sandbox.web.methods.chat import ChatMethods
from sandbox.web.methods.conversations import ConversationMethods
from sandbox.web.methods.files import FileMethods
from sandbox.web.methods.membership import MembershipMethods
from sandbox.web.methods.people import PeopleMethods
from sandbox.web.methods.pins import PinMethods
from sandbox.web.methods.reactions import ReactionMethods
from sandbox.web.methods.scheduled import ScheduleMethods
from sandbox.web.methods.streams import StreamMethods
from sandbox.web.methods.team import TeamMethods
from sandbox.web.methods.unfurls import UnfurlMethods
from sandbox.web.methods.views import ViewMethods


@dataclass(frozen=True)
class Parts:
    """What the methods work on."""

    workspace: Workspace
    manifest: Manifest
    files: FileStore
    streams: Streams
    agents: Agents
    schedule: Schedule
    modals: Modals
    triggers: Triggers
    open_socket: Callable[[], str]


def every_method(parts: Parts) -> Iterable[Methods]:
    workspace, manifest = parts.workspace, parts.manifest
    return (
        TeamMethods(workspace, parts.open_socket),
        ChatMethods(workspace),
        ScheduleMethods(workspace, parts.schedule),
        UnfurlMethods(workspace, manifest),
        StreamMethods(workspace, parts.streams, parts.agents),
        AgentMethods(workspace, manifest, parts.agents),
        ConversationMethods(workspace),
        MembershipMethods(workspace),
        PeopleMethods(workspace),
        ReactionMethods(workspace),
        PinMethods(workspace),
        CanvasMethods(workspace),
        ViewMethods(workspace, manifest, parts.modals, parts.triggers),
        FileMethods(workspace, parts.files),
    )
