"""What can be broken on purpose, by name: `python -m sandbox --break WHAT` and `POST /control/break`."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.faults import Fault
from sandbox.providers import Fault as ProviderFault
from sandbox.providers import Provider

if TYPE_CHECKING:
    from sandbox.server import Sandbox

_SPEAKING = ("chat.postMessage", "chat.update", "chat.startStream", "chat.appendStream")
_BOTH: tuple[Provider, ...] = ("anthropic", "openai")
_RETRY_AFTER = 2
_SLOW_START, _CUT_AT = 20.0, 40
_CLOCK_AHEAD = 600.0
_DROPPED_EVERY = 15.0


@dataclass(frozen=True)
class Break:
    description: str
    apply: Callable[["Sandbox"], None]


def _slack_429(sandbox: "Sandbox") -> None:
    for method in _SPEAKING:
        fault = Fault(error="ratelimited", status=429, retry_after=_RETRY_AFTER, times=None, every=2)
        sandbox.faults.add(method, fault)


def _slack_500(sandbox: "Sandbox") -> None:
    for method in _SPEAKING:
        sandbox.faults.add(method, Fault(error="internal_error", status=500, times=None, every=3))


def _no_streaming(sandbox: "Sandbox") -> None:
    sandbox.faults.answer("chat.startStream", "feature_not_enabled", times=None)


def _down(*providers: Provider) -> Callable[["Sandbox"], None]:
    def apply(sandbox: "Sandbox") -> None:
        for provider in providers:
            status, error = (529, "overloaded_error") if provider == "anthropic" else (500, "server_error")
            sandbox.providers.faults.stand(provider, ProviderFault("status", status=status, error=error))

    return apply


def _standing(fault: ProviderFault) -> Callable[["Sandbox"], None]:
    def apply(sandbox: "Sandbox") -> None:
        for provider in _BOTH:
            sandbox.providers.faults.stand(provider, fault)

    return apply


def _sockets(sandbox: "Sandbox") -> None:
    sandbox.breaking.keep_dropping()


def _clock(sandbox: "Sandbox") -> None:
    sandbox.clock.offset = _CLOCK_AHEAD


def _no_charts(sandbox: "Sandbox") -> None:
    sandbox.workspace.refused_blocks.add("data_visualization")


BREAKS = {
    "slack-429": Break("every other message is answered with a rate limit", _slack_429),
    "slack-500": Break("every third message meets a server error", _slack_500),
    "no-streaming": Break("this workspace has no streaming; answers come in one piece", _no_streaming),
    "no-charts": Break("this workspace does not take Slack's own charts", _no_charts),
    "claude-down": Break("Anthropic is overloaded", _down("anthropic")),
    "openai-down": Break("OpenAI answers with server errors", _down("openai")),
    "both-down": Break("neither provider answers", _down(*_BOTH)),
    "slow-model": Break(
        f"the first word of an answer takes {_SLOW_START:g} seconds",
        _standing(ProviderFault("slow", seconds=_SLOW_START)),
    ),
    "cut-model": Break(
        f"the connection to the model breaks after {_CUT_AT} tokens",
        _standing(ProviderFault("cut", at=_CUT_AT)),
    ),
    "sockets": Break(f"Slack's connections drop every {_DROPPED_EVERY:g} seconds", _sockets),
    "clock": Break(f"Slack's clock is {_CLOCK_AHEAD / 60:g} minutes ahead", _clock),
}


def unknown(names: Iterable[str]) -> str:
    """A friendly list when one of `names` cannot be broken; else nothing."""
    strange = [name for name in names if name not in BREAKS]
    if not strange:
        return ""
    width = max(map(len, BREAKS))
    known = "\n".join(f"  {name:{width}}  {item.description}" for name, item in BREAKS.items())
    return f"{', '.join(strange)} is nothing that can be broken here. What can:\n{known}"


class Breaking:
    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox
        self._dropping: asyncio.Task[None] | None = None
        self.what: list[str] = []

    @property
    def notes(self) -> list[str]:
        """One line for each thing that is broken, for people."""
        return [f"Broken on purpose: {name} ({BREAKS[name].description})." for name in self.what]

    def start(self, names: Iterable[str]) -> None:
        """Raises KeyError for a name that is not in `BREAKS`."""
        for name in names:
            BREAKS[name].apply(self._sandbox)
            self.what.append(name)

    def mend(self) -> None:
        """Everything works again; faults set one by one are gone too."""
        self.close()
        self.what.clear()
        self._sandbox.faults.clear()
        self._sandbox.providers.faults.clear()
        self._sandbox.clock.offset = 0.0
        self._sandbox.workspace.refused_blocks.clear()

    def keep_dropping(self) -> None:
        if self._dropping is None:
            self._dropping = asyncio.ensure_future(self._drop_again_and_again())

    def close(self) -> None:
        if self._dropping is not None:
            self._dropping.cancel()
            self._dropping = None

    async def _drop_again_and_again(self) -> None:
        while True:
            await asyncio.sleep(_DROPPED_EVERY)
            self._sandbox.socket_mode.drop()
