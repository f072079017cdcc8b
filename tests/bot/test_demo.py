"""Made-up use: plausible, always the same, and only ever for a demo."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot import config
from bot.__main__ import run
from bot.commands.demo import demo_usage, is_demo
from bot.commands.made_up import Cast, made_up
from sandbox.server import Sandbox, SandboxSettings
from services.calendar import Calendar
from services.entities.calls import CallOutcome, ModelCall
from services.models.prices import BundledPrices
from tests.bench.usage import compared
from tests.databases import Database
from tests.e2e.stage import Stage, environment

TODAY = date(2026, 11, 22)
CAST = Cast(
    "T1",
    ("UANA", "UBEN", "UMIA"),
    ("C1", "C2"),
    (("anthropic", "claude-sonnet-5-5"), ("openai", "gpt-6.1-sol")),
    ("anthropic", "claude-haiku-5-5"),
)


def calls(days: int = 35, today: date = TODAY, seed: int = 1) -> list[ModelCall]:
    return list(made_up(CAST, Calendar(ZoneInfo("Europe/Berlin")), BundledPrices(), days, today, seed))


def test_the_same_seed_makes_the_same_calls() -> None:
    assert calls() == calls()
    assert calls(seed=2) != calls()


def test_a_day_is_the_same_whenever_it_is_made_up() -> None:
    def of(found: list[ModelCall], day: date) -> list[tuple[object, ...]]:
        return [(call.id, call.actor, call.started_at) for call in found if call.day == day]

    day = date(2026, 11, 17)
    assert of(calls(7), day) == of(calls(35, date(2026, 11, 24)), day)


def test_it_is_past_and_every_call_has_an_id_of_its_own() -> None:
    found = calls()
    assert {call.day for call in found} <= {
        date.fromordinal(TODAY.toordinal() - back) for back in range(1, 36)
    }
    assert len({call.id for call in found}) == len(found)


def test_there_is_something_of_everything() -> None:
    found = calls(63)
    outcomes = Counter(call.outcome for call in found)
    assert set(outcomes) == {CallOutcome.ANSWERED, CallOutcome.FAILED, CallOutcome.CACHED}
    assert {call.purpose for call in found} == {"chat", "summary", "transcription"}
    assert sum(call.failover for call in found) == outcomes[CallOutcome.FAILED]
    assert any(call.cost is None for call in found)
    assert sum(call.saved for call in found) > 0
    assert all(call.seconds for call in found if call.purpose == "transcription")
    assert all(call.cost is None or call.cost < Decimal(2) for call in found)


@pytest.mark.parametrize(
    ("url", "demo"),
    [
        ("http://127.0.0.1:8800/api/", True),
        ("http://localhost:8800/api/", True),
        ("http://[::1]:8800/api/", True),
        ("https://slack.com/api/", False),
        ("https://127.0.0.1.example.com/api/", False),
    ],
)
def test_only_a_slack_on_this_machine_is_a_demo(url: str, demo: bool) -> None:
    given = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "SLACK_API_URL": url,
        "ANTHROPIC_API_KEY": "sk-1",
    }
    assert is_demo(config.load(given)) is demo


def test_a_real_workspace_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "ANTHROPIC_API_KEY": "k",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("SLACK_API_URL", raising=False)
    assert run(["demo", "usage", "--channels", "C1"]) == 2
    assert "only for a Slack on this machine" in capsys.readouterr().err


async def test_it_is_logged_once_and_the_rollup_equals_the_log(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    async with Sandbox.running(SandboxSettings()) as sandbox:
        settings = config.load(environment(sandbox, database))
        for _ in range(2):
            await demo_usage(settings, 4, [], ["C1", "C2"])
        rows = await Stage(sandbox, database).rows("SELECT user_id FROM ai_calls")
    assert {row["user_id"] for row in rows} == {"U0SANDANA1", "U0SANDBEN1", "U0SANDMIA1"}
    assert capsys.readouterr().out.splitlines()[-2:] == [
        f"{len(rows)} calls of 4 days made up.",
        "0 calls of 4 days made up.",
    ]
    assert (await compared(database))[1] == 0
