"""The model chains of the settings, over clients of whichever providers have a key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bot.config import Settings
from services.models.anthropic import AnthropicModel, anthropic_client
from services.models.openai import OpenAIModel, openai_client
from services.models.router import ModelRouter
from services.models.streaming import Timeouts
from services.models.transcription import OpenAITranscriber
from services.ports.clock import Clock
from services.ports.media import Transcriber
from services.ports.models import ChatModel


@dataclass(frozen=True, slots=True)
class Makers:
    """By provider: a model of that name. A provider without a key, or that cannot do it, is missing."""

    chat: Mapping[str, Callable[[str], ChatModel]]
    sound: Mapping[str, Callable[[str], Transcriber]]


@asynccontextmanager
async def providers(settings: Settings) -> AsyncIterator[Makers]:
    times = Timeouts(stall=settings.stall_seconds, first_token=settings.first_token_seconds)
    chat: dict[str, Callable[[str], ChatModel]] = {}
    sound: dict[str, Callable[[str], Transcriber]] = {}
    async with AsyncExitStack() as stack:
        if settings.anthropic_api_key is not None:
            key = settings.anthropic_api_key.get_secret_value()
            claude = await stack.enter_async_context(
                anthropic_client(key, settings.anthropic_base_url, times)
            )
            chat["anthropic"] = lambda name: AnthropicModel(claude, name, times)
        if settings.openai_api_key is not None:
            key = settings.openai_api_key.get_secret_value()
            gpt = await stack.enter_async_context(openai_client(key, settings.openai_base_url, times))
            chat["openai"] = lambda name: OpenAIModel(gpt, name, times)
            sound["openai"] = lambda name: OpenAITranscriber(gpt, name)
        yield Makers(chat, sound)


def chat_router(settings: Settings, makers: Makers, clock: Clock) -> ModelRouter:
    cheap = chain(settings.summary_models, makers)
    chains = {"chat": chain(settings.chat_models, makers), "summary": cheap, "library": cheap}
    return ModelRouter(chains, clock)


def chain(names: Sequence[str], makers: Makers) -> list[ChatModel]:
    """Models whose provider has a key, in the order of the settings."""
    return [makers.chat[provider_of(name)](name) for name in names if provider_of(name) in makers.chat]


def transcribers(settings: Settings, makers: Makers) -> list[Transcriber]:
    """In the order of the settings; none without a key of a provider that listens."""
    names = settings.transcription_models
    return [makers.sound[provider_of(name)](name) for name in names if provider_of(name) in makers.sound]


def provider_of(model: str) -> str:
    return "anthropic" if model.startswith("claude") else "openai"
