"""The reader of files, with the limits of the settings."""

from __future__ import annotations

from bot.config import Settings
from services.media.reader import HOUR, LimitedMediaReader, MediaLimits


def media_of(settings: Settings) -> LimitedMediaReader:
    return LimitedMediaReader(MediaLimits(longest=settings.media_hours * HOUR))
