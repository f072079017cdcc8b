"""The child of documents.py: `python -m services.media.parse_child PATH NAME MIMETYPE LIMIT`.

Writes the text to stdout, or exits with the code of a reason.
"""

from __future__ import annotations

import os
import resource
import sys
from contextlib import suppress
from pathlib import Path

from services.media.unreadable import Unreadable

MEMORY_BYTES = 512 * 2**20
CPU_SECONDS = 30
OPEN_FILES = 64


def main(path: str, name: str, mimetype: str, limit: str) -> int:
    from services.media.reading import read  # after the limits are set

    try:
        text = read(Path(path), name, mimetype, limit=int(limit))
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()
    except Unreadable as error:
        return error.code
    except (MemoryError, RecursionError):
        return Unreadable("too_large").code
    except Exception:  # parsers raise anything on a broken file
        return Unreadable("damaged").code
    return 0


def limit_self() -> None:
    """Nor may it write a file, however a parser is tricked."""
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError):  # a lower limit stands already, or (macOS) there is none for memory
            resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    limit_self()
    code = main(*sys.argv[1:])
    os._exit(code)  # skips tearing down a parser's million objects
