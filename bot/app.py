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
from bot.slack import Identity, bolt_app, web_client
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
from services.ports import Checkpoint, Clock, UnitOfWorkFactory
from storage.cancellation import PostgresCancellation
from storage.rates import SlackRateGate
from storage.uow import unit_of_work

MARGIN = 3
"""Heartbeats a lease outlives its worker by: one may be late, a second one lost."""


OVERRIDES = frozenset({"clock", "router", "metrics", "checkpoint"})


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
    listeners: Listeners


@dataclass(frozen=True, slots=True)
class Outside:
    """The ports of the services, over storage, Slack and the providers."""

    clock: Clock
    checkpoint: Checkpoint
    router: ModelRouter
    enqueuer: Enqueuer
    uow: UnitOfWorkFactory
    cancellation: PostgresCancellation
    directory: SlackDirectory
    presenter: SlackPresenter
    replies: SlackReplies
    files: ThreadFiles


@dataclass(frozen=True, slots=True)
class Services:
    chat: ChatService
    intake: ChatIntake
    choices: ChatChoices
    home: HomeService
    limits: LimitsService


def build(settings: Settings, base: Infrastructure, **overrides: Any) -> Desk:
    """The desk over `base`. `overrides` replace parts by name: clock, router, metrics, checkpoint."""
    if unknown := overrides.keys() - OVERRIDES:
        raise TypeError(f"nothing of this name to replace: {', '.join(sorted(unknown))}")
    outside = outside_of(settings, base, overrides)
    services = services_of(settings, outside)
    metrics: Metrics = overrides.get("metrics") or Metrics()
    upkeep = Upkeep(services.chat, services.limits, settings.heartbeat_seconds)
    access = AccessHandlers(base.identity.bot_user)
    boundary, grammar = Boundary(outside.replies), Grammar()
    routes = (
        *routes_of(*handlers_of(base.identity, outside, services, boundary, grammar)),
        *routes_of(access, upkeep),
    )
    grammar.learn(route for route in routes if isinstance(route, Command))
    listeners = Listeners(grammar, boundary)
    inbox = Inbox(events_of(routes), base.identity.bot_user, base.identity.bot_id, metrics)
    tokenless = web_client(settings, base.session, token=False)
    return Desk(
        app=bolt_app(settings, tokenless, base.identity, inbox, routes, listeners),
        chat=services.chat,
        upkeep=upkeep,
        access=access,
        tasks={route.name: route for route in routes if isinstance(route, Task)},
        cancellation=outside.cancellation,
        enqueuer=outside.enqueuer,
        uow=outside.uow,
        metrics=metrics,
        routes=routes,
        listeners=listeners,
    )


def outside_of(settings: Settings, base: Infrastructure, overrides: Mapping[str, Any]) -> Outside:
    clock: Clock = overrides.get("clock") or SystemClock()
    engine, enqueuer = base.database.engine, Enqueuer()
    uow = unit_of_work(engine, enqueuer)
    calls = SlackCalls(base.client, SlackRateGate(engine, enabled=settings.rate_gates), clock)
    directory = SlackDirectory(calls, lambda: base.identity.bot_user)
    token = settings.slack_bot_token.get_secret_value()
    return Outside(
        clock=clock,
        checkpoint=overrides.get("checkpoint") or checkpoint_for(settings.crash_at),
        router=overrides.get("router") or chat_router(settings, base.makers, clock),
        enqueuer=enqueuer,
        uow=uow,
        cancellation=PostgresCancellation(engine, base.database.dsn),
        directory=directory,
        presenter=SlackPresenter(calls, directory, uow, clock, explain),
        replies=SlackReplies(calls),
        files=ThreadFiles(SlackFiles(base.session, token, settings.slack_api_url, calls)),
    )


def services_of(settings: Settings, o: Outside) -> Services:
    people = PeopleService(o.uow, o.directory, o.clock)
    policy = Policy(settings.owners, guests=settings.guests)
    limits = LimitsService(o.uow, o.clock, settings.daily_tokens)
    chat = ChatSettings(
        worker=f"{socket.gethostname()}:{os.getpid()}",
        answer_tokens=settings.answer_tokens,
        lease=timedelta(seconds=settings.heartbeat_seconds * MARGIN),
    )
    context = ContextBuilder(o.files, limit=settings.context_tokens, answer_tokens=settings.answer_tokens)
    preparation = Preparation(
        o.uow, o.directory, people, o.router, context, limits, policy, BundledPrices(), o.clock, o.checkpoint, chat
    )  # fmt: skip
    intake = ChatIntake(o.uow, o.presenter, o.cancellation, o.clock, o.checkpoint)
    return Services(
        chat=ChatService(
            o.uow, o.presenter, preparation, o.router, o.cancellation, o.clock, o.checkpoint, chat
        ),
        intake=intake,
        choices=ChatChoices(o.uow, intake, people, policy, o.clock),
        home=HomeService(o.uow, people, limits, o.router.names("chat")),
        limits=limits,
    )


def handlers_of(
    identity: Identity, outside: Outside, services: Services, boundary: Boundary, grammar: Grammar
) -> tuple[Handlers, ...]:
    replies = outside.replies
    return (
        ChatHandlers(
            services.intake, services.chat, services.choices, replies, boundary, grammar, identity.bot_user
        ),
        HelpHandlers(replies, grammar),
        HomeHandlers(services.home, replies, suggested_prompts(), identity.url),
    )


def routes_of(*handlers: Handlers) -> tuple[Route, ...]:
    return tuple(route for group in handlers for route in group.routes())


def events_of(routes: Iterable[Route]) -> dict[str, Event]:
    return {route.type: route for route in routes if isinstance(route, Event)}


def suggested_prompts() -> list[dict[str, str]]:
    manifest = yaml.safe_load(MANIFEST.read_text())
    prompts: list[dict[str, str]] = manifest["features"]["agent_view"]["suggested_prompts"]
    return prompts
