"""Languages as files, models and people name them, brought to one code each: the shortest, as in web pages."""

from __future__ import annotations

import re

_NAMED = """
af afr Afrikaans|ar ara Arabic|bg bul Bulgarian|bn ben Bengali|ca cat Catalan|cs ces/cze Czech|cy cym/wel Welsh
da dan Danish|de deu/ger German|el ell/gre Greek|en eng English|es spa Spanish|et est Estonian|eu eus/baq Basque
fa fas/per Persian|fi fin Finnish|fr fra/fre French|ga gle Irish|gl glg Galician|he heb Hebrew|hi hin Hindi
hr hrv Croatian|hu hun Hungarian|hy hye/arm Armenian|id ind Indonesian|is isl/ice Icelandic|it ita Italian
ja jpn Japanese|ka kat/geo Georgian|ko kor Korean|lt lit Lithuanian|lv lav Latvian|mk mkd/mac Macedonian
ms msa/may Malay|mt mlt Maltese|nb nob Norwegian Bokmål|nl nld/dut Dutch|nn nno Norwegian Nynorsk|no nor Norwegian
pl pol Polish|pt por Portuguese|ro ron/rum Romanian|ru rus Russian|sk slk/slo Slovak|sl slv Slovenian
sq sqi/alb Albanian|sr srp Serbian|sv swe Swedish|sw swa Swahili|ta tam Tamil|te tel Telugu|th tha Thai
tl tgl Tagalog|tr tur Turkish|uk ukr Ukrainian|ur urd Urdu|vi vie Vietnamese|zh zho/chi Chinese
"""
_ROWS = [row.strip().split(" ", 2) for row in re.split(r"[|\n]", _NAMED.strip())]
NAMES = {short: name for short, _, name in _ROWS}
_SHORT = {long: short for short, longs, _ in _ROWS for long in longs.split("/")} | {
    name.lower(): short for short, _, name in _ROWS
}
_TAG = re.compile(r"[a-z]{2,8}(?:-[a-z0-9]{1,8})*")
NONE = frozenset({"", "und", "mul", "zxx", "mis"})


def code_of(told: str) -> str | None:
    """`ger`, `deu`, `German` and `de` are `de`; `pt_BR` is `pt-br`; None for what names no language."""
    tag = told.strip().lower().replace("_", "-")
    language, dash, rest = tag.partition("-")
    tag = f"{_SHORT.get(language, language)}{dash}{rest}"
    return tag if language not in NONE and _TAG.fullmatch(tag) else None


def name_of(code: str) -> str:
    """In English; the code itself where nobody here knows it."""
    return NAMES.get((code_of(code) or code).partition("-")[0], code)
