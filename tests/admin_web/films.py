"""A short film, made here: a field that grows with the time over noise, which makes megabytes of it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

WIDTH, HEIGHT, RATE = 320, 180, 5


def make_film(target: Path, seconds: int = 40, *, codec: str = "libx264") -> Path:
    with av.open(str(target), "w", options={"movflags": "+faststart"}) as film:
        pictures = film.add_stream(
            codec, rate=RATE, options={"g": str(RATE * 2), "preset": "ultrafast", "crf": "12"}
        )
        pictures.width, pictures.height, pictures.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        chance = np.random.default_rng(1)
        for number in range(seconds * RATE):
            for packet in pictures.encode(picture(number, seconds * RATE, chance)):
                film.mux(packet)
        for packet in pictures.encode():
            film.mux(packet)
    return target


def picture(number: int, of: int, chance: np.random.Generator) -> av.VideoFrame:
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    pixels[:, : max(1, WIDTH * number // of)] = (59, 76, 202)
    pixels[:, WIDTH * number // of :] = (30, 30, 40)
    pixels[HEIGHT // 2 :] ^= chance.integers(0, 64, (HEIGHT - HEIGHT // 2, WIDTH, 3), np.uint8)
    frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
    frame.pts, frame.time_base = number, Fraction(1, RATE)
    return frame


def make_poster(target: Path) -> Path:
    picture(60, 100, np.random.default_rng(1)).to_image().save(target, "JPEG")
    return target
