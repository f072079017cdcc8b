"""A trend as a picture."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from handlers.pictures import PAPER, Drawing, drawn

LABELS = [f"{day} Nov" for day in range(1, 21)]


async def test_a_trend_is_drawn_as_png_on_paper_of_its_own() -> None:
    png = await drawn(
        Drawing(LABELS, [("claude", [*range(20)]), ("gpt", [*range(20, 40)])], "days", "Tokens")
    )
    with Image.open(io.BytesIO(png)) as picture:
        assert picture.format == "PNG"
        assert picture.width > 1_000
        corner = picture.convert("RGBA").getpixel((2, 2))
    assert corner == (*bytes.fromhex(PAPER[1:]), 255)  # readable whatever Slack's own background


@pytest.mark.parametrize("lines", [[("one", [5])], [(f"model {n}", [0]) for n in range(6)]])
async def test_single_points_and_empty_series_are_drawn_too(lines: list[tuple[str, list[int]]]) -> None:
    assert (await drawn(Drawing(["today"], lines, "days", "Tokens"))).startswith(b"\x89PNG")
