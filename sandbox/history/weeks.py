"""The calendar: which scene is played on which day, line by line, put into the workspace without telling anyone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from sandbox.history.scenes import FILLINGS, SCENES, Scene
from sandbox.pictures import png
from sandbox.state.models import Channel, File, Message, User

if TYPE_CHECKING:
    from sandbox.server import Sandbox

WEEKS = 4
_SCENES_A_DAY = (3, 6)
_OPENS, _CLOSES = 8.0, 15.5  # hours of the day, UTC, between which a scene begins
_ANSWER_SECONDS, _LINE_MINUTES = (6, 25), (1, 14)
_SATURDAY = 5


@dataclass
class _Said:
    at: float
    channel: Channel
    user: User
    text: str
    opener: "_Said | None" = None
    extra: dict[str, Any] = field(default_factory=dict)
    message: Message | None = None


def seed_history(sandbox: "Sandbox", weeks: int = WEEKS) -> int:
    """How many messages it wrote for the last `weeks`. The app is told of none of them."""
    random = Random(sandbox.settings.seed)
    now = datetime.fromtimestamp(sandbox.clock.now(), UTC)
    said = [line for day in _workdays(now, weeks) for line in _day(sandbox, random, day)]
    said.sort(key=lambda line: line.at)
    for number, line in enumerate(said):
        _put(sandbox, random, line, number)
    sandbox.workspace.messages.restore_order()
    return len(said)


def _workdays(now: datetime, weeks: int) -> Iterator[datetime]:
    """Up to yesterday, the oldest first."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for back in range(weeks * 7, 0, -1):
        day = today - timedelta(days=back)
        if day.weekday() < _SATURDAY:
            yield day


def _day(sandbox: "Sandbox", random: Random, day: datetime) -> Iterator[_Said]:
    for scene in random.sample(SCENES, random.randint(*_SCENES_A_DAY)):
        begins = day + timedelta(hours=random.uniform(_OPENS, _CLOSES))
        yield from _play(sandbox, random, scene, begins.timestamp())


def _play(sandbox: "Sandbox", random: Random, scene: Scene, at: float) -> Iterator[_Said]:
    workspace = sandbox.workspace
    name = scene.channel.removeprefix("@")
    channel = workspace.app_dm(name) if scene.channel.startswith("@") else workspace.channel(name)
    filled = {gap: random.choice(values) for gap, values in sorted(FILLINGS.items())}
    opener: _Said | None = None
    for who, text, *extra in scene.lines:
        user = workspace.bot if who == "bot" else workspace.user(who)
        words = text.format(bot=f"<@{workspace.bot.id}>", **filled)
        if opener is not None:
            at += _pause(random, who)
        line = _Said(at, channel, user, words, None if scene.flat else opener, dict(*extra))
        opener = opener or line
        yield line


def _pause(random: Random, who: str) -> float:
    """Seconds before `who` says the next line: the app is quick."""
    if who == "bot":
        return random.uniform(*_ANSWER_SECONDS)
    return 60 * random.uniform(*_LINE_MINUTES)


def _put(sandbox: "Sandbox", random: Random, line: _Said, number: int) -> None:
    """`number` makes every timestamp its own."""
    is_bot = line.user is sandbox.workspace.bot
    parent = line.opener.message if line.opener else None
    files = [_file(sandbox, random, line)] if "file" in line.extra else []
    line.message = Message(
        line.channel,
        f"{int(line.at)}.{number:06d}",
        line.user,
        line.text,
        subtype="file_share" if files else None,
        thread_ts=parent.ts if parent else None,
        files=files,
        markdown=line.text if is_bot else None,
        app_authored=is_bot,
        client_msg_id=None if is_bot else f"{random.getrandbits(128):032x}",
        reactions=_reactions(sandbox, line.extra.get("reactions", {})),
    )
    sandbox.workspace.messages.put(line.message)


def _reactions(sandbox: "Sandbox", given: dict[str, str]) -> dict[str, list[str]]:
    return {
        name: [sandbox.workspace.user(who).id for who in people.split()] for name, people in given.items()
    }


def _file(sandbox: "Sandbox", random: Random, line: _Said) -> File:
    name, data = _FILES[line.extra["file"]](random)
    file = sandbox.files.place(line.user, name, data)
    file.created = int(line.at)
    return file


def _notes(random: Random) -> tuple[str, bytes]:
    lines = [f"{random.randint(0, 5)}:{random.randint(0, 59):02d}  {text}" for text in _NOTES]
    return "notes.txt", "\n".join(["Notes", "", *sorted(lines)]).encode()


def _numbers(random: Random) -> tuple[str, bytes]:
    rows = [f"week {week},{random.randint(4_000, 48_000)},{random.randint(31, 72)}" for week in range(1, 7)]
    return "numbers.csv", "\n".join(["week,views,watched_to_the_end_percent", *rows]).encode()


def _frame(random: Random) -> tuple[str, bytes]:
    width, height = 480, 270
    colours = [f"#{random.randrange(1 << 24):06x}" for _ in range(4)]
    stripes = [
        (0, index * height // 4, width, (index + 1) * height // 4, c) for index, c in enumerate(colours)
    ]
    x, y = random.randint(40, 300), random.randint(30, 130)
    return "thumbnail.png", png(width, height, [*stripes, (x, y, x + 120, y + 90, "#2b2140")])


_NOTES = (
    "opening too long",
    "lovely pause, keep it",
    "boom in the picture",
    "cut on the look",
    "sound jumps",
)
_FILES = {"notes": _notes, "numbers": _numbers, "frame": _frame}
