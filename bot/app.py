"""The one composition root: settings and infrastructure in, the whole desk out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from slack_bolt.async_app import AsyncApp

from bot.at_once import AtOnce
from bot.config import Settings
from bot.features import Feature
from bot.features.alerts import alerts_of
from bot.features.chat import chat_of
from bot.features.digests import digests_of
from bot.features.home import home_of
from bot.features.library import library_of
from bot.features.limits import limits_of
from bot.features.shared import Shared, shared_of
from bot.features.usage import usage_of
from bot.inbox import Inbox
from bot.infrastructure import Infrastructure
from bot.listeners import Listeners
from bot.metrics import Metrics
from bot.outside import Outside, outside_of
from bot.slack import bolt_app, web_client
from bot.upkeep import Upkeep
from handlers.access import Access, AccessHandlers
from handlers.routes import Command, Envelope, Event, Route, Task
from jobs.queue import Enqueuer
from jobs.schedule import Entry
from services.chat import ChatService
from services.entities.turns import Turn
from services.ports.work import UnitOfWorkFactory
from storage.cancellation import PostgresCancellation

OVERRIDES = frozenset({"clock", "router", "metrics", "checkpoint"})


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that runs, wired; nothing of it has started."""

    app: AsyncApp
    chat: ChatService
    upkeep: Upkeep
    access: Access
    tasks: Mapping[str, Task]
    entries: tuple[Entry, ...]
    pages: tuple[web.AbstractRouteDef, ...]
    cancellation: PostgresCancellation
    enqueuer: Enqueuer
    uow: UnitOfWorkFactory
    metrics: Metrics
    routes: tuple[Route, ...]
    listeners: Listeners
    at_once: AtOnce
    fresh: Callable[[Turn], Awaitable[None]]


def build(settings: Settings, base: Infrastructure, **overrides: Any) -> Desk:
    """The desk over `base`. `overrides` replace parts by name: clock, router, metrics, checkpoint."""
    if unknown := overrides.keys() - OVERRIDES:
        raise TypeError(f"nothing of this name to replace: {', '.join(sorted(unknown))}")
    outside = outside_of(settings, base, overrides)
    shared = shared_of(settings, outside)
    at_once = AtOnce(settings.workers)
    access = AccessHandlers(outside.access, shared.people, base.identity.bot_user)
    chat = chat_of(settings, outside, shared, at_once, base.identity)
    features = (chat.feature, *features_of(settings, base, outside, shared), Feature((access,)))
    routes = routes_of(features)
    shared.grammar.learn(route for route in routes if isinstance(route, Command))
    metrics: Metrics = overrides.get("metrics") or Metrics()
    listeners = Listeners(shared.grammar, shared.boundary)
    inbox = Inbox(events_of(routes), base.identity.bot_user, base.identity.bot_id, metrics)
    tokenless = web_client(settings, base.session, token=False)
    return Desk(
        app=bolt_app(settings, tokenless, base.identity, inbox, routes, listeners),
        chat=chat.service,
        upkeep=chat.upkeep,
        access=outside.access,
        tasks={route.name: route for route in routes if isinstance(route, Task)},
        entries=tuple(entry for feature in features for entry in feature.entries),
        pages=tuple(page for feature in features for page in feature.pages),
        cancellation=outside.cancellation,
        enqueuer=outside.enqueuer,
        uow=outside.uow,
        metrics=metrics,
        routes=routes,
        listeners=listeners,
        at_once=at_once,
        fresh=chat.handlers.fresh,
    )


def features_of(
    settings: Settings,
    base: Infrastructure,
    outside: Outside,
    shared: Shared,
) -> Iterable[Feature]:
    """All that is not the chat turn itself."""
    yield home_of(settings, outside, shared, base.identity)
    yield limits_of(settings, outside, shared)
    yield usage_of(settings, base, outside, shared)
    yield alerts_of(settings, base, outside, shared)
    yield digests_of(settings, base, outside, shared)
    yield from library_of(settings, base, outside, shared)


def routes_of(features: Iterable[Feature]) -> tuple[Route, ...]:
    return tuple(route for feature in features for group in feature.handlers for route in group.routes())


def events_of(routes: Iterable[Route]) -> dict[str, Event]:
    """Several features may hear of the same event, one after the other."""
    found: dict[str, Event] = {}
    for route in routes:
        if isinstance(route, Event):
            known = found.get(route.type)
            found[route.type] = route if known is None else Event(route.type, both(known, route))
    return found


def both(one: Event, other: Event) -> Callable[[Envelope], Awaitable[None]]:
    """What fails for the second is told anew to both: each knows what it has heard."""

    async def hear(envelope: Envelope) -> None:
        await one.run(envelope)
        await other.run(envelope)

    return hear
