"""What a person typed after `/library search`: words, and filters as `in:#channel`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from services.calendar import Calendar
from services.entities.library import Query
from services.entities.media import MediaKind
from services.entities.people import Actor
from services.errors import BadArgument
from services.folding import as_sought, beginnings, is_spaceless
from services.slack import unescaped

USAGE = 'search WORDS ["exact phrase"] [in:#c] [by:@u] [type:video] [after:DATE] [before:DATE] [tag:WORD]'
LONGEST = 500
_FILTER = re.compile(r'(?i)(?<!\S)(in|by|type|before|after|tag):(<[^>\s]*>|"[^"]*"|\S+)')
_CHANNEL = re.compile(r"<#([CGD][A-Z0-9]+)(?:\|[^>]*)?>|([CGD][A-Z0-9]{6,})")
_USER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|([UW][A-Z0-9]{6,})")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ")
"""As a button carries it."""
_DAYS = re.compile(r"(\d{1,4})d")
_EXCLUDED = re.compile(r'(?<!\S)-(?:"[^"]*"|\S+)')
_QUOTES = str.maketrans("“”„«»‟", '""""""')
_WORD = re.compile(r"\w+(?:['’.-]\w+)*")
_KINDS = {
    "video": MediaKind.VIDEO,
    "audio": MediaKind.AUDIO,
    "image": MediaKind.IMAGE,
    "picture": MediaKind.IMAGE,
    "document": MediaKind.DOCUMENT,
    "pdf": MediaKind.DOCUMENT,
    "text": MediaKind.DOCUMENT,
    "subtitles": MediaKind.SUBTITLES,
}
STOP = frozenset(
    """a about after all also am an and any are as at be been before but by can could did do does for from give had
    has have he her here him his how i if in into is it its just let like me more most my no not of on one or our out
    over please say said says she should show so some such tell than that the their them then there these they this
    those to up us was we were what when where which who whom whose why will with would you your
    aber als am an auch auf aus bei bin bis da das dass dem den der des die du ein eine einem einen einer er es für
    gibt habe haben hat ich ihr im in ist kann mit nach nicht noch nur oder sagt sagte sich sie sind so über um und
    uns von war waren warum was wem wen wenn wer wie wir wird wo zu zum zur
    au aux avec ce ces dans de des du elle en est et il je la le les leur mais ne nous on ou par pas pour qu que qui
    se son sur un une vous con del el en es la las lo los no para por que se su un una y""".split()  # noqa: SIM905 - words read better
)
SHORTEST_STEM, ENDINGS = 4, ("ing", "ed", "es", "en", "er", "s", "e")


class QueryParser:
    """Dates are days of the desk's calendar. Raises BadArgument."""

    def __init__(self, calendar: Calendar, now: Callable[[], datetime]) -> None:
        self._calendar = calendar
        self._now = now

    def parse(self, actor: Actor, text: str) -> Query:
        text = _whole_words(unescaped(text)).translate(_QUOTES)
        query = Query(words=" ".join(_FILTER.sub(" ", text).split()))
        for name, value in _FILTER.findall(text):
            query = self._filtered(actor, query, name.lower(), value.strip('"'))
        return query

    def _filtered(self, actor: Actor, query: Query, name: str, value: str) -> Query:
        match name:
            case "in":
                return replace(query, channels=(*query.channels, self._channel(actor, value)))
            case "by":
                return replace(query, users=(*query.users, self._user(actor, value)))
            case "type":
                return replace(query, kinds=(*query.kinds, _kind(value)))
            case "tag":
                return replace(query, tags=(*query.tags, value.lstrip("#").lower()))
            case "after":
                return replace(query, after=self._moment(value))
            case _:
                return replace(query, before=self._moment(value))

    def _channel(self, actor: Actor, value: str) -> str:
        if value.lower() in {"me", "dm"} or value == actor.user:
            return actor.user
        found = _CHANNEL.fullmatch(value)
        if found is None:
            raise BadArgument(f"`{value[:40]}` is not a channel: choose it from the list after `in:#`", USAGE)
        return found[1] or found[2]

    def _user(self, actor: Actor, value: str) -> str:
        if value.lower() == "me":
            return actor.user
        found = _USER.fullmatch(value)
        if found is None:
            raise BadArgument(
                f"`{value[:40]}` is nobody I know: choose them from the list after `by:@`", USAGE
            )
        return found[1] or found[2]

    def _moment(self, value: str) -> datetime:
        """The beginning of a day: 2026-11-20, today, yesterday, 7d."""
        today = self._calendar.day(self._now())
        ago = {"today": 0, "yesterday": 1}.get(value.lower())
        if ago is None and (days := _DAYS.fullmatch(value.lower())):
            ago = int(days[1])
        try:
            if _MOMENT.fullmatch(value):
                return datetime.fromisoformat(value)
            day = today - timedelta(days=ago) if ago is not None else today.fromisoformat(value)
            return self._calendar.begins(day)
        except (ValueError, OverflowError):
            raise BadArgument(
                f"`{value[:40]}` is not a date: say `2026-11-20`, `yesterday` or `7d`", USAGE
            ) from None


