"""How Slack, a strict Markdown parser and the sandbox's page may read what we post. Knows nothing of ours.

Two readers look for links: CommonMark (markdown-it) and a lenient one like the sandbox's page. A link is a
lie when its visible text shows a host and it leads to another.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

JOINER = "\u2060"  # shows nothing and breaks a token: it stays, everything else invisible goes
FILLERS = frozenset("\u034f\u115f\u1160\u3164\uffa0\ufffd")
WEB = frozenset({"http", "https"})
DANGEROUS = frozenset({"data", "file", "javascript", "slack", "vbscript"})

BROADCAST = re.compile(
    r"<[^\S\n]{0,60}![^\S\n]{0,60}(?:channel|here|everyone|group|subteam)(?![^\W_])[^>\n<]*>|<@[UWB][A-Z0-9]{4,}",
    re.IGNORECASE,
)
TYPED = re.compile(r"(?<![^\W_])(?<![^\W_]_)@(?:channel|here|everyone)(?![^\W_])", re.IGNORECASE)
HOST = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+(?:example|com|org|net|io)(?![\w-])", re.IGNORECASE)

ADDRESS = re.compile(r"\s*(?:https?:)?//\S+\s*", re.IGNORECASE)
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})\s*([^\s`]*)[^`]*$")
INLINE = re.compile(
    r"\\(?P<escaped>[\\`*_{}\[\]()#+\-.!|~<>])"
    r"|(?P<ticks>`+)(?P<code>[\s\S]*?[^`])(?P=ticks)(?!`)"
    r"|!?\[(?P<label>(?:[^\[\]]|\[[^\[\]]*\])*)\]\((?P<target>[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s+\"[^\"]*\")?\)"
    r"|<(?P<entity>(?:[@#!]|https?:|mailto:)[^<>\n]*)>"
)


@dataclass(frozen=True, slots=True)
class Link:
    """What is read and where it leads; `by` names the reader."""

    label: str
    target: str
    by: str


def calls(text: str) -> list[str]:
    """Mentions and broadcasts that somebody's parser might take for live."""
    seen = [text, lenient(text)]
    return [
        found.group() for each in seen for pattern in (BROADCAST, TYPED) for found in pattern.finditer(each)
    ]


def lenient(text: str) -> str:
    """Entities decoded, compatibility forms plain, what shows nothing gone."""
    plain = unicodedata.normalize("NFKC", html.unescape(text))
    return "".join(char for char in plain if char in "\n\r\t" + JOINER or not _shows_nothing(char))


def _shows_nothing(char: str) -> bool:
    return char in FILLERS or unicodedata.category(char) in ("Cf", "Cc")


def lies(text: str) -> list[Link]:
    """Links that show another host than they go to, or go where no link may."""
    return [link for link in links(text) if is_lie(link)]


def links(text: str) -> Iterator[Link]:
    yield from _strict(text)
    yield from _lenient(text)


def is_lie(link: Link) -> bool:
    """An empty or unknown target leads nowhere; one that is itself the label hides nothing."""
    scheme, host = destination(link.target)
    if scheme in DANGEROUS:
        return True
    return (
        bool(host)
        and link.label != link.target
        and any(not _same(shown, host) for shown in hosts(link.label))
    )


def destination(target: str) -> tuple[str, str]:
    """(scheme, host) as a browser reads them; the host only of what opens the web."""
    address = html.unescape(target).strip().replace("\\", "/")
    if address.startswith("//"):
        address = f"https:{address}"
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    return parts.scheme, unquote(parts.hostname or "").lower() if parts.scheme in WEB else ""


def hosts(label: str) -> list[str]:
    """Hosts that a reader sees in a label; in a web address only the one it leads to."""
    shown = lenient(label).replace(JOINER, "")
    address = destination(shown)[1] if ADDRESS.fullmatch(shown) else ""
    if HOST.fullmatch(address):
        return [address]
    return [found.group().lower() for found in HOST.finditer(shown)]


def _same(shown: str, host: str) -> bool:
    shown = shown.removeprefix("www.")
    return host == shown or host.endswith("." + shown)


# ---- CommonMark --------------------------------------------------------------------------------


def _strict(text: str) -> Iterator[Link]:
    parser = MarkdownIt("commonmark").enable("table")
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    for token in parser.parse(text):
        if token.children:
            yield from _strict_links(token.children)


def _strict_links(tokens: Sequence[Token]) -> Iterator[Link]:
    """Links and images, images inside links too."""
    target, label = "", ""
    for token in tokens:
        if token.type == "link_open":
            target, label = str(token.attrGet("href") or ""), ""
        elif token.type == "link_close":
            yield Link(label, unquote(target), "strict")
            target = ""
        elif token.type == "image":
            label += token.content
            yield Link(token.content, unquote(str(token.attrGet("src") or "")), "strict image")
        elif token.type in {"softbreak", "hardbreak"}:
            label += " "
        else:
            label += token.content


# ---- like the sandbox's page -------------------------------------------------------------------


def _lenient(text: str) -> Iterator[Link]:
    for part in _paragraphs(text.replace("\r\n", "\n").split("\n")):
        yield from _inline(part)


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """What stands between fences and empty lines."""
    held: list[str] = []
    closing: re.Pattern[str] | None = None
    for line in lines:
        fence = FENCE.match(line)
        if closing is not None:
            closing = None if closing.match(line) else closing
        elif fence or not line.strip():
            yield "\n".join(held)
            held = []
            closing = _closing(fence[1]) if fence else None
        else:
            held.append(line)
    yield "\n".join(held)


def _closing(marks: str) -> re.Pattern[str]:
    return re.compile(rf"^ {{0,3}}{re.escape(marks[0])}{{{len(marks)},}}\s*$")


def _inline(text: str) -> Iterator[Link]:
    for found in INLINE.finditer(text):
        if found["target"] is not None:
            yield Link(found["label"], found["target"], "lenient")
        elif found["entity"] and not found["entity"].startswith(("@", "#", "!")):
            target, _, label = found["entity"].partition("|")
            yield Link(label or target, target, "entity")
