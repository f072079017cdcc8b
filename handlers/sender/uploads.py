"""Files of ours into Slack, by its three steps: an address, the bytes, done."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp
import structlog

from handlers.sender.gate import SlackCalls, SlackRefused
from services.errors import SlackUnavailable

log = structlog.get_logger()

FILES_ORIGIN = "https://files.slack.com"
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
        self._origins = frozenset({FILES_ORIGIN, _origin(api_url)})

    async def keep(self, team: str, upload: Upload) -> str:
        """A file that nobody sees until a message shows it; its id. Raises SlackUnavailable."""
        return await self._finished(team, upload, {})

    async def remove(self, team: str, file_id: str) -> None:
        """No error where it is gone, or not ours to delete. Raises SlackUnavailable where it may go later."""
        try:
            await self._calls.send(team, "files.delete", {"file": file_id}, repeat=True)
        except SlackRefused as refusal:
            log.info("upload.not_removed", code=refusal.code)

    async def direct(self, team: str, user: str, upload: Upload, comment: str) -> None:
        """Into the person's own conversation with us. Raises SlackUnavailable."""
        opened = await self._calls.send(team, "conversations.open", {"users": user}, repeat=True)
        channel = str(opened["channel"]["id"])
        await self._finished(team, upload, {"channel_id": channel, "initial_comment": comment})

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
        if _origin(url) not in self._origins:
            raise SlackUnavailable("upload", "strange_address")
        try:
            async with self._session.post(
                url, data=upload.data, timeout=_TIMEOUT, allow_redirects=False
            ) as answer:
                if answer.status != 200:
                    raise SlackUnavailable("upload", str(answer.status))
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise SlackUnavailable("upload", type(error).__name__) from error


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return (
        f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.hostname and not parts.username else ""
    )
