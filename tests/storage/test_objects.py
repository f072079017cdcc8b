"""Both object stores keep the same promises: one suite, on a folder and on an S3 of this machine."""

import asyncio
import errno
import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import boto3
import pytest

from services.errors import ObjectDamaged, ObjectMissing, StoreUnavailable
from services.objects import object_key
from storage.objects import FolderStore, S3Store
from storage.objects.folder import INCOMING, LEFT_OVER
from storage.objects.upload import PART, Upload
from tests.storage.object_stores import KEYS, a_file, new_bucket, s3_server
from tests.storage.rivals import put_over_and_over

KEY = "media/2026/one"
LARGE = PART + 5


@pytest.fixture(scope="module")
def s3():
    with s3_server() as endpoint:
        yield endpoint


@pytest.fixture
def bucket(s3):
    return new_bucket(s3)


@pytest.fixture
def amazon(s3):
    """What is in the store, past our own code."""
    client = boto3.client("s3", endpoint_url=s3, **KEYS)
    yield client
    client.close()


@pytest.fixture
def s3_store(bucket):
    store = S3Store(bucket)
    yield store
    store.close()


@pytest.fixture
def folder_store(tmp_path):
    return FolderStore(tmp_path / "objects")


@pytest.fixture(params=["folder", "s3"])
def store(request):
    return request.getfixturevalue(f"{request.param}_store")


@pytest.fixture
def keep(store, tmp_path):
    """Puts a file of so many bytes under a key; the file."""

    async def keep(key=KEY, size=10, seed=1):
        path, sha256 = a_file(tmp_path, size, seed=seed)
        await store.put(key, path, sha256=sha256, content_type="video/mp4")
        return path

    return keep


async def whole(store, key, **options):
    return b"".join([piece async for piece in store.read(key, **options)])


