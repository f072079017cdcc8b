"""When what was said was said: a part's text as segments of the whole recording."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from services.entities.media import AudioPart, Segment
from services.media.safe import one_line

SENTENCE = re.compile(r".+?(?:[.!?…]+[\"'»”)\]]*(?=\s|$)|[。！？]|$)", re.DOTALL)
LONGEST = 200  # characters of one segment
NEAR = 1.5  # seconds that an estimated time is moved to meet a pause
ASIDE = re.compile(r"^[\[(][^\[\]()]{0,60}[\])]$")
"""All there is is a note of the transcriber: [silence], (music)."""


def segments_of(part: AudioPart, text: str, given: Sequence[Segment] = ()) -> list[Segment]:
    """Where the provider gave times (`given`, of the part), those; else sentences shared out over the part's speech.

    The estimate begins and ends with the part, whose cut points are known, so no time is off by more than a part.
    """
    if given:
        moved = (_moved(each, part) for each in given)
        return [each for each in moved if each.text and not ASIDE.match(each.text)]
    said = one_line(text)
    return [] if nothing(said) else list(_estimated(list(sentences(said)), part))


def nothing(text: str) -> bool:
    """Whether nobody says anything, as far as the transcriber heard."""
    return not text.strip() or ASIDE.match(text.strip()) is not None


def sentences(text: str) -> Iterator[str]:
    for found in SENTENCE.findall(text):
        yield from _short(found.strip())


def _short(sentence: str) -> Iterator[str]:
    while len(sentence) > LONGEST:
        at = max(sentence.rfind(mark, 0, LONGEST) for mark in (", ", "; ", " "))
        at = at + 1 if at > 0 else LONGEST
        yield sentence[:at].strip()
        sentence = sentence[at:].strip()
    if sentence:
        yield sentence


def _moved(segment: Segment, part: AudioPart) -> Segment:
    start = min(part.start + max(0.0, segment.start), part.end)
    end = min(max(start, part.start + segment.end), part.end)
    return Segment(round(start, 3), round(end, 3), one_line(segment.text), segment.speaker)


def _estimated(said: Sequence[str], part: AudioPart) -> Iterator[Segment]:
    stretches = part.speech or ((part.start, part.end),)
    whole = sum(len(each) for each in said)
    spoken = sum(end - start for start, end in stretches)
    done, edges = 0, [(stretches[0][0], stretches[0][0])]
    for each in said[:-1]:
        done += len(each)
        edges.append(_edge(stretches, spoken * done / whole, after=edges[-1][1]))
    edges.append((stretches[-1][1], stretches[-1][1]))
    for each, ((_, start), (end, _)) in zip(said, pairwise(edges), strict=True):
        yield Segment(round(start, 3), round(max(start, end), 3), each)


def _edge(stretches: Sequence[tuple[float, float]], spoken: float, *, after: float) -> tuple[float, float]:
    """Where one sentence ends and the next begins, `spoken` seconds of speech from the start: at a pause, if one is near."""
    pauses = [(one[1], other[0]) for one, other in pairwise(stretches) if one[1] > after]
    at = _clock(stretches, spoken)
    nearest = min(pauses, key=lambda pause: _distance(pause, at), default=None)
    if nearest is not None and _distance(nearest, at) <= NEAR:
        return nearest
    return max(at, after), max(at, after)


def _distance(pause: tuple[float, float], at: float) -> float:
    return max(pause[0] - at, at - pause[1], 0.0)


def _clock(stretches: Sequence[tuple[float, float]], spoken: float) -> float:
    for start, end in stretches:
        if spoken <= end - start:
            return start + spoken
        spoken -= end - start
    return stretches[-1][1]
