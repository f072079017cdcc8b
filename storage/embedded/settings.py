"""What the server is told: written anew at each of its starts, into a folder it cannot write to."""

from collections.abc import Mapping
from pathlib import Path

from storage.embedded.account import Account
from storage.embedded.place import Place
from storage.embedded.sockets import PORT

# Errors of statements go to the client alone, as they may quote what people wrote.
_ALWAYS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0600",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_line_prefix": "%m [%p] ",
}
# Without fsync a synchronous commit costs next to nothing, and a killed server still loses none.
_FAST: Mapping[str, str] = {"fsync": "off", "full_page_writes": "off"}


def write_settings(place: Place, account: Account, socket_dir: Path, durable: bool) -> None:
    rules, names = place.home / "pg_hba.conf", place.home / "pg_ident.conf"
    # The kernel tells the server who is calling, so there is no password to keep; all but us are refused.
    _write(rules, "local all all peer map=ours\n")
    _write(names, f'ours "{account.client}" all\n')
    values = {
        **_ALWAYS,
        **({} if durable else _FAST),
        "unix_socket_directories": str(socket_dir),
        "hba_file": str(rules),
        "ident_file": str(names),
    }
    _write(place.settings, "".join(f"{key} = {_quoted(value)}\n" for key, value in values.items()))


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o644)


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
