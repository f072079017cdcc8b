"""What is shown to one person: answers to their commands, forms, their Home; never to the channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers.blocks import kit
from handlers.boundary import Explanation
from handlers.routes import Audience, Press
from handlers.sender.gate import SlackCalls, SlackRefused
from services.errors import SlackUnavailable

Block = dict[str, Any]

QUIET = {"unfurl_links": False, "unfurl_media": False}
NOT_THERE = frozenset({"not_in_channel", "channel_not_found", "user_not_in_channel", "messages_tab_disabled"})


class SlackReplies:
    def __init__(self, calls: SlackCalls) -> None:
        self._calls = calls

    async def show(self, to: Audience, text: str, blocks: Sequence[Block] = ()) -> None:
        """Visible to the person alone; from Home, or where we are not a member, as a direct message."""
        body: Block = {"text": text, "blocks": list(blocks) or [kit.text(text)]}
        if not to.place.channel:
            await self._direct(to, body)
            return
        if to.place.channel.startswith("D"):
            await self._say(to, body)
            return
        try:
            await self._whisper(to, body)
        except SlackRefused as error:
            if error.code not in NOT_THERE:
                raise
            await self._direct(to, body)

    async def problem(self, to: Audience, explanation: Explanation, incident: str | None) -> None:
        blocks = kit.explained(explanation.what, explanation.todo, incident)
        await self.show(to, explanation.what, blocks)

    async def settle(self, press: Press, remark: str) -> None:
        """Take the buttons off the message they were pressed on, and say what was decided."""
        kept = [block for block in press.message.get("blocks") or () if block["type"] != "actions"]
        body = {
            "channel": press.to.place.channel,
            "ts": press.message["ts"],
            "text": press.message.get("text") or remark,
            "blocks": [*kept, kit.context(remark)],
        }
        await self._calls.send(press.to.place.team, "chat.update", body, repeat=True)

    async def open_form(self, team: str, trigger_id: str, view: Block) -> None:
        await self._calls.send(team, "views.open", {"trigger_id": trigger_id, "view": view})

    async def publish_home(self, team: str, user: str, view: Block) -> None:
        await self._calls.send(team, "views.publish", {"user_id": user, "view": view}, repeat=True)

    async def suggest(self, team: str, channel: str, title: str, prompts: Sequence[Block]) -> None:
        """Suggested prompts of the Messages tab; a workspace without them shows none."""
        body = {"channel_id": channel, "title": title, "prompts": list(prompts)}
        try:
            await self._calls.send(team, "assistant.threads.setSuggestedPrompts", body, repeat=True)
        except SlackUnavailable:
            return

    async def _whisper(self, to: Audience, body: Block) -> None:
        where: Block = {"channel": to.place.channel, "user": to.actor.user}
        if to.place.thread_ts:
            where["thread_ts"] = to.place.thread_ts
        await self._calls.send(to.place.team, "chat.postEphemeral", {**where, **body}, repeat=True)

    async def _say(self, to: Audience, body: Block) -> None:
        where: Block = {"channel": to.place.channel}
        if to.place.thread_ts:
            where["thread_ts"] = to.place.thread_ts
        await self._calls.send(
            to.place.team, "chat.postMessage", {**where, **body, **QUIET}, channel=to.place.channel
        )

    async def _direct(self, to: Audience, body: Block) -> None:
        await self._calls.send(to.place.team, "chat.postMessage", {"channel": to.actor.user, **body, **QUIET})
