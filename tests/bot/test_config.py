"""Settings name every fault at once."""

import pytest

from bot import config
from bot.config import SettingsError

ENOUGH = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


def faults(environment):
    with pytest.raises(SettingsError) as caught:
        config.load(environment)
    return dict(caught.value.faults)


def test_two_tokens_are_enough():
    assert config.load(ENOUGH).daily_tokens == 500_000


def test_all_that_is_missing_is_named_at_once():
    assert set(faults({})) == {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"}


def test_wrong_and_missing_are_named_together():
    found = faults({"SLACK_BOT_TOKEN": "nope", "SHOWRUNNER_PORT": "high", "DATABASE_URL": "mysql://x"})
    assert set(found) == {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SHOWRUNNER_PORT", "DATABASE_URL"}
    assert "xoxb-" in found["SLACK_BOT_TOKEN"]


def test_http_mode_needs_the_signing_secret_and_no_app_token():
    assert set(faults({"SLACK_BOT_TOKEN": "xoxb-1", "SHOWRUNNER_MODE": "http"})) == {"SLACK_SIGNING_SECRET"}


def test_an_empty_variable_counts_as_absent():
    assert config.load({**ENOUGH, "DATABASE_URL": "", "SHOWRUNNER_PORT": ""}).port == 8080


def test_lists_are_split_at_commas():
    assert config.load({**ENOUGH, "SHOWRUNNER_OWNERS": "U1, U2,"}).owners == ("U1", "U2")


@pytest.mark.parametrize(
    "url", ["postgresql://u:p@h/d", "postgres://u:p@h/d", "postgresql+asyncpg://u:p@h/d"]
)
def test_any_spelling_of_a_postgresql_address_gets_our_driver(url):
    assert config.load({**ENOUGH, "DATABASE_URL": url}).sqlalchemy_url == "postgresql+asyncpg://u:p@h/d"


def test_settings_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        config.load(ENOUGH).port = 1


def test_secrets_do_not_show():
    assert "xoxb-1" not in repr(config.load(ENOUGH))


def test_a_misspelt_variable_of_ours_is_found():
    assert config.unknown_variables({"SHOWRUNNER_PROT": "1", "SHOWRUNNER_PORT": "1", "PATH": ""}) == (
        "SHOWRUNNER_PROT",
    )


def test_the_file_yields_to_the_environment(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("SHOWRUNNER_PORT=1000\nSHOWRUNNER_HOST=0.0.0.0\n")
    monkeypatch.setenv("SHOWRUNNER_PORT", "2000")
    found = config.process_environment()
    assert (found["SHOWRUNNER_PORT"], found["SHOWRUNNER_HOST"]) == ("2000", "0.0.0.0")


def test_every_setting_says_what_it_is_for():
    assert all(config.describe(field) for field in config.Settings.model_fields)


def test_white_space_around_a_value_is_no_part_of_it():
    found = config.load({**ENOUGH, "SLACK_BOT_TOKEN": " xoxb-2\n", "SHOWRUNNER_PORT": " 81 "})
    assert (found.slack_bot_token.get_secret_value(), found.port) == ("xoxb-2", 81)


def test_sslmode_is_told_to_each_library_in_its_own_words():
    found = config.load({**ENOUGH, "DATABASE_URL": "postgres://u:p%40@h:5/d?sslmode=require"})
    assert found.sqlalchemy_url == "postgresql+asyncpg://u:p%40@h:5/d?ssl=require"
    assert found.database_dsn == "postgresql://u:p%40@h:5/d?sslmode=require"


def test_an_option_that_the_driver_does_not_know_is_named():
    found = faults({**ENOUGH, "DATABASE_URL": "postgresql://u:canary@h/d?channel_binding=require"})
    assert "channel_binding" in found["DATABASE_URL"]
    assert "canary" not in found["DATABASE_URL"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SHOWRUNNER_MODE", "fax"),
        ("SHOWRUNNER_PORT", "70000"),
        ("SHOWRUNNER_WORKERS", "0"),
        ("SHOWRUNNER_GUESTS", "perhaps"),
        ("SLACK_API_URL", "slack.com/api"),
        ("ANTHROPIC_BASE_URL", "ftp://x"),
        ("SHOWRUNNER_PUBLIC_URL", "desk"),
        ("SLACK_APP_TOKEN", "xoxb-1"),
        ("DATABASE_URL", "postgresql://[::1/d"),
    ],
)
def test_a_wrong_value_is_the_only_fault_and_is_not_repeated(name, value):
    found = faults({**ENOUGH, name: value})
    assert set(found) == {name}
    assert value not in found[name]


def test_every_secret_of_the_settings_is_known_for_the_logs():
    given = {
        **ENOUGH,
        "SLACK_BOT_TOKEN": "xoxb-canary",
        "ANTHROPIC_API_KEY": "canary-anthropic",
        "SHOWRUNNER_METRICS_TOKEN": "canary-metrics",
        "DATABASE_URL": "postgresql://u:canary%21base@h/d",
    }
    assert config.load(given).secrets() >= {
        "xoxb-canary",
        "canary-anthropic",
        "canary-metrics",
        "canary%21base",
        "canary!base",
    }
