"""A short film, made here: a coloured field that changes with the time, and a tone."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

WIDTH, HEIGHT, RATE = 320, 180, 5


def make_film(target: Path, seconds: int = 40, *, codec: str = "libx264") -> Path:
    with av.open(str(target), "w", options={"movflags": "+faststart"}) as film:
        pictures = film.add_stream(codec, rate=RATE, options={"g": str(RATE * 2)})
        pictures.width, pictures.height, pictures.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(seconds * RATE):
            for packet in pictures.encode(picture(number, seconds * RATE)):
                film.mux(packet)
        for packet in pictures.encode():
            film.mux(packet)
    return target


def picture(number: int, of: int) -> av.VideoFrame:
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    pixels[:, : max(1, WIDTH * number // of)] = (59, 76, 202)
    pixels[:, WIDTH * number // of :] = (30, 30, 40)
    frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
    frame.pts, frame.time_base = number, Fraction(1, RATE)
    return frame


def make_poster(target: Path) -> Path:
    picture(60, 100).to_image().save(target, "JPEG")
    return target
