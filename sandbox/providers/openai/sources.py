"""What the sandbox cannot look up or do, refused so that nobody takes it for done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sandbox.providers.openai.requests import (
    CountRequest,
    FunctionCallOutput,
    Given,
    InputFile,
    InputImage,
    InputMessage,
    InputText,
    Item,
    PlainFormat,
)
from sandbox.providers.openai.rules import invalid


def check(request: CountRequest, items: Sequence[Item]) -> None:
    parts = list(_parts(items))
    for part in parts:
        _check(part)
    if request.text and isinstance(request.text.format, PlainFormat) and request.text.format.type != "text":
        texts = [part.text for part in parts if isinstance(part, InputText)]
        if not any("json" in text.lower() for text in texts):
            message = (
                "Response input messages must contain the word 'json' in some form to use 'json_object'."
            )
            invalid(message, "input")


def _parts(items: Sequence[Item]) -> Iterator[Given]:
    for item in items:
        if isinstance(item, InputMessage):
            yield from item.content
        elif isinstance(item, FunctionCallOutput):
            yield from item.output


def _check(part: Given) -> None:
    """No files but those of batches are kept here, and nothing is fetched from the web."""
    if isinstance(part, InputFile | InputImage) and part.file_id is not None:
        invalid(f"No such File object: {part.file_id}", "input")
    if isinstance(part, InputFile) and part.file_url is not None:
        invalid(f"Error while downloading {part.file_url}: the sandbox fetches nothing.", "input")
    if isinstance(part, InputFile) and part.file_data is None:
        invalid("Missing required parameter: 'file_data'.", "input", "missing_required_parameter")
    if isinstance(part, InputImage) and part.image_url is None:
        invalid("Missing required parameter: 'image_url'.", "input", "missing_required_parameter")
