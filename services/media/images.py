"""Pictures, by Pillow: no pixel is unpacked before their number is known."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.media.unreadable import Unreadable

if TYPE_CHECKING:
    from PIL import Image

SMALL = (256, 256)


def described(path: Path, format_: str, *, pixels: int) -> dict[str, Any]:
    """Raises Unreadable: "pixels", "damaged"."""
    try:
        with opened(path, format_, pixels=pixels) as image:
            width, height = image.size
            image.verify()
        with opened(path, format_, pixels=pixels) as image:
            image.draft("RGB", SMALL)  # a JPEG is parsed to its end at an eighth of its size
            image.load()
    except (OSError, SyntaxError, ValueError):
        raise Unreadable("damaged") from None
    return {"width": width, "height": height}


def opened(path: Path, format_: str, *, pixels: int) -> Image.Image:
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            image = Image.open(path, formats=[format_])
        except Image.DecompressionBombError:
            raise Unreadable("pixels") from None
    if image.width * image.height > pixels:
        raise Unreadable("pixels")
    return image
