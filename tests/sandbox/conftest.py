from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from sandbox.settings import SandboxSettings
from tests.sandbox.stock import StockBot

MANIFEST = Path(__file__).parent / "manifest.yml"


@pytest.fixture
def settings() -> SandboxSettings:
    """Quick retries; tests override the fixture for anything else."""
    return SandboxSettings(manifest=MANIFEST, ack_timeout=0.5, retry_scale=0.001)


@pytest.fixture
async def sandbox(settings: SandboxSettings) -> AsyncIterator[Sandbox]:
    async with Sandbox.running(settings) as running:
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
