"""Words, sentences and how well they fit each other."""

from __future__ import annotations

import math
import re
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

LONG_LINE = 240
REMEMBERED = 2_000
WORD = re.compile(r"[^\W_]+")
SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+(?=[\"'“‘(]?[A-ZÄÖÜ0-9])")
FRAME = re.compile(r"^</?\w+[^>]*>$|^\[(?:file|image|cut here)\b|:$")
LEAD = re.compile(
    r"^(?:\[[^\]]*\]\([^)\s]*\):\s+)?"
    r"(?:\[?\(?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?\)?\]?\s*)?(?:[A-Z][\w.'-]*(?: [A-Z][\w.'-]*){0,2}: )?"
)
COMMON = frozenset(
    """a about above after again all also am an and any are as at be been before being but by can could did do
    does doing down each few for from further get give got had has have having he her here hers him his
    how i if in into is it its just let like make many me more most much my no nor not now of off on
    once only or other our out over own please said same say says she should so some such tell than that
    the their them then there these they this those through to too under until up us very was we were
    what when where which while who whom why will with would you your""".split()  # noqa: SIM905 - words read better
)


@dataclass(frozen=True, slots=True)
class Passage:
    text: str
    words: frozenset[str]


def telling(text: str) -> list[str]:
    """The words of a text that say what it is about, as they are written."""
    return [
        each
        for each in WORD.findall(text)
        if each.lower() not in COMMON and (len(each) > 1 or each.isdigit())
    ]


def words(text: str) -> list[str]:
    """The telling words of a text, lowered and without common endings, in order."""
    return [stem(each) for each in telling(text.lower())]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    for ending in ("ings", "ing", "edly", "ed", "es", "s", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return word.removesuffix("e")


def sentences(text: str) -> list[str]:
    """Lines as they are; long ones cut into sentences, each with the line's link, time and speaker in front."""
    found: list[str] = []
    for raw in text.splitlines():
        line = raw.strip().lstrip("#>*•- ").strip()
        if len(line) <= LONG_LINE:
            found += [line] if line else []
            continue
        lead = LEAD.match(line)
        first, *rest = SENTENCE_END.split(line)
        found += [first, *((lead.group() if lead else "") + each for each in rest)]
    return found


class Reader:
    """Remembers what it has read: a conversation brings its older texts again with every turn."""

    def __init__(self) -> None:
        self._read: OrderedDict[str, tuple[tuple[Passage, ...], tuple[Passage, ...]]] = OrderedDict()

    def passages(self, text: str) -> tuple[Passage, ...]:
        return self._known(text)[0]

    def spoken(self, text: str) -> tuple[Passage, ...]:
        """The passages without labels and the frames around files, which are no one's words."""
        return self._known(text)[1]

    def _known(self, text: str) -> tuple[tuple[Passage, ...], tuple[Passage, ...]]:
        known = self._read.get(text)
        if known is None:
            passages = tuple(Passage(each, frozenset(words(each))) for each in sentences(text))
            known = passages, tuple(each for each in passages if not FRAME.search(each.text))
            self._read[text] = known
            if len(self._read) > REMEMBERED:
                self._read.popitem(last=False)
        return known


def best(asked: Collection[str], passages: Sequence[Passage], count: int) -> list[Passage]:
    """Those that share most with the asked words, best first. Rare words count more, and later ones win."""
    wanted = frozenset(asked)
    shared = [wanted & passage.words for passage in passages]
    weights = _weights(shared)
    scored = [(sum(weights[word] for word in common), at) for at, common in enumerate(shared) if common]
    scored.sort(reverse=True)
    floor = scored[0][0] * 0.45 if scored else 0.0
    return [passages[at] for score, at in scored[:count] if score >= floor]


def key_sentences(passages: Sequence[Passage], count: int) -> list[Passage]:
    """The sentences that hold most of what the text is about, in the order of the text."""
    often: dict[str, int] = {}
    for passage in passages:
        for word in passage.words:
            often[word] = often.get(word, 0) + 1
    scored = sorted(((_centrality(passage, often), -at) for at, passage in enumerate(passages)), reverse=True)
    chosen = sorted(-at for _, at in scored[:count])
    return [passages[at] for at in chosen]


def unique(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))


def _weights(shared: Iterable[frozenset[str]]) -> dict[str, float]:
    often: dict[str, int] = {}
    total = 0
    for common in shared:
        total += 1
        for word in common:
            often[word] = often.get(word, 0) + 1
    return {word: math.log(1 + total / seen) for word, seen in often.items()}


def _centrality(passage: Passage, often: dict[str, int]) -> float:
    if len(passage.words) < 3:
        return 0.0
    return sum(often[word] for word in passage.words if often[word] > 1) / math.sqrt(len(passage.words) + 4)
