"""A chart as a picture, for where Slack draws none. Drawn on white, in colours that all eyes tell apart."""

from __future__ import annotations

import asyncio
import io
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from services.errors import SlackUnavailable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")  # Okabe and Ito
INK, FAINT, PAPER = "#1d1c1d", "#d9d9de", "#ffffff"
WIDTH, HEIGHT, DPI = 6.4, 4.0, 200  # inches
LETTERS = 11.5
MOST_LABELS = 6
PATIENCE = 60.0  # seconds
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Drawing:
    """`lines`: a name and its values, one a label. Its title stands above it, in Slack's own letters."""

    labels: Sequence[str]
    lines: Sequence[tuple[str, Sequence[int]]]
    x_label: str
    y_label: str


async def drawn(drawing: Drawing) -> bytes:
    """A PNG. By a child: loading what draws would hold up everybody here for seconds, even in a thread.

    Raises SlackUnavailable where none comes: whoever shows it goes on without.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-P", "-m", "handlers.pictures"),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env={"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
    )
    try:
        async with asyncio.timeout(PATIENCE):
            png, _ = await child.communicate(orjson.dumps(asdict(drawing)))
    except TimeoutError as error:
        raise SlackUnavailable("picture", "timeout") from error
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        raise SlackUnavailable("picture", f"exit {child.returncode}")
    return png


def main() -> None:
    """The child: a drawing as JSON in, a PNG out."""
    sys.stdout.buffer.write(draw(Drawing(**orjson.loads(sys.stdin.buffer.read()))))


def draw(drawing: Drawing) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # only ever needed here, and large
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI, facecolor=PAPER, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    _bars(axes, drawing)
    _dress(axes, drawing)
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def _bars(axes: Axes, drawing: Drawing) -> None:
    """One on top of the other: their height together is the total."""
    places = list(range(len(drawing.labels)))
    below = [0] * len(places)
    for number, (name, values) in enumerate(drawing.lines):
        colour = COLOURS[number % len(COLOURS)]
        axes.bar(
            places, values, bottom=below, label=name, color=colour, width=0.72, edgecolor=PAPER, linewidth=0.6
        )
        below = [lower + value for lower, value in zip(below, values, strict=True)]


def _dress(axes: Axes, drawing: Drawing) -> None:
    from matplotlib.ticker import FuncFormatter

    step = -(-len(drawing.labels) // MOST_LABELS)
    places = list(range(0, len(drawing.labels), step))
    axes.set_xticks(places, [drawing.labels[place] for place in places])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _short(value)))
    axes.set_xlabel(drawing.x_label, color=INK, fontsize=LETTERS)
    axes.set_ylabel(drawing.y_label, color=INK, fontsize=LETTERS)
    axes.tick_params(colors=INK, labelsize=LETTERS, length=0)
    axes.grid(axis="y", color=FAINT, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    if len(drawing.lines) > 1:
        axes.legend(
            loc="upper left",
            bbox_to_anchor=(0, -0.22),
            ncols=2,
            frameon=False,
            fontsize=LETTERS,
            labelcolor=INK,
        )


def _short(value: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g} {letter}"
    return f"{value:g}"


if __name__ == "__main__":
    main()
