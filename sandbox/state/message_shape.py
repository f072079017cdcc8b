"""Messages as the JSON objects that Slack's API and events show."""

from sandbox.state.models import Json, Message, User
from sandbox.state.richtext import rich_text
from sandbox.state.shapes import file_in_message

_REPLY_USERS_SHOWN = 5
_DELETED_TEXT = "This message was deleted."


def bot_profile(user: User, team_id: str) -> Json:
    return {
        "id": user.bot_id,
        "app_id": user.app_id,
        "name": user.real_name,
        "icons": {},
        "deleted": False,
        "updated": 0,
        "team_id": team_id,
    }


def message_object(message: Message, team_id: str, *, with_metadata: bool = False) -> Json:
    if message.deleted:
        return _tombstone(message)
    shown: Json = {"type": "message", "ts": message.ts, "text": message.text, "team": team_id}
    shown.update(_author(message, team_id))
    shown.update(_content(message, team_id))
    shown.update(_thread(message))
    if with_metadata and message.metadata is not None:
        shown["metadata"] = message.metadata
    return shown


def _author(message: Message, team_id: str) -> Json:
    author: Json = {"subtype": message.subtype} if message.subtype else {}
    if message.sender.is_bot:
        author |= {"bot_id": message.sender.bot_id, "app_id": message.sender.app_id}
        if message.username is not None:
            return author | {
                "subtype": "bot_message",
                "username": message.username,
                "icons": message.icons or {},
            }
        author["bot_profile"] = bot_profile(message.sender, team_id)
    author["user"] = message.sender.id
    return author | ({"client_msg_id": message.client_msg_id} if message.client_msg_id else {})


def _content(message: Message, team_id: str) -> Json:
    content: Json = {}
    if message.blocks:
        content["blocks"] = message.blocks
    elif message.client_msg_id and message.text:
        content["blocks"] = [rich_text(message.text, message.client_msg_id[:5])]
    if message.attachments:
        content["attachments"] = message.attachments
    if message.files:
        content |= {"files": [file_in_message(file, team_id) for file in message.files], "upload": False}
    if message.reactions:
        content["reactions"] = reactions(message)
    if message.ts in message.channel.pins:
        content |= _pinned(message)
    if message.edited:
        content["edited"] = message.edited
    if message.streaming_state:
        content["streaming_state"] = message.streaming_state
    return content


def _pinned(message: Message) -> Json:
    channel = message.channel
    pin = channel.pins[message.ts]
    about = {"channel": channel.id, "pinned_by": pin.by, "pinned_ts": pin.at}
    return {"pinned_to": [channel.id], "pinned_info": about}


def _thread(message: Message) -> Json:
    if message.is_reply:
        return {"thread_ts": message.thread_ts, "parent_user_id": _parent_user(message)}
    if not message.replies:
        return {"thread_ts": message.thread_ts} if message.thread_ts else {}
    users = list(dict.fromkeys(reply.sender.id for reply in message.replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(message.replies),
        "reply_users_count": len(users),
        "latest_reply": message.replies[-1].ts,
        "reply_users": users[:_REPLY_USERS_SHOWN],
        "is_locked": False,
        "subscribed": False,
    }


def _parent_user(message: Message) -> str:
    parent = message.channel.messages.get(message.root_ts)
    return parent.sender.id if parent is not None else message.sender.id


def _tombstone(message: Message) -> Json:
    shown = {"type": "message", "subtype": "tombstone", "hidden": True, "user": "USLACKBOT", "ts": message.ts}
    return {**shown, "text": _DELETED_TEXT, **_thread(message)}


def reactions(message: Message) -> list[Json]:
    return [
        {"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions.items()
    ]
