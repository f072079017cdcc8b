"""The Home tab: what somebody used, what they set, what they asked lately."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from handlers.blocks import kit, settings
from handlers.blocks.kit import Block
from handlers.blocks.library import card as library
from handlers.blocks.usage import words
from handlers.blocks.usage.bars import bar_line
from handlers.blocks.usage.chart import chart
from handlers.blocks.usage.report import caching, money
from handlers.sender.sanitise import escape
from services.entities.conversations import Conversation
from services.entities.usage import Counted, Dimension
from services.home import Overview
from services.settings import zone_of
from services.slack import permalink, unescaped

DESK_CHOICE = settings.DESK_CHOICE
NOWHERE = "none"
QUESTION_SHOWN = 90
DIVIDER = {"type": "divider"}


def home(overview: Overview, channel: str, workspace_url: str) -> Block:
    return {
        "type": "home",
        "blocks": [
            kit.header(f"Hello, {overview.person.name.split()[0]}"),
            kit.text(
                "I answer questions in threads, from what stands in them and the files you drop there. "
                "Mention me in a channel that I am in, or write to me in *Messages*."
            ),
            kit.actions(
                kit.button("Ask a question", "home.ask", channel or NOWHERE, "primary"),
                kit.button("What can I do?", "help.open", channel or NOWHERE),
            ),
            DIVIDER,
            *use(overview),
            DIVIDER,
            kit.header("Your settings"),
            *settings.rows(overview),
            DIVIDER,
            kit.header("Lately asked"),
            *_recent(overview, workspace_url),
            *_items(overview),
        ],
    }


def _items(overview: Overview) -> list[Block]:
    if not overview.items:
        return []
    return [DIVIDER, kit.header("In the library"), *map(library.line, overview.items)]


def use(overview: Overview) -> list[Block]:
    """Today, this month, the limits, and the trend."""
    report = overview.report
    details = kit.button("See the details", "usage.open", f"person|{overview.person.user}|30d|")
    return [
        kit.header("Your use"),
        {
            "type": "section",
            "fields": [
                kit.mrkdwn(_sum("Today", overview.today)),
                kit.mrkdwn(_sum("This month", overview.month)),
            ],
        },
        *([kit.text("\n".join(map(bar_line, report.limits)))] if report.limits else []),
        *chart(report, Dimension.MODEL),
        *([kit.context(*caching(report.total))] if caching(report.total) else []),
        *new_day(overview),
        kit.actions(details),
    ]


def _sum(label: str, counted: Counted) -> str:
    return (
        f"*{label}*\n{words.tokens(counted.tokens)} tokens · {money(counted)} · "
        f"{words.plural(counted.answers, 'answer')}"
    )


def new_day(overview: Overview) -> list[Block]:
    """When the desk's day begins by the person's clock, where that is another one."""
    desk, own = ZoneInfo(overview.report.zone), zone_of(overview.person)
    here = overview.report.made_at.astimezone(desk)
    midnight = (here + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    if midnight.utcoffset() == midnight.astimezone(own).utcoffset():
        return []
    there = f"{midnight.astimezone(own):%H:%M} for you ({own.key})"
    return [kit.context(f"Days and their limits begin at midnight in {desk.key}, which is {there}.")]


def settings_button() -> list[Block]:
    button = kit.button("Open settings", "settings.open", "settings")
    return [{**kit.text("Your settings open in a form."), "accessory": button}]


def _recent(overview: Overview, workspace_url: str) -> list[Block]:
    if not overview.recent:
        return [kit.text("Nothing yet. Your questions of the last days will stand here.")]
    return [
        kit.text(recent_line(conversation, question, workspace_url))
        for conversation, question in overview.recent
    ]


def recent_line(conversation: Conversation, question: str, workspace_url: str) -> str:
    asked = " ".join(unescaped(question).split()) or "(a file)"
    shown = asked[:QUESTION_SHOWN] + ("…" if len(asked) > QUESTION_SHOWN else "")
    where = "Messages" if conversation.channel_kind == "im" else f"<#{conversation.channel}>"
    link = permalink(workspace_url, conversation.channel, conversation.thread_ts or "")
    return f"<{link}|{escaped(shown)}>\n{where}"


def escaped(text: str) -> str:
    """As the words of a link, which end at a bar."""
    return escape(text).replace("|", "¦")
