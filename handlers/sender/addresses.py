"""Addresses in a model's text: those that the asker could see stay, of others the site is named.

A model may have been made to write a secret into an address. So nothing that Slack would make a link of, or
that a person would paste into a browser or a shell, passes unless `Sources` knows it.
"""

from __future__ import annotations

import html
import re
import unicodedata

from handlers.sender.domains import ENDINGS, FILE_LIKE, any_of, site_of
from handlers.sender.held import Kind, Step
from handlers.sender.runs import LONGEST, breaks, pieces
from handlers.sender.signs import JOINER, shows_nothing
from services.ports.presenter import Sources

_IN_URL = r"[\w!-;=?-~]"
_ENDING = rf"(?:{any_of(ENDINGS)}|xn--[a-z0-9-]+)(?![\w-])"
_LABELS = r"(?:[^\W_](?:[\w-]*[^\W_])?\.){1,8}"
_HOST = rf"{_LABELS}{_ENDING}"
_START = r"(?<![\w-])[_-]*"
_ADDRESS = re.compile(
    rf"(?P<web>(?:https?|ftps?|sftp|wss?|slack|file)://{_IN_URL}*)"
    rf"|(?P<other>(?<![^\W_])(?:mailto|tel|sms|javascript|data|vbscript):{_IN_URL}+)"
    rf"|(?P<scheme>:(?=//))"
    rf"|(?P<relative>(?<![:\w/])//(?={_HOST}){_IN_URL}+)"
    rf"|(?P<www>(?<![^\W_])www\.{_IN_URL}+)"
    rf"|(?P<mail>[\w.+-]{{1,64}}@\.*{_HOST})"
    rf"|(?P<path>{_START}{_HOST}(?::\d+)?[/?#]{_IN_URL}*)"
    rf"|(?P<bare>{_START}{_HOST})"
    rf"|(?P<rare>{_START}{_LABELS}[^\W\d_]{{2,24}}(?=[/?#]))"
    rf"|(?P<ending>\A\.{_ENDING})"
    rf"|(?P<number>(?<![\w.])\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?=[:/]))",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"(?:https?|ftps?|sftp|wss?|slack|file|mailto|tel|sms|javascript|data|vbscript):/*\Z", re.IGNORECASE
)
"""A scheme at the end of a run: a lenient reader goes on with the sign that ended it."""
_FIRST = re.compile(r"(?P<word>[^\W_]+)[.,;:!?]?")
_SPECIAL = frozenset(
    {"http", "https", "ftp", "ftps", "sftp", "ws", "wss", "slack", "file", "www", "mailto", "tel", "sms"}
    | {"javascript", "data", "vbscript"}
)
_UNSUSPICIOUS = re.compile(r"[^.:@&/]*", re.ASCII)
_ENDS = "()[]{}'\"*,;!|`"
_TRAILING = ".,;:!?*_~'\"`)]}|"
_CUTS = re.compile(r"[\"|`]")
_AUTHORITY = re.compile(r"(?:[a-z]+:)?(?://)?(?:[^/?#@\s]*@)?(?P<host>[\w.-]+)", re.IGNORECASE)
_NOUNS = {"mailto": "email address", "tel": "phone number", "sms": "phone number"}


