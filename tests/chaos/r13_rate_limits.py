"""R13: Slack answers 429 with Retry-After, on each method that is used; a stream dies while the answer grows.

Bar: the answer completes in the same thread, nothing dropped, nothing doubled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sandbox.settings import SandboxSettings
from tests.chaos.ground import Ground
from tests.chaos.report import Line
from tests.chaos.shown import letters
from tests.chaos.stage import Asked, ChaosStage
from tests.e2e.stage import everything

BAR = "429 with Retry-After on each method, streams that die: the answer completes in its thread, nothing dropped"
METHODS = (
    "chat.startStream",
    "chat.appendStream",
    "chat.stopStream",
    "agents.sessions.setStatus",
    "users.info",
    "conversations.replies",
)
POSTING = ("chat.postMessage", "chat.update")
TIMES = 5
SPEED = 250.0
WORDS = " ".join(f"word{number}" for number in range(200))
PARAGRAPHS = 60
LONG_ANSWERS = {"SHOWRUNNER_RATE_GATES": "false", "SHOWRUNNER_ANSWER_TOKENS": "12000"}
SHORT_LIVED = SandboxSettings(stream_lifetime=2.0)


async def run(
    ground: Ground,
    scale: float,
    *,
    methods: Sequence[str] = METHODS,
    posting: Sequence[str] = POSTING,
) -> Line:
    times = max(1, round(TIMES * scale))
    found: Counter[str] = Counter()
    async with ground.world(SHOWRUNNER_RATE_GATES="false") as stage:
        stage.sandbox.providers.speed = SPEED
        for method in methods:
            found += await limited(stage, method, times)
        found += await ephemerals(stage, times)
        stage.sandbox.faults.answer("chat.startStream", "unknown_method")
        await stage.ended(await stage.ask())
        for method in posting:
            found += await limited(stage, method, times)
    async with ground.world(settings=SHORT_LIVED, **LONG_ANSWERS) as stage:
        stage.sandbox.providers.speed = SPEED
        found += await streams_die(stage, times, max(12, round(PARAGRAPHS * min(scale, 1))))
    told = {"limited calls", "dead streams"}
    wrong = {name: count for name, count in found.items() if name not in told and count}
    said = ", ".join(f"{name} {count}" for name, count in sorted(wrong.items())) or "every answer whole, once"
    figure = f"{found['limited calls']} calls answered with 429, {found['dead streams']} streams died: {said}"
    return Line("R13", BAR, figure, not wrong)


async def limited(stage: ChaosStage, method: str, times: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for number in range(times):
        asked = await question(stage, method, number)
        await stage.ended(asked)
        found += judged(stage, asked, WORDS, f"{method}: ")
        found[f"{method}: never limited"] += not calls_refused(stage, method)
        found["limited calls"] += calls_refused(stage, method)
        stage.sandbox.faults.clear()
        stage.sandbox.api.forget()
    return found


async def question(stage: ChaosStage, method: str, number: int) -> Asked:
    """Asked where `method` is needed: of a new person, in a thread that began without us, or anywhere."""
    if method == "conversations.replies":
        channel = stage.channel()
        root = await stage.people.post("ben", channel, "We begin without you.")
        stage.sandbox.faults.rate_limit(method, retry_after=1, times=1 + number % 2)
        message = await stage.mention(
            "ana", channel, f"say exactly: {(mark := stage.new_mark())} {WORDS}", thread_ts=root.ts
        )
        asked = Asked(mark, channel, message.ts)
        stage.asked.append(asked)
        return asked
    stage.sandbox.faults.rate_limit(method, retry_after=1, times=1 + number % 2)
    if method == "users.info":
        await forget_people(stage)
    return await stage.ask(words=WORDS)


async def forget_people(stage: ChaosStage) -> None:
    await stage.rows("DELETE FROM users")


def calls_refused(stage: ChaosStage, method: str) -> int:
    return sum(call.status == 429 for call in stage.sandbox.calls(method))


def judged(stage: ChaosStage, asked: Asked, words: str, where: str) -> Counter[str]:
    """All of our messages of the thread together say the words, each once, in order."""
    found: Counter[str] = Counter()
    thread = stage.workspace.channel(asked.channel.id).messages[asked.ts].root_ts
    ours = stage.ours_in(asked.channel, thread)
    expected = "".join(f"{asked.mark} {words}".split())
    found[f"{where}text missing or doubled"] += letters(ours) != expected
    found[f"{where}no buttons below"] += not any("chat.feedback" in everything(message) for message in ours)
    found[f"{where}still streaming"] += any(message.streaming_state == "in_progress" for message in ours)
    return found


async def ephemerals(stage: ChaosStage, times: int) -> Counter[str]:
    """What only the asker sees: the refusal of an empty question."""
    found: Counter[str] = Counter()
    for _ in range(times):
        channel = stage.channel()
        stage.sandbox.faults.rate_limit("chat.postEphemeral", retry_after=1)
        before = len(stage.workspace.ephemerals("ana"))
        await stage.mention("ana", channel, ":tada:")
        await stage.settled(channel, 30)
        found["limited calls"] += calls_refused(stage, "chat.postEphemeral")
        found["chat.postEphemeral: shown"] += len(stage.workspace.ephemerals("ana")) - before != 1
        stage.sandbox.api.forget()
    return found


async def streams_die(stage: ChaosStage, times: int, paragraphs: int) -> Counter[str]:
    """Answers that take longer than Slack keeps a stream."""
    found: Counter[str] = Counter()
    words = "\n\n".join(" ".join(f"word{line}x{n}" for n in range(40)) for line in range(paragraphs))
    for _ in range(times):
        stage.sandbox.api.forget()
        asked = await stage.ask(words=words)
        await stage.ended(asked, 120)
        dead = [call for call in stage.sandbox.calls("chat.appendStream") if not call.ok]
        found["dead streams"] += len(dead)
        found["no stream died"] += not dead
        found += judged(stage, asked, words, "died: ")
    return found
