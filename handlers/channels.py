"""Who is where, and which files stand where, as the workspace has it: the ChannelDirectory port."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers.directory import SlackDirectory
from handlers.files import SlackFiles
from handlers.sender import directs
from handlers.sender.gate import SlackCalls, SlackRefused
from services.entities import Actor, FileRef, Place
from services.errors import FileUnreadable

KINDS = "public_channel,private_channel,mpim"
PAGE, MOST_PAGES = 200, 50
NOBODY = frozenset({"user_not_found", "users_not_found", "invalid_user"})


class SlackChannels:
    def __init__(self, calls: SlackCalls, directory: SlackDirectory, files: SlackFiles) -> None:
        self._calls = calls
        self._directory = directory
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

    async def files_of(self, team: str, channel: str, ts: str) -> Sequence[FileRef]:
        message = await self._directory.message(team, channel, ts)
        if message is None:
            return []
        return [file if file.url else await self._files.known(team, file.id) for file in message.files]

    async def file(self, team: str, file_id: str) -> FileRef:
        file = await self._files.known(team, file_id)
        if not file.url:
            raise FileUnreadable(file.name, "no_access")
        return file

    async def direct(self, actor: Actor) -> Place:
        return await directs.opened(self._calls, actor)
