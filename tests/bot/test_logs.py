"""Nothing secret gets into a log line."""

import logging
from contextlib import contextmanager

import orjson
import pytest
import structlog

from bot import config, logs
from services.errors import BadArgument, FileUnreadable, ModelUnavailable, UnknownWord

SETTINGS = config.load(
    {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SHOWRUNNER_LOG_FORMAT": "json"}
)


@contextmanager
def configured(settings):
    before = logging.root.handlers[:], logging.root.level, structlog.get_config()
    logs.configure(settings)
    yield
    logging.root.handlers[:], logging.root.level = before[:2]
    structlog.configure(**before[2])


@pytest.fixture
def lines(capsys):
    with configured(SETTINGS):
        yield lambda: [orjson.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_fields_that_are_not_allowed_are_dropped_and_named(lines):
    structlog.get_logger().info("turn.answered", turn="t1", prompt="canary")
    (line,) = lines()
    assert line["turn"] == "t1"
    assert line["dropped"] == ["prompt"]
    assert "canary" not in str(line)


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-12-abc",
        "xapp-1-A",
        "sk-ant-api03-abcdefgh",
        "Bearer abc.def",
        "postgresql://me:canary@host/db",
        "https://f?token=canary",
    ],
)
def test_secrets_in_allowed_fields_are_redacted(lines, secret):
    structlog.get_logger().info("x", reason=f"failed with {secret} there")
    assert "canary" not in str(lines())
    assert secret not in str(lines())


def test_a_foreign_exceptions_text_is_left_out_and_its_place_kept(lines):
    try:
        raise ValueError("canary")
    except ValueError:
        structlog.get_logger().exception("x")
    (line,) = lines()
    assert "canary" not in str(line)
    assert line["exception"][0] == "builtins.ValueError"
    assert "test_logs.py" in line["exception"][1]


def test_our_own_errors_say_what_they_know(lines):
    structlog.get_logger().error("x", exc_info=ModelUnavailable("openai", "overloaded", status=529))
    assert lines()[0]["exception"][0].endswith("ModelUnavailable: openai: overloaded")


def test_warnings_of_libraries_arrive_as_events(lines):
    logging.getLogger("some.library").warning("something with xoxb-9-secret")
    (line,) = lines()
    assert (line["event"], line["logger"]) == ("library", "some.library")
    assert "xoxb-9" not in str(line)


@pytest.mark.parametrize(
    "value",
    ["held canary-metrics", ["canary-metrics"], {"x": ("a", "canary-metrics")}, "canary-metricscanary-base"],
)
def test_the_secrets_of_the_settings_are_redacted_wherever_they_stand(capsys, value):
    given = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "SHOWRUNNER_LOG_FORMAT": "json",
        "SHOWRUNNER_METRICS_TOKEN": "canary-metrics",
        "DATABASE_URL": "postgresql://u:canary-base@h/d",
    }
    with configured(config.load(given)):
        structlog.get_logger().info("x", reason=value)
    assert "canary" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("template", "given", "kept"),
    [
        ("Unhandled request ({'text': 'canary'})", (), "Unhandled request"),
        ("Failed to connect (error: canary); Retrying...", (), "Failed to connect"),
        (
            "Task exception was never retrieved\nfuture: <Task exception=ValueError('canary')>",
            (),
            "Task exception",
        ),
        ("could not send %s", ("canary",), "could not send"),
    ],
)
def test_of_a_librarys_warning_only_the_plain_words_are_kept(lines, template, given, kept):
    logging.getLogger("some.library").warning(template, *given)
    (line,) = lines()
    assert line["reason"].startswith(kept)
    assert "canary" not in str(line)


@pytest.mark.parametrize(
    "error",
    [UnknownWord("canary", "ask", "/ask"), BadArgument("`canary`", "/x"), FileUnreadable("canary", "type")],
)
def test_our_errors_that_quote_people_keep_their_words_to_themselves(lines, error):
    structlog.get_logger().error("x", exc_info=error)
    (line,) = lines()
    assert "canary" not in str(line)
    assert line["exception"][0].endswith(type(error).__name__)
