from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, Page
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from sandbox.settings import SandboxSettings
from tests.pages import open_page
from tests.sandbox.stock import StockBot
from tests.sandbox.window import Window

OpenWindow = Callable[..., Awaitable[Page]]

MANIFEST = Path(__file__).parent / "manifest.yml"


@pytest.fixture
def settings() -> SandboxSettings:
    """Quick retries; tests override the fixture for anything else."""
    return SandboxSettings(manifest=MANIFEST, retry_scale=0.001)


@pytest.fixture
async def sandbox(settings: SandboxSettings) -> AsyncIterator[Sandbox]:
    async with Sandbox.running(settings) as running:
        yield running


@pytest.fixture
async def hasty(settings: SandboxSettings) -> AsyncIterator[Sandbox]:
    """A sandbox that soon takes silence for a failure."""
    async with Sandbox.running(replace(settings, ack_timeout=0.2)) as running:
        yield running


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(
            token=sandbox.credentials.bot_token, base_url=f"{sandbox.url}/api/", session=session
        )


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture(params=["socket", "http"])
async def bot(request: pytest.FixtureRequest, sandbox: Sandbox) -> AsyncIterator[StockBot]:
    """A stock Bolt app, connected in Socket Mode and then over HTTP."""
    async with StockBot.connected(sandbox, request.param) as connected:
        yield connected


@pytest.fixture
async def window(browser: Browser, sandbox: Sandbox) -> AsyncIterator[OpenWindow]:
    """Opens the page as a person; a test fails on any error that a page of its throws."""
    faults: list[str] = []

    async def open_window(person: str = "ana", place: str = "general", **options: Any) -> Page:
        return await open_page(browser, sandbox, faults, person, place, **options)

    yield open_window
    assert faults == []


@pytest.fixture
def ana(sandbox: Sandbox, http: aiohttp.ClientSession) -> Window:
    return Window(sandbox, http, "ana")


@pytest.fixture
def gil(sandbox: Sandbox, http: aiohttp.ClientSession) -> Window:
    return Window(sandbox, http, "gil")


@pytest.fixture
def general(sandbox: Sandbox) -> str:
    return sandbox.workspace.channel("#general").id
