"""Ids that look like Slack's and are the same on every run."""

import itertools
import string
import uuid
from random import Random

_ALPHABET = string.digits + string.ascii_uppercase
_WIDTH = 7


class Ids:
    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._numbers = itertools.count(1)

    def new(self, prefix: str) -> str:
        """`prefix` and nine more characters: a counter makes it unique, the tail only looks the part."""
        number, counter = next(self._numbers), ""
        while number:
            number, digit = divmod(number, len(_ALPHABET))
            counter = _ALPHABET[digit] + counter
        return f"{prefix}0{counter.rjust(_WIDTH, '0')}{self._random.choice(_ALPHABET)}"

    def uuid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def hex(self, characters: int) -> str:
        return f"{self._random.getrandbits(characters * 4):0{characters}x}"
