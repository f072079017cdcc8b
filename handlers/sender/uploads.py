"""Files of ours into Slack, by its three steps: an address, the bytes, done."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp
import structlog

from handlers.sender import directs
from handlers.sender.gate import SlackCalls, SlackRefused
from handlers.sender.origins import FILES_ORIGIN, origin
from services.entities.people import Actor
from services.errors import SlackUnavailable

log = structlog.get_logger()

_TIMEOUT = aiohttp.ClientTimeout(total=120, sock_connect=10)


@dataclass(frozen=True, slots=True)
class Upload:
    """`alt`: what a picture shows, in words."""

    name: str
    title: str
    data: bytes
    alt: str = ""


class SlackUploads:
    def __init__(self, calls: SlackCalls, session: aiohttp.ClientSession, api_url: str) -> None:
        self._calls = calls
        self._session = session
        self._origins = frozenset({FILES_ORIGIN, origin(api_url)})

    async def keep(self, team: str, upload: Upload) -> str:
        """A file that nobody sees until a message shows it; its id. Raises SlackUnavailable."""
        return await self._finished(team, upload, {})

    async def remove(self, team: str, file_id: str) -> None:
        """No error where it is gone, or not ours to delete. Raises SlackUnavailable where it may go later."""
        try:
            await self._calls.send(team, "files.delete", {"file": file_id}, repeat=True)
        except SlackRefused as refusal:
            log.info("upload.not_removed", code=refusal.code)

    async def direct(self, actor: Actor, upload: Upload, comment: str) -> None:
        """Into the person's own conversation with us. Raises SlackUnavailable."""
        own = await directs.opened(self._calls, actor)
        await self._finished(actor.team, upload, {"channel_id": own.channel, "initial_comment": comment})

    async def _finished(self, team: str, upload: Upload, where: dict[str, str]) -> str:
        begun = await self._begin(team, upload)
        await self._put(begun["upload_url"], upload)
        files = [{"id": begun["file_id"], "title": upload.title}]
        await self._calls.send(
            team, "files.completeUploadExternal", {"files": files, **where}, repeat=not where
        )
        return begun["file_id"]

    async def _begin(self, team: str, upload: Upload) -> dict[str, str]:
        params = {"filename": upload.name, "length": len(upload.data)}
        if upload.alt:
            params["alt_txt"] = upload.alt
        answer = await self._calls.read(team, "files.getUploadURLExternal", params)
        return {"upload_url": str(answer["upload_url"]), "file_id": str(answer["file_id"])}

    async def _put(self, url: str, upload: Upload) -> None:
        """To Slack's file host alone."""
        if origin(url) not in self._origins:
            raise SlackUnavailable("upload", "strange_address")
        try:
            async with self._session.post(
                url, data=upload.data, timeout=_TIMEOUT, allow_redirects=False
            ) as answer:
                if answer.status != 200:
                    raise SlackUnavailable("upload", str(answer.status))
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise SlackUnavailable("upload", type(error).__name__) from error
