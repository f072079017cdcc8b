"""Objects in a bucket of any S3-compatible store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.errors import ObjectDamaged, ObjectMissing, StoreUnavailable
from services.ports.objects import StoredObject
from storage.objects.connection import Bucket, Connection
from storage.objects.copying import CHUNK
from storage.objects.keys import checked, checked_range
from storage.objects.lifecycle import Lifecycle
from storage.objects.upload import HASH, Upload, read_back

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import GetObjectOutputTypeDef

__all__ = ["Bucket", "S3Store"]

TRIES = 3
HEADS = 6  # of a listing, asked for at once


class S3Store:
    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket.name
        self._encrypted = bucket.encrypted
        self._connection = Connection(bucket)

    def close(self) -> None:
        self._connection.close()

    async def put(self, key: str, source: Path, *, sha256: str, content_type: str) -> StoredObject:
        named = {"Bucket": self._bucket, "Key": checked(key)}
        about: dict[str, Any] = {"ContentType": content_type, "Metadata": {HASH: sha256}}
        if self._encrypted:
            about["ServerSideEncryption"] = "AES256"
        await Upload(self._connection, named, about, sha256).send(source)
        stored = await self.head(key)
        if stored is None:
            raise StoreUnavailable("what was stored is not there")
        return stored

    async def head(self, key: str) -> StoredObject | None:
        checked(key)
        try:
            told = await self._connection.ask(lambda client: client.head_object(Bucket=self._bucket, Key=key))
        except ObjectMissing:
            return None
        return to_stored(key, told)

    async def read(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Goes on where a connection broke, of the same object."""
        checked(key)
        checked_range(start, end)
        at, tag, tries = start, None, 0
        while end is None or at < end:
            try:
                if (found := await self._open(key, at, end, tag)) is None:
                    return
                body, stop, tag = found
                with closing(body):
                    while data := await self._connection.call(body.read, CHUNK):
                        at, tries = at + len(data), 0
                        yield data
                if at >= stop:
                    return
            except StoreUnavailable:
                tries += 1
                if tries == TRIES:
                    raise

    async def fetch(self, key: str, target: Path) -> None:
        """Raises ObjectDamaged where its hash is not the one it was stored with."""
        stored = await self.head(key)
        if stored is None:
            raise ObjectMissing(key)
        found = await read_back(self.read(key), target)
        if stored.sha256 and found != stored.sha256:
            await asyncio.to_thread(target.unlink, missing_ok=True)
            raise ObjectDamaged(key)

    async def delete(self, key: str) -> None:
        checked(key)
        await self._connection.ask(lambda client: client.delete_object(Bucket=self._bucket, Key=key))

    async def keys(self, prefix: str) -> AsyncIterator[StoredObject]:
        """A listing tells no hashes: each object is asked for its own."""
        after = ""
        while names := await self._names(prefix, after):
            for at in range(0, len(names), HEADS):
                for found in await asyncio.gather(*map(self.head, names[at : at + HEADS])):
                    if found is not None:
                        yield found
            after = names[-1]

    @property
    def lifecycle(self) -> Lifecycle:
        return Lifecycle(self._connection, self._bucket)

    async def _names(self, prefix: str, after: str) -> list[str]:
        told = await self._connection.ask(
            lambda client: client.list_objects_v2(Bucket=self._bucket, Prefix=prefix, StartAfter=after)
        )
        return [entry["Key"] for entry in told.get("Contents", ())]

    async def _open(
        self, key: str, start: int, end: int | None, tag: str | None
    ) -> tuple[StreamingBody, int, str] | None:
        """(body, where it ends, which object it is); None where there is nothing from `start` on."""
        wanted: dict[str, Any] = {"Bucket": self._bucket, "Key": key}
        if start or end is not None:
            wanted["Range"] = f"bytes={start}-{'' if end is None else end - 1}"
        if tag is not None:
            wanted["IfMatch"] = tag
        told = await self._connection.ask(lambda client: opened(client, wanted))
        return told and (told["Body"], start + told["ContentLength"], told["ETag"])


def opened(client: S3Client, wanted: dict[str, Any]) -> GetObjectOutputTypeDef | None:
    from botocore.exceptions import ClientError

    try:
        return client.get_object(**wanted)
    except ClientError as error:
        if error.response["Error"]["Code"] == "InvalidRange":
            return None
        raise


def to_stored(key: str, told: Mapping[str, Any]) -> StoredObject:
    """`sha256` is empty for what others put there."""
    at: datetime = told["LastModified"]
    sha256 = told.get("Metadata", {}).get(HASH, "")
    return StoredObject(key, told["ContentLength"], sha256, told.get("ContentType", ""), at.astimezone(UTC))
