"""An answer in a form that the system text lays down: a line "NAME: what belongs there" for each of its parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from sandbox.providers.brain.question import Question
from sandbox.providers.brain.text import LEAD, Passage, Reader, key_sentences, stem, telling, unique

FORM = re.compile(
    r"\b(?:in|using) (?:exactly )?this form(?:at)?:[ \t]*\n(?P<lines>.+)", re.IGNORECASE | re.DOTALL
)
PART = re.compile(r"^(?P<name>[A-Z][A-Z ]+):[ \t]*\n?(?P<told>.*)$", re.MULTILINE)
TIME = re.compile(r"^\[?\(?(?P<time>(?:\d{1,2}:)?\d{1,2}:\d{2})\b")
NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
CHAPTERS, TITLE = 4, 3


def parts_of(system: str) -> list[tuple[str, str]]:
    """(name, what belongs there); none where no form is asked for."""
    form = FORM.search(system)
    return [(part["name"], part["told"]) for part in PART.finditer(form["lines"])] if form else []


def filled(parts: Sequence[tuple[str, str]], question: Question, reader: Reader) -> str:
    given = reader.spoken(question.text)
    return "\n".join(_part(name, told, given) for name, told in parts)


def _part(name: str, told: str, given: Sequence[Passage]) -> str:
    for sign, make in MAKERS.items():
        if re.search(sign, told, re.IGNORECASE):
            return f"{name}: {make(told, given)}"
    return f"{name}: {_summary('one', given)}"


def _summary(told: str, given: Sequence[Passage]) -> str:
    return " ".join(unique(_bare(each) for each in key_sentences(given, _number(told))))


def _topics(told: str, given: Sequence[Passage]) -> str:
    return "; ".join(word.capitalize() for word in _often(given, _number(told)))


def _language(_told: str, _given: Sequence[Passage]) -> str:
    return "en"


def _chapters(_told: str, given: Sequence[Passage]) -> str:
    return "\n" + "\n".join(f"{time} {title}" for time, title in _stretches(given))


MAKERS: dict[str, Callable[[str, Sequence[Passage]], str]] = {
    r"\btime it begins\b": _chapters,
    r"\bsentences?\b": _summary,
    r"\blanguage\b.*\bcode\b": _language,
    r"\b(?:topics|words|tags)\b": _topics,
}


def _number(told: str) -> int:
    """The largest that is named."""
    named = [NUMBERS[word] for word in re.findall(r"[a-z]+", told.lower()) if word in NUMBERS]
    return max(named, default=3)


def _bare(passage: Passage) -> str:
    """Without the time and the speaker."""
    return LEAD.sub("", passage.text).strip()


def _often(given: Sequence[Passage], count: int) -> list[str]:
    """The words that most passages share, as they are first written."""
    written: dict[str, str] = {}
    often: dict[str, int] = {}
    for passage in given:
        for word in {stem(each.lower()): each for each in telling(_bare(passage)) if len(each) > 3}.items():
            written.setdefault(*word)
            often[word[0]] = often.get(word[0], 0) + 1
    return [written[each] for each in sorted(often, key=lambda each: -often[each])[:count]]


def _stretches(given: Sequence[Passage]) -> Iterator[tuple[str, str]]:
    """About as many passages in each as in the others, named by what they speak of most."""
    timed = [(found["time"], each) for each in given if (found := TIME.match(each.text))]
    count = min(CHAPTERS, len(timed))
    begins = [number * len(timed) // count for number in range(count)] if count else []
    for begin, end in pairwise([*begins, len(timed)]):
        words = _often([each for _, each in timed[begin:end]], TITLE)
        yield timed[begin][0], ", ".join(words).capitalize() or f"Part {begins.index(begin) + 1}"
