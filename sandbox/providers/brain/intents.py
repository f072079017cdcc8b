"""Which kind of answer a question wants."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from sandbox.providers.brain.question import Question

Kind = Literal[
    "verbatim",
    "continue",
    "tokens",
    "long",
    "table",
    "code",
    "summary",
    "outline",
    "list",
    "prose",
    "greeting",
    "open",
]

VERBATIM = re.compile(r"\bsay exactly:\s*(?P<text>.+)", re.IGNORECASE | re.DOTALL)
REPEAT = re.compile(
    r"(?:^|[.!?,:>]\s+|\bplease )(?:repeat|say)(?: after me| this| the following| the words?)?[:,]?\s+"
    r"(?P<quote>[\"“'‘`])?(?P<text>.+?)(?(quote)[\"”'’`])\s*$",
    re.IGNORECASE | re.DOTALL,
)
CONTINUE = re.compile(
    r"^(?:please )?(?:go on|continue|carry on)\b(?:[^?]{0,60}(?:broke|left|stopped|ended)|\W*$)",
    re.IGNORECASE,
)
ASKING = re.compile(r"^(?:something|anything|what|who|why|how|more|hello to)\b", re.IGNORECASE)
SIZE = re.compile(
    r"(?P<size>\d[\d,.]*)[\s-]*(?P<unit>words?|tokens?|characters?|paragraphs?|pages?)\b", re.IGNORECASE
)
LONG = re.compile(
    r"\b(?P<very>very )?long(?:er|est)? (?:answer|text|reply|essay|message|story|document)", re.IGNORECASE
)
SOURCES: tuple[tuple[Kind, str], ...] = (
    ("table", r"\btable\b(?! of contents)|\bcolumns?\b"),
    (
        "code",
        (
            r"\bcode\b(?!s| of conduct)|\bsnippet\b|\bfunction (?:that|to|which|for)\b|\bregex\b|"
            r"\b(?:python|javascript|typescript|sql|bash|shell|json|yaml|html|css)\b"
        ),
    ),
    ("summary", r"\bsummar(?:y|i[sz]e|ies)|\btl;?dr\b|\brecap\b|\bsum up\b|\b(?:key|main) points\b"),
    ("outline", r"\boutline\b|\btable of contents\b|\bstructure for\b"),
    ("list", r"\blists?\b|\bchecklist\b|\bbullets?\b|\bsteps\b|\bideas\b"),
    ("prose", r"\b(?:write|draft|compose|rewrite|script for|continue)\b"),
)
PATTERNS = tuple((kind, re.compile(source, re.IGNORECASE)) for kind, source in SOURCES)
SUMMARISER = re.compile(
    r"\bsummari[sz](?:e|er|es|ing)\b|\brunning summary\b|\b(?:write|into) (?:a|the)\b[^.]{0,40}\bsummary\b",
    re.IGNORECASE,
)
PURPOSE = 160
GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|hallo|moin|good (?:morning|evening|afternoon)|thanks?|thank you|ping|test|help|"
    r"(?:what|who) (?:can|are) you(?: do)?)(?: (?:there|all|everyone|showrunner|team|again|so much))*\W*$",
    re.IGNORECASE,
)
WORDS_OF = {"word": 1.0, "paragraph": 60.0, "page": 300.0}
LARGEST = 20_000


@dataclass(frozen=True, slots=True)
class Intent:
    """`size` is in words for "long", in tokens for "tokens"; `text` is what is to be said for "verbatim"."""

    kind: Kind
    text: str = ""
    size: int = 0


def intent_of(question: Question) -> Intent:
    if exact := VERBATIM.search(question.text):
        return Intent("verbatim", exact["text"].strip())
    if repeated := _repeated(question.asked):
        return Intent("verbatim", repeated)
    if CONTINUE.search(question.asked) and question.answered_before:
        return Intent("continue")
    if GREETING.match(question.asked):
        return Intent("greeting")
    if SUMMARISER.search(question.system[:PURPOSE]):
        return Intent("summary")
    return _sized(question.asked) or _patterned(question.asked)


def _repeated(text: str) -> str:
    found = REPEAT.search(text)
    return "" if found is None or ASKING.match(found["text"]) else found["text"].strip()


def _sized(text: str) -> Intent | None:
    if found := SIZE.search(text):
        size = float(found["size"].rstrip(".,").replace(",", "").replace(".", "") or 0)
        unit = found["unit"].lower().rstrip("s")
        if unit in {"token", "character"}:
            return Intent("tokens", size=min(int(size if unit == "token" else size / 4), LARGEST * 2))
        return Intent("long", size=min(int(size * WORDS_OF[unit]), LARGEST))
    if found := LONG.search(text):
        return Intent("long", size=1_500 if found["very"] else 600)
    return None


def _patterned(text: str) -> Intent:
    return next((Intent(kind) for kind, pattern in PATTERNS if pattern.search(text)), Intent("open"))
