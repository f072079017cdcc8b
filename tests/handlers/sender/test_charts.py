"""A native chart where Slack draws it, a picture where it does not."""

from __future__ import annotations

import pytest

from handlers.blocks.kit import Block, text
from handlers.sender.capabilities import Capabilities
from handlers.sender.charts import CHART, Charts
from handlers.sender.gate import SlackRefused
from handlers.sender.uploads import Upload
from sandbox.blocks import blocks_problems
from services.errors import SlackUnavailable
from tests.fakes.clock import FakeClock

TEAM = "T1"
BLOCKS: list[Block] = [text("above"), {"type": CHART}, text("below"), {"type": CHART}]
PICTURE = Upload("usage.png", "Tokens", b"png", "Tokens by day")


class Uploads:
    def __init__(self, error: Exception | None = None) -> None:
        self.kept: list[Upload] = []
        self._error = error

    async def keep(self, team: str, upload: Upload) -> str:
        if self._error:
            raise self._error
        self.kept.append(upload)
        return "F1"


class Slack:
    """Refuses what has a block of a kind in `refused`; `busy` times any picture as not yet taken in."""

    def __init__(self, *refused: str, busy: int = 0) -> None:
        self.refused = set(refused)
        self.busy = busy
        self.tried: list[list[str]] = []
        self.shown: list[Block] = []

    async def post(self, blocks: list[Block]) -> str:
        self.tried.append([block["type"] for block in blocks])
        if self.refused & set(self.tried[-1]) or ("image" in self.tried[-1] and self._is_busy()):
            raise SlackRefused("chat.postMessage", "invalid_blocks")
        self.shown = blocks
        return "1.0"

    def _is_busy(self) -> bool:
        self.busy -= 1
        return self.busy >= 0


class Stand:
    def __init__(self, slack: Slack, error: Exception | None = None) -> None:
        self.slack, self.uploads, self.clock = slack, Uploads(error), FakeClock()
        self.charts = Charts(Capabilities(self.clock), self.uploads, self.clock)  # type: ignore[arg-type]

    async def show(self, blocks: list[Block] = BLOCKS, team: str = TEAM) -> str:
        async def draw() -> Upload:
            return PICTURE

        return await self.charts.show(team, blocks, draw, self.slack.post)


async def test_a_chart_that_slack_takes_is_shown_as_it_is() -> None:
    stand = Stand(Slack())
    assert await stand.show() == "1.0"
    assert (stand.slack.shown, stand.uploads.kept) == (BLOCKS, [])


async def test_where_it_is_refused_a_picture_stands_in_its_place() -> None:
    stand = Stand(Slack(CHART))
    await stand.show()
    assert [block["type"] for block in stand.slack.shown] == ["section", "image", "section"]
    image = stand.slack.shown[1]
    assert (image["slack_file"], image["alt_text"], image["title"]["text"]) == (
        {"id": "F1"},
        "Tokens by day",
        "Tokens",
    )


async def test_what_a_workspace_refused_is_not_tried_on_it_again_for_an_hour() -> None:
    stand = Stand(Slack(CHART))
    await stand.show()
    await stand.show()
    assert sum(CHART in tried for tried in stand.slack.tried) == 1
    await stand.show(team="T2")
    assert sum(CHART in tried for tried in stand.slack.tried) == 2
    stand.clock.tick(3601)
    stand.slack.refused.clear()
    await stand.show()
    assert stand.slack.shown == BLOCKS


async def test_a_message_that_is_wrong_in_another_way_teaches_nothing_about_charts() -> None:
    stand = Stand(Slack("section"))
    with pytest.raises(SlackRefused):
        await stand.show()
    stand.slack.refused.clear()
    await stand.show()
    assert stand.slack.shown == BLOCKS


async def test_a_picture_that_slack_still_takes_in_is_shown_a_little_later() -> None:
    stand = Stand(Slack(CHART, busy=3))
    await stand.show()
    assert stand.slack.shown[1]["type"] == "image"
    assert len(stand.uploads.kept) == 1


async def test_without_a_picture_the_numbers_are_still_shown() -> None:
    stand = Stand(Slack(CHART), SlackUnavailable("files.getUploadURLExternal", "fatal_error"))
    await stand.show()
    assert [block["type"] for block in stand.slack.shown] == ["section", "section"]


async def test_where_tables_are_refused_too_the_numbers_are_text_from_then_on_at_once() -> None:
    channel = {"type": "channel", "channel_id": "C7"}
    link = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [channel]}]}
    head = [{"type": "raw_text", "text": "Name"}, {"type": "raw_text", "text": "Tokens"}]
    row = [link, {"type": "raw_number", "value": 1200, "text": "1,200"}]
    table = {"type": "data_table", "caption": "Top", "rows": [head, row]}
    stand = Stand(Slack(CHART, "data_table"))
    for _ in range(2):
        await stand.show([{"type": CHART}, table])
        [shown] = stand.slack.shown
        assert shown["elements"][0]["elements"][0]["text"] == "Top\nName  Tokens\nC7    1,200"
    assert stand.slack.tried[-2:] == [["rich_text"], ["rich_text"]]
    assert blocks_problems(stand.slack.shown, "message") == []


async def test_other_refusals_are_told() -> None:
    class Closed(Slack):
        async def post(self, blocks: list[Block]) -> str:
            raise SlackRefused("chat.postMessage", "channel_not_found")

    with pytest.raises(SlackRefused, match="channel_not_found"):
        await Stand(Closed()).show()


async def test_a_message_without_a_chart_is_just_posted() -> None:
    stand = Stand(Slack(CHART))
    await stand.show([text("only words")])
    assert stand.slack.shown == [text("only words")]
