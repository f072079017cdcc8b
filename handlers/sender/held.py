"""Rewriting a text that arrives in pieces: what cannot be decided yet is held back."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    TEXT = auto()
    CODE = auto()  # for every parser
    LINK = auto()  # with its mark-up, looked at and whole


@dataclass(frozen=True, slots=True)
class Step:
    """`text` stands in the output for the input up to `end`; behind it a word about a `denied` target."""

    text: str
    end: int
    kind: Kind = Kind.TEXT
    denied: str = ""


class Rewriter(ABC):
    """The output never depends on how the input was cut into pieces.

    That holds because `_decide` returns None whenever more input could change its mind, unless `final`.
    """

    special: re.Pattern[str]
    context = 8  # characters of consumed input kept for looking back

    def __init__(self) -> None:
        self._held = ""
        self._before = ""

    def feed(self, text: str) -> str:
        self._held += text
        return self._run(final=False)

    def close(self) -> str:
        """What was held back, decided as it stands."""
        return self._run(final=True)

    @abstractmethod
    def _decide(self, text: str, at: int, *, final: bool) -> Step | None:
        """What to do with the special place `at`; None while that is open."""

    def _run(self, *, final: bool) -> str:
        text, at, out = self._held, 0, list[str]()
        while at < len(text):
            step = self._next(text, at, final=final)
            if step is None:
                break
            out.append(self._emit(step))
            at = step.end
        self._before = (self._before + text[:at])[-self.context :]
        self._held = text[at:]
        return "".join(out)

    def _emit(self, step: Step) -> str:
        return step.text

    def _next(self, text: str, at: int, *, final: bool) -> Step | None:
        found = self.special.search(text, at)
        stop = found.start() if found else len(text)
        if stop > at:
            return Step(text[at:stop], stop)
        return self._decide(text, at, final=final)

    def _left(self, text: str, at: int) -> str:
        """Up to `context` input characters before `at`."""
        return (self._before + text[max(0, at - self.context) : at])[-self.context :]
