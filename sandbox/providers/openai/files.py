"""The Files API of OpenAI, as far as batches need it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from aiohttp import web

from sandbox.providers.forms import Form, TooLarge, read_form
from sandbox.providers.house import House, Refusal, new_id
from sandbox.providers.openai import errors, rules
from sandbox.providers.openai.answering import shaped
from sandbox.providers.wire import Wire

LARGEST = 200 * 2**20
KEPT = 200
DAY = 86_400

Purpose = Literal["batch", "batch_output"]
Handler = Callable[[web.Request, str], Awaitable[web.StreamResponse]]


class ExpiresAfter(Wire):
    anchor: Literal["created_at"]
    seconds: str

    def checked(self) -> int:
        if not self.seconds.isdecimal() or not 3_600 <= int(self.seconds) <= 30 * DAY:
            message = "Invalid 'expires_after.seconds': expected an integer between 3600 and 2592000."
            rules.invalid(message, "expires_after.seconds", "invalid_value")
        return int(self.seconds)


class UploadRequest(Wire):
    """The fields of the form; the file comes besides."""

    purpose: Literal["batch"]
    expires_after: ExpiresAfter | None = None


@dataclass(frozen=True, slots=True)
class StoredFile:
    id: str
    name: str
    purpose: Purpose
    data: bytes
    created: float
    lifetime: int | None

    def described(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "file",
            "bytes": len(self.data),
            "created_at": int(self.created),
            "expires_at": int(self.created) + self.lifetime if self.lifetime else None,
            "filename": self.name,
            "purpose": self.purpose,
            "status": "processed",
            "status_details": None,
        }


class FilesApi:
    """The last 200 files."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._kept: OrderedDict[str, StoredFile] = OrderedDict()

    def routes(self) -> list[tuple[str, str, Handler]]:
        """(method, path after `/v1`, handler)"""
        return [
            ("POST", "/files", self._upload),
            ("GET", "/files", self._list),
            ("GET", "/files/{id}", self._retrieve),
            ("DELETE", "/files/{id}", self._delete),
            ("GET", "/files/{id}/content", self._content),
        ]

    def keep(self, name: str, purpose: Purpose, data: bytes, lifetime: int | None = 30 * DAY) -> StoredFile:
        stored = StoredFile(new_id("file-"), name, purpose, data, self._house.clock(), lifetime)
        self._kept[stored.id] = stored
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return stored

    def find(self, file_id: str) -> StoredFile | None:
        found = self._kept.get(file_id)
        if found and found.lifetime and found.created + found.lifetime <= self._house.clock():
            del self._kept[file_id]
            return None
        return found

    def reset(self) -> None:
        self._kept.clear()

    async def _upload(self, request: web.Request, request_id: str) -> web.StreamResponse:
        form = await form_of(request, LARGEST)
        asked = shaped(UploadRequest, form.fields)
        file = form.files.get("file")
        if file is None or len(form.files) > 1:
            rules.invalid("Missing required parameter: 'file'.", "file", "missing_required_parameter")
        if not file.name.endswith(".jsonl"):
            message = f"Invalid file format for Batch API. Must be .jsonl, got {file.name}."
            rules.invalid(message, "file")
        self._outage()
        lifetime = asked.expires_after.checked() if asked.expires_after else 30 * DAY
        return errors.json(self.keep(file.name, "batch", file.data, lifetime).described(), request_id)

    async def _list(self, request: web.Request, request_id: str) -> web.StreamResponse:
        self._outage()
        files = [file for file in reversed(self._kept.values()) if self.find(file.id)]
        return errors.json(listed(request, [file.described() for file in files]), request_id)

    async def _retrieve(self, request: web.Request, request_id: str) -> web.StreamResponse:
        return errors.json(self._found(request).described(), request_id)

    async def _delete(self, request: web.Request, request_id: str) -> web.StreamResponse:
        file = self._found(request)
        del self._kept[file.id]
        return errors.json({"id": file.id, "object": "file", "deleted": True}, request_id)

    async def _content(self, request: web.Request, request_id: str) -> web.StreamResponse:
        file = self._found(request)
        sent = {**errors.headers(request_id), "content-type": "application/octet-stream"}
        return web.Response(body=file.data, headers=sent)

    def _found(self, request: web.Request) -> StoredFile:
        self._outage()
        file = self.find(request.match_info["id"])
        if file is None:
            message = f"No such File object: {request.match_info['id']}"
            raise Refusal(404, "invalid_request_error", message, param="id")
        return file

    def _outage(self) -> None:
        errors.turn_away(self._house.faults.outage("openai"), None, streamed=True)


async def form_of(request: web.Request, most: int) -> Form:
    try:
        return await read_form(request, most)
    except TooLarge as error:
        message = f"413: Maximum content size limit ({error.most}) exceeded ({error.read} bytes read)"
        raise Refusal(413, "server_error", message) from None
    except ValueError as error:
        rules.invalid(f"Could not parse multipart form: {error}")


def listed(request: web.Request, shown: list[dict[str, Any]]) -> dict[str, Any]:
    """One page of a list, newest first, from behind `?after=`."""
    query, ids = request.query, [each["id"] for each in shown]
    if unknown := sorted(set(query) - {"after", "limit"}):
        rules.invalid(f"Unknown parameter: '{unknown[0]}'.", unknown[0], "unknown_parameter")
    limit = query.get("limit", "20")
    if not limit.isdecimal() or not 1 <= int(limit) <= 100:
        rules.invalid("Invalid 'limit': expected a value between 1 and 100.", "limit", "invalid_value")
    rest = shown[ids.index(query["after"]) + 1 :] if query.get("after") in ids else shown
    page = rest[: int(limit)]
    return {
        "object": "list",
        "data": page,
        "has_more": len(page) < len(rest),
        "first_id": page[0]["id"] if page else None,
        "last_id": page[-1]["id"] if page else None,
    }
