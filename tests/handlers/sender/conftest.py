"""The sender against the sandbox, over the wire: only the clock and the rate gate are ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient
from uuid_utils.compat import uuid7

from handlers.boundary import explain
from handlers.directory import SlackDirectory
from handlers.sender.gate import SlackCalls
from handlers.sender.presenter import SlackPresenter
from sandbox.server import Sandbox
from sandbox.settings import SandboxSettings
from sandbox.state import Message as Seen
from services.entities.conversations import Author, Conversation, Message
from services.entities.posts import Post
from services.entities.turns import Claim, Source, Turn, TurnState
from services.ports.presenter import AnswerNotes
from services.ports.work import UnitOfWork
from tests.fakes.memory import Memory, TurnRow
from tests.fakes.uow import FakeUnitOfWork, new_memory

WRITING = (
    *("chat.startStream", "chat.appendStream", "chat.stopStream", "chat.postMessage", "chat.postEphemeral"),
    *("chat.update", "agents.sessions.setStatus", "assistant.threads.setStatus"),
)
NOTES = AnswerNotes(model="claude-sonnet-5-5", models=("gpt-6",))


class SteeredClock:
    """Short waits pass at once; `held` makes every wait last until the test lets time go on."""

    def __init__(self, *, held: bool = False) -> None:
        self.held = held
        self._elapsed = 0.0
        self._waiting: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return datetime.now(UTC)  # as the sandbox, which stamps the messages

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        if not self.held:
            self._elapsed += seconds
            await asyncio.sleep(0)
            return
        due = asyncio.get_running_loop().create_future()
        self._waiting.append((self._elapsed + seconds, due))
        await due

    def tick(self, seconds: float) -> None:
        self._elapsed += seconds
        for at, due in self._waiting:
            if at <= self._elapsed + 1e-9 and not due.done():
                due.set_result(None)


@dataclass
class OpenGate:
    """A rate gate with room for everything, unless told otherwise."""

    starts: float = 1_000
    full: float = 1.0
    wait: float = 0.0
    punished: list[tuple[str, float]] = field(default_factory=list)

    async def take(self, team: str, method: str, *, channel: str | None = None) -> float:
        return self.wait

    async def try_take(self, team: str, method: str, *, channel: str | None = None) -> bool:
        self.starts -= 1
        return self.starts >= 0

    async def fullness(self, team: str, method: str) -> float:
        return self.full

    async def punish(self, team: str, method: str, seconds: float) -> None:
        self.punished.append((method, seconds))


@dataclass
class Stage:
    """One question of Ana's in #general, and everything needed to answer it."""

    sandbox: Sandbox
    calls: SlackCalls
    clock: SteeredClock
    gate: OpenGate
    memory: Memory
    claim: Claim
    units: int = 0
    """Units of work begun."""

    def uow(self, *, atomic: bool = True) -> UnitOfWork:
        self.units += 1
        return FakeUnitOfWork(self.memory, atomic=atomic)

    def directory(self) -> SlackDirectory:
        return SlackDirectory(self.calls, lambda: self.sandbox.workspace.bot.id)

    def presenter(self, *, stream_age: float = 240.0) -> SlackPresenter:
        """As a process that has just started: it remembers nothing."""
        return SlackPresenter(
            self.calls, self.directory(), self.uow, self.clock, explain, stream_age=stream_age
        )

    @property
    def resumed(self) -> Claim:
        """The turn claimed once more after its worker died."""
        return replace(self.again, resumed=True)

    @property
    def again(self) -> Claim:
        """The turn claimed once more because the person had it asked again."""
        turn = self.claim.turn
        return replace(self.claim, turn=replace(turn, attempts=turn.attempts + 1))

    @property
    def posts(self) -> list[Post]:
        return sorted(self.memory.posts.values(), key=lambda post: post.part)

    def replies(self) -> list[Seen]:
        """What stands below the question, oldest first."""
        place = self.claim.conversation.place
        return self.sandbox.workspace.thread(
            self.sandbox.workspace.channel(place.channel), str(place.thread_ts)
        )[1:]

    def texts(self) -> list[str]:
        return [body_of(seen) for seen in self.replies()]

    def made(self, *methods: str) -> list[str]:
        """The calls that reached Slack, in order; of `methods`, or of all that change something."""
        calls = [call for name in methods or WRITING for call in self.sandbox.calls(name)]
        return [call.method for call in sorted(calls, key=lambda call: call.at)]


def body_of(seen: Seen) -> str:
    """The Markdown of an answer: streamed, or in the markdown block of a posted one."""
    posted = [block["text"] for block in seen.blocks or () if block["type"] == "markdown"]
    return "".join(posted) or seen.text


def blocks_of(seen: Seen, kind: str) -> list[dict[str, Any]]:
    return [block for block in seen.blocks or () if block["type"] == kind]


async def settle(turns: int = 60) -> None:
    """Let everything that is ready run, calls to the sandbox included."""
    for _ in range(turns):
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)


@pytest.fixture
def settings() -> SandboxSettings:
    return SandboxSettings()


@pytest.fixture
async def sandbox(settings: SandboxSettings) -> AsyncIterator[Sandbox]:
    async with Sandbox.running(settings) as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def clock() -> SteeredClock:
    return SteeredClock()


@pytest.fixture
def gate() -> OpenGate:
    return OpenGate()


@pytest.fixture
def calls(
    sandbox: Sandbox, session: aiohttp.ClientSession, gate: OpenGate, clock: SteeredClock
) -> SlackCalls:
    client = AsyncWebClient(
        token=sandbox.credentials.bot_token,
        base_url=f"{sandbox.url}/api/",
        session=session,
        retry_handlers=[],
    )
    return SlackCalls(client, gate, clock)


@pytest.fixture
async def stage(sandbox: Sandbox, calls: SlackCalls, clock: SteeredClock, gate: OpenGate) -> Stage:
    asked = await sandbox.people.mention("ana", "#general", "How long should the film be?")
    return stage_for(sandbox, calls, clock, gate, asked)


def stage_for(
    sandbox: Sandbox, calls: SlackCalls, clock: SteeredClock, gate: OpenGate, asked: Seen, **turn: Any
) -> Stage:
    memory, at = new_memory(), datetime.now(UTC)
    conversation = Conversation(uuid7(), sandbox.workspace.team_id, asked.channel.id, "channel", asked.ts)
    question = Message(uuid7(), conversation.id, Author.PERSON, asked.sender.id, asked.text, at, ts=asked.ts)
    made = Turn(
        id=uuid7(),
        conversation_id=conversation.id,
        team=conversation.team,
        channel=conversation.channel,
        key=asked.ts,
        user=asked.sender.id,
        source=Source.MENTION,
        state=TurnState.RUNNING,
        created_at=at,
        attempts=1,
    )
    made = replace(made, **turn)
    memory.turns[made.id] = TurnRow(made)
    memory.conversations[conversation.id] = conversation
    return Stage(sandbox, calls, clock, gate, memory, Claim(made, conversation, (question,)))


def turn_id(stage: Stage) -> UUID:
    return stage.claim.turn.id
