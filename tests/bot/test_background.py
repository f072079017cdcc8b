"""What goes on beside the answers: leases, crash points, the model chains."""

import asyncio
import os
import signal
from datetime import timedelta

import pytest
import structlog

from bot import config, faults, models
from bot.upkeep import Upkeep
from services.errors import StorageUnavailable
from tests.fakes.clock import FakeClock

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


class Chat:
    """Fails once with each of `errors`, then keeps leases."""

    def __init__(self, *errors):
        self._errors = list(errors)
        self.kept = asyncio.Event()

    async def keep_leases(self):
        if self._errors:
            raise self._errors.pop(0)
        self.kept.set()

    async def wake_overdue(self, patience):
        return 2


class Limits:
    def __init__(self):
        self.swept = []

    async def sweep(self, age):
        self.swept.append(age)


class Kept:
    async def prune(self):
        return 3


@pytest.mark.parametrize("error", [StorageUnavailable(), RuntimeError("a bug"), OSError("away")])
async def test_leases_go_on_after_a_failure(error):
    chat = Chat(error, error)
    leases = asyncio.create_task(Upkeep(chat, Limits(), Kept(), heartbeat=0.001).keep_leases())
    await asyncio.wait_for(chat.kept.wait(), 5)
    assert not leases.done()
    leases.cancel()
    await asyncio.wait({leases})
    assert leases.cancelled()


async def test_a_sweep_gives_back_what_nobody_used():
    limits = Limits()
    await Upkeep(Chat(), limits, Kept(), heartbeat=1).sweep()
    assert limits.swept == [timedelta(minutes=15)]


async def test_answers_too_old_are_forgotten():
    with structlog.testing.capture_logs() as lines:
        await Upkeep(Chat(), Limits(), Kept(), heartbeat=1).prune()
    assert lines == [{"event": "answers.pruned", "count": 3, "log_level": "info"}]


def test_no_crash_point_does_nothing():
    assert faults.checkpoint_for(None)("answered") is None


def test_a_crash_point_kills_the_process_there_and_only_there(monkeypatch):
    killed = []
    monkeypatch.setattr(os, "kill", lambda *given: killed.append(given))
    checkpoint = faults.checkpoint_for("answered")
    checkpoint("posted")
    assert not killed
    checkpoint("answered")
    assert killed == [(os.getpid(), signal.SIGKILL)]


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ({"ANTHROPIC_API_KEY": "a", "OPENAI_API_KEY": "o"}, ["claude-x", "gpt-y"]),
        ({"ANTHROPIC_API_KEY": "a"}, ["claude-x"]),
        ({"OPENAI_API_KEY": "o"}, ["gpt-y"]),
        ({}, []),
    ],
)
async def test_a_chain_has_only_models_whose_provider_has_a_key(keys, names):
    settings = config.load({**TOKENS, **keys, "SHOWRUNNER_CHAT_MODELS": "claude-x,gpt-y"})
    async with models.providers(settings) as makers:
        router = models.chat_router(settings, makers, FakeClock())
        assert list(router.names("chat")) == names


async def test_the_order_of_the_settings_is_the_order_of_the_chain():
    keys = {"ANTHROPIC_API_KEY": "a", "OPENAI_API_KEY": "o"}
    settings = config.load({**TOKENS, **keys, "SHOWRUNNER_CHAT_MODELS": "gpt-y,claude-x"})
    async with models.providers(settings) as makers:
        assert list(models.chat_router(settings, makers, FakeClock()).names("chat")) == ["gpt-y", "claude-x"]


@pytest.mark.parametrize(
    ("keys", "names"),
    [({"OPENAI_API_KEY": "o"}, ["gpt-transcribe", "whisper-1"]), ({"ANTHROPIC_API_KEY": "a"}, [])],
)
async def test_those_who_listen_are_asked_in_the_order_of_the_settings(keys, names):
    given = {**TOKENS, **keys, "SHOWRUNNER_TRANSCRIPTION_MODELS": "gpt-transcribe,whisper-1,claude-x"}
    settings = config.load(given)
    async with models.providers(settings) as makers:
        assert [each.name for each in models.transcribers(settings, makers)] == names
