"""The model chains of the settings, over clients of whichever providers have a key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from bot.config import Settings
from services.models.anthropic import AnthropicModel, anthropic_client
from services.models.openai import OpenAIModel, openai_client
from services.models.router import ModelRouter
from services.models.streaming import Timeouts
from services.ports import ChatModel, Clock

Makers = Mapping[str, Callable[[str], ChatModel]]
"""By provider: a model of that name. A provider without a key is missing."""


@asynccontextmanager
async def providers(settings: Settings) -> AsyncIterator[Makers]:
    times = Timeouts(stall=settings.stall_seconds, first_token=settings.first_token_seconds)
    found: dict[str, Callable[[str], ChatModel]] = {}
    async with AsyncExitStack() as stack:
        if settings.anthropic_api_key is not None:
            key = settings.anthropic_api_key.get_secret_value()
            claude = await stack.enter_async_context(
                anthropic_client(key, settings.anthropic_base_url, times)
            )
            found["anthropic"] = lambda name: AnthropicModel(claude, name, times)
        if settings.openai_api_key is not None:
            key = settings.openai_api_key.get_secret_value()
            gpt = await stack.enter_async_context(openai_client(key, settings.openai_base_url, times))
            found["openai"] = lambda name: OpenAIModel(gpt, name, times)
        yield found


def chat_router(settings: Settings, makers: Makers, clock: Clock) -> ModelRouter:
    chains = {"chat": chain(settings.chat_models, makers), "summary": chain(settings.summary_models, makers)}
    return ModelRouter(chains, clock)


def chain(names: Sequence[str], makers: Makers) -> list[ChatModel]:
    """Models whose provider has a key, in the order of the settings."""
    return [makers[provider_of(name)](name) for name in names if provider_of(name) in makers]


def provider_of(model: str) -> str:
    return "anthropic" if model.startswith("claude") else "openai"
