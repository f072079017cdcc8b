"""R11 with the whole program: pictures dropped into channels while the way to the bucket is broken.

Bar: as R11; looked at all the while, no row ever names an object that is not there with the row's own hash.
"""

from __future__ import annotations

import asyncio
import io
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from storage.objects import Bucket
from tests.chaos.ground import Ground, eventually, running, set_up
from tests.chaos.proxy import Proxy, Weather
from tests.chaos.r11_objects import Behind, bucket_behind_a_proxy
from tests.chaos.report import Line
from tests.chaos.stage import ChaosStage
from tests.storage.object_stores import KEYS

BAR = (
    "pictures shared while the bucket is down, cut midway, silent: all ready later; no row without its object"
)
AT_ONCE = 3
TIMES = 3
SIDE = 1_900  # pixels: noise that is sent in parts
PATIENCE = 240.0  # an upload that failed is tried again after 20 s, then 40 s, 60 s …
TROUBLES = {
    "down": Weather("refused"),
    "cut while sending": Weather(cut_sent=5 * 2**20),
    "cut while answering": Weather(cut_after=300),
    "silent": Weather("black_hole"),
    "slow": Weather(latency=0.002),
}
ROWS = "SELECT object_key, sha256, state, reason, attempts FROM contents"


async def run(ground: Ground, scale: float, *, troubles: Sequence[str] = tuple(TROUBLES)) -> Line:
    times, found = max(1, round(TIMES * scale)), Counter[str]()
    async with (
        ground.database() as database,
        set_up(database) as stage,
        bucket_behind_a_proxy() as (behind, proxy, bucket),
        running(stage, 2, apart=ground.apart, **variables(bucket)),
    ):
        for name in list(troubles) * times:
            found += await through(stage, behind, proxy, TROUBLES[name])
        found["rows without their object"] += await unfounded(stage, behind)
        rows = await stage.rows(ROWS)
    return judged(found, rows, times * len(troubles) * AT_ONCE)


def variables(bucket: Bucket) -> dict[str, str]:
    return {
        "S3_BUCKET": bucket.name,
        "AWS_ENDPOINT_URL": bucket.endpoint or "",
        "AWS_ACCESS_KEY_ID": KEYS["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": KEYS["aws_secret_access_key"],
    }


async def through(stage: ChaosStage, behind: Behind, proxy: Proxy, weather: Weather) -> Counter[str]:
    """Into the trouble with a few pictures, and out of it once each has met it."""
    found: Counter[str] = Counter()
    before = len(await stage.rows(ROWS))
    await proxy.turn(**vars(weather))
    await asyncio.gather(*(share(stage, before + number) for number in range(AT_ONCE)))
    try:
        await eventually(lambda: met(stage, behind, before + AT_ONCE, found), PATIENCE, every=0.5)
        await proxy.turn("none")
        await eventually(lambda: all_ready(stage, behind, before + AT_ONCE, found), PATIENCE, every=0.5)
    except TimeoutError:
        await proxy.turn("none")
    return found


async def share(stage: ChaosStage, number: int) -> None:
    channel, name = stage.channel(), f"picture-{number}.png"
    picture = await asyncio.to_thread(noise, number)
    file = await stage.people.upload("ana", name, picture, "image/png")
    await stage.people.post("ana", channel, "", files=[file])


def noise(number: int) -> bytes:
    pixels = np.random.default_rng(number).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "PNG", compress_level=0)
    return target.getvalue()


async def met(stage: ChaosStage, behind: Behind, count: int, found: Counter[str]) -> bool:
    """Each waits for the store, or came through all the same."""
    rows = await looked_at(stage, behind, found)
    return len(rows) == count and all(row["reason"] == "store" or row["state"] == "done" for row in rows)


async def all_ready(stage: ChaosStage, behind: Behind, count: int, found: Counter[str]) -> bool:
    rows = await looked_at(stage, behind, found)
    return len(rows) == count and all(row["state"] == "done" for row in rows)


async def looked_at(stage: ChaosStage, behind: Behind, found: Counter[str]) -> list[dict[str, Any]]:
    rows = await stage.rows(ROWS)
    for row in rows[-AT_ONCE:]:
        if row["object_key"] is not None:
            found["looks at a row’s object"] += 1
            found["rows without their object"] += await behind.hash_of(row["object_key"]) != row["sha256"]
    return rows


async def unfounded(stage: ChaosStage, behind: Behind) -> int:
    rows = await stage.rows(ROWS)
    hashes = [await behind.hash_of(row["object_key"] or "media/none") for row in rows]
    return sum(kept != row["sha256"] for kept, row in zip(hashes, rows, strict=True) if row["object_key"])


def judged(found: Counter[str], rows: list[dict[str, Any]], shared: int) -> Line:
    done, attempts = sum(row["state"] == "done" for row in rows), sum(row["attempts"] for row in rows)
    without, looks = found["rows without their object"], found["looks at a row’s object"]
    figure = (
        f"{done} of {shared} pictures ready, in {attempts} attempts; rows without their object: {without}, "
        f"in {looks} looks"
    )
    return Line("R11-LIBRARY", BAR, figure, done == shared == len(rows) and not without)
