"""Write requirements.lock anew from pyproject.toml: what runs first, then what only development needs.

    python .ci/lock.py PIP_COMPILE

`make demo` installs the part above the mark, `make test` all of it.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

MARK = "# ---- development only ----"
FLAGS = (
    "--quiet",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-emit-trusted-host",
    "--strip-extras",
    "--allow-unsafe",
    "--no-header",
    "--no-annotate",
)
ENTRY = re.compile(r"^(?=[a-z0-9])", re.MULTILINE)


def compiled(pip_compile: str, *arguments: str) -> dict[str, str]:
    """Locked entries by package name."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "lock.txt"
        subprocess.run([pip_compile, *FLAGS, *arguments, "-o", str(output), "pyproject.toml"], check=True)  # noqa: S603
        entries = [entry for entry in ENTRY.split(output.read_text()) if "==" in entry]
    return {entry.split("==")[0]: entry.split("\n#")[0].rstrip() for entry in entries}


def main(pip_compile: str) -> None:
    everything = compiled(pip_compile, "--extra", "dev")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pins:
        pins.write("\n".join(entry.split(" ")[0] for entry in everything.values()))
        pins.flush()
        runs = compiled(pip_compile, "-c", pins.name)
    only = {name: entry for name, entry in everything.items() if name not in runs}
    parts = ["# Written by `make lock`.", *runs.values(), MARK, *only.values()]
    Path("requirements.lock").write_text("\n".join(parts) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
