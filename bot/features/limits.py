"""Who may use how much, and how more is asked for."""

from __future__ import annotations

from datetime import timedelta

from bot.config import Settings
from bot.features import Feature
from bot.features.shared import Shared
from bot.outside import Outside
from handlers.limits import LimitHandlers
from handlers.limits_notices import LimitMessages
from jobs.schedule import Entry, every
from services.limits import LimitSetting, MoreService
from services.limits.more import LOOK_TASK

LOOK_EVERY = timedelta(seconds=5)
NOT_OLDER = timedelta(minutes=1)


def limits_of(settings: Settings, outside: Outside, shared: Shared) -> Feature:
    setting = LimitSetting(outside.uow, shared.limits, shared.people, shared.policy, outside.clock)
    more = MoreService(
        outside.uow,
        shared.limits,
        shared.people,
        shared.policy,
        LimitMessages(outside.bulletins),
        outside.clock,
    )
    handlers = LimitHandlers(
        setting, more, outside.replies, settings.daily_tokens, settings.requests_per_minute
    )
    return Feature((handlers,), (Entry(LOOK_TASK, every(LOOK_EVERY), LOOK_TASK, max_age=NOT_OLDER),))
