"""Where one server lives: a folder, which is ours, and in it the data and the socket, which are the server's.

For root, whose server is `nobody`, that keeps access rules, locks and log out of the server's own reach.
"""

import hashlib
import os
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from storage.embedded.account import Account
from storage.embedded.errors import EmbeddedError

REFUGE = Path("/var/lib/showrunner")


@dataclass(frozen=True)
class Place:
    home: Path

    @property
    def cluster(self) -> Path:
        return self.home / "cluster"

    @property
    def settings(self) -> Path:
        return self.home / "postgresql.conf"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def start_lock(self) -> Path:
        return self.home / "start.lock"

    @property
    def users_lock(self) -> Path:
        return self.home / "users.lock"

    @property
    def socket_dir(self) -> Path:
        return (self.home / "socket").resolve()

    @property
    def server_name(self) -> str:
        """What the process table shows of each process of this server and of no other."""
        return "showrunner-" + hashlib.sha256(os.fsencode(self.cluster)).hexdigest()[:16]


def find_place(data_dir: Path, account: Account, refuge: Path) -> Place:
    """The place that belongs to `data_dir`, made when it is not there yet.

    It is `data_dir/postgres`, or, where the server's account cannot get there, a folder in `refuge` to which
    `data_dir/postgres` is a link.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    entry = data_dir / "postgres"
    if not entry.is_symlink() and not entry.is_dir():
        _make(entry, account, refuge)
    if not entry.exists():
        raise EmbeddedError(
            f"{entry} points to {entry.readlink()}, which is gone, and the database with it. "
            f"Bring that folder back, or remove {entry} to begin with an empty database."
        )
    place = Place(entry.resolve())
    _check_owner(place, account)
    _check_way(place, account)
    return place


def _make(entry: Path, account: Account, refuge: Path) -> None:
    if not account.dropped or account.obstacle(entry.parent) is None:
        _make_folder(entry, account)
        return
    home = trusted_refuge(refuge, account) / uuid.uuid4().hex[:12]
    _make_folder(home, account)
    try:
        entry.symlink_to(home)
    except FileExistsError:  # another of ours was quicker
        home.rmdir()


def _make_folder(folder: Path, account: Account) -> None:
    mode = 0o711 if account.dropped else 0o700
    with suppress(FileExistsError):
        folder.mkdir(mode)
        folder.chmod(mode)


def trusted_refuge(refuge: Path, account: Account) -> Path:
    """`refuge`, made when missing; nobody but root may have been able to put things into it."""
    with suppress(FileExistsError):
        refuge.mkdir(parents=True)
        refuge.chmod(0o711)
    status = refuge.stat()
    if status.st_uid != os.geteuid() or status.st_mode & 0o022 or account.obstacle(refuge) is not None:
        raise EmbeddedError(
            f"{refuge} must belong to root, be writable by root alone, and let everybody pass (mode 711)."
        )
    return refuge


def _check_owner(place: Place, account: Account) -> None:
    expected = [(place.home, os.geteuid())]
    if place.cluster.exists():
        expected.append((place.cluster, account.uid))
    for path, uid in expected:
        if path.stat().st_uid != uid:
            raise EmbeddedError(
                f"The database in {path} belongs to user id {path.stat().st_uid}, not {uid}. "
                "Start as the user who made it, or choose another SHOWRUNNER_DATA_DIR."
            )


def _check_way(place: Place, account: Account) -> None:
    obstacle = account.obstacle(place.home) if account.dropped else None
    if obstacle is not None:
        raise EmbeddedError(
            f"The database in {place.home} runs as 'nobody', who may no longer pass through {obstacle}. "
            "Let it pass again, or start as an ordinary user in a data folder of its own."
        )
