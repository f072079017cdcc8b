"""P12: what the providers are paid for a thread, against the same calls without their prompt caches."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from aiohttp import web
from aiohttp.test_utils import TestServer
from uuid_utils.compat import uuid7

from sandbox.providers import Providers
from sandbox.providers.ledger import Paid
from services.chat.context import SYSTEM, ContextBuilder
from services.chat.thread import Thread
from services.entities.calls import Usage
from services.entities.conversations import Author, Conversation, Message
from services.models.anthropic import AnthropicModel, anthropic_client
from services.models.openai import OpenAIModel, openai_client
from services.models.prices import BundledPrices
from services.ports.models import ChatModel, ImagePart, ModelMessage, ModelRequest, Part, TextDelta
from tests.bench.report import Figure
from tests.fakes.slack import FakeReader

AT_MOST = 0.5
ANA = "U1"
LETTERS = 4  # characters of a token in the sandbox


@dataclass(frozen=True, slots=True)
class Size:
    """Tokens: `stable` of system and pinned text, `asked` and `answered` a turn."""

    turns: int = 10
    stable: int = 6_000
    asked: int = 300
    answered: int = 500


@dataclass(frozen=True, slots=True)
class Spent:
    """What one thread came to at one model; `cost` in US dollars at list prices, from the provider's ledger."""

    model: str
    calls: tuple[Paid, ...]
    cost: Decimal

    def tokens(self, kind: str) -> int:
        return sum(getattr(call, kind) for call in self.calls)


async def bench(size: Size) -> list[Figure]:
    """The program's own context builder and adapters, over the providers' protocols."""
    pairs = [
        (await thread(size, provider, cached=True), await thread(size, provider, cached=False))
        for provider in ("anthropic", "openai")
    ]
    return [figure(size, pairs)]


def figure(size: Size, pairs: Sequence[tuple[Spent, Spent]]) -> Figure:
    ratios = [cached.cost / plain.cost for cached, plain in pairs]
    return Figure(
        "P12",
        f"cost of a thread of {size.turns} turns: {size.stable:,} tokens of system and pinned text, "
        f"{size.asked} in and {size.answered} out a turn, with prompt caching over without",
        f"at most {AT_MOST}",
        ", ".join(f"{cached.model} {ratio:.2f}" for (cached, _), ratio in zip(pairs, ratios, strict=True)),
        max(ratios) <= AT_MOST,
        tuple(note(cached, plain) for cached, plain in pairs),
    )


def note(cached: Spent, plain: Spent) -> str:
    return (
        f"{cached.model}: ${cached.cost:.4f} against ${plain.cost:.4f}; of {cached.tokens('input_tokens'):,} "
        f"tokens in {cached.tokens('cached_tokens'):,} were read from the cache and "
        f"{cached.tokens('cache_write_tokens'):,} written to it; {cached.tokens('output_tokens'):,} out"
    )


async def thread(size: Size, provider: str, *, cached: bool) -> Spent:
    async with desk(provider) as (house, model):
        said: list[Message] = []
        conversation = pinned(size)
        for turn in range(size.turns):
            said.append(question(conversation, turn, size))
            request = await asked(conversation, said)
            answer = await answered(model, request if cached else unmarked(request))
            said.append(reply(conversation, answer, turn))
        calls = tuple(house.ledger)
    return Spent(model.name, calls, sum(map(price, calls), Decimal(0)))


@asynccontextmanager
async def desk(provider: str) -> AsyncIterator[tuple[Providers, ChatModel]]:
    house, app = Providers(seed=1), web.Application()
    app.add_routes(house.routes())
    async with TestServer(app) as server:
        address = str(server.make_url("")).rstrip("/")
        if provider == "anthropic":
            async with anthropic_client("sk-ant-sandbox", f"{address}/anthropic") as client:
                yield house, AnthropicModel(client, "claude-sonnet-5-5")
        else:
            async with openai_client("sk-sandbox", f"{address}/openai/v1") as client:
                yield house, OpenAIModel(client, "gpt-6.1-sol")


def pinned(size: Size) -> Conversation:
    fact = "The launch film is ninety seconds, shot in Lisbon, for the spring line. "
    room = size.stable * LETTERS - len(SYSTEM)
    return Conversation(uuid7(), "T1", "C1", "channel", "1.000001", pinned=(fact * room)[:room])


def question(conversation: Conversation, turn: int, size: Size) -> Message:
    text = f"Write {size.answered} tokens about cut {turn} of the launch film."
    padded = f"{text} ".ljust(size.asked * LETTERS - len("Ana: "), ".")
    return Message(
        uuid7(), conversation.id, Author.PERSON, ANA, padded, moment(2 * turn), ts=f"{turn}.000001"
    )


def reply(conversation: Conversation, text: str, turn: int) -> Message:
    return Message(uuid7(), conversation.id, Author.US, "", text, moment(2 * turn + 1))


def moment(minute: int) -> datetime:
    return datetime(2026, 11, 22, 12, tzinfo=UTC) + timedelta(minutes=minute)


async def asked(conversation: Conversation, said: Sequence[Message]) -> ModelRequest:
    builder = ContextBuilder(FakeReader(), limit=50_000, answer_tokens=4_096)
    seen = Thread(conversation, tuple(said), frozenset({said[-1].id}))
    return (await builder.build(seen, {ANA: "Ana"})).request


async def answered(model: ChatModel, request: ModelRequest) -> str:
    return "".join([event.text async for event in model.stream(request) if isinstance(event, TextDelta)])


def unmarked(request: ModelRequest) -> ModelRequest:
    """The same call for whoever does not know of prompt caching."""
    system = tuple(replace(part, cache=False) for part in request.system)
    messages = tuple(
        ModelMessage(message.role, tuple(map(bare, message.parts))) for message in request.messages
    )
    return replace(request, system=system, messages=messages, cache_key="")


def bare(part: Part) -> Part:
    return part if isinstance(part, ImagePart) else replace(part, cache=False)


def price(call: Paid) -> Decimal:
    usage = Usage(call.input_tokens, call.cached_tokens, call.cache_write_tokens, call.output_tokens)
    cost = BundledPrices().cost(call.provider, call.model, usage)
    if cost is None:
        raise LookupError(call.model)
    return cost
