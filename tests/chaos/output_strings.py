"""Model output: 10,000 strings a model might be made to write, through the real sender to the sandbox.

Bar: 0 live broadcasts or mentions, 0 links that show another host than they go to. Every other string is
streamed in small pieces, the others are posted, as where there is no streaming; every fiftieth is long enough
for several messages.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import SystemClock
from handlers.boundary import explain
from handlers.directory import SlackDirectory
from handlers.sender.gate import SlackCalls
from handlers.sender.presenter import SlackPresenter
from sandbox.server import Sandbox
from sandbox.state import Channel, Message
from services.entities.conversations import Author, Conversation
from services.entities.conversations import Message as Said
from services.entities.turns import Claim, Source, Turn, TurnState
from services.ports.presenter import AnswerNotes
from tests.chaos.generated import Generator
from tests.chaos.ground import Ground
from tests.chaos.reading import calls, lies
from tests.chaos.report import Line
from tests.chaos.shown import markdown_of, mrkdwn_of
from tests.fakes.sources import Everything
from tests.fakes.uow import fake_unit_of_work, new_memory

BAR = (
    "10,000 generated strings: 0 live broadcasts or mentions, 0 links that show another host than they go to"
)
STRINGS = 10_000
BATCH = 100
AT_ONCE = 10
SEED = 20261122


class OpenGate:
    """Lets every call through; `streaming` False says that no stream may start just now."""

    def __init__(self, *, streaming: bool) -> None:
        self._streaming = streaming

    async def take(self, team: str, method: str, *, channel: str | None = None) -> float:
        return 0.0

    async def try_take(self, team: str, method: str, *, channel: str | None = None) -> bool:
        return self._streaming or method != "chat.startStream"

    async def fullness(self, team: str, method: str) -> float:
        return 1.0

    async def punish(self, team: str, method: str, seconds: float) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Sent:
    written: str
    messages: tuple[Message, ...]


async def run(ground: Ground, scale: float) -> Line:
    count = max(100, round(STRINGS * scale))
    generator, found, examples = Generator(SEED), Counter[str](), list[str]()
    async with Sandbox.running() as sandbox:
        for number, batch in enumerate(batches(list(generator.strings(count)))):
            async with presenter(sandbox, streaming=number % 2 == 0) as show:
                for sent in await send(sandbox, show, batch, generator):
                    judge(sent, found, examples)
            sandbox.reset()
    kinds = "live broadcasts or mentions", "links that lie", "live markup outside", "shown nothing"
    figure = f"{count} strings (seed {SEED}): " + ", ".join(f"{kind} {found[kind]}" for kind in kinds)
    figure += f"; messages {found['messages']}"
    return Line(
        "MODEL-OUTPUT", BAR, "\n".join([figure, *examples[:12]]), not any(found[kind] for kind in kinds)
    )


def batches(strings: list[str]) -> list[Sequence[str]]:
    return [strings[at : at + BATCH] for at in range(0, len(strings), BATCH)]


@asynccontextmanager
async def presenter(sandbox: Sandbox, *, streaming: bool) -> AsyncIterator[SlackPresenter]:
    clock = SystemClock()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        client = AsyncWebClient(
            token=sandbox.credentials.bot_token,
            base_url=f"{sandbox.url}/api/",
            session=session,
            retry_handlers=[],
        )
        slack = SlackCalls(client, OpenGate(streaming=streaming), clock)
        directory = SlackDirectory(slack, lambda: sandbox.workspace.bot.id)
        yield SlackPresenter(slack, directory, fake_unit_of_work(new_memory()), clock, explain)


async def send(
    sandbox: Sandbox, show: SlackPresenter, strings: Sequence[str], generator: Generator
) -> list[Sent]:
    room = asyncio.Semaphore(AT_ONCE)
    channel = sandbox.workspace.channel("#general")
    if sandbox.workspace.bot.id not in channel.members:
        sandbox.workspace.join(channel, sandbox.workspace.bot)

    async def one(text: str) -> Sent:
        async with room:
            root = await sandbox.people.post("ana", channel, "A question")
            stream = await show.answer(a_claim(sandbox, channel, root.ts), Everything())
            for piece in generator.pieces(text):
                await stream.write(piece)
            await stream.finish(AnswerNotes(model="a-model", models=("another-model",)))
            ours = [
                m for m in sandbox.workspace.thread(channel, root.ts) if m.sender is sandbox.workspace.bot
            ]
            return Sent(text, tuple(ours))

    return await asyncio.gather(*(one(text) for text in strings))


def a_claim(sandbox: Sandbox, channel: Channel, ts: str) -> Claim:
    team, user, clock = sandbox.workspace.team_id, sandbox.workspace.user("ana").id, SystemClock()
    conversation = Conversation(uuid4(), team, channel.id, "channel", ts)
    turn = Turn(
        uuid4(), conversation.id, team, channel.id, ts, user, Source.MENTION, TurnState.RUNNING, clock.now()
    )
    asked = Said(uuid4(), conversation.id, Author.PERSON, user, "A question", clock.now(), ts, turn.id)
    return Claim(turn, conversation, (asked,))


def judge(sent: Sent, found: Counter[str], examples: list[str]) -> None:
    found["messages"] += len(sent.messages)
    found["shown nothing"] += not sent.messages
    for message in sent.messages:
        for text in markdown_of(message):
            note("live broadcasts or mentions", calls(text), sent, found, examples)
            note("links that lie", lies(text), sent, found, examples)
        for text in mrkdwn_of(message):
            note("live markup outside", raw_markup(text), sent, found, examples)


def note(kind: str, wrong: Sequence[object], sent: Sent, found: Counter[str], examples: list[str]) -> None:
    if wrong:
        found[kind] += 1
        examples.append(f"{kind}: {wrong[0]!r:.200} from {sent.written!r:.300}")


def raw_markup(text: str) -> list[str]:
    """Slack's own markup must come from us, not from the model: it escapes these."""
    return list(itertools.islice(calls(text), 1)) + [part for part in ("<http", "<!") if part in text]
