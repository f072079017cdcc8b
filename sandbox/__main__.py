"""`python -m sandbox`: a Slack workspace on this machine with Showrunner in it."""

import argparse
import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import uvloop

from sandbox.botprocess import MISUSED, BotProcess, child_environment, until_ready
from sandbox.breaking import unknown
from sandbox.history import WEEKS, seed_history
from sandbox.manifest import UnusableManifest
from sandbox.samples import place_samples
from sandbox.server import Sandbox
from sandbox.settings import REPOSITORY, SandboxSettings

_HOST = "127.0.0.1"
_SLOW_START = 60.0
_DAYS_OF_USE = 63


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    options.broken = [name.strip() for text in options.broken for name in text.split(",")]
    if wrong := unknown(options.broken):
        return _refuse(wrong)
    try:
        return uvloop.run(_run(options))
    except UnusableManifest as unusable:
        return _refuse(f"{unusable}. It tells the sandbox what the app may do.")


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8800, help="port of the page (default 8800)")
    parser.add_argument("--bot-port", type=int, help="port of Showrunner (default: the one after --port)")
    parser.add_argument("--mode", choices=("socket", "http"), default="socket")
    parser.add_argument("--no-bot", action="store_true", help="only the workspace; connect your own program")
    parser.add_argument("--data-dir", type=Path, default=REPOSITORY / "data" / "demo")
    parser.add_argument("--manifest", type=Path, default=REPOSITORY / "manifest.yml")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, default=60.0, help="tokens a second of the stand-in models")
    parser.add_argument("--rate-tiers", action="store_true", help="enforce Slack's rate limits")
    parser.add_argument(
        "--seed-history", action="store_true", help=f"fill the last {WEEKS} weeks with plausible use"
    )
    parser.add_argument(
        "--break",
        dest="broken",
        metavar="WHAT",
        action="append",
        default=[],
        help="make something fail on purpose (several: again, or with commas); a name it does not know lists them",
    )
    return parser.parse_args(arguments)


async def _run(options: argparse.Namespace) -> int:
    bot_port = options.bot_port or options.port + 1
    if not options.no_bot and _is_taken(bot_port):
        return _refuse(
            f"Port {bot_port} is in use, perhaps by a Showrunner that an earlier run left behind. "
            f"Stop it, or choose another with --bot-port."
        )
    sandbox = Sandbox(_settings(options, bot_port))
    try:
        await sandbox.start()
    except OSError:
        return _refuse(
            f"Port {options.port} is in use. Stop what runs there, or choose another: "
            f"python -m sandbox --port {options.port + 10}"
        )
    sandbox.providers.speed = options.speed
    _furnish(sandbox, options)
    stopping = _on_signals()
    try:
        if options.no_bot:
            return await _without_bot(sandbox, options.mode, stopping)
        return await _with_bot(sandbox, options, bot_port, stopping)
    finally:
        await sandbox.stop()


def _furnish(sandbox: Sandbox, options: argparse.Namespace) -> None:
    """What the workspace holds and what is broken in it, before anybody comes."""
    if options.seed_history:
        _say(f"{seed_history(sandbox):,} messages of the last {WEEKS} weeks are in place.")
    place_samples(sandbox)
    sandbox.breaking.start(options.broken)
    for note in sandbox.breaking.notes:
        _say(note)


async def _without_bot(sandbox: Sandbox, mode: str, stopping: asyncio.Event) -> int:
    print("Nobody is connected yet. Start your program with:")
    for name, value in sandbox.environment(mode).items():
        print(f"  {name}={value}")
    _say(f"The workspace is open: {sandbox.url}")
    await stopping.wait()
    return 0


async def _with_bot(
    sandbox: Sandbox, options: argparse.Namespace, bot_port: int, stopping: asyncio.Event
) -> int:
    data = options.data_dir.resolve()
    data.mkdir(parents=True, exist_ok=True)
    own = {
        "SHOWRUNNER_PORT": str(bot_port),
        "SHOWRUNNER_MODE": options.mode,
        "SHOWRUNNER_DATA_DIR": str(data),
    }
    environment, real = child_environment(os.environ, sandbox.environment(options.mode) | own)
    _tell_providers(sandbox, real)
    program = str(Path(sys.executable).parent / "showrunner")
    bot = BotProcess(
        (program, "serve"), environment, data / "showrunner.log", lambda text: _notice(sandbox, text)
    )
    _say("Starting Showrunner …")
    history = _made_up_use(sandbox, program) if options.seed_history else None
    running = asyncio.ensure_future(_prepared(bot, history))
    greeting = asyncio.ensure_future(_greet(sandbox, f"http://{_HOST}:{bot_port}/readyz"))
    stopped = asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait((running, stopped), return_when=asyncio.FIRST_COMPLETED)
    finally:
        greeting.cancel()
        stopped.cancel()
        await bot.stop()
        running.cancel()
        results = await asyncio.gather(running, greeting, stopped, return_exceptions=True)
    return results[0] if isinstance(results[0], int) else 0


async def _prepared(bot: BotProcess, history: tuple[str, ...] | None) -> int:
    if history:
        _say("Making up what was used in these weeks …")
        await bot.prepare(history)
    return await bot.run()


def _made_up_use(sandbox: Sandbox, program: str) -> tuple[str, ...]:
    """The program's own command for it: the log of its calls is its own affair."""
    workspace = sandbox.workspace
    bot = workspace.bot
    places = [
        c for c in workspace.channels.values() if c.kind in ("public", "private") and bot.id in c.members
    ]
    ids = ",".join(channel.id for channel in places)
    return (program, "demo", "usage", "--days", str(_DAYS_OF_USE), "--channels", ids)


async def _greet(sandbox: Sandbox, ready_url: str) -> None:
    try:
        async with asyncio.timeout(_SLOW_START):
            await until_ready(ready_url)
    except TimeoutError:
        _say("Showrunner takes longer than usual; its log is in the data folder. Still waiting …")
        await until_ready(ready_url)
    _say(f"Showrunner is ready: open {sandbox.url}")


def _settings(options: argparse.Namespace, bot_port: int) -> SandboxSettings:
    events_url = f"http://{_HOST}:{bot_port}/slack/events" if options.mode == "http" else None
    return SandboxSettings(
        host=_HOST,
        port=options.port,
        manifest=options.manifest,
        seed=options.seed,
        rate_tiers=options.rate_tiers,
        http_events_url=events_url,
        retry_scale=0.1,
    )


def _tell_providers(sandbox: Sandbox, real: list[str]) -> None:
    sandbox.page.real_providers = real
    if not real:
        sandbox.page.notes.append("Answers come from a small stand-in model on this machine.")
        return
    note = f"Answers are real and cost money: {' and '.join(real)} from your environment is used."
    sandbox.page.notes.append(note)
    _say(note)


def _notice(sandbox: Sandbox, text: str) -> None:
    _say(text)
    sandbox.workspace.notice(text.partition("\n")[0])


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((_HOST, port)) == 0


def _on_signals() -> asyncio.Event:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    return stopping


def _say(text: str) -> None:
    print(text, flush=True)


def _refuse(text: str) -> int:
    print(text, file=sys.stderr, flush=True)
    return MISUSED


if __name__ == "__main__":
    sys.exit(main())
