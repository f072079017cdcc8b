"""One PostgreSQL server: made, started or adopted, ended. Its caller holds the start lock of the place."""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import asyncpg

from storage.embedded.account import Account
from storage.embedded.errors import EmbeddedError
from storage.embedded.place import Place
from storage.embedded.processes import POLL_SECONDS, alive, all_gone, belongs, read_pid_file, retire, send
from storage.embedded.programs import MAJOR
from storage.embedded.serverlog import open_log, tail
from storage.embedded.settings import write_settings
from storage.embedded.sockets import PORT, clear_socket_dir, make_socket_dir, remove_socket_dir

START_SECONDS = 120.0  # replaying the log after a crash takes time
STOP_SECONDS = 30.0
OWNER = "showrunner"
_SUPERUSER = "postgres"
# The shell ends at once and leaves the server to the machine's first process, so that neither the closing of
# an event loop nor our death reaches it. The server's process id comes back on the pipe.
_DETACHED = '"$@" </dev/null >&2 & echo $!'

T = TypeVar("T")


@dataclass(frozen=True)
class Server:
    place: Place
    account: Account
    installation: Path
    durable: bool

    def pid(self) -> int | None:
        """The postmaster's, when its own pid file names it and it lives."""
        file = read_pid_file(self.place.cluster)
        return file.pid if file and belongs(file.pid, self.place.server_name) else None

    def dsn(self, database: str, user: str = OWNER) -> str:
        host = quote(str(self.place.socket_dir), safe="/")
        return f"postgresql://{user}@/{quote(database, safe='')}?host={host}&port={PORT}"

    def is_ready(self) -> bool:
        file = read_pid_file(self.place.cluster)
        return file is not None and file.status == "ready" and belongs(file.pid, self.place.server_name)

    async def bring_up(self) -> bool:
        """Returns once the server takes connections and our database is there: True if started anew."""
        pid = self.pid()
        adopted = await self._connection(pid) if pid else None
        connection = adopted or await self._connection(await self._start())
        if connection is None:
            raise self._failure("ended while starting")
        try:
            await _prepare(connection)
        finally:
            await connection.close()
        return adopted is None

    async def shut_down(self) -> None:
        pid = self.pid()
        if pid is not None:
            send([pid], signal.SIGINT)
            await all_gone([pid], STOP_SECONDS)
        await retire(self.place.server_name)
        remove_socket_dir(self.place)

    def create(self) -> None:
        """Makes the data folder, complete or not at all. Blocks."""
        if self.place.cluster.exists():
            self._check_version()
            return
        for abandoned in self.place.home.glob("initdb-*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        draft = Path(tempfile.mkdtemp(prefix="initdb-", dir=self.place.home))
        self.account.own(draft)
        result = self._run(self._initdb(draft), subprocess.STDOUT)
        if result.returncode != 0:
            raise EmbeddedError(f"PostgreSQL could not make its data folder in {draft}:\n{result.stdout}")
        draft.rename(self.place.cluster)

    async def _start(self) -> int:
        await retire(self.place.server_name)
        (self.place.cluster / "postmaster.pid").unlink(missing_ok=True)
        socket_dir = make_socket_dir(self.place, self.account)
        clear_socket_dir(self.place)
        write_settings(self.place, self.account, socket_dir, self.durable)
        return await in_thread(self._launch)

    def _launch(self) -> int:
        with open_log(self.place.log) as log:
            result = self._run(["/bin/sh", "-c", _DETACHED, "sh", *self._postgres()], log.fileno())
        return int(result.stdout)

    def _postgres(self) -> list[str]:
        place = self.place
        return [
            str(self.installation / "bin" / "postgres"),
            *("-D", str(place.cluster)),
            *("-c", f"config_file={place.settings}"),
            *("-c", f"cluster_name={place.server_name}"),
        ]

    def _initdb(self, folder: Path) -> list[str]:
        return [
            str(self.installation / "bin" / "initdb"),
            *("-D", str(folder), "-U", _SUPERUSER, "-A", "peer", "--encoding=UTF8"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--text-search-config=english", "--no-instructions"),
            *([] if self.durable else ["--no-sync"]),
        ]

    def _run(self, command: Sequence[str], errors: int) -> "subprocess.CompletedProcess[str]":
        dropped = self.account.dropped
        return subprocess.run(  # noqa: S603  # fixed programs, no shell reads the arguments
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd="/",  # ours may be closed to the server's account
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},  # PGPORT and its like must not reach it
            start_new_session=True,  # the terminal's Ctrl-C is meant for us
            user=self.account.uid if dropped else None,
            group=self.account.gid if dropped else None,
            extra_groups=[] if dropped else None,
            timeout=START_SECONDS,
            text=True,
            check=False,
        )

    async def _connection(self, pid: int) -> "asyncpg.Connection[asyncpg.Record] | None":
        """The superuser's, as soon as the server takes it; None when the server ended instead."""
        deadline = time.monotonic() + START_SECONDS
        while alive(pid):
            file = read_pid_file(self.place.cluster)
            if file and file.status not in {"starting", "stopping"}:
                try:
                    return await asyncpg.connect(self.dsn("postgres", _SUPERUSER), timeout=10)
                except (OSError, asyncpg.CannotConnectNowError):
                    pass
            if time.monotonic() > deadline:
                raise self._failure(f"takes no connection after {START_SECONDS:.0f} s")
            await asyncio.sleep(POLL_SECONDS)
        return None

    def _check_version(self) -> None:
        found = (self.place.cluster / "PG_VERSION").read_text().strip()
        if found != MAJOR:
            raise EmbeddedError(
                f"{self.place.cluster} was made by PostgreSQL {found}, this program brings {MAJOR}. "
                "Restore a backup into a new SHOWRUNNER_DATA_DIR, or go back to the version that made it."
            )

    def _failure(self, what: str) -> EmbeddedError:
        return EmbeddedError(
            f"The embedded PostgreSQL in {self.place.home} {what}. "
            f"The end of {self.place.log}:\n{tail(self.place.log)}"
        )


async def _prepare(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """We work as an owner, not as the superuser: a slip in our SQL must not reach the machine's files."""
    if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", OWNER):
        await connection.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB")
    if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", OWNER):
        await connection.execute(f"CREATE DATABASE {OWNER} OWNER {OWNER}")


async def in_thread(call: Callable[[], T]) -> T:
    """Like `asyncio.to_thread`, but a cancelled caller still waits: nothing goes on behind its back."""
    work = asyncio.ensure_future(asyncio.to_thread(call))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        raise
