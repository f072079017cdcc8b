"""What the SDK's own classes make is taken, and what the sandbox answers the SDK's own classes read."""

from collections.abc import Awaitable
from typing import Any

import pytest
from slack_sdk.models.blocks import (
    ActionsBlock,
    AlertBlock,
    Block,
    ButtonElement,
    CardBlock,
    CarouselBlock,
    ContainerBlock,
    ContextActionsBlock,
    ContextBlock,
    DividerBlock,
    FeedbackButtonObject,
    FeedbackButtonsElement,
    HeaderBlock,
    ImageBlock,
    InputBlock,
    MarkdownBlock,
    MarkdownTextObject,
    Option,
    PlainTextInputElement,
    PlanBlock,
    RichTextBlock,
    RichTextElementParts,
    RichTextSectionElement,
    SectionBlock,
    StaticSelectElement,
    TableBlock,
    TaskCardBlock,
    VideoBlock,
)
from slack_sdk.models.messages.chunk import MarkdownTextChunk, PlanUpdateChunk, TaskUpdateChunk
from slack_sdk.models.metadata import Metadata
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from tests.sandbox.slack import error_of

BUTTON = ButtonElement(text="Press", action_id="press", value="1")
RICH = RichTextBlock(
    elements=[RichTextSectionElement(elements=[RichTextElementParts.Text(text="done")])], block_id="rich"
)
TASK = TaskCardBlock(task_id="1", title="Read", status="complete", details=RICH)
CARD = CardBlock(
    title=MarkdownTextObject(text="Aurora"), body=MarkdownTextObject(text="A film"), actions=[BUTTON]
)
MENU = StaticSelectElement(
    action_id="menu", options=[Option(value="1", text="One"), Option(value="2", text="Two")]
)
FEEDBACK = FeedbackButtonsElement(
    action_id="feedback",
    positive_button=FeedbackButtonObject(text="Good", value="up"),
    negative_button=FeedbackButtonObject(text="Bad", value="down"),
)
CELLS = [{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": "b"}]
EVERYWHERE: list[Block] = [
    SectionBlock(text="Hello", accessory=MENU),
    SectionBlock(fields=["one", "two"]),
    DividerBlock(),
    HeaderBlock(text="Header"),
    ImageBlock(image_url="https://films.example/a.png", alt_text="a"),
    ActionsBlock(elements=[BUTTON, MENU]),
    ContextBlock(elements=[MarkdownTextObject(text="small")]),
    RICH,
]
IN_MESSAGES: list[Block] = [
    MarkdownBlock(text="**bold**"),
    ContextActionsBlock(elements=[FEEDBACK]),
    VideoBlock(
        alt_text="a",
        video_url="https://films.example/v",
        thumbnail_url="https://films.example/t.png",
        title="V",
    ),
    TASK,
    PlanBlock(title="Plan", tasks=[TASK]),
    TableBlock(rows=[CELLS, CELLS]),
    CARD,
    CarouselBlock(elements=[CARD]),
    ContainerBlock(title="Box", child_blocks=[HeaderBlock(text="In a box")]),
]


def name_of(block: Block) -> str:
    return str(block.type)


@pytest.mark.parametrize("block", [*EVERYWHERE, *IN_MESSAGES], ids=name_of)
async def test_a_block_of_the_sdk_is_posted_and_read_back(
    client: AsyncWebClient, general, block: Block
) -> None:
    posted = (await client.chat_postMessage(channel=general, text="x", blocks=[block]))["message"]
    read = Block.parse(posted["blocks"][0])
    assert read is not None
    assert (read.type, read.block_id) == (block.type, posted["blocks"][0]["block_id"])


@pytest.mark.parametrize(
    "block", [*EVERYWHERE, CARD, AlertBlock(text="Careful", level="warning")], ids=name_of
)
async def test_a_view_of_the_sdk_is_opened_and_read_back(sandbox: Sandbox, client, block: Block) -> None:
    view = View(type="modal", title="Title", blocks=[block])
    trigger = sandbox.triggers.new(sandbox.workspace.user("ana").id)
    opened = (await client.views_open(trigger_id=trigger, view=view))["view"]
    assert View(**opened).blocks[0].type == block.type


async def test_an_input_of_the_sdk_is_filled_in(sandbox: Sandbox, client: AsyncWebClient) -> None:
    asked = InputBlock(label="Name", block_id="name", element=PlainTextInputElement(action_id="text"))
    view = View(type="modal", title="Title", submit="Send", callback_id="form", blocks=[asked])
    trigger = sandbox.triggers.new(sandbox.workspace.user("ana").id)
    await client.views_open(trigger_id=trigger, view=view)
    shown = sandbox.people.view("ana")
    assert shown is not None
    assert shown.content["blocks"][0]["element"]["action_id"] == "text"


@pytest.mark.parametrize("block", [MarkdownBlock(text="x"), TASK, PlanBlock(title="x")], ids=name_of)
async def test_what_only_messages_hold_opens_no_view(sandbox: Sandbox, client, block: Block) -> None:
    trigger = sandbox.triggers.new(sandbox.workspace.user("ana").id)
    view = {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": [block.to_dict()]}
    assert await error_of(client.views_open(trigger_id=trigger, view=view)) == "invalid_arguments"


async def test_chunks_of_the_sdk_are_streamed_by_its_helper(sandbox: Sandbox, client, general) -> None:
    ana = sandbox.workspace.user("ana").id
    parent = await sandbox.people.post("ana", general, "?")
    where = {"channel": general, "thread_ts": parent.ts, "recipient_user_id": ana}
    stream = await client.chat_stream(recipient_team_id=sandbox.workspace.team_id, **where)
    await stream.append(markdown_text="Looking. ")
    await stream.append(chunks=[TaskUpdateChunk(id="1", title="Read", status="in_progress")])
    await stream.append(chunks=[PlanUpdateChunk(title="Working"), MarkdownTextChunk(text="Found. ")])
    await stream.stop(markdown_text="Done.", blocks=[ContextActionsBlock(elements=[FEEDBACK])])
    answer = parent.replies[0]
    assert (answer.text, answer.streaming_state) == ("Looking. Found. Done.", "completed")
    assert [chunk["type"] for chunk in answer.chunks] == ["task_update", "plan_update"]


async def test_metadata_of_the_sdk_comes_back(client: AsyncWebClient, general: str) -> None:
    about = Metadata(event_type="asked", event_payload={"id": "1"})
    await client.chat_postMessage(channel=general, text="x", metadata=about)
    found = (await client.conversations_history(channel=general, include_all_metadata=True))["messages"][0]
    assert Metadata(**found["metadata"]).event_payload == {"id": "1"}


async def every_page(pages: Awaitable[Any], key: str) -> list[str]:
    """What the SDK's own iteration over pages finds."""
    return [item["id"] async for answer in await pages for item in answer[key]]


async def test_the_sdk_follows_cursors_by_itself(sandbox: Sandbox, client: AsyncWebClient) -> None:
    users = await every_page(client.users_list(limit=2), "members")
    channels = await every_page(client.conversations_list(limit=1, types="public_channel,im"), "channels")
    assert users == list(sandbox.workspace.users)
    assert len(channels) == len(set(channels)) == 7


async def test_a_film_of_strangers_is_not_embedded(client: AsyncWebClient, general: str) -> None:
    film = VideoBlock(
        alt_text="a", title="V", video_url="https://x.example/v", thumbnail_url="https://x.example/t"
    )
    posting = client.chat_postMessage(channel=general, text="x", blocks=[film])
    assert await error_of(posting) == "invalid_blocks"
