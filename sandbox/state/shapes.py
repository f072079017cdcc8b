"""People, channels, files and views as the JSON objects that Slack's API and events show."""

from typing import Any

from sandbox.state.models import Channel, File, Json, Message, User, View

NEVER = "0000000000.000000"
_PICTURES = (24, 32, 48, 72, 192, 512)


def user_object(user: User, team_id: str, base_url: str = "", *, with_email: bool = True) -> Json:
    """`base_url` is where the pictures are."""
    return {
        "id": user.id,
        "team_id": team_id,
        "name": user.name,
        "deleted": user.deleted,
        "color": user.color,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz.rpartition("/")[2].replace("_", " "),
        "tz_offset": user.tz_offset,
        "profile": profile_object(user, team_id, base_url, with_email=with_email),
        "is_admin": user.is_admin,
        "is_owner": user.is_admin,
        "is_primary_owner": user.is_admin,
        "is_restricted": user.is_guest,
        "is_ultra_restricted": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 0,
        "is_email_confirmed": not (user.is_bot or user.is_slackbot),
        "who_can_share_contact_card": "EVERYONE",
    }


def profile_object(user: User, team_id: str, base_url: str = "", *, with_email: bool = True) -> Json:
    shown: Json = {
        "title": user.title,
        "phone": "",
        "skype": "",
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.name,
        "display_name_normalized": user.name,
        "first_name": user.real_name.partition(" ")[0],
        "last_name": user.real_name.partition(" ")[2],
        "status_text": "",
        "status_emoji": "",
        "status_expiration": 0,
        "avatar_hash": user.id.lower(),
        "team": team_id,
    }
    shown |= {f"image_{size}": f"{base_url}/avatars/{user.id}-{size}.png" for size in _PICTURES}
    if user.is_bot:
        return {**shown, "bot_id": user.bot_id, "api_app_id": user.app_id, "always_active": True}
    return {**shown, "email": user.email} if with_email and user.email else shown


def channel_object(channel: Channel, team_id: str, viewer: str) -> Json:
    """As `viewer` (a user id) sees it; direct messages have another shape than channels."""
    shared: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.archived,
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_org_shared": False,
        "context_team_id": team_id,
        "updated": channel.created * 1000,
    }
    if channel.kind == "im":
        return {**shared, "user": channel.peer_of(viewer), "is_user_deleted": False, "priority": 0}
    return {**shared, **_channel_only(channel, team_id, viewer)}


def _channel_only(channel: Channel, team_id: str, viewer: str) -> Json:
    return {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_private": channel.kind != "public",
        "is_general": channel.name == "general",
        "is_shared": False,
        "is_ext_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "shared_team_ids": [team_id],
        "parent_conversation": None,
        "previous_names": channel.previous_names,
        "unlinked": 0,
        "is_member": viewer in channel.members,
        "creator": channel.creator,
        "topic": {"value": channel.topic, "creator": channel.creator if channel.topic else "", "last_set": 0},
        "purpose": {
            "value": channel.purpose,
            "creator": channel.creator if channel.purpose else "",
            "last_set": 0,
        },
        **({"properties": {"canvas": _canvas(channel)}} if channel.canvas_id else {}),
    }


def _canvas(channel: Channel) -> Json:
    return {"file_id": channel.canvas_id, "is_empty": False, "quip_thread_id": channel.canvas_id}


def channel_details(channel: Channel, viewer: str) -> Json:
    """What conversations.info tells beyond the lists: how far `viewer` has read."""
    if viewer not in channel.members:
        return {"is_read_only": False}
    read: Json = {"last_read": channel.last_read.get(viewer, NEVER)}
    if channel.kind != "im":
        return {**read, "is_read_only": False, "is_thread_only": False}
    unread = channel.unread.get(viewer, 0)
    counts = {"unread_count": unread, "unread_count_display": unread, "is_open": True}
    return {**read, **counts, "latest": _latest(channel.top[-1]) if channel.top else None}


def _latest(message: Message) -> Json:
    return {"type": "message", "user": message.sender.id, "text": message.text, "ts": message.ts}


WITHOUT_BYTES = frozenset({"external", "tombstone", "hidden_by_limit"})


def file_in_message(file: File, team_id: str) -> Json:
    """As a message or an event carries it."""
    if file.mode == "tombstone":
        return {"id": file.id, "mode": file.mode}
    if file.mode == "hidden_by_limit":
        return _hidden(file)
    if file.needs_info:
        return {
            "id": file.id,
            "mode": "file_access",
            "file_access": "check_file_info",
            "created": 0,
            "user": "",
        }
    return file_object(file, team_id)


def file_object(file: File, team_id: str) -> Json:
    if file.mode == "hidden_by_limit":
        return _hidden(file)
    return _described(file, team_id) | _places(file)


def _hidden(file: File) -> Json:
    return {"id": file.id, "created": file.created, "mode": file.mode}


def _places(file: File) -> Json:
    """Where its bytes are; what is external has none here."""
    if file.mode == "external":
        return {"url_private": file.url}
    places = {"url_private": file.url, "url_private_download": file.download_url}
    return places | ({"thumb_360": file.url} if file.mimetype.startswith("image/") else {})


def _described(file: File, team_id: str) -> Json:
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": file.filetype,
        "pretty_type": file.filetype.upper(),
        "user": file.user,
        "user_team": team_id,
        "editable": file.mode in ("snippet", "post"),
        "size": file.size,
        "mode": file.mode,
        "is_external": file.mode == "external",
        "external_type": file.external_type,
        "is_public": False,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "permalink": f"https://sandbox.slack.com/files/{file.user}/{file.id}/{file.name}",
        "alt_txt": file.alt_txt,
        "has_rich_preview": False,
        "file_access": "visible",
        "media_display_type": file.mimetype.partition("/")[0],
    }


def view_object(view: View, team_id: str, bot: User) -> Json:
    content = view.content
    common: Json = {
        "id": view.id,
        "team_id": team_id,
        "type": view.kind,
        "blocks": content.get("blocks", []),
        "private_metadata": content.get("private_metadata", ""),
        "callback_id": content.get("callback_id", ""),
        "state": {"values": view.values},
        "hash": view.hash,
        "title": content.get("title") or _plain_text("View Title"),
        "clear_on_close": content.get("clear_on_close", False),
        "notify_on_close": content.get("notify_on_close", False),
        "close": content.get("close"),
        "submit": content.get("submit"),
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": bot.app_id,
        "external_id": view.external_id,
        "app_installed_team_id": team_id,
        "bot_id": bot.bot_id,
    }
    return common


def _plain_text(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": True}
