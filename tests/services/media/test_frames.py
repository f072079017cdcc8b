from __future__ import annotations

import pytest
from PIL import Image

from services.media import frames
from tests.services.media.files import write_pdf
from tests.services.media.recordings import write_media

PIXELS = 50_000_000


def poster(path, target, at=None):
    return frames.poster(str(path), str(target), PIXELS, at)


def sheet(path, target):
    return frames.contact_sheet(str(path), str(target), PIXELS)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_a_poster_is_a_frame_that_shows_something(tmp_path, name):
    path = write_media(tmp_path / name, seconds=10, black=0.3)
    assert poster(path, tmp_path / "poster.jpg")
    with Image.open(tmp_path / "poster.jpg") as made:
        assert (made.format, made.size) == ("JPEG", (160, 90))
        assert frames.contrast(made) > frames.TELLING


def test_a_video_that_is_black_all_through_has_a_black_poster(tmp_path):
    path = write_media(tmp_path / "a.mp4", seconds=2, black=1.0)
    assert poster(path, tmp_path / "poster.jpg")


def test_a_poster_of_a_given_time(tmp_path):
    """The pictures change their colour every second: red, green, blue."""
    path = write_media(tmp_path / "a.mp4", seconds=3)
    assert poster(path, tmp_path / "poster.jpg", at=2.5)
    with Image.open(tmp_path / "poster.jpg") as made:
        red, _, blue = made.resize((1, 1)).getpixel((0, 0))
        assert blue > 2 * red


def test_a_large_picture_becomes_a_small_poster(tmp_path):
    Image.effect_noise((3_000, 1_500), 80).convert("RGB").save(tmp_path / "a.png")
    assert poster(tmp_path / "a.png", tmp_path / "poster.jpg")
    with Image.open(tmp_path / "poster.jpg") as made:
        assert made.size == (1280, 640)


def test_a_picture_taken_upright_stands_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (200, 100), "teal").save(tmp_path / "a.jpg", exif=exif)
    assert poster(tmp_path / "a.jpg", tmp_path / "poster.jpg")
    with Image.open(tmp_path / "poster.jpg") as made:
        assert made.size == (100, 200)


def test_a_contact_sheet_shows_twelve_moments(tmp_path):
    path = write_media(tmp_path / "a.mp4", seconds=24, size=(640, 360))
    assert sheet(path, tmp_path / "sheet.jpg")
    with Image.open(tmp_path / "sheet.jpg") as made:
        assert made.size == (4 * 324 + 4, 3 * 184 + 4)
        assert frames.contrast(made) > frames.TELLING


@pytest.mark.parametrize("make", [lambda path: write_pdf(path / "a.pdf", "x"), lambda path: _sound(path)])
def test_what_shows_nothing_has_neither(tmp_path, make):
    path = make(tmp_path)
    assert not poster(path, tmp_path / "poster.jpg")
    assert not sheet(path, tmp_path / "sheet.jpg")
    assert not (tmp_path / "poster.jpg").exists()


def _sound(folder):
    return write_media(folder / "a.m4a", seconds=1, pictures=None, container="mp4")
