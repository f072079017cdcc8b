"""Files in whole and in parts, under names that harm nobody."""

import asyncio
import hashlib
from dataclasses import replace

import aiohttp
import pytest

from admin_web.ranges import Unsatisfiable, asked_range
from admin_web.sending import ASK_AGAIN, disposition
from services.errors import StoreUnavailable
from services.media.times import timecode, timestamp
from tests.admin_web.desk import ANA, FILM, PICTURE, film

FILE = f"/library/{FILM}/file"


@pytest.fixture
async def opened(desk, browser_of):
    async with browser_of.get(desk.link()) as response:
        assert response.status == 200
    return browser_of


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (None, None),
        ("bytes=0-0", (0, 1)),
        ("bytes=5-", (5, 100)),
        ("bytes=5-9", (5, 10)),
        ("bytes=90-500", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-500", (0, 100)),
        ("bytes=-", None),
        ("bytes=9-5", None),
        ("bytes=0-1,5-6", None),
        ("lines=1-2", None),
        ("bytes=" + "9" * 30 + "-", None),
    ],
)
def test_a_range_is_read_as_the_standard_says(header, wanted):
    assert asked_range(header, 100) == wanted


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_behind_the_end_cannot_be_given(header):
    with pytest.raises(Unsatisfiable):
        asked_range(header, 100)


async def test_the_whole_file_arrives(opened, film_file):
    async with opened.get(FILE) as response:
        assert response.status == 200
        assert response.content_type == "video/mp4"
        assert response.headers["Accept-Ranges"] == "bytes"
        assert response.content_length == film_file.stat().st_size
        assert await response.read() == film_file.read_bytes()


async def test_a_part_arrives(opened, film_file):
    data = film_file.read_bytes()
    async with opened.get(FILE, headers={"Range": "bytes=100-199"}) as response:
        assert response.status == 206
        assert response.headers["Content-Range"] == f"bytes 100-199/{len(data)}"
        assert await response.read() == data[100:200]


async def test_a_part_behind_the_end_is_refused_with_the_size(opened, film_file):
    async with opened.get(FILE, headers={"Range": "bytes=99999999-"}) as response:
        assert response.status == 416
        assert response.headers["Content-Range"] == f"bytes */{film_file.stat().st_size}"


async def test_head_tells_and_sends_nothing(opened, film_file):
    async with opened.head(FILE) as response:
        assert response.status == 200
        assert response.content_length == film_file.stat().st_size
        assert await response.read() == b""
    async with opened.head(FILE, headers={"Range": "bytes=0-9"}) as response:
        assert (response.status, response.content_length) == (206, 10)


async def test_a_part_of_another_version_is_the_whole_of_this_one(opened, film_file):
    tag = f'"{hashlib.sha256(film_file.read_bytes()).hexdigest()}"'
    for condition, status in ((tag, 206), ('"other"', 200)):
        async with opened.get(FILE, headers={"Range": "bytes=0-9", "If-Range": condition}) as response:
            assert response.status == status
            assert response.headers["ETag"] == tag
            await response.read()


@pytest.mark.parametrize("mimetype", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "x"])
async def test_what_a_browser_might_run_is_saved_as_bytes(desk, opened, mimetype):
    item, text = film()
    desk.items.add(replace(item, mimetype=mimetype), text, ANA)
    async with opened.get(FILE) as response:
        assert response.content_type == "application/octet-stream"
        assert response.headers["Content-Disposition"].startswith("attachment;")
        await response.read()


async def test_the_file_keeps_its_name(opened):
    async with opened.get(FILE) as response:
        told = response.content_disposition
        await response.read()
    assert (told.type, told.filename) == ("inline", "ada „cut“ 3.mp4")


@pytest.mark.parametrize(
    "name",
    [
        'a"; filename="b.exe',
        "a\r\nSet-Cookie: x=1",
        "../../etc/passwd",
        "\u202egpj.exe",
        "%00",
        "",
        "x" * 999,
        "\ud800",
    ],
)
def test_a_name_cannot_break_out_of_its_header(name):
    told = disposition(name, inline=True)
    assert told.isascii()
    assert told.isprintable()
    assert told.count('"') == 2
    assert "/" not in told
    assert len(told) < 2_000


async def test_a_store_that_is_away_is_said_and_not_cached(desk, opened, monkeypatch):
    async def away(key):
        raise StoreUnavailable("ReadTimeoutError")

    monkeypatch.setattr(desk.store, "head", away)
    async with opened.get(FILE) as response:
        assert response.status == 503
        assert "Try again in a minute" in await response.text()


async def test_an_object_that_is_gone_is_said(desk, opened):
    await desk.store.delete("media/2026/film")
    async with opened.get(FILE) as response:
        assert response.status == 404
        assert "The file is gone" in await response.text()


async def test_a_file_that_breaks_off_is_not_mistaken_for_a_whole_one(desk, opened, monkeypatch):
    async def half(key, *, start=0, end=None):
        yield b"half"
        raise StoreUnavailable("ReadTimeoutError")

    monkeypatch.setattr(desk.store, "read", half)
    with pytest.raises(aiohttp.ClientError):
        async with opened.get(FILE) as response:
            await response.read()


async def test_who_loses_access_in_the_middle_gets_no_more(desk, opened, monkeypatch):
    sent = []

    async def slowly(key, *, start=0, end=None):
        for number in range(10):
            if number == 3:
                desk.items.readers.clear()
            desk.clock.tick(ASK_AGAIN / 2 + 1)
            sent.append(number)
            yield b"x" * 10

    monkeypatch.setattr(desk.store, "read", slowly)
    with pytest.raises(aiohttp.ClientError):
        async with opened.get(FILE) as response:
            await response.read()
    assert len(sent) < 7


async def test_no_more_is_read_than_the_reader_takes(desk, opened, monkeypatch):
    read = []

    async def endless(key, *, start=0, end=None):
        for number in range(1_000):
            read.append(number)
            yield b"x" * 2**18

    monkeypatch.setattr(desk.store, "read", endless)
    stored = await desk.store.head("media/2026/film")

    async def large(key):
        return replace(stored, size=1_000 * 2**18)

    monkeypatch.setattr(desk.store, "head", large)
    async with opened.get(FILE) as response:
        await response.content.readexactly(10)
        before = -1
        while before != len(read):
            before = len(read)
            for _ in range(50):
                await asyncio.sleep(0)
            await asyncio.sleep(0.05)
        assert len(read) < 100
        response.close()


async def test_a_picture_is_shown(desk, browser_of):
    async with browser_of.get(desk.link(PICTURE)) as response:
        assert "<img src=" in await response.text()
    async with browser_of.get(f"/library/{PICTURE}/file") as response:
        assert response.content_type == "image/jpeg"
        assert (await response.read())[:3] == b"\xff\xd8\xff"


def test_times_are_written_for_players_and_for_people():
    assert [timestamp(at) for at in (0, 3.5, 3_725.0004, -1)] == [
        "00:00:00.000",
        "00:00:03.500",
        "01:02:05.000",
        "00:00:00.000",
    ]
    assert [timecode(at) for at in (0, 65.9, 3_725)] == ["0:00", "1:05", "1:02:05"]
