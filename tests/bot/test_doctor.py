"""The doctor names every setting and connection, and what to do about each red line."""

import logging

import orjson
import pytest
import structlog

from bot import commands, config
from bot.commands.checks import Finding, clock_finding, files_check
from bot.commands.diagnosis import as_table, examine
from bot.slack import Identity
from sandbox.server import Sandbox
from tests.storage.object_stores import new_bucket, s3_server


@pytest.fixture(autouse=True)
def own_logs():
    """The doctor sets the logs up for its process."""
    before = logging.root.handlers[:], logging.root.level, structlog.get_config()
    yield
    logging.root.handlers[:], logging.root.level = before[:2]
    structlog.configure(**before[2])


@pytest.fixture
async def sandbox():
    async with Sandbox.running() as sandbox:
        yield sandbox


@pytest.fixture
def environment(sandbox, database, tmp_path):
    return {
        **sandbox.environment(),
        "DATABASE_URL": database.dsn,
        "SHOWRUNNER_DATA_DIR": str(tmp_path / "data"),
    }


def red(findings):
    return {finding.name: finding for finding in findings if not finding.ok}


async def test_all_is_well_in_a_whole_world(environment):
    findings = await examine(environment)
    assert not red(findings)
    named = {finding.name for finding in findings}
    assert named >= {config.variable(field) for field in config.Settings.model_fields}
    assert named >= {"data folder", "database", "files", "Slack", "clock", "Anthropic", "OpenAI", "models"}
    assert "All is well." in as_table(findings)


async def test_no_secret_is_shown(environment):
    shown = as_table(await examine({**environment, "SHOWRUNNER_METRICS_TOKEN": "canary"}))
    secrets = [
        environment[name] for name in environment if name.endswith(("_TOKEN", "_KEY", "_SECRET", "_URL"))
    ]
    assert "canary" not in shown
    assert not [secret for secret in secrets if secret in shown and not secret.startswith("http")]


async def test_wrong_and_missing_settings_are_red_beside_all_others():
    findings = await examine({"SHOWRUNNER_PORT": "high", "SHOWRUNNER_PROT": "1"})
    assert set(red(findings)) == {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SHOWRUNNER_PORT", "SHOWRUNNER_PROT"}
    assert {finding.name for finding in findings} > {"ANTHROPIC_API_KEY", "DATABASE_URL"}


@pytest.mark.parametrize(
    ("changed", "name", "todo"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "Slack", "SLACK_BOT_TOKEN"),
        ({"SLACK_APP_TOKEN": "xapp-wrong"}, "Slack", "SLACK_APP_TOKEN"),
        ({"SLACK_API_URL": "http://127.0.0.1:1/api/"}, "Slack", "SLACK_API_URL"),
        ({"DATABASE_URL": "postgresql://u:p@127.0.0.1:1/d"}, "database", "DATABASE_URL"),
        ({"ANTHROPIC_API_KEY": "wrong"}, "Anthropic", "ANTHROPIC_API_KEY"),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}, "OpenAI", "OPENAI_BASE_URL"),
        ({"ANTHROPIC_API_KEY": "", "OPENAI_API_KEY": ""}, "models", "ANTHROPIC_API_KEY or OPENAI_API_KEY"),
    ],
)
async def test_a_connection_that_fails_is_red_and_says_what_to_do(environment, changed, name, todo):
    found = red(await examine({**environment, **changed}))
    assert set(found) == {name}
    assert todo in found[name].todo


async def test_a_data_folder_that_cannot_be_made_is_red(environment, tmp_path):
    (tmp_path / "file").write_text("")
    found = red(await examine({**environment, "SHOWRUNNER_DATA_DIR": str(tmp_path / "file" / "data")}))
    assert "SHOWRUNNER_DATA_DIR" in found["data folder"].todo


async def test_missing_scopes_are_named(environment, sandbox, monkeypatch):
    monkeypatch.setattr("bot.commands.checks.declared_scopes", lambda: ["chat:write", "canvases:write"])
    found = red(await examine(environment))
    assert "canvases:write" in found["Slack"].found
    assert "chat:write" not in found["Slack"].found


@pytest.mark.parametrize(("ahead", "ok"), [(0.5, True), (-59, True), (61, False), (-4000, False)])
def test_a_clock_that_is_off_is_red(ahead, ok):
    finding = clock_finding(Identity("T1", "U1", "B1", "https://x.slack.com/", ahead=ahead))
    assert finding.ok is ok
    assert ok or "NTP" in finding.todo


@pytest.mark.parametrize(("ok", "code"), [(True, 0), (False, 1)])
@pytest.mark.parametrize("as_json", [True, False])
async def test_the_exit_code_and_both_forms_say_the_same(monkeypatch, capsys, ok, code, as_json):
    async def found(_):
        return [Finding("database", ok, "somewhere", "" if ok else "check DATABASE_URL")]

    monkeypatch.setattr("bot.commands.diagnosis.examine", found)
    assert await commands.doctor(as_json=as_json) == code
    told = capsys.readouterr().out
    if as_json:
        (line,) = orjson.loads(told)
        assert line == {
            "name": "database",
            "ok": ok,
            "found": "somewhere",
            "todo": "" if ok else "check DATABASE_URL",
        }
    else:
        assert ("RED" in told, "→ check DATABASE_URL" in told) == (not ok, not ok)


@pytest.fixture
def bucket():
    with s3_server() as endpoint:
        yield new_bucket(endpoint)


def in_bucket(bucket):
    return {
        "S3_BUCKET": bucket.name,
        "AWS_ENDPOINT_URL": bucket.endpoint,
        "AWS_ACCESS_KEY_ID": bucket.access_key,
        "AWS_SECRET_ACCESS_KEY": bucket.secret_key,
    }


async def test_the_bucket_is_tried_and_its_rules_are_offered(environment, bucket, capsys):
    settings = config.load({**environment, **in_bucket(bucket)})
    (before,) = await files_check(settings)
    await commands.migrate(settings, bucket_rules=True)
    (after,) = await files_check(settings)

    assert before.ok
    assert "migrate --bucket-rules" in before.todo
    assert after == Finding("files", True, f"bucket {bucket.name}, writable")
    assert "its other rules stay" in capsys.readouterr().out


async def test_a_bucket_that_is_not_there_is_red(environment, bucket):
    (found,) = await files_check(config.load({**environment, **in_bucket(bucket), "S3_BUCKET": "elsewhere"}))
    assert not found.ok
    assert "NoSuchBucket" in found.found
    assert "S3_BUCKET" in found.todo


def test_half_a_pair_of_keys_is_wrong(environment):
    with pytest.raises(config.SettingsError, match="AWS_SECRET_ACCESS_KEY"):
        config.load({**environment, "AWS_ACCESS_KEY_ID": "alone"})


def test_a_master_key_is_long(environment):
    with pytest.raises(config.SettingsError, match="SHOWRUNNER_MASTER_KEY: is too short"):
        config.load({**environment, "SHOWRUNNER_MASTER_KEY": "short"})
