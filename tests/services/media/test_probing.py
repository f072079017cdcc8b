"""What a file is: its name, its declared type, its content and a real parse agree, or it is refused."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest
from PIL import Image

from services.entities.media import Chapter, MediaKind, Probe, SubtitleTrack
from services.media import probing
from services.media.reader import to_probe
from services.media.unreadable import Unreadable
from tests.services.media.files import (
    DOCX,
    MIB,
    PDF,
    write_docx,
    write_encrypted_office,
    write_lying_zip_bomb,
    write_many_entries,
    write_pdf,
    write_pixel_bomb,
    write_pptx,
    write_xlsx,
    write_zip,
    write_zip_bomb,
)
from tests.services.media.recordings import write_media

PIXELS, LONGEST = 50_000_000, 4 * 3_600.0
SIGN_IN = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head></html>"


def probe(
    path: Path, declared: str = "", *, name: str = "", pixels: int = PIXELS, longest: float = LONGEST
) -> Probe:
    return to_probe(probing.probe(str(path), name or path.name, declared, pixels, longest))


def reason(path: Path, declared: str = "", **options: object) -> str:
    with pytest.raises(Unreadable) as failure:
        probe(path, declared, **options)
    return failure.value.reason


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def video(folder: Path) -> Path:
    return write_media(
        folder / "interview.mp4",
        subtitles=[(0.5, 1.5, "Hello")],
        chapters=[(0, 2, "Welcome"), (2, 4, "Prices")],
        language="deu",
    )


def test_a_video_is_described(video):
    assert probe(video, "video/mp4") == Probe(
        MediaKind.VIDEO,
        "video/mp4",
        "mp4",
        duration=4.0,
        width=160,
        height=90,
        frame_rate=10.0,
        video_codec="h264",
        audio_codec="aac",
        audio_languages=("de",),
        subtitles=(SubtitleTrack(2, "de"),),
        chapters=(Chapter(0.0, 2.0, "Welcome"), Chapter(2.0, 4.0, "Prices")),
    )


@pytest.mark.parametrize(
    ("name", "declared", "pictures", "sound"),
    [
        ("a.mov", "video/quicktime", "libx264", "aac"),
        ("a.mkv", "video/x-matroska", "libx264", "aac"),
        ("a.webm", "video/webm", "libvpx-vp9", "libopus"),
    ],
)
def test_other_videos(tmp_path, name, declared, pictures, sound):
    path = write_media(tmp_path / name, seconds=1, pictures=pictures, sound=sound)
    found = probe(path, declared)
    assert (found.kind, found.mimetype, found.has_audio) == (MediaKind.VIDEO, declared, True)


@pytest.mark.parametrize(
    ("name", "declared", "sound"),
    [
        ("a.mp3", "audio/mpeg", "libmp3lame"),
        ("a.m4a", "audio/mp4", "aac"),
        ("a.wav", "audio/wav", "pcm_s16le"),
        ("a.flac", "audio/flac", "flac"),
        ("a.ogg", "audio/ogg", "libopus"),
    ],
)
def test_sounds(tmp_path, name, declared, sound):
    container = "mp4" if name.endswith("m4a") else None
    path = write_media(tmp_path / name, seconds=2, pictures=None, sound=sound, container=container)
    found = probe(path, declared)
    assert (found.kind, found.mimetype, found.video_codec) == (MediaKind.AUDIO, declared, None)
    assert found.duration == pytest.approx(2, abs=0.1)


def test_a_video_without_sound_says_so(tmp_path):
    assert not probe(write_media(tmp_path / "silent.mp4", seconds=1, sound=None)).has_audio


def test_a_video_file_with_nothing_but_sound_is_audio(tmp_path):
    found = probe(write_media(tmp_path / "talk.mp4", seconds=1, pictures=None))
    assert (found.kind, found.mimetype) == (MediaKind.AUDIO, "audio/mp4")


def test_a_recording_that_tells_no_length_is_read_to_its_end(tmp_path):
    path = write_media(tmp_path / "a.mkv", seconds=2)
    data = path.read_bytes()
    at = data.index(b"\x44\x89\x88")  # Duration, of eight bytes
    path.write_bytes(data[:at] + b"\xec\x89\x88" + data[at + 3 :])  # Void
    assert probe(path).duration == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("form", ["png", "jpeg", "gif", "webp"])
def test_pictures(tmp_path, form):
    path = tmp_path / f"a.{form}"
    Image.new("RGB", (64, 48), "teal").save(path)
    found = probe(path, f"image/{form}")
    assert (found.kind, found.width, found.height) == (MediaKind.IMAGE, 64, 48)


def test_documents_tell_their_pages(tmp_path):
    assert probe(write_pdf(tmp_path / "a.pdf", "one", "two"), PDF).pages == 2
    assert probe(write_docx(tmp_path / "a.docx"), DOCX).pages == 1
    assert probe(write_pptx(tmp_path / "a.pptx", ("One", "x"), ("Two", "y"))).pages == 2
    assert probe(write_xlsx(tmp_path / "a.xlsx", {"Costs": [["a", 1]], "Plan": []})).pages == 2


@pytest.mark.parametrize(("name", "form"), [("a.md", "markdown"), ("a.txt", "text")])
def test_texts(tmp_path, name, form):
    (tmp_path / name).write_text("# Plan\n\nWe start in May.\n")
    found = probe(tmp_path / name, "text/plain; charset=utf-8")
    assert (found.kind, found.format) == (MediaKind.DOCUMENT, form)


@pytest.mark.parametrize(("name", "head", "point"), [("a.srt", "", ","), ("a.vtt", "WEBVTT\n\n", ".")])
def test_subtitle_files_tell_how_far_they_go(tmp_path, name, head, point):
    (tmp_path / name).write_text(f"{head}1\n00:00:01{point}000 --> 00:00:02{point}500\nHello\n")
    found = probe(tmp_path / name)
    assert (found.kind, found.duration) == (MediaKind.SUBTITLES, 2.5)


# ---- refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "declared"),
    [
        ("a.pdf", ""),
        ("a.mp3", ""),
        ("a.mkv", ""),
        ("a.txt", ""),
        ("a.mp4", "application/pdf"),
        ("a.mp4", "image/png"),
        ("a.m4a", ""),
    ],
)
def test_a_video_that_claims_to_be_something_else(video, name, declared):
    assert reason(video, declared, name=name) == "mismatch"


@pytest.mark.parametrize("name", ["setup.exe", "clip.avi", "noend", "movie\u202e4pm.exe", "a.zip"])
def test_a_type_that_is_not_read(video, name):
    assert reason(video, name=name) == "type"


def test_a_program_under_the_name_of_a_video(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"MZ\x90\x00" + bytes(60) + b"PE\0\0" + bytes(4_000))
    assert reason(tmp_path / "a.mp4") == "mismatch"


def test_an_archive_under_the_name_of_a_document(tmp_path):
    assert reason(write_zip(tmp_path / "a.docx")) == "mismatch"


@pytest.mark.parametrize("name", ["a.mp4", "a.pdf", "a.png", "a.docx", "a.txt"])
def test_slacks_sign_in_page_in_place_of_a_file(tmp_path, name):
    (tmp_path / name).write_text(SIGN_IN)
    assert reason(tmp_path / name) == "no_access"


@pytest.mark.parametrize("name", ["a.mp4", "a.mp3", "a.png", "a.pdf", "a.docx"])
def test_noise_is_damaged(tmp_path, name):
    (tmp_path / name).write_bytes(bytes((n * 37 + n // 7) % 251 for n in range(3_000)))
    assert reason(tmp_path / name) == "damaged"


@pytest.mark.parametrize("name", ["a.mp4", "a.txt", "a.pdf"])
def test_nothing_is_damaged(tmp_path, name):
    (tmp_path / name).touch()
    assert reason(tmp_path / name) == "damaged"


def test_a_video_of_the_right_beginning_and_nothing_behind_it(tmp_path):
    (tmp_path / "a.mp4").write_bytes(struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 0) + os.urandom(4_000))
    assert reason(tmp_path / "a.mp4") == "damaged"


@pytest.mark.parametrize("share", [0.3, 0.6])
@pytest.mark.parametrize("form", ["mp4", "mkv", "webm"])
def test_a_video_that_was_cut_off(tmp_path, form, share):
    codecs = ("libvpx-vp9", "libopus") if form == "webm" else ("libx264", "aac")
    path = write_media(tmp_path / f"a.{form}", seconds=6, pictures=codecs[0], sound=codecs[1])
    os.truncate(path, int(path.stat().st_size * share))
    assert reason(path) == "damaged"


@pytest.mark.parametrize("form", ["png", "jpeg", "gif"])
def test_half_a_picture_is_damaged(tmp_path, form):
    path = tmp_path / f"a.{form}"
    Image.effect_noise((200, 200), 80).save(path)
    os.truncate(path, path.stat().st_size // 2)
    assert reason(path) == "damaged"


def test_a_picture_of_very_many_pixels_is_not_unpacked(tmp_path):
    path = write_pixel_bomb(tmp_path / "a.png")
    assert path.stat().st_size < MIB
    assert reason(path) == "pixels"


def test_a_video_of_very_many_pixels_is_not_decoded(video):
    assert reason(video, pixels=160 * 90 - 1) == "pixels"


def test_a_video_that_is_too_long(video):
    assert reason(video, longest=3.9) == "too_long"


def test_a_document_that_unpacks_to_very_much(tmp_path):
    assert reason(write_zip_bomb(tmp_path / "a.docx"), DOCX) == "unpacked"


def test_an_archive_that_tells_less_than_it_unpacks_to(tmp_path):
    assert reason(write_lying_zip_bomb(tmp_path / "a.docx"), DOCX) == "damaged"


def test_an_archive_of_very_many_entries(tmp_path):
    assert reason(write_many_entries(tmp_path / "a.docx"), DOCX) == "unpacked"


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pptx"])
def test_an_office_file_under_a_password(tmp_path, name):
    assert reason(write_encrypted_office(tmp_path / name)) == "password"


def test_a_pdf_under_a_password(tmp_path):
    assert reason(write_pdf(tmp_path / "a.pdf", "secret", password="pass"), PDF) == "password"


def test_subtitles_without_a_cue_are_damaged(tmp_path):
    (tmp_path / "a.srt").write_text("nobody says anything")
    assert reason(tmp_path / "a.srt") == "damaged"
