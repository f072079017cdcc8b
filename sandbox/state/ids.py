"""Ids that look like Slack's. They never come twice, not even after a restart: an app may remember them."""

import string
import uuid
from random import Random

from sandbox.clock import Clock

_DIGITS = string.digits + string.ascii_uppercase


class Ids:
    def __init__(self, clock: Clock) -> None:
        self._clock, self._random = clock, Random()

    def new(self, prefix: str) -> str:
        """`prefix` and ten more characters, from the time at which the thing came to be."""
        number, digits = self._clock.next_microsecond(), ""
        while number:
            number, digit = divmod(number, len(_DIGITS))
            digits = _DIGITS[digit] + digits
        return prefix + digits

    def uuid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def hex(self, characters: int) -> str:
        return f"{self._random.getrandbits(characters * 4):0{characters}x}"
