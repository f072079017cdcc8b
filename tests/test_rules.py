"""Rules of the house that no linter knows, checked over the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.logs import ALLOWED

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = ("bot", "handlers", "services", "storage", "jobs", "admin_web")
ROOMS = (*PRODUCT, "sandbox")
LONGEST_FUNCTION, LONGEST_FILE = 40, 300

METHOD = re.compile(
    r"(?:chat|views|reactions|files|conversations|users|agents|assistant|apps|auth|bots)\.[a-zA-Z.]+"
)
ENVIRONMENT = {
    "bot/config.py": "the product's only reader of the environment",
    "sandbox/__main__.py": "hands the program it starts an environment of its own",
}
PRINTING = ("bot/__main__.py", "bot/commands/", "sandbox/__main__.py")
LOGGERS = frozenset({"log", "_log"})
LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical"})


def sources(*rooms: str) -> list[Path]:
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def nodes(*rooms: str) -> Iterator[tuple[str, ast.AST]]:
    for path in sources(*rooms):
        for node in ast.walk(ast.parse(path.read_text(), str(path))):
            yield name_of(path), node


def at(name: str, node: ast.AST) -> str:
    return f"{name}:{getattr(node, 'lineno', 0)}"


def called(node: ast.AST) -> str:
    """The dotted name of what is called; empty for anything else."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def given(node: ast.AST) -> dict[str | None, ast.expr]:
    return {word.arg: word.value for word in node.keywords} if isinstance(node, ast.Call) else {}


def slack_methods(name: str, node: ast.AST) -> set[str]:
    """Slack's methods that a call is made with, by name or as a method of the SDK's client."""
    if not isinstance(node, ast.Call):
        return set()
    written = {arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)}
    dotted = {text for text in written if METHOD.fullmatch(text)}
    attribute = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    asks = attribute in {"send", "read", "api_call"}
    sdk = (
        {attribute}
        if re.fullmatch(r"(?:chat|views|auth|apps|files|users|conversations)_\w+", attribute)
        else set()
    )
    return (dotted if asks else set()) | sdk


def test_nothing_posts_to_slack_but_the_sender():
    posts = re.compile(r"(?:chat|views|reactions)[._].*")
    found = [
        at(name, node)
        for name, node in nodes(*PRODUCT)
        for method in slack_methods(name, node)
        if posts.fullmatch(method) and not name.startswith("handlers/sender/")
    ]
    assert not found


def test_only_bot_asks_slack_who_it_is_and_where_to_connect():
    found = {
        (name.split("/")[0], method)
        for name, node in nodes(*PRODUCT)
        for method in slack_methods(name, node)
        if re.fullmatch(r"(?:auth|apps)[._].*", method)
    }
    assert found == {("bot", "auth_test"), ("bot", "apps_connections_open")}


def test_no_shell_reads_what_we_run():
    shells = {"os.system", "os.popen", "asyncio.create_subprocess_shell", "subprocess.getoutput"}
    found = [at(n, node) for n, node in nodes(*ROOMS) if called(node) in shells or "shell" in given(node)]
    assert not found


def test_every_session_has_a_timeout():
    clients = {"aiohttp.ClientSession", "ClientSession", "httpx2.AsyncClient", "AsyncClient"}
    found = [
        at(name, node)
        for name, node in nodes(*ROOMS)
        if called(node) in clients and "timeout" not in given(node)
    ]
    assert not found


def test_only_the_command_line_prints():
    found = [
        at(n, node) for n, node in nodes(*ROOMS) if called(node) == "print" and not n.startswith(PRINTING)
    ]
    assert not found


def test_only_the_settings_read_the_environment():
    readers = {"os.environ", "os.getenv", "os.environb"}
    found = {
        name
        for name, node in nodes(*ROOMS)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in readers
    }
    assert found == set(ENVIRONMENT)


def test_every_field_of_a_log_line_is_allowed():
    found = {
        f"{at(name, node)} {field}"
        for name, node in nodes(*PRODUCT)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in LEVELS
        and ast.unparse(node.func.value).rpartition(".")[2] in LOGGERS
        for field in given(node)
        if field is not None and field not in ALLOWED | {"exc_info"}
    }
    assert not found


def test_functions_stay_within_forty_lines():
    found = [
        f"{at(name, node)} {node.name}"
        for name, node in nodes(*ROOMS)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert not found


def test_files_stay_within_three_hundred_lines():
    found = {name_of(path) for path in sources(*ROOMS) if len(path.read_text().splitlines()) > LONGEST_FILE}
    assert not found


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_what_is_excepted_is_there(name):
    assert (ROOT / name).is_file()
