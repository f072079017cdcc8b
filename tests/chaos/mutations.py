"""`python -m tests.chaos.mutations`: does the harness notice when a safeguard is missing?

In a copy of the tree one safeguard after the other is taken out, and the line that it stands behind is run there at a
small scale: it must be red, where it is green without the mutation. Exit codes: 0 (each is noticed), 1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType

import orjson
import uvloop

from tests.chaos import injections, output_strings, r1_duplicates, r2_crashes, slack_input
from tests.chaos.ground import Ground, standing
from tests.chaos.report import Line

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "build", "data", "docs")
LONGEST = 900.0  # seconds for one run


@dataclass(frozen=True, slots=True)
class Edit:
    """`old` stands so many times in the file."""

    path: str
    old: str
    new: str
    times: int = 1

    def apply(self, tree: Path) -> None:
        file = tree / self.path
        text = file.read_text()
        if text.count(self.old) != self.times:
            raise ValueError(f"{self.path}: {self.old!r} stands there {text.count(self.old)} times")
        file.write_text(text.replace(self.old, self.new))


@dataclass(frozen=True, slots=True)
class Mutation:
    """`red`: the lines that must notice."""

    what: str
    red: tuple[str, ...]
    edits: tuple[Edit, ...]


MIGRATION = "storage/migrations/versions/0001_chat.py"
STATEMENTS = "storage/chat/statements.py"
SMALL: Mapping[str, Callable[[Ground], Awaitable[Line]]] = MappingProxyType(
    {
        "R1": lambda ground: r1_duplicates.run(ground, 0.1),
        "R2": lambda ground: r2_crashes.crash(ground, ["sent"]),
        "SLACK-INPUT": lambda ground: slack_input.run(ground, 0.02),
        "MODEL-OUTPUT": lambda ground: output_strings.run(ground, 0.02),
        "INJECTIONS": lambda ground: injections.run(ground, 0.1),
    }
)

MUTATIONS = (
    Mutation(
        "the inbox's unique keys",
        ("R1",),
        (
            Edit(MIGRATION, "CONSTRAINT pk_slack_events PRIMARY KEY (team, event_id)", "CHECK (true)"),
            Edit(
                MIGRATION, "CONSTRAINT uq_turns_team_channel_key UNIQUE (team, channel, key)", "CHECK (true)"
            ),
            Edit(
                STATEMENTS, "ON CONFLICT (team, channel, key) DO NOTHING", "ON CONFLICT DO NOTHING", times=2
            ),
        ),
    ),
    Mutation(
        "the reservation",
        ("R2",),
        (
            Edit(
                "services/chat/preparation.py",
                '        await self._hold(\n            claim, "chat", claim.turn.id,',
                '        await no_hold(\n            claim, "chat", claim.turn.id,',
            ),
            Edit(
                "services/chat/preparation.py",
                "def check_question(",
                "async def no_hold(*_, **__): ...\n\n\ndef check_question(",
            ),
            Edit("services/chat/ledger.py", "begin(call, self.reservation,", "begin(call, None,"),
        ),
    ),
    Mutation(
        "the ledger row before the call",
        ("R2",),
        (
            Edit(
                "services/chat/ledger.py",
                "await uow.calls.begin(call, self.reservation, attempt, self.worker)",
                "await self.hold(uow)",
            ),
        ),
    ),
    Mutation(
        "the sanitiser",
        ("MODEL-OUTPUT", "INJECTIONS"),
        (
            Edit(
                "handlers/sender/sanitise.py",
                "return self._mentions.feed(self._links.feed(text))",
                "return text",
            ),
            Edit(
                "handlers/sender/sanitise.py",
                "return self._mentions.feed(self._links.close()) + self._mentions.close()",
                'return ""',
            ),
        ),
    ),
    Mutation(
        "the signature check",
        ("SLACK-INPUT",),
        (
            Edit(
                "bot/gate.py",
                "if not self._verifier.is_valid(body, timestamp, signature):",
                "if not timestamp:",
            ),
            Edit(
                "bot/slack.py",
                "        attaching_conversation_kwargs_enabled=False,\n",
                "        attaching_conversation_kwargs_enabled=False,\n        request_verification_enabled=False,\n",
            ),
        ),
    ),
)


def main(arguments: Sequence[str]) -> int:
    if arguments:
        return here(arguments[0])
    lines = list(dict.fromkeys(line for mutation in MUTATIONS for line in mutation.red))
    rows = [row("nothing", line, run((), line), expected=True) for line in lines]
    for mutation in MUTATIONS:
        rows += [row(mutation.what, line, run(mutation.edits, line), expected=False) for line in mutation.red]
    print("\n| taken out | line | is | as it should be |\n|---|---|---|---|")
    print("\n".join(text for text, _ in rows))
    return 0 if all(good for _, good in rows) else 1


def row(what: str, line: str, found: Line, *, expected: bool) -> tuple[str, bool]:
    good, colour = found.met is expected, "green" if found.met else "red"
    print(f"{what}: {line} {colour}\n    {found.figure}", flush=True)
    return f"| {what} | {line} | {colour} | {'yes' if good else '**no**'} |", good


def run(edits: Sequence[Edit], line: str) -> Line:
    """The line as it comes out in a tree with these edits."""
    with copied() as tree:
        for edit in edits:
            edit.apply(tree)
        command = [sys.executable, "-m", "tests.chaos.mutations", line]
        env = {**os.environ, "PYTHONPATH": str(tree)}
        done = subprocess.run(command, cwd=tree, env=env, timeout=LONGEST, check=True, stdout=subprocess.PIPE)
        return Line(**orjson.loads(done.stdout.splitlines()[-1]))


def here(line: str) -> int:
    """Runs a line in this tree, small."""

    async def small() -> Line:
        async with standing(apart=False) as ground:
            return await SMALL[line](ground)

    print(orjson.dumps(asdict(uvloop.run(small()))).decode())
    return 0


@contextmanager
def copied() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
        yield tree


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