class AddressFilter:
    """Fed with the steps of the rewriter before it; what it makes of them never depends on their size."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._held = ""
        self._out = 0  # characters of the held run that are out already
        self._kind = Kind.TEXT
        self._told = False
        self._joins = False  # what was shown last must not be lengthened by what follows

    def take(self, step: Step) -> str:
        out = self._end() if step.kind is not self._kind else ""
        self._kind = step.kind
        if step.kind is Kind.LINK:
            return out + self._apart(step.text)
        out += self._fed(step.text)
        if step.denied:
            out += self._end() + self._apart(self._note(step.denied))
        return out

    def close(self) -> str:
        return self._end()

    def _fed(self, text: str) -> str:
        """All but the last run, which may go on; of that its first word."""
        runs = list(pieces(self._held + text))
        self._held = runs.pop() if runs and not breaks(runs[-1][-1]) else ""
        out = "".join(map(self._shown, runs))
        lead = first_word(self._held)
        return out + self._news(lead, joins=False) if len(lead) > self._out else out

    def _end(self) -> str:
        held, self._held = self._held, ""
        return self._shown(held) if held else ""

    def _shown(self, piece: str) -> str:
        if breaks(piece[0]) or _UNSUSPICIOUS.fullmatch(piece):
            shown, joins = piece, False
        else:
            shown, joins = self._rewritten(piece)
        lead = first_word(piece)
        whole = shown if shown.startswith(lead) else f"{lead} {shown}"
        open_ended = joins or len(piece) == LONGEST or _OPEN.search(piece) is not None
        out = self._news(whole, joins=self._kind is Kind.TEXT and open_ended)
        self._out = 0
        return out

    def _news(self, shown: str, *, joins: bool) -> str:
        """What of a run, or of its beginning, is not out yet."""
        news = shown[self._out :] if self._out else self._apart(shown)
        self._out, self._joins = len(shown), joins
        return news

    def _apart(self, text: str) -> str:
        lengthens = self._joins and not text[0].isspace() and text[0] not in "<>"
        self._joins = False
        return f" {text}" if lengthens else text

    # -- one run -------------------------------------------------------------------------------

    def _rewritten(self, run: str) -> tuple[str, bool]:
        """What is shown of it, and whether that ends with an address."""
        told, bared = self._told, undisguised(run)
        shown, rest, joins = self._judged(run, known=True)
        if _ADDRESS.search(undisguised(rest)) is None and (bared == run or self._passes(bared)):
            return shown, joins
        self._told = told
        shown, _, joins = self._judged(re.sub(r"[\[\]<>]", "", bared), known=False)
        return shown, joins

    def _passes(self, run: str) -> bool:
        """Whether the asker knows all of its addresses."""
        told = self._told
        shown, _, _ = self._judged(run, known=True)
        self._told = told
        return shown.replace(" ", "") == run

    def _judged(self, run: str, *, known: bool) -> tuple[str, str, bool]:
        """Also what is left of the run when all its addresses are taken out."""
        shown, rest, at, joins = list[str](), list[str](), 0, False
        while (found := _ADDRESS.search(run, at)) is not None:
            start = found.start() + _lead(found)
            between = run[at:start] if known else self._alone(run[at:start])
            kept = self._kept(found) if known else ""
            at = start + len(kept) if kept else _end_of(found)
            joins = bool(kept)
            shown += [between, kept + self._gap(run[at:]) if kept else self._replaced(found, run[start:at])]
            rest += [between, " "]
        left = run[at:] if known or not at else self._alone(run[at:])
        return "".join([*shown, left]), "".join([*rest, left]), joins and not left.strip(_TRAILING)

    def _alone(self, part: str) -> str:
        """What stands between addresses: without them it may begin or end one of its own."""
        return self._judged(part, known=False)[0] if _ADDRESS.search(part) else part

    def _kept(self, found: re.Match[str]) -> str:
        """The longest beginning of an address that the asker knows; "" for none."""
        whole = found.group()[_lead(found) :]
        if found["mail"]:
            return whole if self._sources.allows(f"mailto:{whole}") else ""
        ends = sorted({len(whole), *(at for at, char in enumerate(whole) if char in _ENDS)}, reverse=True)
        readings = (reading for end in ends for reading in (whole[:end], whole[:end].rstrip(_TRAILING)))
        return next((reading for reading in readings if reading and self._sources.allows(reading)), "")

    def _gap(self, follows: str) -> str:
        """A space where a reader of links might go on with what follows the address in its run."""
        after = follows.lstrip(_TRAILING)
        ends = (not after or after[0] in "<>") and len(follows) - len(after) <= 6
        return "" if ends or self._kind is Kind.CODE else " "

    def _replaced(self, found: re.Match[str], address: str) -> str:
        if _is_hard(found, address):
            return self._note(address)
        if self._kind is Kind.CODE:  # Slack links nothing there, and joiners would spoil it
            return address
        return re.sub(r"[.:@]", lambda sign: f"{sign.group()}{JOINER}", address)

    def _note(self, address: str) -> str:
        noun = _NOUNS.get(address.partition(":")[0].lower(), "link")
        site = site_of(_host(address)) if noun == "link" else ""
        where = f" to {site.replace('.', f'.{JOINER}')}" if site else ""
        why = "" if self._told else ": it is not in this thread"
        self._told = True
        return f"({noun}{where} left out{why})"


def first_word(run: str) -> str:
    """What of a run can be shown whatever follows, so that a text grows as it is written.

    Should an address begin with it, the rest can still be kept from being one.
    """
    found = _FIRST.match(run)
    word = found["word"].lower() if found else ""
    unfinished = found is not None and found.end() == len(run)
    if found is None or word in _SPECIAL or (unfinished and any(each.startswith(word) for each in _SPECIAL)):
        return ""
    return found.group() if unicodedata.is_normalized("NFKC", found.group()) else ""


def shows_address(text: str) -> bool:
    return _ADDRESS.search(undisguised(text)) is not None


def undisguised(text: str) -> str:
    """As the most lenient reader has it: entities decoded, look-alike forms plain, what shows nothing gone."""
    decoded = unicodedata.normalize("NFKC", html.unescape(text))
    return "".join(char for char in decoded if not shows_nothing(char))


def _is_hard(found: re.Match[str], address: str) -> bool:
    """Whether it may not even be read; what nobody follows by mistake only stops being a link."""
    match found.lastgroup:
        case "web":
            return len(address.partition("://")[2]) > 0
        case "path":
            return _host(address).rpartition(".")[2].lower() not in FILE_LIKE
        case "other" | "relative" | "www":
            return True
        case _:
            return False


def _lead(found: re.Match[str]) -> int:
    """How many characters of mark-up stand before a host without a scheme."""
    return (
        len(found.group()) - len(found.group().lstrip("_-"))
        if found.lastgroup in {"path", "bare", "rare"}
        else 0
    )


def _end_of(found: re.Match[str]) -> int:
    """Where an address that is left out ends: the punctuation of its sentence stays."""
    whole = found.group()
    address = _CUTS.split(whole)[0].rstrip(_TRAILING)
    return found.start() + (len(address) or len(whole))


def _host(address: str) -> str:
    found = _AUTHORITY.match(address)
    return found["host"] if found else ""
