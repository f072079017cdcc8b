"""The folder of the server's socket: a path of few bytes, whatever the path of the data."""

import os
import re
import shutil
import tempfile
from pathlib import Path

from storage.embedded.account import Account
from storage.embedded.place import Place

PORT = 5432  # part of the socket's name; there is no TCP
_SOCKET = f".s.PGSQL.{PORT}"
_LONGEST_SOCKET_PATH = 103  # 107 on Linux, 103 on macOS
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./-]+")  # drivers split a host at commas and colons


def make_socket_dir(place: Place, account: Account) -> Path:
    """In the place itself where that path is short and plain enough, else a private folder it links to."""
    entry = place.home / "socket"
    if _fits(entry / _SOCKET):
        if entry.is_symlink():
            entry.unlink()
        entry.mkdir(mode=0o700, exist_ok=True)
        account.own(entry)
    elif not _is_link_to_own_folder(entry, account):
        _remove(entry)
        elsewhere = Path(tempfile.mkdtemp(prefix="showrunner-", dir="/tmp"))
        account.own(elsewhere)
        entry.symlink_to(elsewhere)
    return place.socket_dir


def clear_socket_dir(place: Place) -> None:
    """Without this a stale lock that names a foreign process would keep the next server from starting."""
    for name in (_SOCKET, f"{_SOCKET}.lock"):
        (place.socket_dir / name).unlink(missing_ok=True)


def remove_socket_dir(place: Place) -> None:
    shutil.rmtree(place.socket_dir, ignore_errors=True)
    _remove(place.home / "socket")


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH and _PLAIN_PATH.fullmatch(str(path)) is not None


def _is_link_to_own_folder(entry: Path, account: Account) -> bool:
    if not entry.is_symlink():
        return False
    target = entry.readlink()
    return target.is_dir() and not target.is_symlink() and target.stat().st_uid == account.uid


def _remove(entry: Path) -> None:
    if entry.is_symlink():
        entry.unlink()
    elif entry.exists():
        shutil.rmtree(entry)