def _whole_words(text: str) -> str:
    """As much of a long text as is looked for, without half a word at its end."""
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0] or text[:LONGEST]


def _kind(value: str) -> MediaKind:
    known = _KINDS.get(value.lower().removesuffix("s")) or _KINDS.get(value.lower())
    if known is None:
        raise BadArgument(f"`{value[:40]}` is not a type: video, audio, image, document or subtitles", USAGE)
    return known


def telling(text: str) -> list[str]:
    """The words of a question that could stand in its answer."""
    words = (word.lower() for word in _WORD.findall(text))
    return [word for word in dict.fromkeys(words) if word not in STOP and len(word) > 1]


def loosened(query: Query) -> Query | None:
    """The same, but any of the words will do, in any form that begins alike; None without words."""
    wanted = _EXCLUDED.sub(" ", query.words)
    pieces = [piece for word in _WORD.findall(wanted) for piece in _pieces(word)]
    lexemes = dict.fromkeys(lexeme for piece in pieces for lexeme in beginnings(stem(piece.lower())))
    if not lexemes:
        return None
    words = " | ".join(f"'{each}':*" for each in lexemes)
    return replace(query, words=words, any_word=True, folded=True)


def _pieces(word: str) -> list[str]:
    """As PostgreSQL parts them: of `o'brien` the part that tells something."""
    return [piece for piece in re.split(r"\W+", word) if len(piece) > 1] or [word]


def ways(query: Query, *, strictly: bool = False) -> list[Query]:
    """To look for it, the strictest first. In a script without spaces no passage has the words as such."""
    strict = () if is_spaceless(query.words) else (query,)
    return [*strict, forgiving(query), *filter(None, [None if strictly else loosened(query)])]


def forgiving(query: Query) -> Query:
    """The same words, with or without accents, and anywhere in a script without spaces."""
    return replace(query, words=as_sought(query.words), folded=True)


def stem(word: str) -> str:
    """A word's beginning that its other forms have, too; letters and digits only."""
    plain = "".join(each for each in word if each.isalnum())
    for ending in ENDINGS:
        if plain.endswith(ending) and len(plain) - len(ending) >= SHORTEST_STEM:
            return plain.removesuffix(ending)
    return plain


def as_text(query: Query) -> str:
    """The query as it could be typed again: what a button carries."""
    words = [query.words] if query.words else []
    words += [f"in:{each}" for each in query.channels]
    words += [f"by:{each}" for each in query.users]
    words += [f"type:{kind}" for kind in query.kinds]
    words += [f'tag:"{tag}"' for tag in query.tags]
    words += [f"after:{query.after:%Y-%m-%dT%H:%MZ}"] if query.after else []
    words += [f"before:{query.before:%Y-%m-%dT%H:%MZ}"] if query.before else []
    return " ".join(words)
