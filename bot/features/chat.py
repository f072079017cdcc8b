"""Questions and their answers."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import timedelta

from bot.at_once import AtOnce
from bot.config import Settings
from bot.features import Feature
from bot.features.library import rights_of
from bot.features.shared import Shared
from bot.outside import Outside
from bot.slack import Identity
from bot.upkeep import Upkeep
from handlers.chat import ChatHandlers
from services.chat import ChatChoices, ChatIntake, ChatService, ChatSettings, KeptAnswers, Preparation
from services.chat.context import ContextBuilder
from services.library import LibraryAnswers, LibraryFiles, LibraryTool
from services.library.query import QueryParser


@dataclass(frozen=True, slots=True)
class Chat:
    service: ChatService
    handlers: ChatHandlers
    upkeep: Upkeep

    @property
    def feature(self) -> Feature:
        return Feature((self.handlers, self.upkeep), tuple(self.upkeep.entries()))


def chat_of(settings: Settings, o: Outside, shared: Shared, at_once: AtOnce, identity: Identity) -> Chat:
    chosen = chat_settings(settings)
    kept = KeptAnswers(o.uow, o.clock, shared.calendar, timedelta(hours=settings.answer_cache_hours))
    prepared = preparation(settings, o, shared, chosen, identity)
    service = ChatService(
        o.uow, o.presenter, prepared, o.router, o.cancellation, o.clock, o.checkpoint,
        kept, chosen,
    )  # fmt: skip
    intake = ChatIntake(o.uow, o.presenter, o.cancellation, o.clock, o.checkpoint, at_once)
    choices = ChatChoices(o.uow, intake, shared.people, shared.policy, o.clock)
    handlers = ChatHandlers(
        intake, service, choices, o.replies, shared.boundary, shared.grammar, identity.bot_user
    )
    return Chat(service, handlers, Upkeep(service, shared.limits, kept, settings.heartbeat_seconds))


def chat_settings(settings: Settings) -> ChatSettings:
    return ChatSettings(
        worker=f"{socket.gethostname()}:{os.getpid()}",
        answer_tokens=settings.answer_tokens,
        lease=timedelta(seconds=settings.lease_seconds),
    )


def preparation(
    settings: Settings, o: Outside, shared: Shared, chosen: ChatSettings, identity: Identity
) -> Preparation:
    files = LibraryFiles(o.files, o.slack_files, o.uow, identity.team)
    context = ContextBuilder(files, limit=settings.context_tokens, answer_tokens=settings.answer_tokens)
    rights = rights_of(o, shared)
    return Preparation(
        o.uow, o.directory, shared.people, o.router, context, shared.limits, shared.policy, shared.pauses,
        shared.prices, o.clock, shared.calendar, o.checkpoint, chosen,
        LibraryTool(
            LibraryAnswers(o.uow, rights, o.clock, identity.url), QueryParser(shared.calendar, o.clock.now)
        ),
    )  # fmt: skip
