"""Spoken text with its times: subtitles as they stand, plain text spread over the recording."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

TIMES = re.compile(r"((?:\d+:)?\d+:\d+[.,]\d+)[ \t]*-->[ \t]*((?:\d+:)?\d+:\d+[.,]\d+)")
LANGUAGE = re.compile(r"^Language:[ \t]*([a-z]{2,3})\b", re.MULTILINE)
VOICE = re.compile(r"<v(?:\.\S+)?[ \t]+([^>]+)>")
MARKUP = re.compile(r"<[^>]*>")
SENTENCE = re.compile(r"\S.*?(?:[.!?…]+(?=\s)|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Cue:
    """Times are in seconds; the speaker is who a WebVTT voice tag says."""

    text: str
    start: float
    end: float
    speaker: str | None = None

    def words(self) -> Iterator[Word]:
        """Their times are the cue's, shared out by their lengths."""
        for text, start, end in _shared(self.text.split(), self.start, self.end):
            yield Word(text, start, end)


@dataclass(frozen=True, slots=True)
class Speech:
    """`language` is the code that a WebVTT header names."""

    cues: tuple[Cue, ...] = ()
    language: str | None = None

    @property
    def text(self) -> str:
        return " ".join(cue.text for cue in self.cues)


def read(spoken: str, seconds: float) -> Speech:
    text = spoken.replace("\r\n", "\n").removeprefix("\ufeff")
    if TIMES.search(text):
        language = LANGUAGE.search(text[: text.find("-->")])
        return Speech(tuple(_timed(text)), language and language[1])
    sentences = [" ".join(each.split()) for each in SENTENCE.findall(text)]
    return Speech(tuple(Cue(*each) for each in _shared(sentences, 0.0, seconds)))


def _timed(text: str) -> Iterator[Cue]:
    for block in re.split(r"\n[ \t]*\n", text):
        times = TIMES.search(block)
        if times is None:
            continue
        said = block[times.end() :].partition("\n")[2]
        voice = VOICE.search(said)
        words = " ".join(html.unescape(MARKUP.sub("", said)).split())
        if words:
            yield Cue(words, _seconds(times[1]), _seconds(times[2]), voice and voice[1].strip())


def _seconds(time: str) -> float:
    total = 0.0
    for part in time.replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return round(total, 3)


def _shared(texts: Sequence[str], start: float, end: float) -> Iterator[tuple[str, float, float]]:
    whole, done = sum(map(len, texts)), 0
    for text in texts:
        since, done = done, done + len(text)
        yield (
            text,
            round(start + (end - start) * since / whole, 3),
            round(start + (end - start) * done / whole, 3),
        )
