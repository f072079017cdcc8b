"""`python -m sandbox` and the process it keeps alive."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sandbox.__main__ import main
from sandbox.botprocess import BotProcess, child_environment

MANIFEST = Path(__file__).parent / "manifest.yml"


def test_a_busy_port_is_told_in_one_line(capsys) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert main(["--no-bot", "--port", str(port), "--manifest", str(MANIFEST)]) == 2
    assert f"Port {port} is in use" in capsys.readouterr().err


def test_a_showrunner_left_behind_is_told(capsys) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert main(["--bot-port", str(port), "--port", "0", "--manifest", str(MANIFEST)]) == 2
    assert "left behind" in capsys.readouterr().err


def test_a_missing_manifest_is_told(capsys, tmp_path: Path) -> None:
    assert main(["--no-bot", "--manifest", str(tmp_path / "none.yml")]) == 2
    assert "There is no manifest" in capsys.readouterr().err


def test_the_child_knows_only_what_it_needs() -> None:
    own = {"PATH": "/bin", "HOME": "/home/me", "SECRET": "x", "SLACK_BOT_TOKEN": "real"}
    found, real = child_environment(own, {"SLACK_BOT_TOKEN": "sandbox"})
    assert found == {"PATH": "/bin", "HOME": "/home/me", "SLACK_BOT_TOKEN": "sandbox"}
    assert real == []


def test_a_real_provider_key_is_used_and_named() -> None:
    sandbox = {
        "ANTHROPIC_API_KEY": "stand-in",
        "ANTHROPIC_BASE_URL": "http://here",
        "OPENAI_BASE_URL": "http://here",
    }
    found, real = child_environment({"ANTHROPIC_API_KEY": "real"}, sandbox)
    assert found == {"ANTHROPIC_API_KEY": "real", "OPENAI_BASE_URL": "http://here"}
    assert real == ["ANTHROPIC_API_KEY"]


@asynccontextmanager
async def running(
    code: str, tmp_path: Path, notices: list[str]
) -> AsyncIterator[tuple[BotProcess, asyncio.Task[int]]]:
    command = (sys.executable, "-c", code)
    bot = BotProcess(command, {}, tmp_path / "bot.log", notices.append, first_pause=0.01)
    task = asyncio.ensure_future(bot.run())
    yield bot, task
    await bot.stop()
    await task


async def until(condition) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def test_a_dead_program_is_started_again_and_told(tmp_path: Path) -> None:
    notices: list[str] = []
    async with running("print('oh no'); raise SystemExit(1)", tmp_path, notices):
        await until(lambda: len(notices) >= 2)
    assert "exit code 1" in notices[0]
    assert "oh no" in notices[0]


async def test_a_program_that_refuses_its_settings_is_left_alone(tmp_path: Path) -> None:
    notices: list[str] = []
    async with running("print('SLACK_BOT_TOKEN is missing'); raise SystemExit(2)", tmp_path, notices) as (
        _,
        task,
    ):
        assert await asyncio.wait_for(asyncio.shield(task), 10) == 2
    assert "SLACK_BOT_TOKEN is missing" in notices[0]


async def test_stopping_asks_the_program_politely(tmp_path: Path) -> None:
    code = "import signal,sys; signal.signal(15, lambda *_: sys.exit(print('bye'))); print('up', flush=True); signal.pause()"
    log = tmp_path / "bot.log"
    async with running(code, tmp_path, []) as (bot, _):
        await until(lambda: log.exists() and "up" in log.read_text())
        assert bot.pid is not None
    assert "bye" in log.read_text()


async def test_the_workspace_alone_opens_and_closes(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sandbox",
        "--no-bot",
        "--port",
        "0",
        "--manifest",
        str(MANIFEST),
        stdout=asyncio.subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    lines = []
    async with asyncio.timeout(20):
        while not lines or "The workspace is open" not in lines[-1]:
            lines.append((await process.stdout.readline()).decode())
    assert any("SLACK_API_URL=http://127.0.0.1" in line for line in lines)
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 10) == 0
