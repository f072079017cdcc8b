"""The command line. Exit codes: 0, 1 (failed), 2 (misused)."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


def main(arguments: Sequence[str] | None = None) -> None:
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    with uncollected():
        from bot import commanded
    return commanded.run(given)


@contextmanager
def uncollected() -> Iterator[None]:
    """Thousands of modules are loaded, and all of them stay: looking for garbage meanwhile takes a third of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="showrunner", description="The Slack bot that runs a video team's content desk."
    )
    words = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    serve = words.add_parser("serve", help="run the bot")
    serve.add_argument(
        "--role", choices=("all", "web", "worker"), default="all", help="hear Slack, work, or both"
    )
    migrate = words.add_parser("migrate", help="bring the database's tables to their newest form")
    migrate.add_argument(
        "--bucket-rules", action="store_true", help="also tell S3_BUCKET how long to keep what"
    )
    told = words.add_parser("manifest", help="print the Slack manifest for a mode")
    told.add_argument("--mode", choices=("socket", "http"), default="socket")
    told.add_argument("--url", help="public address, for HTTP mode")
    _demo(words.add_parser("demo", help="fill a demo workspace with made-up use"))
    doctor = words.add_parser("doctor", help="check every setting and connection")
    doctor.add_argument("--json", action="store_true", help="for machines")
    return top


def _demo(demo: argparse.ArgumentParser) -> None:
    demo.add_argument("what", choices=("usage",))
    demo.add_argument("--days", type=int, default=35, help="how many, up to yesterday")
    demo.add_argument("--people", type=_ids, default=[], help="Slack user ids (default: all there are)")
    demo.add_argument("--channels", type=_ids, required=True, help="channel ids, with commas between")
    demo.add_argument("--seed", type=int, default=1, help="another one makes other use")


def _ids(given: str) -> list[str]:
    return [one.strip() for one in given.split(",") if one.strip()]


if __name__ == "__main__":
    main()
