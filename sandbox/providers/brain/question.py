"""What is being asked, and what there is to answer it from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from sandbox.providers.brain.text import FRAME, Passage, Reader, stem, telling
from sandbox.providers.prompt import Prompt, Turn

LONG_QUESTION = 700
STAND_IN = "stand-in for"
MENTION = re.compile(r"<[@#!][^>]*>")
ADDRESS = re.compile(r"^(?:[A-Za-z][\w'.-]*(?: [A-Z][\w'-]*){0,2}|<@\w+>)(?: \([^)]*\))?: ")
INSTRUCTION = re.compile(
    r"^(?:you(?:r| are|'re|’re)?|never|always|do not|don't|answer|use|be|keep|write|reply|if|when|only|treat|"
    r"quote|cite|say|format|return|give|make|mention|respond|prefer)\b",
    re.IGNORECASE,
)
COMMANDS = frozenset(
    """answer bullet bullets characters code column columns compare compose create draft explain find footage
    function html javascript json line lines list long look outline paragraph paragraphs please print
    python quote quotes recording repeat row rows script search section sentence short show snippet sql
    steps summarise summarize summary table text title token tokens video word words write yaml""".split()  # noqa: SIM905 - words read better
)
NO_RESULT = re.compile(r"^(?:nothing|no (?:results?|matches|passages|items))\b", re.IGNORECASE)
ROLE = re.compile(r"^(?:you are|you're|your (?:task|job|role)|act as|fold)\b", re.IGNORECASE)
CUE = re.compile(
    r"\?|\b(?:summar|tl;?dr|recap|list|table|write|draft|outline|explain|find|search|tell|show|compare|say|repeat|"
    r"give|make|what|who|when|where|why|how|which)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """The last thing said to the model, and `material`: everything else that it was given.

    `text` is what was said, letter for letter; `asked` is the part of it that asks, without mentions and the
    speaker's name; `shown` are its telling words as written, `words` the same words stemmed. `results` are what
    tools found for this answer, parts of the material.
    """

    text: str
    asked: str
    shown: tuple[str, ...]
    words: tuple[str, ...]
    material: tuple[Passage, ...]
    system: str
    images: int
    answered_before: bool
    has_results: bool
    results: tuple[Passage, ...] = ()


def read(prompt: Prompt, reader: Reader) -> Question:
    at, images = _last_said(prompt.turns)
    said = prompt.turns[at].text if at is not None else ""
    last, rest = _split(said)
    asked = _unaddressed(MENTION.sub(" ", last).strip())
    shown = tuple(dict.fromkeys(each for each in telling(asked) if each.lower() not in COMMANDS))
    material = [*_material(prompt.turns, at, reader), *(reader.passages(rest) if rest else ())]
    return Question(
        text=said.strip(),
        asked=asked,
        shown=shown,
        words=tuple(dict.fromkeys(stem(each.lower()) for each in shown)),
        material=tuple(material),
        system="\n".join(turn.text for turn in prompt.turns if turn.role == "system"),
        images=images,
        answered_before=any(turn.role == "assistant" and turn.text for turn in prompt.turns),
        has_results=any(turn.role == "tool" for turn in _unanswered(prompt.turns)),
        results=tuple(_results(prompt.turns, reader)),
    )


def _results(turns: Sequence[Turn], reader: Reader) -> Iterator[Passage]:
    for turn in reversed([each for each in _unanswered(turns) if each.role == "tool"]):
        yield from _found(turn, reader)


def _found(turn: Turn, reader: Reader) -> Iterator[Passage]:
    yield from (each for each in reader.spoken(turn.text) if not NO_RESULT.match(each.text))


def _unaddressed(said: str) -> str:
    address = ADDRESS.match(said)
    return said if address is None or CUE.search(address.group()) else said[address.end() :]


def _last_said(turns: Sequence[Turn]) -> tuple[int | None, int]:
    """The place of the last text a person said, and the images that came with it."""
    images = 0
    for at in range(len(turns) - 1, -1, -1):
        if turns[at].role == "user":
            images += turns[at].images
            if turns[at].text.strip():
                return at, images + _images_before(turns, at)
    return None, images


def _unanswered(turns: Sequence[Turn]) -> Iterator[Turn]:
    """What came after the model's last words, newest first."""
    return takewhile(lambda turn: turn.role != "assistant", reversed(turns))


def _images_before(turns: Sequence[Turn], at: int) -> int:
    images = 0
    while at > 0 and turns[at - 1].role in {"user", "tool"}:
        at -= 1
        images += turns[at].images
    return images


def _split(said: str) -> tuple[str, str]:
    """A long text is mostly material: its last paragraph is the question, or its first if that asks more."""
    if len(said) <= LONG_QUESTION:
        return said.strip(), ""
    paragraphs = [each for each in said.split("\n") if each.strip()]
    short = [each for each in paragraphs if len(each) <= LONG_QUESTION]
    for chosen in (short[-1:] + short[:1]) if short else []:
        if CUE.search(chosen):
            return chosen.strip(), "\n".join(each for each in paragraphs if each is not chosen)
    return said[:LONG_QUESTION].strip(), said


def _facts(passages: Sequence[Passage]) -> Iterator[Passage]:
    """A system text that gives the model its role holds facts only below a label, such as "Pinned:"."""
    labels = [at for at, each in enumerate(passages) if each.text.endswith(":")]
    start = 0
    if passages and ROLE.match(passages[0].text):
        start = labels[0] + 1 if labels else len(passages)
    yield from (
        each for each in passages[start:] if not INSTRUCTION.match(each.text) and not FRAME.search(each.text)
    )


def _material(turns: Sequence[Turn], question: int | None, reader: Reader) -> Iterator[Passage]:
    for at, turn in enumerate(turns):
        if at == question or not turn.text:
            continue
        if turn.role == "assistant" and STAND_IN in turn.text:
            continue
        match turn.role:
            case "system":
                yield from _facts(reader.passages(turn.text))
            case "tool":
                yield from _found(turn, reader)
            case _:
                yield from reader.spoken(turn.text)
