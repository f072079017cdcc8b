"""A Responses request, read twice: as a conversation for the brain, as a chain of blocks for the cache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import orjson

from sandbox.providers import documents, tokens
from sandbox.providers.caching import Block, Boundary, Plan, boundaries
from sandbox.providers.openai.requests import (
    CacheOptions,
    CountRequest,
    FunctionCallOutput,
    Given,
    InputFile,
    InputImage,
    InputMessage,
    InputText,
    Item,
    NamedTool,
    OutputMessage,
    OutputText,
    PlainFormat,
    SchemaFormat,
)
from sandbox.providers.prompt import Prompt, Role, Schema, Tool, Turn

LIFETIMES = {"30m": 1_800.0, "12h": 43_200.0}
STEP = 128
STEP_LIFETIME = 600.0
ITEM_OVERHEAD = 3
WRITES = 4
ANY_OBJECT: Schema = {"type": "object", "properties": {"answer": {"type": "string"}}}
ROLES: dict[str, Role] = {"user": "user", "system": "system", "developer": "system"}


def prompt_of(request: CountRequest, items: Sequence[Item]) -> Prompt:
    turns = [Turn("system", request.instructions)] if request.instructions else []
    for item in items:
        turns.extend(_turns(item))
    choice = request.tool_choice
    must = choice.name if isinstance(choice, NamedTool) else "*" if choice == "required" else None
    form = request.text.format if request.text else None
    return Prompt(
        model=request.model,
        turns=tuple(turns),
        tools=tuple(Tool(tool.name, tool.description or "", tool.parameters or {}) for tool in request.tools),
        may_call=choice != "none",
        must_call=must,
        schema=_schema(form),
    )


def _schema(form: PlainFormat | SchemaFormat | None) -> Schema | None:
    if isinstance(form, SchemaFormat):
        return form.schema_
    return ANY_OBJECT if form is not None and form.type == "json_object" else None


def _turns(item: Item) -> Iterator[Turn]:
    if isinstance(item, InputMessage):
        yield from (_turn(ROLES[item.role], part) for part in item.content)
    elif isinstance(item, FunctionCallOutput):
        yield from (_turn("tool", part) for part in item.output)
    elif isinstance(item, OutputMessage):
        yield from (Turn("assistant", part.text) for part in item.content if isinstance(part, OutputText))


def _turn(role: Role, part: Given) -> Turn:
    if isinstance(part, InputText):
        return Turn(role, part.text)
    if isinstance(part, InputImage):
        return Turn(role, "", images=1)
    return Turn("tool", _file_text(part))


def _file_text(part: InputFile) -> str:
    _, _, data = (part.file_data or "").partition(";base64,")
    return documents.pdf_text(data or part.file_data or "")


def chain(
    request: CountRequest, items: Sequence[Item], key: str | None = None, options: CacheOptions | None = None
) -> list[Boundary]:
    """The ends of the prompt's blocks: tools, instructions, output format, then every part of every item.

    Without `options` no block is a breakpoint (the models before gpt-5.6 know none).
    """
    blocks = [Block(*_content(tool.model_dump(exclude_none=True))) for tool in request.tools]
    if request.instructions:
        blocks.append(Block(*_content(request.instructions)))
    form = request.text.format if request.text else None
    if isinstance(form, SchemaFormat):
        blocks.append(Block(*_content(form.model_dump(exclude_none=True))))
    for item in items:
        blocks += _item_blocks(item, options)
    root = f"{request.model}\n{key or ''}".encode()
    return boundaries(root, _limited(_implicitly_marked(blocks, items, options)))


def _content(value: Any) -> tuple[bytes, int]:
    content = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return content, tokens.count(value if isinstance(value, str) else content.decode()) + ITEM_OVERHEAD


def _item_blocks(item: Item, options: CacheOptions | None) -> list[Block]:
    if isinstance(item, InputMessage):
        return [_part_block(item.role, part, options) for part in item.content]
    if isinstance(item, FunctionCallOutput):
        return [_part_block(f"output {item.call_id}", part, options) for part in item.output]
    if isinstance(item, OutputMessage):
        return [
            Block(*_content(["assistant", part.text if isinstance(part, OutputText) else part.refusal]))
            for part in item.content
        ]
    return [Block(*_content(item.model_dump(exclude_none=True, exclude={"id", "status"})))]


def _part_block(role: str, part: Given, options: CacheOptions | None) -> Block:
    bare = part.model_dump(exclude_none=True, exclude={"prompt_cache_breakpoint"})
    content, weight = _content([role, bare])
    mark = part.prompt_cache_breakpoint
    lifetime = LIFETIMES[mark.ttl or options.ttl] if mark and options else None
    return Block(content, _weight(part, weight), lifetime)


def _weight(part: Given, otherwise: int) -> int:
    if isinstance(part, InputText):
        return tokens.count(part.text) + ITEM_OVERHEAD
    if isinstance(part, InputImage):
        return tokens.IMAGE_TOKENS
    return documents.pdf_tokens(part.file_data) if part.file_data else otherwise


def _implicitly_marked(
    blocks: list[Block], items: Sequence[Item], options: CacheOptions | None
) -> list[Block]:
    """The provider's own breakpoint: the end of the newest message or tool output."""
    newest = isinstance(items[-1], InputMessage | FunctionCallOutput)
    if options is None or options.mode == "explicit" or not newest:
        return blocks
    last = blocks[-1]
    return [*blocks[:-1], Block(last.content, last.tokens, last.lifetime or LIFETIMES[options.ttl])]


def _limited(blocks: list[Block]) -> list[Block]:
    """Only the latest four breakpoints are written."""
    marked = [at for at, block in enumerate(blocks) if block.lifetime]
    late = set(marked[-WRITES:])
    return [
        block if at in late or not block.lifetime else Block(block.content, block.tokens)
        for at, block in enumerate(blocks)
    ]


def steps(ends: Sequence[Boundary]) -> list[Boundary]:
    """For the models before gpt-5.6, which cache every prefix by itself, in steps of 128 tokens.

    Prefixes are only known at the ends of blocks here, so a hit is rounded down from there.
    """
    return [Boundary(end.key, end.tokens - end.tokens % STEP, STEP_LIFETIME) for end in ends]


def unrounded(plan: Plan, ends: Sequence[Boundary]) -> Plan:
    """The plan over `steps`, with the prompt's whole size again."""
    return replace(plan, total=ends[-1].tokens)
