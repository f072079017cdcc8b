"""Which account of the machine runs the server, and where that account can go."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from storage.embedded.errors import EmbeddedError


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int
    client: str
    """The machine's name for the user we are: the only one the server lets in."""

    @property
    def dropped(self) -> bool:
        """Whether the server runs as somebody else than us."""
        return self.uid != os.geteuid()

    def may(self, path: Path, access: int) -> bool:
        """Whether the mode of `path` grants `access` (`os.X_OK`, `os.R_OK` or both)."""
        status = path.stat()
        shift = 6 if status.st_uid == self.uid else 3 if status.st_gid == self.gid else 0
        return (status.st_mode >> shift) & access == access

    def obstacle(self, folder: Path) -> Path | None:
        """The topmost folder, of all down to and with `folder`, that does not let the account pass."""
        real = folder.resolve()
        way = [*reversed(real.parents), real]
        return next((step for step in way if not self.may(step, os.X_OK)), None)

    def own(self, path: Path) -> None:
        if self.dropped:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def server_account() -> Account:
    """Ourselves; but for root `nobody`, because PostgreSQL refuses to run as root."""
    try:
        me = pwd.getpwuid(os.geteuid())
    except KeyError as error:
        raise EmbeddedError(
            f"PostgreSQL needs a user with a name, and user id {os.geteuid()} has none on this machine. "
            "Give it one, or set DATABASE_URL to a server of your own."
        ) from error
    server = me if me.pw_uid != 0 else _nobody()
    return Account(uid=server.pw_uid, gid=server.pw_gid, client=me.pw_name)


def _nobody() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("nobody")
    except KeyError as error:
        raise EmbeddedError(
            "PostgreSQL refuses to run as root and this machine has no user 'nobody'. "
            "Start as an ordinary user, or set DATABASE_URL to a server of your own."
        ) from error
