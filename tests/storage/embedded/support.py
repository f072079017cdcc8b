"""What the tests of the embedded PostgreSQL arrange and observe: its processes, not its own word for it."""

import asyncio
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import psutil

from storage.embedded import EmbeddedPostgres
from storage.embedded.account import server_account
from storage.embedded.place import Place
from storage.embedded.processes import family, send

REPOSITORY = Path(__file__).parents[3]
USER = """
import asyncio, pathlib, signal, sys, uvloop
from storage.embedded import EmbeddedPostgres

async def main():
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    async with EmbeddedPostgres(pathlib.Path(sys.argv[1]), durable=False):
        print("up", flush=True)
        await ended.wait()

uvloop.run(main())
"""


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder open to the server's account, as pytest's own are not; its servers end with it."""
    base = Path(tempfile.mkdtemp(prefix="embedded-"))
    base.chmod(0o711)
    try:
        yield base
    finally:
        for home in base.rglob("postgres"):
            kill_server(home.parent)
        shutil.rmtree(base)


def a_server(data_dir: Path, **options: Any) -> EmbeddedPostgres:
    return EmbeddedPostgres(data_dir, **{"durable": False, **options})


def place_of(data_dir: Path) -> Place:
    return Place((data_dir / "postgres").resolve())


def processes(data_dir: Path) -> list[int]:
    return family(place_of(data_dir).server_name)


def postmasters(data_dir: Path) -> list[int]:
    return [pid for pid in processes(data_dir) if "-D" in psutil.Process(pid).cmdline()]


def postmaster(data_dir: Path) -> int:
    (pid,) = postmasters(data_dir)
    return pid


async def ask(server: EmbeddedPostgres, question: str) -> Any:
    connection = await asyncpg.connect(server.dsn())
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def remember(server: EmbeddedPostgres) -> str:
    """Commits a word of its own, to be recalled."""
    word = uuid.uuid4().hex
    await ask(server, f'CREATE TABLE "{word}" ()')
    return word


async def remembers(server: EmbeddedPostgres, word: str) -> bool:
    return bool(await ask(server, f"SELECT to_regclass('\"{word}\"') IS NOT NULL"))


async def until(condition: Callable[[], object], timeout: float = 15.0) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


def kill_server(data_dir: Path) -> None:
    """All of it at once; its pid file and its socket stay."""
    while left := processes(data_dir):
        send(left, signal.SIGKILL)
        time.sleep(0.01)


@asynccontextmanager
async def busy_backend(server: EmbeddedPostgres) -> AsyncIterator[int]:
    """A process of the server in a statement that never ends and never looks up."""
    connection = await asyncpg.connect(server.dsn())
    backend = connection.get_server_pid()
    statement = asyncio.create_task(connection.execute("DO 'BEGIN LOOP END LOOP; END'"))
    try:
        await until(lambda: psutil.Process(backend).cmdline()[0].endswith(" DO"))
        yield backend
    finally:
        connection.terminate()
        await asyncio.wait([statement])
        statement.exception()


@asynccontextmanager
async def another_process(data_dir: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """One of ours, using the server until SIGTERM."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", USER, str(data_dir), cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 30) == b"up\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@contextmanager
def foreign_process() -> Iterator[int]:
    """A live process of the server's own account that has nothing to do with it."""
    account = server_account()
    owner = {"user": account.uid, "group": account.gid} if account.dropped else {}
    with subprocess.Popen(["sleep", "60"], **owner) as process:
        try:
            yield process.pid
        finally:
            process.kill()
