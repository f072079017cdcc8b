"""The interview that a newcomer may drop into a channel: a minute about the launch film of the samples."""

from __future__ import annotations

from pathlib import Path

from sandbox.recordings.film import Film, write_film
from sandbox.recordings.talk import Line, talk

_LOW, _HIGH = 30, 70
INTERVIEW = (
    Line(
        "Esperanza, you have used Aurora One for three weeks. What was the first thing you noticed?",
        "Ben",
        _LOW,
    ),
    Line(
        "The silence, to be honest. I start an export, I get up to make coffee, and when I come back it is done. "
        "I used to cook lunch in that time.",
        "Esperanza",
        _HIGH,
    ),
    Line("And what do you say to people who think it is too expensive?", "Ben", _LOW),
    Line(
        "I tell them to count hours. The price is forty nine euros a month. One saved afternoon pays for half a year. "
        "We should not hide the price, and we should not put it into the film either.",
        "Esperanza",
        _HIGH,
    ),
    Line("What would you like to see in the next version?", "Ben", _LOW),
    Line(
        "Shared timelines. Two people in one cut, without sending files around. "
        "And please keep the export clock, everybody loves the export clock.",
        "Esperanza",
        _HIGH,
        pause=1.0,
    ),
)
_CHAPTERS = ("First impressions", "The price", "Wishes")


def interview(path: Path, *, subtitles: bool = False, chapters: bool = True, heard: bool = True) -> Path:
    """Written to `path`, in the codecs its ending stands for."""
    said = talk(INTERVIEW, heard=heard)
    begins = [start for start, _, line in said.turns if line.speaker == "Ben"]
    ends = [*begins[1:], said.seconds]
    marked = tuple(zip([0.0, *begins[1:]], ends, _CHAPTERS, strict=True)) if chapters else ()
    return write_film(path, Film("Aurora One, the interview", said, subtitles=subtitles, chapters=marked))
