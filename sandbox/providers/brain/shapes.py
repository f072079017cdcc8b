"""Answers in shapes: tables, lists, code, outlines and text of a given length, all built from given words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from sandbox.providers.brain.question import Question
from sandbox.providers.brain.text import Passage, best, key_sentences

ROWS = 5
PARAGRAPH = 60
SECTION = 240
LANGUAGES = re.compile(r"\b(python|javascript|typescript|sql|bash|shell|json|yaml|html|css)\b", re.IGNORECASE)
LISTED = re.compile(r":\s+(?P<items>[^?.!\n]+)")
NAMED = re.compile(r"(?:\bof|\bwith|\bfor|\bon|\babout)\s+(?P<items>[^?.!\n]+)", re.IGNORECASE)
TEMPLATES = (
    "{Topic} starts with one clear decision, and everything after it becomes easier.",
    "Whoever works on {topic} should write down what is known and what is only assumed.",
    "A short test with two or three people says more about {topic} than a long meeting.",
    "The first version of {topic} may be small, as long as someone can use it on the same day.",
    "It helps to say early what {topic} is not, because that keeps the work within its frame.",
    "Good examples make {topic} easier to understand than any definition does.",
    "When time is short, the part of {topic} that people see first deserves most of the care.",
    "Numbers about {topic} are worth keeping, since memory is kind and figures are not.",
    "There is always a reason to wait with {topic}, and rarely one that survives a second look.",
    "Each step in {topic} should leave something behind that the next person can pick up.",
    "What was learnt from {topic} belongs in one place where the whole team will find it again.",
    "A calm plan for {topic} leaves room for the one thing that nobody has thought of.",
)


def items_of(question: Question, count: int = ROWS) -> list[str]:
    """The things a list or table is to hold: named in the question, else the best sentences there are."""
    named = LISTED.search(question.asked) or NAMED.search(question.asked)
    parts = re.split(r",\s*(?:and\s+)?|\s+and\s+|;\s*", named["items"]) if named else []
    parts = [part.strip(" \"'“”`") for part in parts]
    parts = [part for part in parts if part]
    if len(parts) > 1:
        return parts[:20]
    found = best(question.words, question.material, count) or key_sentences(question.material, count)
    return [passage.text for passage in found] or parts or [topic_of(question)]


def topic_of(question: Question) -> str:
    return " ".join(word for word in question.shown[-3:] if not word.isdigit()) or "this"


def table(question: Question) -> str:
    rows = items_of(question)
    lines = ["| # | Item | Words | First word |", "|---:|---|---:|---|"]
    for number, row in enumerate(rows, 1):
        cell = row.replace("|", "\\|")
        lines.append(
            f"| {number} | {cell} | {len(row.split())} | {cell.split()[0] if cell.split() else ''} |"
        )
    return "\n".join(lines)


def listing(question: Question) -> str:
    numbered = re.search(r"\b(?:numbered|steps|ordered)\b", question.text, re.IGNORECASE)
    return "\n".join(
        f"{f'{at}.' if numbered else '-'} {item}" for at, item in enumerate(items_of(question), 1)
    )


def code(question: Question) -> str:
    found = LANGUAGES.search(question.text)
    language = found.group(1).lower() if found else "python"
    given = list(question.shown[:6]) or ["nothing"]
    name = "_".join(word.lower() for word in given[:3] if word.isascii() and word.isalpha()) or "answer"
    listed = ", ".join(f'"{word}"' for word in given)
    bodies = {
        "sql": f"SELECT '{given[0]}' AS word, {len(given)} AS words;",
        "json": "{\n  " + f'"words": [{listed}]' + "\n}",
        "yaml": "words:\n" + "\n".join(f"  - {word}" for word in given),
        "bash": f'for word in {" ".join(given)}; do\n  echo "$word"\ndone',
        "javascript": f"function {name}() {{\n  return [{listed}];\n}}",
        "html": "<ul>\n" + "".join(f"  <li>{word}</li>\n" for word in given) + "</ul>",
        "css": f".{name} {{\n  content: {listed.split(', ')[0]};\n}}",
    }
    bodies["shell"], bodies["typescript"] = bodies["bash"], bodies["javascript"]
    python = f"def {name}() -> list[str]:\n    return [{listed}]\n\n\nprint({name}())"
    return f"```{language}\n{bodies.get(language, python)}\n```"


def outline(question: Question) -> str:
    topic = topic_of(question)
    parts = [each.text for each in best(question.words, question.material, 5)]
    heads = ["Opening", "What it is about", "How it works", "What it means", "Closing"]
    notes = [parts[at % len(parts)] if parts else f"One thought about {topic}." for at in range(len(heads))]
    return "\n\n".join(
        f"{at}. **{head}**\n   {note}" for at, (head, note) in enumerate(zip(heads, notes, strict=True), 1)
    )


def prose(question: Question, size: int, random: Random) -> str:
    """Text of `size` words, in paragraphs, with headings where it is long. Given sentences come first."""
    topic = topic_of(question)
    source = _sources(best(question.words, question.material, 8))
    pieces: list[str] = []
    written = 0
    while written < size:
        if size > 2 * SECTION and written // SECTION >= sum(piece.startswith("## ") for piece in pieces):
            pieces.append(f"## {_opened(topic)}, part {written // SECTION + 1}")
        paragraph = _paragraph(topic, source, min(PARAGRAPH, size - written), random)
        pieces.append(" ".join(paragraph))
        written += len(paragraph)
    return "\n\n".join(pieces)


def _paragraph(topic: str, source: list[str], size: int, random: Random) -> list[str]:
    words: list[str] = []
    while len(words) < size:
        if not source:
            source += random.sample(TEMPLATES, len(TEMPLATES))
        sentence = source.pop(0)
        words += sentence.replace("{Topic}", _opened(topic)).replace("{topic}", topic).split()
    words = words[:size]
    words[-1] = words[-1].rstrip(",;:.") + "."
    return words


def _sources(material: Sequence[Passage]) -> list[str]:
    return [
        passage.text if passage.text.endswith((".", "!", "?")) else passage.text + "." for passage in material
    ]


def _opened(text: str) -> str:
    return text[:1].upper() + text[1:]
