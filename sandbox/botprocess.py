"""Showrunner itself, as its own process that knows nothing but its environment variables."""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import aiohttp

MISUSED = 2
_KEPT = ("PATH", "HOME", "LANG")
_REAL_PROVIDERS = {"ANTHROPIC_API_KEY": "ANTHROPIC_BASE_URL", "OPENAI_API_KEY": "OPENAI_BASE_URL"}
_FOR_REAL_PROVIDERS = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_TETHER = Path(__file__).with_name("tether.py")
_LAST_LINES = 15
_LOOK_AGAIN = 0.1
_PROBE_TIMEOUT = aiohttp.ClientTimeout(total=2.0)


def child_environment(own: Mapping[str, str], sandbox: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The child's environment, and the names of real provider keys in `own` that it is given."""
    found = {**{name: own[name] for name in _KEPT if name in own}, **sandbox}
    real = [name for name in _REAL_PROVIDERS if own.get(name)]
    for key in real:
        base = _REAL_PROVIDERS[key]
        found[key] = own[key]
        found.pop(base, None)
        if own.get(base):
            found[base] = own[base]
    if real:
        found |= {name: own[name] for name in _FOR_REAL_PROVIDERS if name in own}
    return found, real


class BotProcess:
    """Runs the program, and runs it again when it dies. It does not outlive us, however we end."""

    def __init__(
        self,
        command: tuple[str, ...],
        environment: Mapping[str, str],
        log: Path,
        notice: Callable[[str], None],
        *,
        first_pause: float = 1.0,
        longest_pause: float = 10.0,
        grace: float = 30.0,
    ) -> None:
        self._command, self._environment, self._log, self._notice = command, environment, log, notice
        self._pause, self._longest_pause, self._grace = first_pause, longest_pause, grace
        self._stopping = False
        self._process: Process | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def prepare(self, command: tuple[str, ...]) -> None:
        """Run something else of the program's to its end, before `run`; where it fails, people are told."""
        code = await self._run_once(command)
        if code and not self._stopping:
            self._notice(f"{' '.join(command[1:3])} ended with exit code {code}:\n{self._last_lines()}")

    async def run(self) -> int:
        """Until `stop`; the exit code when the program refuses its settings, else 0."""
        pause = self._pause
        while not self._stopping:
            started = asyncio.get_running_loop().time()
            code = await self._run_once(self._command)
            if self._stopping:
                return 0
            if code == MISUSED:
                self._notice(f"Showrunner does not accept its settings:\n{self._last_lines()}")
                return MISUSED
            if asyncio.get_running_loop().time() - started > self._longest_pause:
                pause = self._pause
            self._notice(self._death(code, pause))
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._longest_pause)
        return 0

    async def stop(self) -> None:
        """Asks it to finish, and insists after the grace period."""
        self._stopping = True
        process = self._process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), self._grace)
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _run_once(self, command: tuple[str, ...]) -> int:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                str(_TETHER),
                str(os.getpid()),
                *command,
                env=dict(self._environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return await self._process.wait()

    def _death(self, code: int, pause: float) -> str:
        return (
            f"Showrunner stopped with exit code {code}; starting it again in {pause:g} s. "
            f"Its last lines ({self._log}):\n{self._last_lines()}"
        )

    def _last_lines(self) -> str:
        with self._log.open(encoding="utf-8", errors="replace") as log:
            return "".join(f"  {line}" for line in deque(log, _LAST_LINES)).rstrip()


async def until_ready(url: str) -> None:
    """Returns when `url` answers 200."""
    async with aiohttp.ClientSession(timeout=_PROBE_TIMEOUT) as session:
        while True:
            with suppress(aiohttp.ClientError, TimeoutError):
                async with session.get(url) as answer:
                    if answer.ok:
                        return
            await asyncio.sleep(_LOOK_AGAIN)
