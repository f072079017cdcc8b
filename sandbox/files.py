"""Uploaded files: the three-step upload, the bytes on disk, and downloads that need the right token."""

import asyncio
import mimetypes
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from aiohttp import BodyPartReader, web

from sandbox.settings import Credentials
from sandbox.state import File, User, Workspace
from sandbox.state.shapes import WITHOUT_BYTES

_CHUNK = 1 << 20
_FILETYPES = {"plain": "text", "mpeg": "mp3", "quicktime": "mov", "jpeg": "jpg", "octet-stream": "binary"}
_SIGN_IN = """<!DOCTYPE html><html lang="en"><head><title>Sign in | Slack</title></head>
<body><h1>Sign in to your workspace</h1></body></html>"""


@dataclass(frozen=True)
class _Pending:
    file: File
    path: Path


class FileStore:
    """Bytes live in a temporary folder that goes with the sandbox."""

    def __init__(self, workspace: Workspace, credentials: Credentials) -> None:
        self.base_url = ""
        self._workspace, self._credentials = workspace, credentials
        self._folder = tempfile.TemporaryDirectory(prefix="sandbox-files-")
        self._pending: dict[str, _Pending] = {}

    @property
    def folder(self) -> Path:
        return Path(self._folder.name)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/upload/{id}", self.receive),
            web.get("/files/{key}/{name}", self.send),
            web.get("/files/{key}/download/{name}", self.send),
        ]

    def begin(self, owner: User, name: str, size: int, alt_txt: str = "") -> tuple[File, str]:
        """A file that is still empty, and the URL that takes its bytes."""
        file_id, upload_id = self._workspace.ids.new("F"), self._workspace.ids.hex(32)
        mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
        place = f"{self.base_url}/files/{self._workspace.team_id}-{file_id}"
        file = File(
            id=file_id,
            name=name,
            title=name,
            mimetype=mimetype,
            filetype=filetype(name, mimetype),
            size=size,
            user=owner.id,
            created=int(self._workspace.clock.now()),
            path=None,
            url=f"{place}/{name}",
            download_url=f"{place}/download/{name}",
            alt_txt=alt_txt,
        )
        self._pending[upload_id] = _Pending(file, Path(self._folder.name) / file_id)
        return file, f"{self.base_url}/upload/{upload_id}"

    async def add(self, owner: User, name: str, data: bytes, mimetype: str | None = None) -> File:
        """A whole file at once, as a person's browser would upload it."""
        return await asyncio.to_thread(self.place, owner, name, data, mimetype)

    def place(self, owner: User, name: str, data: bytes, mimetype: str | None = None) -> File:
        """As `add`, for when nothing else is going on."""
        file, url = self.begin(owner, name, len(data))
        pending = self._pending.pop(url.rpartition("/")[2])
        pending.path.write_bytes(data)
        if mimetype is not None:
            file.mimetype, file.filetype = mimetype, filetype(name, mimetype)
        return self._complete(file, pending.path)

    def link(self, owner: User, name: str, url: str, external_type: str = "gdrive") -> File:
        """A file that lives elsewhere, as from Google Drive: it has no bytes here."""
        file, _ = self.begin(owner, name, 0)
        self._pending.popitem()
        file.mode, file.external_type, file.url, file.download_url = "external", external_type, url, ""
        self._workspace.files[file.id] = file
        return file

    def remove(self, file: File) -> None:
        """Messages keep a tombstone of it."""
        if file.path is not None:
            file.path.unlink(missing_ok=True)
        file.path, file.mode = None, "tombstone"
        self._shown_anew(file)

    def hide(self, file: File) -> None:
        """As a workspace without a paid plan does with what is old."""
        file.mode = "hidden_by_limit"
        self._shown_anew(file)

    def close(self) -> None:
        self._folder.cleanup()

    async def receive(self, request: web.Request) -> web.Response:
        pending = self._pending.get(request.match_info["id"])
        if pending is None:
            return web.Response(status=404, text="upload_not_found")
        size = await _write(pending.path, _body(request))
        if size != pending.file.size:
            return web.Response(status=400, text="length_mismatch")
        del self._pending[request.match_info["id"]]
        self._complete(pending.file, pending.path)
        return web.Response(text=f"OK - {size}")

    async def send(self, request: web.Request) -> web.StreamResponse:
        """A wrong token gets Slack's sign-in page with status 200."""
        file = self._workspace.files.get(request.match_info["key"].rpartition("-")[2])
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if (
            token != self._credentials.bot_token
            or file is None
            or file.mode in WITHOUT_BYTES
            or not self.readable(self._workspace.bot, file)
        ):
            return web.Response(text=_SIGN_IN, content_type="text/html")
        return self.response(file)

    def response(self, file: File) -> web.StreamResponse:
        if file.path is None:
            return web.Response(status=404)
        return web.FileResponse(file.path, headers={"Content-Type": file.mimetype})

    def readable(self, user: User, file: File) -> bool:
        """By its owner and by everyone who can see a channel where it was shared, or a message drawn with it."""
        if file.user == user.id:
            return True
        channels = (self._workspace.channels[channel_id] for channel_id in file.shares)
        return any(user.id in channel.members for channel in channels) or self._is_drawn_for(user, file)

    def _is_drawn_for(self, user: User, file: File) -> bool:
        """Whether an image block that they see shows it."""
        home = self._workspace.homes.get(user.id)
        seen = [message.blocks for message in self._workspace.ephemerals(user)]
        seen += [home.content["blocks"]] if home else []
        seen += [m.blocks for m in self._workspace.all_messages() if user.id in m.channel.members]
        return any(
            (block.get("slack_file") or {}).get("id") == file.id for blocks in seen for block in blocks or ()
        )

    def _complete(self, file: File, path: Path) -> File:
        file.path = path
        self._workspace.files[file.id] = file
        return file

    def _shown_anew(self, file: File) -> None:
        for channel_id, shares in file.shares.items():
            for message in map(self._workspace.channels[channel_id].messages.get, shares):
                if message is not None:
                    self._workspace.messages.change(message, files=list(message.files))


def filetype(name: str, mimetype: str) -> str:
    suffix = Path(name).suffix.lstrip(".").lower()
    subtype = mimetype.rpartition("/")[2]
    return suffix or _FILETYPES.get(subtype, subtype)


async def _body(request: web.Request) -> AsyncIterator[bytes]:
    """The raw body, or the first part of a form."""
    if request.content_type != "multipart/form-data":
        async for chunk in request.content.iter_chunked(_CHUNK):
            yield chunk
        return
    part = await (await request.multipart()).next()
    while isinstance(part, BodyPartReader) and not part.at_eof():
        yield await part.read_chunk(_CHUNK)


async def _write(path: Path, chunks: AsyncIterator[bytes]) -> int:
    size = 0
    file = await asyncio.to_thread(path.open, "wb")
    try:
        async for chunk in chunks:
            size += await asyncio.to_thread(file.write, chunk)
    finally:
        await asyncio.to_thread(file.close)
    return size
