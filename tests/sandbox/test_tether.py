"""The sandbox's child ends with it, even when the sandbox cannot say goodbye."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

TETHER = Path(__file__).parents[2] / "sandbox" / "tether.py"
SANDBOX = """
import asyncio, sys
from pathlib import Path
from sandbox.botprocess import BotProcess

async def main():
    child = "import os, signal; print(os.getpid(), flush=True); signal.pause()"
    log = Path(sys.argv[1])
    bot = BotProcess((sys.executable, "-c", child), {}, log, print)
    await bot.run()

asyncio.run(main())
"""

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells a child of its parent's death"
)


async def child_of(log: Path) -> psutil.Process:
    async with asyncio.timeout(20):
        while not log.exists() or not log.read_text().strip().isdigit():
            await asyncio.sleep(0.02)
    return psutil.Process(int(log.read_text()))


async def test_a_killed_sandbox_leaves_no_child_behind(tmp_path: Path) -> None:
    log = tmp_path / "bot.log"
    sandbox = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SANDBOX, str(log)), env={"PYTHONPATH": str(TETHER.parents[1])}
    )
    child = await child_of(log)
    assert child.is_running()
    sandbox.send_signal(signal.SIGKILL)
    await sandbox.wait()
    with suppress(psutil.NoSuchProcess):
        assert await asyncio.to_thread(child.wait, 10) in (None, 0, -signal.SIGTERM)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


async def test_a_child_whose_parent_is_gone_already_does_not_start() -> None:
    program = (sys.executable, "-I", str(TETHER), "1", sys.executable, "-c", "print('started')")
    process = await asyncio.create_subprocess_exec(*program, stdout=asyncio.subprocess.PIPE)
    printed, _ = await process.communicate()
    assert (process.returncode, printed) == (0, b"")


async def test_a_program_that_is_not_there_is_named() -> None:
    program = (sys.executable, "-I", str(TETHER), str(os.getpid()), "/no/such/program")
    process = await asyncio.create_subprocess_exec(*program, stderr=asyncio.subprocess.PIPE)
    _, told = await process.communicate()
    assert process.returncode == 1
    assert b"/no/such/program cannot be started" in told
