"""Find a Chromium for the browser tests, or get one, and a voice: `make test` runs this first.

Debian's packages as root, else Playwright's own download. Without a browser the browser tests are skipped with a
notice on a person's machine, and fail where CI=true. Without espeak-ng recordings are hummed instead of spoken.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
VOICE = "espeak-ng"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find() -> str | None:
    """Path of a Chromium on this machine, Playwright's own included."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    return next((str(path) for path in sorted(cache.glob("chromium-*/chrome-linux*/chrome"))), None)


def install() -> None:
    if is_debian_and_root():
        install_package("chromium")
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def is_debian_and_root() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_package(name: str) -> None:
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", name], check=False, **quiet)


def find_voice() -> None:
    if shutil.which(VOICE) is None and is_debian_and_root():
        print("No espeak-ng on this machine; getting it, so that people in the tests' films speak…")
        install_package(VOICE)
    if shutil.which(VOICE) is None:
        print("No espeak-ng on this machine: people in the tests' films hum what they say.")


def main() -> int:
    find_voice()
    if find() is None:
        print("No Chromium on this machine; getting one for the browser tests…")
        install()
    if find() is None:
        print("No Chromium could be had: the browser tests cannot run.")
        return 1 if os.environ.get("CI") == "true" else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
