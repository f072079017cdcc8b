"""One file on its way into a bucket, in parts where it is large, and its hash compared on both sides.

The store gets an MD5 with every part and refuses what arrived otherwise; the ETags it answers with are compared
as well. A store whose ETags say something else (some encrypt, some count) is read back and hashed.
"""

from __future__ import annotations

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from services.errors import ObjectDamaged, ShowrunnerError, StoreUnavailable
from services.retry import to_the_end
from storage.objects.connection import Connection

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import CompletedPartTypeDef

HASH = "sha256"
PART = 8 * 2**20  # bytes; S3 takes no less than 5 MiB
MOST_PARTS = 9_000  # S3 takes 10,000
AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class Part:
    number: int
    md5: bytes
    etag: str


class Upload:
    """`named`: bucket and key; `about`: what is kept with the object."""

    def __init__(
        self, connection: Connection, named: Mapping[str, str], about: Mapping[str, Any], sha256: str
    ) -> None:
        self._connection = connection
        self._named: dict[str, Any] = dict(named)
        self._about: dict[str, Any] = dict(about)
        self._sha256 = sha256
        self._digest = hashlib.sha256()

    async def send(self, source: Path) -> None:
        """Raises ObjectDamaged where any hash differs; then nothing is left under the key."""
        file = await asyncio.to_thread(source.open, "rb")
        with file:
            size = (await asyncio.to_thread(source.stat)).st_size
            if size <= PART:
                tag, expected = await self._send_whole(file)
            else:
                tag, expected = await self._send_parts(file, max(PART, -(-size // MOST_PARTS)))
        if tag != expected:
            await self._look_again()

    async def _send_whole(self, file: IO[bytes]) -> tuple[str, str]:
        data, md5 = await self._connection.call(self._next, file, PART)
        self._compare()
        told = await self._connection.ask(
            lambda client: client.put_object(
                **self._named, **self._about, Body=data, ContentMD5=b64encode(md5).decode()
            )
        )
        return told["ETag"].strip('"'), md5.hex()

    async def _send_parts(self, file: IO[bytes], part_size: int) -> tuple[str, str]:
        begun = await self._connection.ask(
            lambda client: client.create_multipart_upload(**self._named, **self._about)
        )
        upload = begun["UploadId"]
        try:
            parts = await self._all_parts(file, part_size, upload)
            self._compare()
            tag = await self._complete(upload, parts)
        except BaseException:
            await to_the_end(self._abort(upload))
            raise
        return tag, composite(parts)

    async def _all_parts(self, file: IO[bytes], part_size: int, upload: str) -> list[Part]:
        """Read in order, sent a few at once: no more of the file than those few is ever in memory."""
        room = asyncio.Semaphore(AT_ONCE)
        sending: list[asyncio.Task[Part]] = []

        async def send(number: int, data: bytes, md5: bytes) -> Part:
            try:
                return await self._part(upload, number, data, md5)
            finally:
                room.release()

        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    await room.acquire()
                    data, md5 = await self._connection.call(self._next, file, part_size)
                    if not data:
                        break
                    sending.append(group.create_task(send(len(sending) + 1, data, md5)))
                    del data
        except BaseExceptionGroup as group_of:
            raise group_of.exceptions[0] from None
        return [task.result() for task in sending]

    def _next(self, file: IO[bytes], size: int) -> tuple[bytes, bytes]:
        data = file.read(size)
        self._digest.update(data)
        return data, hashlib.md5(data, usedforsecurity=False).digest()

    async def _part(self, upload: str, number: int, data: bytes, md5: bytes) -> Part:
        told = await self._connection.ask(
            lambda client: client.upload_part(
                **self._named,
                UploadId=upload,
                PartNumber=number,
                Body=data,
                ContentMD5=b64encode(md5).decode(),
            )
        )
        return Part(number, md5, told["ETag"])

    async def _complete(self, upload: str, parts: list[Part]) -> str:
        """The object's ETag. An answer that was lost on its way is looked up."""
        listed = cast(
            "list[CompletedPartTypeDef]", [{"PartNumber": part.number, "ETag": part.etag} for part in parts]
        )
        try:
            told = await self._connection.ask(
                lambda client: client.complete_multipart_upload(
                    **self._named, UploadId=upload, MultipartUpload={"Parts": listed}
                )
            )
        except StoreUnavailable:
            if (tag := await self._already(parts)) is None:
                raise
            return tag
        return told["ETag"].strip('"')

    async def _already(self, parts: list[Part]) -> str | None:
        """The ETag, where all of it is there."""
        try:
            told = await self._connection.ask(lambda client: client.head_object(**self._named))
        except ShowrunnerError:
            return None
        tag = told["ETag"].strip('"')
        return tag if tag == composite(parts) and told["Metadata"].get(HASH) == self._sha256 else None

    async def _abort(self, upload: str) -> None:
        """What cannot be aborted now is by the bucket's own rule, a day later."""
        try:
            await self._connection.ask(
                lambda client: client.abort_multipart_upload(**self._named, UploadId=upload)
            )
        except ShowrunnerError:
            return

    async def _look_again(self) -> None:
        told = await self._connection.ask(lambda client: client.get_object(**self._named))
        body, digest = told["Body"], hashlib.sha256()
        with body:
            while data := await self._connection.call(body.read, PART):
                await self._connection.call(digest.update, data)
        if digest.hexdigest() != self._sha256:
            await self._connection.ask(lambda client: client.delete_object(**self._named))
            raise ObjectDamaged(self._named["Key"])

    def _compare(self) -> None:
        """What was read is what was meant to be stored."""
        if self._digest.hexdigest() != self._sha256:
            raise ObjectDamaged(self._named["Key"])


def composite(parts: list[Part]) -> str:
    """The ETag of an object of parts, as S3 makes it."""
    whole = hashlib.md5(b"".join(part.md5 for part in parts), usedforsecurity=False).hexdigest()
    return f"{whole}-{len(parts)}"


async def read_back(pieces: AsyncIterator[bytes], target: Path) -> str:
    """Into `target`; the SHA-256 of it."""
    digest = hashlib.sha256()
    file = await asyncio.to_thread(target.open, "wb")
    with file:
        async for data in pieces:
            await asyncio.to_thread(_add, file, digest, data)
    return digest.hexdigest()


def _add(file: IO[bytes], digest: hashlib._Hash, data: bytes) -> None:
    digest.update(data)
    file.write(data)
