"""Messages of a thread as a model is sent them. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.entities.conversations import Author, FileRef, Message
from services.ports.models import ModelMessage, Part, TextPart
from services.ports.slack import FileText

BEGINS_WITH_US = "(the thread begins with your message)"


def spoken(message: Message, names: Mapping[str, str]) -> str:
    who = "You" if message.author is Author.US else names.get(message.user, "Someone")
    return f"{who}: {message.text}"


def as_model(message: Message, names: Mapping[str, str], texts: Mapping[str, FileText]) -> ModelMessage:
    if message.author is Author.US:
        return ModelMessage("assistant", (TextPart(message.text or "(no text)"),))
    return ModelMessage("user", (*files_of(message, texts), TextPart(spoken(message, names))))


def as_told(
    messages: Sequence[Message], names: Mapping[str, str], texts: Mapping[str, FileText]
) -> tuple[Part, ...]:
    """A conversation as material: ours and theirs in one text, with the files where they came."""
    return tuple(
        part
        for message in messages
        for part in (*files_of(message, texts), TextPart(f"{spoken(message, names)}\n\n"))
    )


def files_of(message: Message, texts: Mapping[str, FileText]) -> list[Part]:
    return [part for file in message.files for part in file_parts(file, texts.get(file.id))]


def file_parts(file: FileRef, read: FileText | None) -> list[Part]:
    if read is None:
        return [TextPart(f"[file {file.name!r}: could not be read]")]
    if read.image is not None:
        return [TextPart(f"[image {file.name!r}]"), read.image]
    return [TextPart(f"<file name={file.name!r}>\n{read.text}\n</file>")]


def with_breakpoints(messages: Sequence[ModelMessage]) -> list[ModelMessage]:
    """Mark two stable prefixes: up to the question, and up to the question that we answered last.

    The second is where the request before this one ended, so its cached prefix is found however much was
    said since.
    """
    ours = [index for index, message in enumerate(messages) if message.role == "assistant"]
    before = messages[: ours[-1]] if ours else ()
    ends = {last_of_user(messages), last_of_user(before)}
    return [marked(message) if index in ends else message for index, message in enumerate(messages)]


def last_of_user(messages: Sequence[ModelMessage]) -> int | None:
    return next((index for index in reversed(range(len(messages))) if messages[index].role == "user"), None)


def marked(message: ModelMessage) -> ModelMessage:
    *head, last = message.parts
    if not isinstance(last, TextPart):
        return message
    return ModelMessage(message.role, (*head, TextPart(last.text, cache=True)))


def merged(messages: Sequence[ModelMessage]) -> list[ModelMessage]:
    """Neighbours of the same role become one message, and the first is a user's: both providers' rule."""
    joined: list[ModelMessage] = []
    for message in messages:
        if joined and joined[-1].role == message.role:
            joined[-1] = ModelMessage(message.role, joined[-1].parts + message.parts)
        elif not joined and message.role == "assistant":
            joined += [ModelMessage("user", (TextPart(BEGINS_WITH_US),)), message]
        else:
            joined.append(message)
    return joined
