"""The program in a process that has done its imports and starts when told: `serve` at the first line read.

Arguments are those of `serve`.
Importing takes seconds of processor time; this way it happens while the round before still runs.
"""

from __future__ import annotations

import sys

from bot.__main__ import main

if __name__ == "__main__" and sys.stdin.readline():
    main(["serve", *sys.argv[1:]])
