"""The stand-in for a model: it answers from the text it was given and says that it is a stand-in."""

from __future__ import annotations

import zlib
from dataclasses import replace
from random import Random

import orjson

from sandbox.providers import tokens
from sandbox.providers.brain import forms, shapes, toolbox
from sandbox.providers.brain.intents import Intent, intent_of
from sandbox.providers.brain.question import STAND_IN, Question, read
from sandbox.providers.brain.structures import Filler
from sandbox.providers.brain.text import Reader, best, key_sentences, unique
from sandbox.providers.prompt import Answer, Prompt, Schema

QUOTES = 3
SUMMARY = 6
PROSE = 180
RECOGNISED = 40


class Brain:
    """The same seed and prompt give the same answer."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._reader = Reader()

    def answer(self, prompt: Prompt) -> Answer:
        question = read(prompt, self._reader)
        intent = intent_of(question)
        if call := toolbox.wanted(prompt, question, intent.kind):
            return Answer(calls=(call,))
        if prompt.schema is not None:
            return Answer(_structured(prompt.schema, question, intent))
        return Answer(self._text(prompt, question, intent))

    def _text(self, prompt: Prompt, question: Question, intent: Intent) -> str:
        if intent.kind != "verbatim" and (parts := forms.parts_of(question.system)):
            return forms.filled(parts, question, self._reader)
        match intent.kind:
            case "verbatim":
                return intent.text
            case "continue":
                return self._rest(prompt) or shapes.prose(question, PROSE, self._random(question))
            case "tokens":
                return tokens.clip(
                    shapes.prose(question, intent.size + 1, self._random(question)), intent.size
                )
            case "long":
                return shapes.prose(question, intent.size, self._random(question))
            case "prose":
                return shapes.prose(question, PROSE, self._random(question))
            case "summary":
                return self._summary(question)
            case "outline":
                return shapes.outline(question)
        return _greeting(prompt, question) + _open_answer(prompt, question, intent)

    def _summary(self, question: Question) -> str:
        found = key_sentences(question.material or self._reader.passages(question.asked), SUMMARY)
        if not found:
            return "There is nothing to summarise yet: no text was given."
        return "\n".join(f"- {text}" for text in unique(passage.text for passage in found))

    def _rest(self, prompt: Prompt) -> str:
        """What an answer that broke off still lacks: it is given again, without what is there already."""
        said = [at for at, turn in enumerate(prompt.turns) if turn.role == "assistant"]
        begun = prompt.turns[said[-1]].text.rstrip()
        whole = self.answer(replace(prompt, turns=prompt.turns[: said[-1]])).text
        known = next(
            (at for at, (one, other) in enumerate(zip(begun, whole, strict=False)) if one != other),
            len(begun),
        )
        return whole[known:] if known >= min(RECOGNISED, len(begun)) else ""

    def _random(self, question: Question) -> Random:
        return Random(self._seed ^ zlib.crc32(question.text.encode()))


def _structured(schema: Schema, question: Question, intent: Intent) -> str:
    if intent.kind == "verbatim" and intent.text.startswith(("{", "[")):
        return intent.text
    return orjson.dumps(Filler(schema, question).value(schema)).decode()


def _greeting(prompt: Prompt, question: Question) -> str:
    if question.answered_before:
        return ""
    return (
        f"_The sandbox's {STAND_IN} {prompt.model} here: I quote what I was given and know nothing else._\n\n"
    )


def _open_answer(prompt: Prompt, question: Question, intent: Intent) -> str:
    match intent.kind:
        case "greeting":
            return (
                "Hello! Ask about anything that was said, pinned or uploaded here. "
                "Lists, tables, summaries, code and long texts work too."
            )
        case "table":
            return shapes.table(question)
        case "list":
            return shapes.listing(question)
        case "code":
            return shapes.code(question)
    return _quoted(prompt, question)


def _quoted(prompt: Prompt, question: Question) -> str:
    seen = _unseen_images(question)
    passages = best(question.words, question.results, QUOTES)
    found = unique(each.text for each in passages or best(question.words, question.material, QUOTES))
    if found:
        return seen + "From what I was given:\n\n" + "\n\n".join(f"> {text}" for text in found)
    if not question.words:
        return seen or "I got no words to go by. Ask me something about what was said or uploaded here."
    about = ", ".join(f"“{word}”" for word in question.shown[:5])
    if question.has_results and (place := toolbox.place_of(prompt)):
        return f"{seen}I searched the {place} for {about}, and it is not in the {place}."
    return seen + (
        f"Nothing I was given speaks of {about}. I would need a message in this thread, a pinned fact, "
        "a document or a transcript that does; a real model may know more."
    )


def _unseen_images(question: Question) -> str:
    if not question.images:
        return ""
    pictures = "a picture" if question.images == 1 else f"{question.images} pictures"
    return f"I got {pictures}, and cannot look at pictures here; a real model can.\n\n"
