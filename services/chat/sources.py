"""Which addresses an answer may lead to: those that the asker could see anyway.

A model that was talked into it by a text it read could write a secret of the thread into an address; whoever
clicks it then tells. So an address passes only as it stands in what people, files and other bots brought into
the thread, character for character: also its query and fragment, because those can carry anything. Beyond that
only the bare root of a site that is named there passes; there is nothing in it to choose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from services.ports.presenter import Sources
from services.slack import unescaped

WEB = frozenset({"http", "https"})
PORTS = {"http": ":80", "https": ":443"}

_END = r"\s<>\"`|\\"
_HOST = r"(?:[^\W_][\w-]*\.)+[^\W\d_]{2,24}"
_ADDRESS = re.compile(
    rf"(?P<url>(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*://[^{_END}]+)"
    rf"|(?P<other>(?<![\w.+-])(?:mailto|tel):[^{_END}]+)"
    rf"|(?P<mail>(?<![\w.+-])[\w.+-]+@{_HOST})"
    rf"|(?P<bare>(?<![\w.@-]){_HOST}(?::\d+)?(?:[/?#][^{_END}]*)?)",
    re.IGNORECASE,
)
_TRAILING = "()[]{}.,;:!?*_~'’”"
_CLOSING = ")]},;'*"
_SCHEMED = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*):(?P<rest>//.*)|(?P<mail>mailto|tel):(?P<to>.*)", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Addresses:
    """The Sources port over what was collected. `known` are (scheme, rest), the scheme "" where none stood."""

    known: frozenset[tuple[str, str]] = frozenset()
    hosts: frozenset[str] = frozenset()

    def allows(self, url: str) -> bool:
        scheme, rest = canonical(url)
        if (scheme, rest) in self.known:
            return True
        if scheme and scheme not in WEB:
            return False
        return self._is_known_without_scheme(scheme, rest) or rest.removeprefix("www.") in self.hosts

    def _is_known_without_scheme(self, scheme: str, rest: str) -> bool:
        """`example.com/a` in a thread is what Slack makes a web address of, and the other way round."""
        return any((known, rest) in self.known for known in ({""} if scheme else WEB))


class Seen:
    """The Sources port over what grows while an answer is written."""

    def __init__(self, *known: Sources) -> None:
        self._known = list(known)

    def add(self, more: Sources) -> None:
        self._known.append(more)

    def allows(self, url: str) -> bool:
        return any(each.allows(url) for each in self._known)


def addresses_of(texts: Iterable[str]) -> Addresses:
    """All addresses in the texts of the asker's side, as Slack's events or files have them."""
    known = {canonical(each) for text in texts for each in addresses_in(text)}
    hosts = {rest for scheme, rest in known if scheme in WEB | {""}}
    return Addresses(frozenset(known), frozenset(filter(None, map(host_of, hosts))))


def addresses_in(text: str) -> Iterator[str]:
    for found in _ADDRESS.finditer(unescaped(text)):
        whole = found.group()
        if found["mail"]:
            yield f"mailto:{whole}"
        else:
            yield from readings(whole)


def readings(address: str) -> Iterator[str]:
    """An address in running text, with and without what may be the sentence's: `(see https://a.example/b).`"""
    for end in (address, *(address.partition(closing)[0] for closing in _CLOSING if closing in address)):
        stripped = end.rstrip(_TRAILING)
        yield from (end[:stop] for stop in range(max(1, len(stripped)), len(end) + 1))


def canonical(address: str) -> tuple[str, str]:
    """(scheme, rest) to compare by: what browsers take for the same is the same, nothing else is."""
    found = _SCHEMED.fullmatch(unescaped(address.strip()))
    if found and found["mail"]:
        return found["mail"].lower(), found["to"].lower()
    scheme = found["scheme"].lower() if found else ""
    rest = found["rest"].removeprefix("//") if found else unescaped(address.strip()).removeprefix("//")
    if scheme and scheme not in WEB:
        return scheme, rest
    host, tail = _divided(rest)
    return scheme, host.lower().removesuffix(PORTS.get(scheme, ":")) + tail.removesuffix("/")


def host_of(rest: str) -> str | None:
    """The host of a canonical address without its scheme; None for one that hides behind a user name."""
    try:
        parts = urlsplit(f"//{rest}")
        port = parts.port
    except ValueError:
        return None
    if parts.username is not None or port is not None or not parts.hostname:
        return None
    return parts.hostname.removeprefix("www.")


def _divided(rest: str) -> tuple[str, str]:
    """Host and what follows it."""
    found = re.search(r"[/?#]", rest)
    return (rest[: found.start()], rest[found.start() :]) if found else (rest, "")
