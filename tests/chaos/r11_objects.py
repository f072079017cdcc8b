"""R11: the object store is down, slow, or cut in the middle of an upload.

Bar: the upload waits and finishes later; no row without its object; the hash is checked. Here the store itself is
driven, with an errand that tries again as the library's work does; `r11_library` does it with the whole program.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3

from services.errors import ObjectDamaged, StoreUnavailable
from services.objects import object_key
from storage.objects import Bucket, S3Store
from storage.objects.upload import PART
from tests.chaos.ground import Ground
from tests.chaos.proxy import Proxy, Weather
from tests.chaos.report import Line
from tests.storage.object_stores import KEYS, a_file, new_bucket, s3_server

BAR = "the store down, silent, deaf, slow, cut midway: uploads wait and finish; no row without its object; hash checked"
TIMES = 10
SIZE = 3 * PART + 7
HASTE = {"connect_timeout": 0.5, "read_timeout": 1.0, "attempts": 2}
PATIENCE = 60.0
AGAIN = 0.05  # seconds between two tries
SLOW = 0.01  # before each 64 KiB

MakeWeather = Callable[[random.Random], Weather]
TROUBLES: dict[str, MakeWeather] = {
    "down": lambda _: Weather("refused"),
    "reset": lambda _: Weather("reset"),
    "silent": lambda _: Weather("black_hole"),
    "deaf": lambda _: Weather("deaf"),
    "cut while sending": lambda chance: Weather(cut_sent=chance.randrange(1, PART)),
    "cut while answering": lambda chance: Weather(cut_after=chance.randrange(1, 400)),
    "slow": lambda _: Weather(latency=SLOW),
}


@dataclass
class Errand:
    """One file on its way into the store, tried until it is there; a row only then."""

    store: S3Store
    path: Path
    sha256: str
    key: str
    rows: list[str] = field(default_factory=list)
    failures: int = 0

    async def run(self) -> None:
        while True:
            try:
                stored = await self.store.put(
                    self.key, self.path, sha256=self.sha256, content_type="video/mp4"
                )
            except StoreUnavailable:
                self.failures += 1
                await asyncio.sleep(AGAIN)
                continue
            self.rows.append(stored.sha256)
            return


@dataclass(frozen=True)
class Behind:
    """The store as it really is, past the proxy."""

    client: Any
    bucket: str

    async def hash_of(self, key: str) -> str | None:
        return await asyncio.to_thread(self._hash_of, key)

    def _hash_of(self, key: str) -> str | None:
        try:
            body = self.client.get_object(Bucket=self.bucket, Key=key)["Body"]
        except self.client.exceptions.NoSuchKey:
            return None
        return hashlib.sha256(body.read()).hexdigest()

    async def unfinished(self) -> int:
        told = await asyncio.to_thread(self.client.list_multipart_uploads, Bucket=self.bucket)
        return len(told.get("Uploads", ()))


@asynccontextmanager
async def bucket_behind_a_proxy() -> AsyncIterator[tuple[Behind, Proxy, Bucket]]:
    with s3_server() as endpoint:
        async with Proxy.before(endpoint) as proxy:
            bucket = await asyncio.to_thread(
                new_bucket, endpoint, reached=proxy.instead_of(endpoint), **HASTE
            )
            client = boto3.client("s3", endpoint_url=endpoint, **KEYS)
            try:
                yield Behind(client, bucket.name), proxy, bucket
            finally:
                client.close()


async def run(ground: Ground, scale: float, *, troubles: Sequence[str] = tuple(TROUBLES)) -> Line:
    del ground  # no database: the rows are the errand's own
    times, chance = max(1, round(TIMES * scale)), random.Random(11)
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        async with bucket_behind_a_proxy() as (behind, proxy, bucket):
            store = S3Store(bucket)
            try:
                for name in troubles:
                    for number in range(times):
                        path, sha256 = a_file(Path(folder), SIZE, seed=number)
                        errand = Errand(store, path, sha256, object_key("media", datetime.now(UTC)))
                        found += await one(errand, behind, proxy, TROUBLES[name](chance))
                        path.unlink()
                found["damage stored"] += await damaged(store, behind, Path(folder))
            finally:
                store.close()
            left = await behind.unfinished()
    return judged(found, times * len(troubles), left)


async def one(errand: Errand, behind: Behind, proxy: Proxy, weather: Weather) -> Counter[str]:
    """Into the trouble, through it, and out of it."""
    found: Counter[str] = Counter()
    await proxy.turn(**vars(weather))
    working = asyncio.create_task(errand.run())
    try:
        await asyncio.wait_for(troubled(errand), PATIENCE)
        seen = await behind.hash_of(errand.key)
        found["a row without its object"] += bool(errand.rows) and seen != errand.sha256
        found["half an object"] += seen not in {None, errand.sha256}
        await proxy.turn("none")
        await asyncio.wait_for(working, PATIENCE)
    except TimeoutError:
        found["never finished"] += 1
    finally:
        working.cancel()
        await asyncio.wait({working})
    found["another object than its row says"] += await behind.hash_of(errand.key) != errand.sha256
    found["rows"] += len(errand.rows)
    found["tries that failed"] += errand.failures
    return found


async def troubled(errand: Errand) -> None:
    """Until it has failed once, or has come through all the same."""
    while not errand.failures and not errand.rows:
        await asyncio.sleep(AGAIN)


async def damaged(store: S3Store, behind: Behind, folder: Path) -> int:
    """How often a file that is not the one it should be was taken."""
    path, _ = a_file(folder, SIZE, seed=1)
    key = object_key("media", datetime.now(UTC))
    try:
        await store.put(key, path, sha256="0" * 64, content_type="video/mp4")
    except ObjectDamaged:
        return int(await behind.hash_of(key) is not None)
    return 1


def judged(found: Counter[str], uploads: int, left: int) -> Line:
    rows, failures = found.pop("rows", 0), found.pop("tries that failed", 0)
    wrong = {name: count for name, count in found.items() if count}
    told = ", ".join(f"{name} {count}" for name, count in sorted(wrong.items())) or "nothing wrong"
    figure = (
        f"{rows} of {uploads} uploads finished after {failures} tries that failed: {told}\n"
        f"{left} begun uploads left to the bucket's rule"
    )
    return Line("R11", BAR, figure, not wrong and rows == uploads)
