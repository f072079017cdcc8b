"""Pictures of a video: one telling frame, and a sheet of frames with their times. In the child process only.

Only key frames are decoded, found by seeking, so a long video takes no longer than a short one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.media import containers, images, kinds
from services.media.times import timecode
from services.media.unreadable import Unreadable

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream
    from PIL import Image

LOOKED_AT = (0.1, 0.2, 0.35, 0.5, 0.05, 0.7, 0.9)  # shares of the length, until one tells something
TELLING = 20.0  # standard deviation of brightness, of 255: less is a black, white or empty picture
COLUMNS, ROWS = 4, 3
WIDTH, CELL = 1280, 320  # pixels
GAP = 4
TALLEST = 4  # times as high as wide, or the other way round; more is cut
QUALITY = 85
PACKETS = 2_000  # read in search of one key frame
BACKGROUND, INK = (24, 24, 27), (255, 255, 255)


def poster(path: str, target: str, pixels: int, at: float | None) -> bool:
    """False where there is nothing to show."""
    source, family = Path(path), str(kinds.sniff(Path(path)))
    if family in {"png", "jpeg", "gif", "webp"}:
        return _saved(_picture(source, family, pixels), Path(target))
    found = None if family not in {"mov", "matroska"} else _frame(source, family, pixels, at)
    return found is not None and _saved(found, Path(target))


def contact_sheet(path: str, target: str, pixels: int) -> bool:
    source, family = Path(path), str(kinds.sniff(Path(path)))
    if family not in {"mov", "matroska"}:
        return False
    with containers.opened(source, family) as container:
        stream = containers.pictures(container)
        if stream is None:
            return False
        containers.check_size(stream.width, stream.height, pixels)
        count, length = COLUMNS * ROWS, containers.duration(container)
        times = [length * (number + 0.5) / count for number in range(count)]
        found = [_at(container, stream, at, CELL) for at in times]
    first = next(filter(None, found), None)
    if first is None:
        return False
    blank = _blank(first.size)  # whoever points at a cell means its time: none may be missing
    return _saved(_sheet([(at, one or blank) for at, one in zip(times, found, strict=True)]), Path(target))


def _picture(source: Path, format_: str, pixels: int) -> Image.Image:
    from PIL import ImageOps

    with images.opened(source, format_, pixels=pixels) as image:
        image.draft("RGB", (WIDTH, WIDTH))
        image.thumbnail((WIDTH, WIDTH * TALLEST))
        return ImageOps.exif_transpose(image).convert("RGB")


def _frame(source: Path, family: str, pixels: int, at: float | None) -> Image.Image | None:
    with containers.opened(source, family) as container:
        stream = containers.pictures(container)
        if stream is None:
            return None
        containers.check_size(stream.width, stream.height, pixels)
        length = containers.duration(container)
        times = [at] if at is not None else [length * share for share in LOOKED_AT]
        return _telling(_at(container, stream, time, WIDTH) for time in times)


def _telling(candidates: Iterator[Image.Image | None]) -> Image.Image | None:
    """The first that shows something, else the one that shows most."""
    best: tuple[float, Image.Image] | None = None
    for candidate in candidates:
        if candidate is None:
            continue
        tells = contrast(candidate)
        if tells >= TELLING:
            return candidate
        if best is None or tells > best[0]:
            best = (tells, candidate)
    return best and best[1]


def contrast(picture: Image.Image) -> float:
    from PIL import ImageStat

    return float(ImageStat.Stat(picture.convert("L")).stddev[0])


def _at(container: InputContainer, stream: VideoStream, at: float, width: int) -> Image.Image | None:
    """The key frame before that time, as wide as asked and turned upright; None: nothing can be decoded there."""
    import av

    start = stream.start_time or 0
    try:
        container.seek(start + int(at / stream.time_base), stream=stream, backward=True)  # type: ignore[operator]
        stream.codec_context.skip_frame = "NONKEY"
        for number, packet in enumerate(container.demux(stream)):
            for frame in packet.decode():
                return _image(frame, stream, width)
            if number > PACKETS:
                break
    except MemoryError:
        raise Unreadable("too_large") from None
    except av.error.FFmpegError:
        return None
    return None


def _image(frame: Any, stream: VideoStream, width: int) -> Image.Image:
    aspect = float(stream.sample_aspect_ratio or 1) or 1.0
    shown = frame.width * aspect
    scale = min(1.0, width / shown, width / frame.height)
    size = max(1, round(shown * scale)), max(1, round(frame.height * scale))
    picture: Image.Image = frame.to_image(width=size[0], height=size[1])
    return picture.rotate(frame.rotation, expand=True) if frame.rotation else picture


def _sheet(cells: list[tuple[float, Image.Image]]) -> Image.Image:
    from PIL import Image, ImageDraw, ImageFont

    wide, high = cells[0][1].size
    rows = -(-len(cells) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * (wide + GAP) + GAP, rows * (high + GAP) + GAP), BACKGROUND)
    drawn, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for number, (at, picture) in enumerate(cells):
        row, column = divmod(number, COLUMNS)
        left, top = GAP + column * (wide + GAP), GAP + row * (high + GAP)
        sheet.paste(picture.resize((wide, high)) if picture.size != (wide, high) else picture, (left, top))
        spot = (left + 6, top + high - 22)
        drawn.rectangle(
            drawn.textbbox(spot, timecode(at), font=font), fill=BACKGROUND, outline=BACKGROUND, width=3
        )
        drawn.text(spot, timecode(at), fill=INK, font=font)
    return sheet


def _blank(size: tuple[int, int]) -> Image.Image:
    from PIL import Image

    return Image.new("RGB", size, BACKGROUND)


def _saved(picture: Image.Image, target: Path) -> bool:
    picture.save(target, "JPEG", quality=QUALITY, optimize=True)
    return True
