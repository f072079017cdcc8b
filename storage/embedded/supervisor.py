"""What the program and the tests use: a database that is there from `start` to `stop`, come what may."""

import asyncio
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

import asyncpg
import structlog

from storage.embedded.account import server_account
from storage.embedded.errors import EmbeddedError
from storage.embedded.locks import Share, alone
from storage.embedded.place import REFUGE, find_place
from storage.embedded.programs import installation, server_installation
from storage.embedded.server import OWNER, START_SECONDS, STOP_SECONDS, Server, in_thread
from storage.embedded.serverlog import bound_log

log = structlog.get_logger(__name__)
_LOCK_SECONDS = START_SECONDS + STOP_SECONDS
_TROUBLE = (OSError, subprocess.SubprocessError, asyncpg.PostgresError)
_LONGEST_PAUSE = 5.0


class EmbeddedPostgres:
    """A server in `data_dir/postgres`, shared by all processes that name the same folder.

    `durable=False` is for tests: faster, and lost if the machine itself goes down.
    `refuge` takes what the server's account could not reach where it is; only root has need of it.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True, refuge: Path = REFUGE) -> None:
        self._data_dir = data_dir
        self._durable = durable
        self._refuge = refuge
        self._server: Server | None = None
        self._share: Share | None = None

    async def start(self) -> None:
        """Makes, starts or adopts the server and takes hold of it. Raises EmbeddedError."""
        if self._share is None:
            try:
                await self._start()
            except _TROUBLE as error:
                raise EmbeddedError(f"No embedded PostgreSQL in {self._data_dir}: {error}") from error

    async def stop(self) -> None:
        """Lets go of the server; the last who does ends it."""
        if self._share is not None:
            server = self._running()
            async with alone(server.place.start_lock, _LOCK_SECONDS):
                await self._leave(server)

    async def ensure(self) -> None:
        """Starts the server again if it died while we hold it; costs nothing worth naming when it lives."""
        server = self._running()
        bound_log(server.place.log)
        if server.is_ready():
            return
        async with alone(server.place.start_lock, _LOCK_SECONDS):
            if self._share is not None and await server.bring_up():  # `stop` may have had the lock before us
                log.warning("database.restarted")

    async def watch(self, interval: float = 0.5) -> None:
        """Runs until cancelled; calls `ensure` every `interval` seconds."""
        pause = interval
        while True:
            try:
                await self.ensure()
                pause = interval
            except (EmbeddedError, *_TROUBLE) as error:
                log.error("database.start_failed", error=str(error))  # noqa: TRY400  # the message is the whole story
                pause = min(2 * pause, _LONGEST_PAUSE)
            await asyncio.sleep(pause)

    def url(self, database: str = OWNER) -> str:
        """For SQLAlchemy."""
        return self.dsn(database).replace("postgresql://", "postgresql+asyncpg://", 1)

    def dsn(self, database: str = OWNER) -> str:
        """For asyncpg and PostgreSQL's own programs. Only the database "showrunner" is there by itself."""
        return self._running().dsn(database)

    def program(self, name: str) -> Path:
        """The path of one of PostgreSQL's programs, such as `pg_dump`."""
        return installation() / "bin" / name

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _start(self) -> None:
        self._server = server = await in_thread(self._locate)
        async with alone(server.place.start_lock, _LOCK_SECONDS):
            self._share = Share(server.place.users_lock)
            try:
                await in_thread(server.create)
                await server.bring_up()
            except BaseException:
                await self._leave(server)
                raise

    def _locate(self) -> Server:
        account = server_account()
        place = find_place(self._data_dir, account, self._refuge)
        return Server(place, account, server_installation(account, self._refuge), self._durable)

    async def _leave(self, server: Server) -> None:
        share, self._share = self._share, None
        if share is not None:
            try:
                if share.is_last():
                    await server.shut_down()
            finally:
                share.leave()

    def _running(self) -> Server:
        if self._server is None or self._share is None:
            raise EmbeddedError("The embedded PostgreSQL has not been started.")
        return self._server
