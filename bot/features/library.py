"""The content library: what comes in, who finds it again, and its pages."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from datetime import timedelta

from bot.config import Settings
from bot.features import Feature
from bot.features.library_pages import library_pages_of, links_of
from bot.features.shared import Shared
from bot.infrastructure import Infrastructure
from bot.media import media_of
from bot.models import transcribers
from bot.outside import Outside
from handlers.channels import SlackChannels
from handlers.library import AddingHandlers, FindingHandlers, TendingHandlers
from handlers.sender.capabilities import Capabilities
from handlers.sender.charts import Charts
from handlers.sender.library import LibraryPictures, SlackLibrary
from handlers.sender.reports import SlackReports
from handlers.sender.uploads import SlackUploads
from jobs.schedule import Entry, every
from services.entities.library import ChannelMode
from services.library import (
    Claiming,
    FromStore,
    LibraryIntake,
    LibraryItems,
    LibraryService,
    LibrarySettings,
    LibraryWork,
    Posters,
    Rights,
    Showing,
    Storing,
    Summaries,
    Transcription,
    Understanding,
)
from services.library.query import QueryParser

MEGABYTE = 2**20
SWEEP_EVERY, REMOVE_EVERY = timedelta(seconds=10), timedelta(hours=6)


def rights_of(o: Outside, shared: Shared) -> Rights:
    channels = SlackChannels(o.calls, o.slack_files)
    return Rights(o.uow, shared.people, shared.policy, channels, o.clock)


def posters_of(o: Outside) -> Posters:
    return Posters(o.uow, o.objects, LibraryPictures(o.uploads))


def library_service(settings: Settings, o: Outside, shared: Shared) -> LibraryService:
    chosen = library_settings(settings)
    storing = Storing(o.slack_files, o.objects, media_of(settings), chosen)
    parser = QueryParser(shared.calendar, o.clock.now)
    rights = rights_of(o, shared)
    return LibraryService(o.uow, rights, storing, posters_of(o), parser, o.clock, chosen)


def library_of(settings: Settings, base: Infrastructure, o: Outside, shared: Shared) -> Iterable[Feature]:
    chosen = library_settings(settings)
    channels = SlackChannels(o.calls, o.slack_files)
    rights = rights_of(o, shared)
    storing = Storing(o.slack_files, o.objects, media_of(settings), chosen)
    shown = SlackLibrary(o.bulletins, o.replies, o.clock)
    showing = Showing(o.uow, rights, shown, posters_of(o), o.clock)
    claiming = Claiming(o.uow, o.cancellation, o.clock, chosen)
    work = work_of(settings, base, o, shared, claiming, rights, storing, showing)
    intake = LibraryIntake(o.uow, rights, channels, o.cancellation, o.clock, chosen)
    library = library_service(settings, o, shared)
    links = links_of(settings, o)
    uploads = SlackUploads(o.calls, base.session, settings.slack_api_url)
    charts = Charts(Capabilities(o.clock), uploads, o.clock)
    reports = SlackReports(o.calls, o.replies, o.bulletins, charts, base.session, settings.slack_api_url)
    adding = AddingHandlers(
        intake,
        FromStore(o.uow, rights, o.objects, o.clock, chosen),
        work,
        claiming,
        showing,
        library,
        rights,
        o.replies,
        base.identity.bot_user,
        settings.library_emoji.strip(":"),
    )
    finding = FindingHandlers(library, shown, o.replies, reports, uploads, links)
    tending = TendingHandlers(library, intake, showing, o.replies)
    yield Feature((adding, finding, tending), entries())
    yield library_pages_of(settings, o, LibraryItems(o.uow, rights), links)


def work_of(
    settings: Settings,
    base: Infrastructure,
    o: Outside,
    shared: Shared,
    claiming: Claiming,
    rights: Rights,
    storing: Storing,
    showing: Showing,
) -> LibraryWork:
    chosen = library_settings(settings)
    transcription = Transcription(
        o.uow, shared.limits, shared.pauses, shared.prices, shared.calendar, o.clock, o.checkpoint,
        transcribers(settings, base.makers), chosen.parts_at_once,
    )  # fmt: skip
    understanding = Understanding(o.uow, media_of(settings), storing, transcription)
    summaries = Summaries(
        o.uow, o.router, shared.limits, shared.pauses, shared.prices, shared.calendar, o.clock, o.checkpoint
    )
    return LibraryWork(
        o.uow, claiming, rights, storing, understanding, transcription, summaries, showing, o.cancellation, o.clock,
        o.checkpoint, chosen,
    )  # fmt: skip


def library_settings(settings: Settings) -> LibrarySettings:
    return LibrarySettings(
        worker=f"{socket.gethostname()}:{os.getpid()}",
        lease=timedelta(seconds=settings.lease_seconds),
        file_limit=settings.library_file_mb * MEGABYTE,
        mode=ChannelMode(settings.library_adds),
        keep_deleted=timedelta(days=settings.library_keep_deleted_days),
    )


def entries() -> tuple[Entry, ...]:
    return (
        Entry("library.sweep", every(SWEEP_EVERY), "library.sweep", max_age=timedelta(minutes=1)),
        Entry("library.remove", every(REMOVE_EVERY), "library.remove"),
    )