def files_in(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("size", [0, 1, PART, LARGE])
async def test_what_was_put_is_read_byte_for_byte(store, keep, size):
    path = await keep(size=size)
    assert await whole(store, KEY) == path.read_bytes()


async def test_the_store_knows_size_hash_type_and_time(store, tmp_path):
    path, sha256 = a_file(tmp_path, 1_000)
    before = datetime.now(UTC) - timedelta(seconds=2)  # S3 counts whole seconds

    stored = await store.put(KEY, path, sha256=sha256, content_type="audio/mp4")

    assert (stored.key, stored.size, stored.sha256, stored.content_type) == (KEY, 1_000, sha256, "audio/mp4")
    assert before < stored.at < datetime.now(UTC) + timedelta(seconds=2)
    assert (await store.head(KEY)).sha256 == sha256


async def test_nothing_is_there_until_it_was_put(store, tmp_path):
    assert await store.head(KEY) is None
    with pytest.raises(ObjectMissing):
        await whole(store, KEY)
    with pytest.raises(ObjectMissing):
        await store.fetch(KEY, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


async def test_any_range_is_read_alone(store, keep):
    data = (await keep(size=LARGE)).read_bytes()
    for start, end in (
        (0, 1),
        (3, 7),
        (PART - 2, PART + 2),
        (LARGE - 1, None),
        (5, 5),
        (LARGE - 1, LARGE + 9),
    ):
        assert await whole(store, KEY, start=start, end=end) == data[start:end]


async def test_a_range_behind_the_end_is_empty(store, keep):
    await keep(size=10)
    assert await whole(store, KEY, start=10) == await whole(store, KEY, start=11, end=20) == b""


async def test_a_file_that_is_not_the_one_that_was_meant_is_not_kept(store, tmp_path):
    path, _ = a_file(tmp_path, LARGE)
    _, other = a_file(tmp_path, 10)

    with pytest.raises(ObjectDamaged):
        await store.put(KEY, path, sha256=other, content_type="video/mp4")

    assert await store.head(KEY) is None


async def test_fetching_makes_a_file_of_it(store, keep, tmp_path):
    path = await keep(size=LARGE)
    await store.fetch(KEY, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == path.read_bytes()


async def test_putting_it_again_changes_nothing(store, keep):
    await keep()
    path = await keep()
    assert await whole(store, KEY) == path.read_bytes()


async def test_another_file_under_the_same_key_replaces_it(store, keep):
    await keep(size=100)
    path = await keep(size=50, seed=2)
    assert await whole(store, KEY) == path.read_bytes()
    assert (await store.head(KEY)).size == 50


async def test_what_is_deleted_is_gone_and_deleting_nothing_is_no_error(store, keep):
    await keep()
    await store.delete(KEY)
    await store.delete(KEY)
    assert await store.head(KEY) is None


async def test_keys_are_listed_by_how_they_begin(store, keep):
    for key in ("media/2026/b", "media/2026/a", "media/2027/c", "logs/2026/d"):
        await keep(key)

    assert [found.key async for found in store.keys("media/2026/")] == ["media/2026/a", "media/2026/b"]
    assert [found.key async for found in store.keys("media/2026/a")] == ["media/2026/a"]
    assert [found.key async for found in store.keys("media/")][-1] == "media/2027/c"
    assert len([found async for found in store.keys("")]) == 4
    assert [found async for found in store.keys("backups/")] == []
    assert {len(found.sha256) async for found in store.keys("")} == {64}


@pytest.mark.parametrize(
    "key",
    [
        "",
        "media",
        "/etc/passwd",
        "media/../../x",
        "media//x",
        "media/.x",
        "media/x\n",
        "media\\x/y",
        "m/" + "x" * 999,
    ],
)
async def test_a_key_that_is_no_key_of_ours_is_refused(store, tmp_path, key):
    path, sha256 = a_file(tmp_path, 1)
    with pytest.raises(ValueError, match="not a key"):
        await store.put(key, path, sha256=sha256, content_type="text/plain")
    with pytest.raises(ValueError, match="not a key"):
        await store.head(key)


async def test_reading_may_end_early(store, keep):
    await keep(size=LARGE)
    reading = store.read(KEY)
    await anext(reading)
    await reading.aclose()
    assert (await store.head(KEY)).size == LARGE


async def test_many_are_put_at_once(store, tmp_path):
    made = [(object_key("media", datetime.now(UTC)), *a_file(tmp_path, 5_000, seed=n)) for n in range(8)]
    await asyncio.gather(
        *(store.put(key, path, sha256=sha256, content_type="video/mp4") for key, path, sha256 in made)
    )
    assert [found.sha256 async for found in store.keys("media/")] == [sha256 for _, _, sha256 in made]


# ---- the folder alone ------------------------------------------------------------------------


async def test_an_upload_that_was_cut_off_is_cleared_away_a_day_later(folder_store, tmp_path):
    incoming = tmp_path / "objects" / INCOMING
    incoming.mkdir(parents=True)
    long_ago = time.time() - LEFT_OVER - 60
    for name in ("old", "new"):
        (incoming / name).write_bytes(b"half")
    os.utime(incoming / "old", (long_ago, long_ago))

    path, sha256 = a_file(tmp_path, 1)
    await folder_store.put(KEY, path, sha256=sha256, content_type="video/mp4")

    assert [path.name for path in incoming.iterdir()] == ["new"]


async def test_a_file_of_the_same_disk_is_not_copied(folder_store, tmp_path):
    path, sha256 = a_file(tmp_path, 10)
    await folder_store.put(KEY, path, sha256=sha256, content_type="video/mp4")
    kept = tmp_path / "objects" / f"{KEY}.{sha256[:16]}"
    assert kept.samefile(path)
    assert kept.stat().st_mode & 0o777 == 0o600
    path.unlink()
    assert len(await whole(folder_store, KEY)) == 10


async def test_a_file_of_another_disk_is_copied(folder_store, tmp_path, monkeypatch):
    def refused(*_):
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    path, sha256 = a_file(tmp_path, LARGE)
    await folder_store.put(KEY, path, sha256=sha256, content_type="video/mp4")
    assert not (tmp_path / "objects" / f"{KEY}.{sha256[:16]}").samefile(path)
    assert await whole(folder_store, KEY) == path.read_bytes()


async def test_replaced_bytes_do_not_stay_on_the_disk(folder_store, tmp_path):
    for size in (10, 20):
        path, sha256 = a_file(tmp_path, size)
        await folder_store.put(KEY, path, sha256=sha256, content_type="video/mp4")
    assert len([name for name in files_in(tmp_path / "objects") if name.startswith("media/")]) == 2
    await folder_store.delete(KEY)
    assert files_in(tmp_path / "objects") == [".lock"]


async def test_a_link_out_of_the_folder_is_not_followed(folder_store, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    path, sha256 = a_file(tmp_path, 1)
    await folder_store.put(KEY, path, sha256=sha256, content_type="video/mp4")
    (tmp_path / "objects" / "documents").symlink_to(outside)

    with pytest.raises(ObjectMissing):
        await folder_store.put("documents/x", path, sha256=sha256, content_type="text/plain")

    assert list(outside.iterdir()) == []


async def test_a_damaged_file_is_not_fetched(folder_store, tmp_path):
    path, sha256 = a_file(tmp_path, 10)
    await folder_store.put(KEY, path, sha256=sha256, content_type="video/mp4")
    (tmp_path / "objects" / f"{KEY}.{sha256[:16]}").write_bytes(b"0123456789")

    with pytest.raises(ObjectDamaged):
        await folder_store.fetch(KEY, tmp_path / "copy")

    assert not (tmp_path / "copy").exists()


async def test_a_folder_that_cannot_be_written_is_a_store_that_is_away(tmp_path):
    (tmp_path / "objects").write_text("a file where the folder should be")
    path, sha256 = a_file(tmp_path, 1)
    with pytest.raises(StoreUnavailable):
        await FolderStore(tmp_path / "objects").put(KEY, path, sha256=sha256, content_type="video/mp4")


async def test_two_processes_may_put_the_same_key(folder_store, tmp_path):
    made = [a_file(tmp_path, 1_000, seed=1), a_file(tmp_path, 2_000, seed=2)] * 20
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        both = [
            processes.submit(put_over_and_over, tmp_path / "objects", KEY, given)
            for given in (made, made[::-1])
        ]
        for one in both:
            one.result()

    stored = await folder_store.head(KEY)
    assert len(await whole(folder_store, KEY)) == stored.size
    kept = [name for name in files_in(tmp_path / "objects") if name.startswith("media/")]
    assert set(kept) == {f"{KEY}.about", f"{KEY}.{stored.sha256[:16]}"}


# ---- the bucket alone ------------------------------------------------------------------------


async def test_objects_are_encrypted_by_the_store_unless_told_otherwise(s3, tmp_path, amazon):
    path, sha256 = a_file(tmp_path, LARGE)
    found = []
    for encrypted in (True, False):
        bucket = new_bucket(s3, encrypted=encrypted)
        store = S3Store(bucket)
        await store.put(KEY, path, sha256=sha256, content_type="video/mp4")
        found.append(amazon.head_object(Bucket=bucket.name, Key=KEY).get("ServerSideEncryption"))
        store.close()
    assert found == ["AES256", None]


async def test_a_failed_upload_leaves_no_parts_behind(s3_store, bucket, amazon, tmp_path):
    path, _ = a_file(tmp_path, LARGE)
    _, other = a_file(tmp_path, 10)
    with pytest.raises(ObjectDamaged):
        await s3_store.put(KEY, path, sha256=other, content_type="video/mp4")
    assert "Uploads" not in amazon.list_multipart_uploads(Bucket=bucket.name)


async def test_a_cancelled_upload_leaves_no_parts_behind(s3_store, bucket, amazon, tmp_path):
    path, sha256 = a_file(tmp_path, 6 * PART)
    putting = asyncio.create_task(s3_store.put(KEY, path, sha256=sha256, content_type="video/mp4"))
    while "Uploads" not in await asyncio.to_thread(amazon.list_multipart_uploads, Bucket=bucket.name):
        await asyncio.sleep(0.01)
    putting.cancel()
    await asyncio.wait({putting})
    assert putting.cancelled()
    assert "Uploads" not in amazon.list_multipart_uploads(Bucket=bucket.name)
    assert await s3_store.head(KEY) is None


async def test_an_object_that_others_put_there_is_read_without_a_hash(s3_store, bucket, amazon, tmp_path):
    amazon.put_object(Bucket=bucket.name, Key="media/theirs", Body=b"film", ContentType="video/mp4")
    assert (await s3_store.head("media/theirs")).sha256 == ""
    await s3_store.fetch("media/theirs", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"film"


async def test_a_store_that_says_nothing_comparable_is_read_back(s3_store, tmp_path, monkeypatch):
    monkeypatch.setattr("storage.objects.upload.composite", lambda parts: "says something else")
    path, sha256 = a_file(tmp_path, LARGE)
    await s3_store.put(KEY, path, sha256=sha256, content_type="video/mp4")
    assert await whole(s3_store, KEY) == path.read_bytes()


@pytest.mark.parametrize("size", [10, LARGE])
async def test_bytes_that_change_on_their_way_are_not_kept(s3_store, tmp_path, monkeypatch, size):
    read = Upload._next

    def changed(self, file, part):
        data, md5 = read(self, file, part)
        return data[:-1] + bytes(255 - byte for byte in data[-1:]), md5

    monkeypatch.setattr(Upload, "_next", changed)
    path, sha256 = a_file(tmp_path, size)

    with pytest.raises(ObjectDamaged):
        await s3_store.put(KEY, path, sha256=sha256, content_type="video/mp4")

    assert await s3_store.head(KEY) is None


async def test_our_rules_join_those_of_the_bucket(s3_store, bucket, amazon):
    theirs = {"ID": "theirs", "Status": "Enabled", "Filter": {"Prefix": "old/"}, "Expiration": {"Days": 7}}
    amazon.put_bucket_lifecycle_configuration(Bucket=bucket.name, LifecycleConfiguration={"Rules": [theirs]})
    assert not await s3_store.lifecycle.in_force()

    for _ in range(2):
        await s3_store.lifecycle.apply()

    rules = {
        rule["ID"]: rule for rule in amazon.get_bucket_lifecycle_configuration(Bucket=bucket.name)["Rules"]
    }
    assert set(rules) == {"theirs", "showrunner-unfinished-uploads", "showrunner-logs", "showrunner-backups"}
    assert rules["showrunner-unfinished-uploads"]["AbortIncompleteMultipartUpload"] == {
        "DaysAfterInitiation": 1
    }
    assert await s3_store.lifecycle.in_force()


async def test_a_store_that_nobody_answers_for_is_unavailable(bucket, tmp_path):
    store = S3Store(replace(bucket, endpoint="http://127.0.0.1:1", attempts=1))
    path, sha256 = a_file(tmp_path, LARGE)
    with pytest.raises(StoreUnavailable):
        await store.put(KEY, path, sha256=sha256, content_type="video/mp4")
    with pytest.raises(StoreUnavailable):
        await store.head(KEY)
    store.close()


async def test_a_bucket_that_is_not_there_is_unavailable(bucket, tmp_path):
    store = S3Store(replace(bucket, name="no-such-bucket"))
    path, sha256 = a_file(tmp_path, 1)
    with pytest.raises(StoreUnavailable, match="NoSuchBucket"):
        await store.put(KEY, path, sha256=sha256, content_type="video/mp4")
    store.close()
