"""Fixtures for every room; the program's own logs stay short in tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import plain_exception

pytest_plugins = ["tests.databases", "tests.pages"]


@pytest.fixture(autouse=True, scope="session")
def short_logs() -> Iterator[None]:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            plain_exception,
            structlog.processors.KeyValueRenderer(),
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    yield
    structlog.reset_defaults()
