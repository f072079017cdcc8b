"""The secret of this machine's data folder, for whoever sets none: made once, the same for all processes."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

BYTES = 32


def kept_secret(path: Path) -> bytes:
    """Whoever comes first makes it; a link never replaces what is there."""
    with suppress(FileNotFoundError):
        return path.read_bytes()
    draft = path.with_name(f".{uuid4().hex}")
    opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(opened, "wb") as file:
            file.write(secrets.token_bytes(BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
    return path.read_bytes()
