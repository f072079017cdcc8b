"""The program, imported once and forked for every start: importing takes seconds of processor time, a fork none.

Reads what to start (one JSON object a line: `environment`, `arguments`, `log`), one after the other; writes the
process's id, and when it has ended its exit code (negative: the signal).
"""

from __future__ import annotations

import json
import os
import random
import sys

from bot import commanded, lifecycle, models  # noqa: F401 - `run` imports them when it starts
from bot.__main__ import run


def serve(environment: dict[str, str], arguments: list[str], log: str) -> int:
    os.environ.clear()
    os.environ.update(environment)
    random.seed()
    errors = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, file in enumerate((nothing, errors, errors)):
        os.dup2(file, number)
    return run(["serve", *arguments])


def stand_by() -> None:
    for line in sys.stdin:
        wanted = json.loads(line)
        pid = os.fork()
        if pid == 0:
            os._exit(serve(**wanted))
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    stand_by()
