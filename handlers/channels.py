"""Who is where, and which files stand where, as the workspace has it: the ChannelDirectory port."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.directory import NOT_THERE, to_file
from handlers.files import SlackFiles
from handlers.sender import directs
from handlers.sender.gate import SlackCalls, SlackRefused
from services.entities.conversations import FileRef, Place
from services.entities.people import Actor
from services.ports.channels import Standing

KINDS = "public_channel,private_channel,mpim"
PAGE, MOST_PAGES = 200, 50
NOBODY = frozenset({"user_not_found", "users_not_found", "invalid_user"})


class SlackChannels:
    def __init__(self, calls: SlackCalls, files: SlackFiles) -> None:
        self._calls = calls
        self._files = files

    async def channels_of(self, actor: Actor) -> frozenset[str]:
        """Archived ones are nobody's any more. Somebody whom Slack does not let us look up is nowhere."""
        params: dict[str, Any] = {
            "user": actor.user,
            "types": KINDS,
            "exclude_archived": True,
            "limit": PAGE,
        }
        found: set[str] = set()
        cursor = ""
        for _ in range(MOST_PAGES):
            more = {"cursor": cursor} if cursor else {}
            try:
                answer = await self._calls.read(actor.team, "users.conversations", {**params, **more})
            except SlackRefused as error:
                if error.code in NOBODY:
                    return frozenset()
                raise
            found |= {str(channel["id"]) for channel in answer.get("channels", ())}
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return frozenset(found)

    async def files_of(self, team: str, channel: str, ts: str) -> Standing:
        """By its thread: the channel's history does not tell of replies, and a reaction not of its thread."""
        params = {"channel": channel, "ts": ts, "oldest": ts, "latest": ts, "inclusive": True, "limit": 2}
        try:
            answer = await self._calls.read(team, "conversations.replies", params)
        except SlackRefused as error:
            if error.code in NOT_THERE:
                return Standing((), ts)
            raise
        found: Mapping[str, Any] = next((each for each in answer["messages"] if each.get("ts") == ts), {})
        return Standing([to_file(each) for each in found.get("files") or ()], found.get("thread_ts") or ts)

    async def file(self, team: str, file_id: str) -> FileRef:
        return await self._files.known(team, file_id)

    async def direct(self, actor: Actor) -> Place:
        return await directs.opened(self._calls, actor)
