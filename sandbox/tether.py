"""`python -m sandbox.tether PARENT PROGRAM …` becomes PROGRAM, and ends when the process PARENT does.

For children that must not outlive a parent which cannot say goodbye any more. It asks Linux for it; on other systems
the program simply runs.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):  # it died before we asked
        sys.exit(0)
    try:
        os.execv(command[0], command)  # noqa: S606 - the command of whoever starts us
    except OSError as failure:
        sys.exit(f"{command[0]} cannot be started: {failure.strerror}")


if __name__ == "__main__":
    main()
