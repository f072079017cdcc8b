"""The ports of the services, over storage, Slack and the providers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.clock import SystemClock
from bot.config import Settings
from bot.faults import checkpoint_for
from bot.infrastructure import Infrastructure
from bot.models import chat_router
from handlers.access import Access
from handlers.boundary import explain
from handlers.directory import SlackDirectory
from handlers.files import SlackFiles
from handlers.sender.bulletins import Bulletins
from handlers.sender.capabilities import Capabilities
from handlers.sender.charts import Charts
from handlers.sender.gate import SlackCalls
from handlers.sender.presenter import SlackPresenter
from handlers.sender.replies import SlackReplies
from handlers.sender.uploads import SlackUploads
from jobs.queue import Enqueuer
from services.files import ThreadFiles
from services.models.router import ModelRouter
from services.ports.clock import Checkpoint, Clock
from services.ports.objects import ObjectStore
from services.ports.work import UnitOfWorkFactory
from storage.cancellation import PostgresCancellation
from storage.rates import SlackRateGate
from storage.uow import unit_of_work


@dataclass(frozen=True, slots=True)
class Outside:
    clock: Clock
    checkpoint: Checkpoint
    router: ModelRouter
    enqueuer: Enqueuer
    uow: UnitOfWorkFactory
    access: Access
    cancellation: PostgresCancellation
    calls: SlackCalls
    directory: SlackDirectory
    presenter: SlackPresenter
    bulletins: Bulletins
    replies: SlackReplies
    uploads: SlackUploads
    charts: Charts
    slack_files: SlackFiles
    files: ThreadFiles
    objects: ObjectStore


def outside_of(settings: Settings, base: Infrastructure, overrides: Mapping[str, Any]) -> Outside:
    """`overrides` by name: clock, router, checkpoint."""
    clock: Clock = overrides.get("clock") or SystemClock()
    engine, enqueuer = base.database.engine, Enqueuer()
    uow = unit_of_work(engine, enqueuer)
    access = Access()
    gate = SlackRateGate(engine, enabled=settings.rate_gates)
    calls = SlackCalls(base.client, gate, clock, access.lost)
    directory = SlackDirectory(calls, lambda: base.identity.bot_user)
    token = settings.slack_bot_token.get_secret_value()
    slack_files = SlackFiles(base.session, token, settings.slack_api_url, calls)
    uploads = SlackUploads(calls, base.session, settings.slack_api_url)
    checkpoint: Checkpoint = overrides.get("checkpoint") or checkpoint_for(settings.crash_at)
    lease = timedelta(seconds=settings.lease_seconds)
    return Outside(
        clock=clock,
        checkpoint=checkpoint,
        router=overrides.get("router") or chat_router(settings, base.makers, clock),
        enqueuer=enqueuer,
        uow=uow,
        access=access,
        cancellation=PostgresCancellation(engine, base.database.dsn),
        calls=calls,
        directory=directory,
        presenter=SlackPresenter(calls, directory, uow, clock, explain),
        bulletins=Bulletins(calls, directory, uow, clock, lease, checkpoint),
        replies=SlackReplies(calls),
        uploads=uploads,
        charts=Charts(Capabilities(clock), uploads, clock),
        slack_files=slack_files,
        files=ThreadFiles(slack_files),
        objects=base.objects,
    )
