from __future__ import annotations

import asyncio

import pytest

from services import files
from services.errors import FileUnreadable, SlackUnavailable
from services.files import ThreadFiles, image_type
from tests import factories as make
from tests.fakes.slack import FakeSlackFiles

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100
TEXT = make.file("F1", name="notes.txt", mimetype="text/plain")
IMAGE = make.file("F2", name="lamp.txt", mimetype="text/plain")


async def test_a_text_is_read_once_and_remembered() -> None:
    slack = FakeSlackFiles({"F1": b"The lamp is marzipan"})
    thread = ThreadFiles(slack)
    for _ in range(2):
        assert (await thread.read(TEXT)).text == "The lamp is marzipan"
    assert slack.fetched == ["F1"]


async def test_read_by_several_at_once_it_is_fetched_once() -> None:
    slack = FakeSlackFiles({"F2": PNG})
    thread = ThreadFiles(slack)
    await asyncio.gather(*(thread.read(IMAGE) for _ in range(5)))
    assert slack.fetched == ["F2"]


async def test_an_image_is_known_by_its_bytes_and_not_its_name() -> None:
    read = await ThreadFiles(FakeSlackFiles({"F2": PNG})).read(IMAGE)
    assert read.image is not None
    assert read.image.mimetype == "image/png"


async def test_an_image_beyond_the_providers_limit_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "IMAGE_LIMIT", 50)
    with pytest.raises(FileUnreadable, match="too_large"):
        await ThreadFiles(FakeSlackFiles({"F2": PNG})).read(IMAGE)


@pytest.mark.parametrize("mimetype", ["video/mp4", "audio/mpeg"])
async def test_film_and_sound_are_not_fetched(mimetype: str) -> None:
    slack = FakeSlackFiles({"F1": b"x"})
    with pytest.raises(FileUnreadable, match="type"):
        await ThreadFiles(slack).read(make.file("F1", mimetype=mimetype))
    assert not slack.fetched


async def test_what_can_never_be_read_is_not_fetched_again() -> None:
    slack = FakeSlackFiles({"F1": b"%PDF-1.7 broken"})
    thread = ThreadFiles(slack)
    for _ in range(2):
        with pytest.raises(FileUnreadable, match="damaged"):
            await thread.read(make.file("F1"))
    assert slack.fetched == ["F1"]


async def test_what_is_closed_to_us_now_is_tried_again() -> None:
    slack = FakeSlackFiles()
    thread = ThreadFiles(slack)
    with pytest.raises(FileUnreadable, match="gone"):
        await thread.read(TEXT)
    slack.contents["F1"] = b"Back again"
    assert (await thread.read(TEXT)).text == "Back again"


async def test_an_outage_is_no_fault_of_the_file() -> None:
    class Down(FakeSlackFiles):
        async def fetch(self, *_: object, limit: int) -> int:
            raise SlackUnavailable("files", "503")

    with pytest.raises(SlackUnavailable):
        await ThreadFiles(Down()).read(TEXT)


async def test_what_is_remembered_has_a_size_and_the_least_used_goes_first() -> None:
    slack = FakeSlackFiles({f"I{n}": PNG + bytes(100_000) for n in range(4)})
    thread = ThreadFiles(slack, remembered=320_000)
    first, second, third, fourth = (make.file(f"I{n}", name="i.png", mimetype="image/png") for n in range(4))
    for file in (first, second, third, first, fourth, first, second):
        await thread.read(file)
    assert slack.fetched == ["I0", "I1", "I2", "I3", "I1"]


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVE", None),
        (b"", None),
    ],
)
def test_images_are_told_by_their_first_bytes(head: bytes, kind: str | None) -> None:
    assert image_type(head) == kind
