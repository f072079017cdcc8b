"""The one composition root: settings and infrastructure in, the whole desk out."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import yaml
from slack_bolt.async_app import AsyncApp

from bot.clock import SystemClock
from bot.config import Settings
from bot.faults import checkpoint_for
from bot.inbox import Inbox
from bot.infrastructure import Infrastructure
from bot.listeners import Listeners
from bot.manifest import MANIFEST
from bot.metrics import Metrics
from bot.models import chat_router
from bot.slack import bolt_app, web_client
from bot.upkeep import Upkeep
from handlers.access import AccessHandlers
from handlers.boundary import Boundary, explain
from handlers.chat import ChatHandlers
from handlers.directory import SlackDirectory
from handlers.files import SlackFiles
from handlers.grammar import Grammar
from handlers.help import HelpHandlers
from handlers.home import HomeHandlers
from handlers.routes import Command, Event, Handlers, Route, Task
from handlers.sender.gate import SlackCalls
from handlers.sender.presenter import SlackPresenter
from handlers.sender.replies import SlackReplies
from jobs.queue import Enqueuer
from services.chat import ChatChoices, ChatIntake, ChatService, ChatSettings, Preparation
from services.chat.context import ContextBuilder
from services.files import ThreadFiles
from services.home import HomeService
from services.limits import LimitsService
from services.models.prices import BundledPrices
from services.models.router import ModelRouter
from services.people import PeopleService
from services.policy import Policy
from services.ports import Clock, UnitOfWorkFactory
from storage.cancellation import PostgresCancellation
from storage.rates import SlackRateGate
from storage.uow import unit_of_work

MARGIN = 3
"""Heartbeats a lease outlives its worker by: one may be late, a second one lost."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that runs, wired; nothing of it has started."""

    app: AsyncApp
    chat: ChatService
    upkeep: Upkeep
    access: AccessHandlers
    tasks: Mapping[str, Task]
    cancellation: PostgresCancellation
    enqueuer: Enqueuer
    uow: UnitOfWorkFactory
    metrics: Metrics
    routes: tuple[Route, ...]


def build(settings: Settings, base: Infrastructure, **overrides: Any) -> Desk:
    """The desk over `base`. `overrides` replace parts by name: clock, router, metrics, checkpoint."""
    clock: Clock = overrides.get("clock") or SystemClock()
    metrics: Metrics = overrides.get("metrics") or Metrics()
    checkpoint = overrides.get("checkpoint") or checkpoint_for(settings.crash_at)
    router: ModelRouter = overrides.get("router") or chat_router(settings, base.makers, clock)
    identity = base.identity

    enqueuer = Enqueuer()
    uow = unit_of_work(base.database.engine, enqueuer)
    cancellation = PostgresCancellation(base.database.engine, base.database.dsn)
    calls = SlackCalls(base.client, SlackRateGate(base.database.engine, enabled=settings.rate_gates), clock)
    directory = SlackDirectory(calls, lambda: identity.bot_user)
    presenter = SlackPresenter(calls, directory, uow, clock, explain)
    replies = SlackReplies(calls)

    people = PeopleService(uow, directory, clock)
    policy = Policy(settings.owners, guests=settings.guests)
    limits = LimitsService(uow, clock, settings.daily_tokens)
    token = settings.slack_bot_token.get_secret_value()
    files = ThreadFiles(SlackFiles(base.session, token, settings.slack_api_url, calls))
    prices = BundledPrices()
    chat_settings = ChatSettings(
        worker=f"{socket.gethostname()}:{os.getpid()}",
        answer_tokens=settings.answer_tokens,
        lease=timedelta(seconds=settings.heartbeat_seconds * MARGIN),
    )
    context = ContextBuilder(files, limit=settings.context_tokens, answer_tokens=settings.answer_tokens)
    preparation = Preparation(
        uow, directory, people, router, context, limits, policy, prices, clock, checkpoint, chat_settings
    )
    intake = ChatIntake(uow, presenter, cancellation, clock, checkpoint)
    chat = ChatService(uow, presenter, preparation, router, cancellation, clock, checkpoint, chat_settings)
    choices = ChatChoices(uow, intake, people, policy, clock)
    home = HomeService(uow, people, limits, router.names("chat"))
    upkeep = Upkeep(chat, limits, settings.heartbeat_seconds)

    boundary, grammar = Boundary(replies), Grammar()
    access = AccessHandlers(identity.bot_user)
    routes = routes_of(
        ChatHandlers(intake, chat, choices, replies, boundary, grammar, identity.bot_user),
        HelpHandlers(replies, grammar),
        HomeHandlers(home, replies, suggested_prompts(), identity.url),
        access,
        upkeep,
    )
    grammar.learn(route for route in routes if isinstance(route, Command))

    inbox = Inbox(events_of(routes), identity.bot_user, identity.bot_id, metrics)
    tokenless = web_client(settings, base.session, token=False)
    app = bolt_app(settings, tokenless, identity, inbox, routes, Listeners(grammar, boundary))
    tasks = {route.name: route for route in routes if isinstance(route, Task)}
    return Desk(app, chat, upkeep, access, tasks, cancellation, enqueuer, uow, metrics, routes)


def routes_of(*handlers: Handlers) -> tuple[Route, ...]:
    return tuple(route for group in handlers for route in group.routes())


def events_of(routes: Iterable[Route]) -> dict[str, Event]:
    return {route.type: route for route in routes if isinstance(route, Event)}


def suggested_prompts() -> list[dict[str, str]]:
    manifest = yaml.safe_load(MANIFEST.read_text())
    prompts: list[dict[str, str]] = manifest["features"]["agent_view"]["suggested_prompts"]
    return prompts
