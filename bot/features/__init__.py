"""What `build()` puts together, a file a feature: its services over the ports, its handlers over its services."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from handlers.routes import Handlers
from jobs.schedule import Entry


@dataclass(frozen=True, slots=True)
class Feature:
    """`entries`: what of it runs by the clock. `pages`: what of it the site shows."""

    handlers: tuple[Handlers, ...] = ()
    entries: tuple[Entry, ...] = ()
    pages: tuple[web.AbstractRouteDef, ...] = ()
