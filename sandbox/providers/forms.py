"""Multipart forms as the SDKs send them: files, and fields whose names spell out lists and objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

LARGEST_FIELD = 2**20


class TooLarge(Exception):
    """The form holds more than `most` bytes."""

    def __init__(self, most: int, read: int) -> None:
        super().__init__(most, read)
        self.most = most
        self.read = read


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Form:
    fields: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)


async def read_form(request: web.Request, most: int) -> Form:
    """Raises ValueError where it is no form, TooLarge where its files are more than `most` bytes."""
    if request.content_type != "multipart/form-data":
        raise ValueError("not multipart/form-data")
    form, left = Form(), most
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or not part.name:
            raise ValueError("a part of the form has no name")
        if part.filename is None:
            _put(form.fields, part.name, (await _read(part, LARGEST_FIELD)).decode())
        else:
            upload = Upload(
                part.filename, part.headers.get("content-type", ""), await _read(part, left, most)
            )
            form.files[part.name] = upload
            left -= len(upload.data)
    return form


async def _read(part: BodyPartReader, left: int, most: int | None = None) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(2**16):
        data += chunk
        if len(data) > left:
            whole = most or left
            raise TooLarge(whole, whole - left + len(data))
    return bytes(data)


def _put(fields: dict[str, Any], name: str, value: str) -> None:
    """`a[]` makes a list, `a[b]` an object, a plain name given twice is taken the second time."""
    outer, bracket, inner = name.partition("[")
    inner = inner.removesuffix("]")
    if not bracket:
        fields[name] = value
    elif not inner:
        members = fields.setdefault(outer, [])
        if not isinstance(members, list):
            raise ValueError(f"{outer} is given in two ways")
        members.append(value)
    else:
        names = fields.setdefault(outer, {})
        if not isinstance(names, dict):
            raise ValueError(f"{outer} is given in two ways")
        names[inner] = value
