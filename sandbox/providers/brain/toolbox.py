"""Whether a tool would help with a question, and what to hand it."""

from __future__ import annotations

import re
from typing import Any

from sandbox.providers.brain.question import Question
from sandbox.providers.brain.structures import Filler
from sandbox.providers.brain.text import words
from sandbox.providers.prompt import Call, Prompt, Schema, Tool

SEARCHING = re.compile(r"search|find|look.?up|retriev|query|librar|passage|transcript|recall", re.IGNORECASE)
ABOUT_CONTENT = re.compile(
    r"\?|\b(?:find|search|look(?:ing)? (?:up|for)|quote|say|said|mention(?:ed)?|library|interview|recording|"
    r"video|transcript|footage|episode|clip|podcast|what|who|when|where|which|how)\b",
    re.IGNORECASE,
)
QUERY_NAME = re.compile(
    r"^(?:q|query|queries|question|search|search_query|terms?|text|words|keywords?|phrase)$", re.IGNORECASE
)
TOLD_TO = re.compile(r"^\W*(?:please )?(?:search|look in|look through)\b", re.IGNORECASE)
ENOUGH = 2
MAKING = frozenset({"verbatim", "tokens", "long", "greeting", "code"})


def wanted(prompt: Prompt, question: Question, kind: str) -> Call | None:
    if not prompt.tools or not prompt.may_call:
        return None
    if prompt.must_call:
        named = [tool for tool in prompt.tools if prompt.must_call in {"*", tool.name}]
        return _call(max(named, key=lambda tool: _fit(tool, question)), question)
    if question.has_results or not question.words:
        return None
    if kind in MAKING and not TOLD_TO.search(question.asked):
        return None
    tool = max(prompt.tools, key=lambda each: _fit(each, question))
    return _call(tool, question) if _fit(tool, question) >= ENOUGH else None


def _fit(tool: Tool, question: Question) -> int:
    described = set(words(f"{tool.name.replace('_', ' ')} {tool.description}"))
    searches = SEARCHING.search(tool.name) or SEARCHING.search(tool.description)
    shared = len(described & set(question.words))
    return shared + (ENOUGH if searches and ABOUT_CONTENT.search(question.text) else 0)


def _call(tool: Tool, question: Question) -> Call:
    members: dict[str, Schema] = tool.schema.get("properties") or {}
    required = set(tool.schema.get("required") or ())
    filler = Filler(tool.schema, question)
    arguments: dict[str, Any] = {}
    for name, schema in members.items():
        if QUERY_NAME.match(name) and schema.get("type", "string") == "string":
            arguments[name] = _query(question)
        elif name in required:
            arguments[name] = None if _may_be_null(schema) else filler.value(schema, name)
    return Call(tool.name, arguments)


def _may_be_null(schema: Schema) -> bool:
    """What a strict schema only asks for because it has to: a model says nothing where nothing was said."""
    variants = [schema, *schema.get("anyOf", ()), *schema.get("oneOf", ())]
    return any("null" in each["type"] for each in variants if "type" in each)


def place_of(prompt: Prompt) -> str:
    """What the tools search, by their names: the library, for `search_library`."""
    searching = (tool.name for tool in prompt.tools if SEARCHING.search(tool.name))
    return next((name.replace("-", "_").rsplit("_", 1)[-1] for name in searching), "")


def _query(question: Question) -> str:
    return " ".join(question.shown[:8]) or question.asked[:80]
