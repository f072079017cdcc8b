"""Which channels and messages the app may touch, with Slack's words for those it may not."""

from typing import get_args

from sandbox.state import Channel, Message, User, Workspace
from sandbox.state.models import SessionStatus
from sandbox.web.errors import SlackError, invalid_arguments

_USER_PREFIXES = ("U", "W")


def visible_channel(workspace: Workspace, bot: User, channel_id: str) -> Channel:
    """A channel that the app may know of: private ones and DMs only where it is a member."""
    channel = workspace.channels.get(channel_id)
    if channel is None or not workspace.can_see(bot, channel):
        raise SlackError("channel_not_found")
    return channel


def joined_channel(workspace: Workspace, bot: User, channel_id: str) -> Channel:
    channel = visible_channel(workspace, bot, channel_id)
    if bot.id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def postable_channel(workspace: Workspace, bot: User, ref: str, *, publicly: bool) -> Channel:
    """As chat.postMessage takes it: a channel id, a #name, or a user id for the DM with that person."""
    if ref.startswith(_USER_PREFIXES) and ref in workspace.users:
        return workspace.app_dm(ref)
    try:
        channel_id = workspace.channel(ref).id
    except KeyError:
        raise SlackError("channel_not_found") from None
    channel = visible_channel(workspace, bot, channel_id)
    if channel.archived:
        raise SlackError("is_archived")
    if bot.id not in channel.members and not publicly:
        raise SlackError("not_in_channel")
    return channel


def message_in(channel: Channel, ts: str) -> Message:
    message = channel.messages.get(ts)
    if message is None or message.deleted:
        raise SlackError("message_not_found")
    return message


def known_user(workspace: Workspace, user_id: str) -> User:
    user = workspace.users.get(user_id)
    if user is None:
        raise SlackError("user_not_found")
    return user


def check_session_status(status: str) -> None:
    if status not in get_args(SessionStatus):
        raise invalid_arguments(f"status must be one of {', '.join(get_args(SessionStatus))}")
