"""Health, readiness and figures on the program's one port."""

from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot import config
from bot.metrics import Metrics
from bot.web import Site
from tests.bot.conftest import SETTINGS

TOKENLESS = config.load({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"})


@asynccontextmanager
async def served(checks=None, settings=SETTINGS, remote=None):
    """`remote`: the address that requests seem to come from."""
    metrics = Metrics()

    async def found():
        return checks if checks is not None else {"running": True, "database": True}

    async def measured():
        metrics.show_queue({"chat.turn": {"queued": 3}})

    application = Site(settings, metrics, found, measured).application(None)
    if remote:
        application.middlewares.append(from_elsewhere(remote))
    async with TestClient(TestServer(application)) as client:
        yield client


def from_elsewhere(remote):
    @web.middleware
    async def moved(request, handler):
        return await handler(request.clone(remote=remote))

    return moved


async def test_healthz_says_that_the_process_runs():
    async with served({"database": False}) as client, client.get("/healthz") as answer:
        assert answer.status == 200


async def test_readyz_is_green_when_every_part_is_up():
    async with served() as client, client.get("/readyz") as answer:
        assert answer.status == 200
        assert await answer.json() == {"ready": True, "checks": {"running": True, "database": True}}


async def test_readyz_is_red_and_names_the_part_that_is_down():
    async with served({"running": True, "slack sockets": False}) as client, client.get("/readyz") as answer:
        found = await answer.json()
        assert answer.status == 503
        assert [name for name, up in found["checks"].items() if not up] == ["slack sockets"]


async def test_figures_are_read_from_this_machine():
    async with served() as client, client.get("/metrics") as answer:
        text = await answer.text()
        assert answer.status == 200
        assert 'showrunner_queue_jobs{state="queued",task="chat.turn"} 3.0' in text
        assert "showrunner_ready 1.0" in text


async def test_figures_tell_that_the_program_is_not_ready():
    async with served({"database": False}) as client, client.get("/metrics") as answer:
        assert "showrunner_ready 0.0" in await answer.text()


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "x-forwarded-proto", "X-Real-IP", "Forwarded", "Via", "X-Forwarded-Host"]
)
async def test_figures_are_not_read_through_a_proxy_on_this_machine(header):
    async with served() as client, client.get("/metrics", headers={header: "203.0.113.9"}) as answer:
        assert answer.status == 401


async def test_figures_are_not_read_from_another_machine():
    async with served(remote="203.0.113.9") as client, client.get("/metrics") as answer:
        assert answer.status == 401


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
async def test_the_token_reads_figures_from_anywhere(scheme):
    headers = {"Authorization": f"{scheme} let-me-read", "X-Forwarded-For": "203.0.113.9"}
    async with served(remote="203.0.113.9") as client, client.get("/metrics", headers=headers) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("given", ["Bearer wrong", "Bearer ", "let-me-read", "Basic let-me-read", "Bearer ä"])
async def test_another_token_does_not(given):
    headers = {"Authorization": given}
    async with served(remote="203.0.113.9") as client, client.get("/metrics", headers=headers) as answer:
        assert answer.status == 401


async def test_without_a_token_in_the_settings_none_opens():
    async with served(settings=TOKENLESS, remote="203.0.113.9") as client:
        for given in ("Bearer ", "Bearer None", "Bearer let-me-read"):
            async with client.get("/metrics", headers={"Authorization": given}) as answer:
                assert answer.status == 401


async def test_a_token_that_is_no_text_is_refused():
    async def nothing():
        return {}

    site = Site(SETTINGS, Metrics(), nothing, nothing)
    request = SimpleNamespace(headers={"Authorization": "Bearer \udcff"}, remote="203.0.113.9")
    assert (await site.figures(request)).status == 401


def test_what_is_no_longer_in_the_queue_is_no_longer_shown():
    metrics = Metrics()
    metrics.show_queue({"chat.turn": {"queued": 2}})
    metrics.show_queue({"sweep": {"picked": 1}})
    values = metrics.registry.get_sample_value
    assert values("showrunner_queue_jobs", {"task": "chat.turn", "state": "queued"}) is None
    assert values("showrunner_queue_jobs", {"task": "sweep", "state": "picked"}) == 1
