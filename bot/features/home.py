"""The app's own tabs, the person's settings, and help."""

from __future__ import annotations

import yaml

from bot.config import Settings
from bot.features import Feature
from bot.features.library import library_service
from bot.features.shared import Shared
from bot.manifest import MANIFEST
from bot.outside import Outside
from bot.slack import Identity
from handlers.help import HelpHandlers
from handlers.home import HomeHandlers
from services.home import HomeService


def home_of(settings: Settings, outside: Outside, shared: Shared, identity: Identity) -> Feature:
    library = library_service(settings, outside, shared)
    models = outside.router.names("chat")
    service = HomeService(outside.uow, shared.people, shared.usage, models, library)
    homes = HomeHandlers(service, outside.replies, outside.charts, suggested_prompts(), identity.url)
    return Feature((HelpHandlers(outside.replies, shared.grammar), homes))


def suggested_prompts() -> list[dict[str, str]]:
    manifest = yaml.safe_load(MANIFEST.read_text())
    prompts: list[dict[str, str]] = manifest["features"]["agent_view"]["suggested_prompts"]
    return prompts
