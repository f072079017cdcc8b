"""The providers' prompt caches, computed from the prefixes that are really sent."""

from __future__ import annotations

import hashlib
import itertools
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

ENTRIES = 50_000


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the prompt; with a `lifetime` (seconds) its end is a breakpoint: the cache is written."""

    content: bytes
    tokens: int
    lifetime: float | None = None


@dataclass(frozen=True, slots=True)
class Boundary:
    """The end of a block: a fingerprint of everything up to there, and how many tokens that is."""

    key: bytes
    tokens: int
    lifetime: float | None


@dataclass(frozen=True, slots=True)
class Plan:
    """How one prompt meets the cache: `read` and `written` (tokens by lifetime) are parts of `total`."""

    total: int
    read: int
    written: dict[float, int]
    touched: tuple[bytes, ...]
    entries: tuple[tuple[bytes, float], ...]

    @property
    def write(self) -> int:
        return sum(self.written.values())

    @property
    def fresh(self) -> int:
        return self.total - self.read - self.write


def boundaries(root: bytes, blocks: Iterable[Block]) -> list[Boundary]:
    """`root` keeps apart what never shares a cache, such as two models."""
    chain, total, ends = hashlib.blake2b(root, digest_size=16), 0, []
    for block in blocks:
        chain.update(len(block.content).to_bytes(8, "big") + block.content)
        total += block.tokens
        ends.append(Boundary(chain.copy().digest(), total, block.lifetime))
    return ends


class PrefixCache:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._alive: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def plan(self, ends: Sequence[Boundary], minimum: int, lookback: int | None) -> Plan:
        """Reads at the longest known prefix that ends at most `lookback` blocks before a breakpoint.

        A `lookback` of None takes it wherever it ends. Less than `minimum` tokens are never written.
        """
        read = self._longest(ends, lookback)
        known = read.tokens if read else 0
        writes = [end for end in ends if end.lifetime and end.tokens > known and end.tokens >= minimum]
        touched = [end.key for end in ends if end.tokens <= known and end.key in self._alive]
        return Plan(
            total=ends[-1].tokens if ends else 0,
            read=known,
            written=_written(known, writes),
            touched=tuple(touched),
            entries=tuple((end.key, end.lifetime) for end in writes if end.lifetime),
        )

    def commit(self, plan: Plan) -> None:
        """To be called when the answer begins: until then no other request can read what this one writes."""
        now = self._clock()
        for key in plan.touched:
            if key in self._alive:
                lifetime = self._alive[key][1]
                self._alive[key] = (now + lifetime, lifetime)
        for key, lifetime in plan.entries:
            self._alive[key] = (now + lifetime, lifetime)
            self._alive.move_to_end(key)
        while len(self._alive) > ENTRIES:
            self._alive.popitem(last=False)

    def reset(self) -> None:
        self._alive.clear()

    def _longest(self, ends: Sequence[Boundary], lookback: int | None) -> Boundary | None:
        now = self._clock()
        reachable = _reachable(ends, lookback)
        return next(
            (ends[at] for at in reachable if self._alive.get(ends[at].key, (0.0, 0.0))[0] > now), None
        )


def _reachable(ends: Sequence[Boundary], lookback: int | None) -> list[int]:
    if lookback is None:
        return list(range(len(ends) - 1, -1, -1))
    marked = (at for at, end in enumerate(ends) if end.lifetime)
    near = {back for at in marked for back in range(max(0, at - lookback), at + 1)}
    return sorted(near, reverse=True)


def _written(known: int, writes: Sequence[Boundary]) -> dict[float, int]:
    written: dict[float, int] = {}
    marks = [known, *(end.tokens for end in writes)]
    for (before, after), end in zip(itertools.pairwise(marks), writes, strict=True):
        if end.lifetime:
            written[end.lifetime] = written.get(end.lifetime, 0) + after - before
    return written
