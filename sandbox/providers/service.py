"""The two AI providers of the sandbox, put together."""

from __future__ import annotations

import time
from collections.abc import Callable

from aiohttp import web

from sandbox.providers.anthropic.api import AnthropicApi
from sandbox.providers.control import Control
from sandbox.providers.faults import Faults
from sandbox.providers.house import House
from sandbox.providers.ledger import Ledger
from sandbox.providers.openai.api import OpenAIApi


class Providers:
    """Anthropic and OpenAI on this machine, over their own protocols.

    `clock` gives seconds since the epoch; caches live by it. `speed` is in tokens per second, 0 is at once.
    """

    def __init__(self, seed: int, clock: Callable[[], float] = time.time) -> None:
        self._house = House(seed, clock)
        self._anthropic = AnthropicApi(self._house)
        self._openai = OpenAIApi(self._house)
        self._control = Control(self._house, self.reset)

    @property
    def ledger(self) -> Ledger:
        return self._house.ledger

    @property
    def faults(self) -> Faults:
        return self._house.faults

    @property
    def speed(self) -> float:
        return self._house.speed

    @speed.setter
    def speed(self, tokens_per_second: float) -> None:
        self._house.speed = tokens_per_second

    @property
    def batch_delay(self) -> float:
        """Seconds of the clock that a batch takes; 0 is at once."""
        return self._house.batch_delay

    @batch_delay.setter
    def batch_delay(self, seconds: float) -> None:
        self._house.batch_delay = seconds

    @property
    def says(self) -> str:
        """What is said in recordings that have no text hidden in them: nobody listens here. Empty: nothing."""
        return self._house.says

    @says.setter
    def says(self, text: str) -> None:
        self._house.says = text

    def routes(self) -> list[web.RouteDef]:
        return [*self._anthropic.routes(), *self._openai.routes()]

    def control_routes(self) -> list[web.RouteDef]:
        return self._control.routes()

    def reset(self) -> None:
        """Forgets what was paid, cached and stored, and takes all faults away. Speed and delay stay."""
        self._house.reset()
        self._anthropic.reset()
        self._openai.reset()
