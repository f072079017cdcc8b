"""Moments of a recording, written."""

from __future__ import annotations


def timecode(seconds: float) -> str:
    """As people read it: 1:02:03, or 2:03 within the first hour."""
    minutes, rest = divmod(int(max(0.0, seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def timestamp(seconds: float, point: str = ".") -> str:
    """As players read it: 01:02:03.456; SRT has a comma for its point."""
    minutes, rest = divmod(round(max(0.0, seconds) * 1_000), 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1_000:02}{point}{rest % 1_000:03}"
