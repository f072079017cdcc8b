"""The words of the command line and their exit codes: 0, 1 (failed), 2 (misused)."""

import errno
import os
import subprocess
import sys

import pytest
import yaml

from bot import commands
from bot.__main__ import run
from bot.infrastructure import DatabaseUnusable
from bot.manifest import MANIFEST
from bot.slack import SlackRefusedToken
from storage.embedded import EmbeddedError

ROOT = MANIFEST.parent
CLOSED = "postgresql://desk:canary-password@127.0.0.1:1/desk"
MINE = {
    name
    for name in os.environ
    if name.startswith(("SHOWRUNNER_", "SLACK_", "ANTHROPIC_", "OPENAI_", "DATABASE_"))
}


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """No setting and no `.env`."""
    for name in MINE:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


def misused(*words):
    with pytest.raises(SystemExit) as ended:
        run(words)
    return ended.value.code


@pytest.mark.parametrize(
    "words", [(), ("dance",), ("serve", "--role", "king"), ("manifest", "--mode", "fax")]
)
def test_words_that_do_not_exist_are_misuse(words, capsys):
    assert misused(*words) == 2
    assert "usage: showrunner" in capsys.readouterr().err


def test_help_is_no_failure(capsys):
    assert misused("--help") == 0
    told = capsys.readouterr().out
    assert all(word in told for word in ("serve", "migrate", "manifest", "doctor"))


@pytest.mark.parametrize("word", ["serve", "migrate"])
def test_missing_settings_are_named_in_one_message(bare, capsys, word):
    bare.setenv("SHOWRUNNER_PORT", "high")
    bare.setenv("DATABASE_URL", "mysql://x")
    assert run([word]) == 2
    said = capsys.readouterr()
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SHOWRUNNER_PORT", "DATABASE_URL"):
        assert said.err.count(f"  {name} ") == 1
    assert "doctor" in said.err
    assert said.out == ""


def test_the_manifest_for_socket_mode_is_the_file(capsys):
    assert run(["manifest"]) == 0
    assert yaml.safe_load(capsys.readouterr().out) == yaml.safe_load(MANIFEST.read_text())


def test_the_manifest_for_http_mode_bears_the_address(capsys):
    assert run(["manifest", "--mode", "http", "--url", "https://desk.example"]) == 0
    told = yaml.safe_load(capsys.readouterr().out)
    assert told["settings"]["interactivity"]["request_url"] == "https://desk.example/slack/events"


@pytest.mark.parametrize(
    "url", [(), ("--url", ""), ("--url", "http://desk.example"), ("--url", "desk.example")]
)
def test_the_manifest_for_http_mode_needs_a_secure_address(capsys, url):
    assert run(["manifest", "--mode", "http", *url]) == 2
    assert "--url https://" in capsys.readouterr().err


def test_a_database_that_is_away_is_one_line_without_its_password():
    ended = program("migrate", DATABASE_URL=CLOSED)
    assert ended.returncode == 1
    assert "DATABASE_URL" in ended.stderr
    assert "canary-password" not in ended.stderr
    assert "Traceback" not in ended.stderr


def program(*words, **settings):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=ROOT,
        env={**kept, **tokens, **settings},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (SlackRefusedToken("token_revoked"), "does not accept SLACK_BOT_TOKEN (token_revoked)"),
        (
            SlackRefusedToken("invalid_auth", "SLACK_APP_TOKEN"),
            "does not accept SLACK_APP_TOKEN (invalid_auth)",
        ),
        (DatabaseUnusable("InvalidPasswordError"), "DATABASE_URL"),
        (EmbeddedError("no room in data/"), "no room in data/"),
        (OSError(errno.EADDRINUSE, "address already in use"), "SHOWRUNNER_PORT"),
        (RuntimeError("canary"), "RuntimeError"),
    ],
)
def test_what_ends_the_program_is_one_line_and_exit_code_1(capsys, error, says):
    assert commands.give_up(error) == 1
    *_, line = capsys.readouterr().err.splitlines()
    assert says in line
    assert "canary" not in line
