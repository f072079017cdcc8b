"""README.md promises what is there."""

import argparse
import re

import pytest

from bot.__main__ import parser
from tests import readme

TEXT = readme.README.read_text()
ROOT = readme.README.parent
CODE = re.findall(r"`([^`\n]+)`", TEXT) + [
    line.strip() for line in re.findall(r"^    (.+)$", TEXT, re.MULTILINE)
]
MADE = {found for code in CODE for found in re.findall(r"^make (\w+)", code)}
RUN = [found for code in CODE for found in re.findall(r"^(?:\.venv/bin/)?showrunner (.+)", code)]


def section(title):
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found, title
    return found.group(1)


def test_the_settings_table_is_that_of_the_settings():
    assert readme.written() == readme.table(), "python -m tests.readme writes it"


@pytest.mark.parametrize("target", sorted(MADE))
def test_every_make_target_named_is_in_the_makefile(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("words", RUN)
def test_every_command_named_is_one_of_the_program(words, capsys):
    try:
        parser().parse_args(words.split())
    except SystemExit:
        pytest.fail(capsys.readouterr().err)


def test_what_is_told_about_commands_was_found():
    assert {"demo", "test", "serve"} <= MADE
    assert any(words.startswith("doctor") for words in RUN)


def test_every_word_of_the_program_is_a_command():
    (words,) = [action for action in parser()._actions if isinstance(action, argparse._SubParsersAction)]
    assert set(words.choices) == {"serve", "migrate", "manifest", "doctor", "demo"}


def test_installing_takes_at_most_ten_lines():
    steps = re.findall(r"^\d+\. ", section("Install it into a real workspace"), re.MULTILINE)
    assert 0 < len(steps) <= 10


def test_every_variable_named_is_read():
    named = set(re.findall(r"\b(?:SHOWRUNNER_[A-Z_]+|SLACK_[A-Z_]+|[A-Z]+_API_KEY|DATABASE_URL)\b", TEXT))
    assert named <= {readme.variable(field) for field in readme.Settings.model_fields}


def test_no_address_of_the_program_is_misspelt():
    assert set(re.findall(r"`(/\w+z|/metrics)`", TEXT)) == {"/healthz", "/readyz", "/metrics"}


def test_files_named_are_there():
    linked = re.findall(r"\]\((?!https?:)([^)]+)\)", TEXT)
    named = re.findall(r"`([\w/]+\.(?:md|yml|toml|lock))`", TEXT)
    assert not [name for name in [*linked, *named] if not (ROOT / name).exists()]
