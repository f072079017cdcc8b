"""The children that parse files for this process; other tests of it may have helpers of their own."""

from __future__ import annotations

import psutil

MODULE = "services.media.child"


def children() -> list[psutil.Process]:
    return [each for each in psutil.Process().children(recursive=True) if MODULE in _command(each)]


def _command(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []
