"""What the page and the control API may ask a person to do, by name."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sandbox.people import Outcome, People, Refused
from sandbox.state import Message, User, View, Workspace
from sandbox.state.models import Json
from sandbox.ui.shapes import Shapes

Deed = Callable[[User, Mapping[str, Any]], Awaitable[Json]]


class Deeds:
    def __init__(self, workspace: Workspace, people: People, shapes: Shapes) -> None:
        self._workspace, self._people, self._shapes = workspace, people, shapes
        self._deeds: dict[str, Deed] = {
            "post": self.post,
            "edit": self.edit,
            "delete": self.delete,
            "react": self.react,
            "unreact": self.unreact,
            "command": self.command,
            "shortcut": self.shortcut,
            "action": self.action,
            "press": self.press,
            "submit": self.submit,
            "close": self.close,
            "open_home": self.open_home,
            "stop": self.stop,
            "read": self.read,
            "join": self.join,
            "leave": self.leave,
            "invite": self.invite,
            "kick": self.kick,
            "pin": self.pin,
            "unpin": self.unpin,
            "open_dm": self.open_dm,
            "suggest": self.suggest,
            "other_bot_posts": self.other_bot_posts,
        }

    async def do(self, body: Mapping[str, Any]) -> Json:
        """`{"ok": true, …}`, or `{"ok": false, "error", "text"}` for what Slack would not let them do."""
        deed = self._deeds.get(str(body.get("do")))
        if deed is None:
            return _refused("unknown_deed", f"Nobody here can {body.get('do')!r}.")
        try:
            user = self._workspace.user(str(body.get("as", "")))
            return {"ok": True} | await deed(user, body)
        except Refused as refused:
            return _refused(refused.error, refused.text)
        except KeyError as missing:
            return _refused("not_found", f"There is no {missing.args[0] if missing.args else 'such thing'}.")

    async def post(self, user: User, body: Mapping[str, Any]) -> Json:
        message = await self._people.post(
            user,
            body["channel"],
            body.get("text", ""),
            thread_ts=body.get("thread_ts"),
            files=body.get("files") or (),
            broadcast=bool(body.get("broadcast")),
        )
        return {"message": self._shapes.message(message)}

    async def edit(self, user: User, body: Mapping[str, Any]) -> Json:
        message = await self._people.edit(user, self._message(user, body), body["text"])
        return {"message": self._shapes.message(message)}

    async def delete(self, user: User, body: Mapping[str, Any]) -> Json:
        message = self._message(user, body)
        if message.ephemeral_for == user.id:
            self._workspace.messages.delete(message)
        else:
            await self._people.delete(user, message)
        return {}

    async def react(self, user: User, body: Mapping[str, Any]) -> Json:
        await self._people.react(user, self._message(user, body), body["name"])
        return {}

    async def unreact(self, user: User, body: Mapping[str, Any]) -> Json:
        await self._people.unreact(user, self._message(user, body), body["name"])
        return {}

    async def command(self, user: User, body: Mapping[str, Any]) -> Json:
        outcome = await self._people.command(
            user, body["channel"], body["command"], body.get("text", ""), thread_ts=body.get("thread_ts")
        )
        return self._shown(outcome)

    async def shortcut(self, user: User, body: Mapping[str, Any]) -> Json:
        message = self._message(user, body) if body.get("ts") else None
        return self._shown(await self._people.shortcut(user, body["callback_id"], message))

    async def action(self, user: User, body: Mapping[str, Any]) -> Json:
        """The element's payload comes ready from the page."""
        place, fields = self._place(user, body), dict(body.get("action") or {})
        action_id = body.get("action_id") or fields.get("action_id")
        block_id = body.get("block_id") or fields.get("block_id")
        outcome = await self._people.act(
            user, place, str(block_id), str(action_id), fields, state=_values(body.get("state"))
        )
        return self._shown(outcome)

    async def press(self, user: User, body: Mapping[str, Any]) -> Json:
        """By action_id and a plain value, for people with curl."""
        outcome = await self._people.press(
            user, body["action_id"], self._place(user, body), body.get("value")
        )
        return self._shown(outcome)

    async def submit(self, user: User, body: Mapping[str, Any]) -> Json:
        view = self._view(user, body)
        if "values" in body:
            return self._shown(await self._people.submit(user, body["values"], view=view))
        return self._shown(await self._people.submit_state(user, view, _values(body.get("state"))))

    async def close(self, user: User, body: Mapping[str, Any]) -> Json:
        everything = bool(body.get("all"))
        return self._shown(
            await self._people.close_view(user, view=self._view(user, body), everything=everything)
        )

    async def open_home(self, user: User, body: Mapping[str, Any]) -> Json:
        channel = await self._people.open_home(user, body.get("tab", "home"))
        return {"channel": self._shapes.channel(channel, user)}

    async def stop(self, user: User, body: Mapping[str, Any]) -> Json:
        return {"stopped": await self._people.stop(user, body["channel"], body.get("thread_ts"))}

    async def read(self, user: User, body: Mapping[str, Any]) -> Json:
        await self._people.read(user, body["channel"], body["ts"])
        return {}

    async def join(self, user: User, body: Mapping[str, Any]) -> Json:
        return {"channel": self._shapes.channel(await self._people.join(user, body["channel"]), user)}

    async def leave(self, user: User, body: Mapping[str, Any]) -> Json:
        return {"channel": self._shapes.channel(await self._people.leave(user, body["channel"]), user)}

    async def invite(self, user: User, body: Mapping[str, Any]) -> Json:
        channel = await self._people.invite(user, body["channel"], body["user"])
        return {"channel": self._shapes.channel(channel, user)}

    async def kick(self, user: User, body: Mapping[str, Any]) -> Json:
        channel = await self._people.kick(user, body["channel"], body["user"])
        return {"channel": self._shapes.channel(channel, user)}

    async def pin(self, user: User, body: Mapping[str, Any]) -> Json:
        await self._people.pin(user, self._message(user, body))
        return {}

    async def unpin(self, user: User, body: Mapping[str, Any]) -> Json:
        await self._people.unpin(user, self._message(user, body))
        return {}

    async def open_dm(self, user: User, body: Mapping[str, Any]) -> Json:
        return {"channel": self._shapes.channel(await self._people.open_dm(user, body.get("user")), user)}

    async def suggest(self, user: User, body: Mapping[str, Any]) -> Json:
        outcome = await self._people.suggest(
            user, self._place(user, body), body["block_id"], body["action_id"], body.get("value", "")
        )
        return self._shown(outcome) | {"options": outcome.options, "option_groups": outcome.option_groups}

    async def other_bot_posts(self, user: User, body: Mapping[str, Any]) -> Json:  # noqa: ARG002 - nobody's deed
        message = await self._people.other_bot_posts(
            body["channel"], body.get("text", ""), thread_ts=body.get("thread_ts")
        )
        return {"message": self._shapes.message(message)}

    def _message(self, user: User, body: Mapping[str, Any]) -> Message:
        """Also one that only this person sees."""
        ts = str(body.get("ephemeral_ts") or body["ts"])
        ephemeral = self._workspace.messages.ephemeral(user.id, ts)
        if ephemeral is not None:
            return ephemeral
        channel = self._workspace.channel(body["channel"])
        if not self._workspace.can_see(user, channel):
            raise Refused("not_in_channel", f"{user.real_name} is not in this channel.")
        return channel.messages[ts]

    def _view(self, user: User, body: Mapping[str, Any]) -> View:
        view = self._workspace.views[body["view_id"]]
        if view.user != user.id:
            raise Refused("not_found", "This modal belongs to someone else.")
        return view

    def _place(self, user: User, body: Mapping[str, Any]) -> Message | View:
        view_id = body.get("view_id")
        if not view_id:
            return self._message(user, body)
        home = self._workspace.homes.get(user.id)
        return home if home is not None and home.id == view_id else self._view(user, body)

    def _shown(self, outcome: Outcome) -> Json:
        """Texts for a form's fields are no refusal: the form stays open and shows them."""
        shown: Json = {"ok": outcome.ok or bool(outcome.errors), "response": outcome.answer}
        if outcome.errors:
            shown["errors"] = outcome.errors
        elif not outcome.ok:
            shown |= {"error": outcome.error, "text": outcome.text}
        if outcome.message is not None:
            shown["message"] = self._shapes.message(outcome.message)
        if outcome.view is not None:
            shown["view"] = self._workspace.shown_view(outcome.view)
        return shown


def _values(state: Any) -> dict[str, Json]:
    """State as Slack nests it (`{"values": {…}}`), or the values alone."""
    if not isinstance(state, dict):
        return {}
    found = state.get("values", state)
    return found if isinstance(found, dict) else {}


def _refused(error: str, text: str) -> Json:
    return {"ok": False, "error": error, "text": text}
