"""Endings of host names: what Slack may take for a web address though it has no scheme."""

from __future__ import annotations

import re
from collections.abc import Collection

_COUNTRIES = """
ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd
cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd
ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg
kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv
mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa
sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug
uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw
"""
_OTHERS = """
aero arpa autos beer bond boo bot cfd channel cyou dad day esq foo hair ing invalid local localhost makeup meme
net new nexus phd post prof rsvp sbs skin tel yachts coop
academy accountant agency ai app army art asia associates bar beauty best bid bike bio biz black blog blue boats
boutique build builders business buzz cab cafe camera camp capital cards care careers casa cash casino cat center
chat christmas church city cleaning click clinic cloud club coach codes coffee college com community company
computer consulting contact cool country coupons courses credit cricket dance data date dating deals delivery
democrat dental design dev diet digital direct directory dog domains download earth edu education email energy
engineer engineering enterprises equipment estate events example exchange expert express faith family fans farm
fashion film finance financial fish fit fitness flights florist football forsale forum foundation fun fund
furniture futbol gallery game games garden gay gifts glass global gmbh gold golf goog google gov graphics gratis
green group guide guitars guru hair haus health help hiphop hockey holdings holiday homes horse hospital host
hosting house how icu immo inc industries info ink institute insure int international invest investments jetzt
jewelry jobs kim kitchen kiwi land lat law lawyer lease legal lgbt life lighting limited limo link live llc loan
loans lol london love ltd luxe maison management market marketing mba media melbourne memorial men menu miami mil
mobi moda moe mom money monster mortgage motorcycles mov movie museum name network news ngo ninja now nyc one
onion online ooo org organic page partners parts party pet photo photography photos pics pictures pink pizza place
plumbing plus poker porn press pro productions promo properties property pub quest racing realty recipes red
rehab rent rentals repair report republican rest restaurant review reviews rip rocks rodeo run sale salon sarl
school science security services sex sexy shoes shop shopping show singles site ski soccer social software solar
solutions space sport storage store stream studio study style sucks supplies supply support surf surgery systems
tattoo tax taxi team tech technology tennis test theater tips tires today tokyo tools top tours town toys trade
trading training travel tube university uno vacations ventures vet viajes video villas vin vip vision vodka vote
voyage wang watch webcam website wedding wiki win wine work works world wtf xxx xyz yoga zip zone
"""
ENDINGS = frozenset(f"{_COUNTRIES} {_OTHERS}".split())
"""Top-level domains; of the newer generic ones those in wide use."""

FILE_LIKE = frozenset(
    {
        "cc",
        "md",
        "mk",
        "ml",
        "mm",
        "mov",
        "pl",
        "pm",
        "ps",
        "pt",
        "py",
        "rs",
        "sh",
        "so",
        "st",
        "tf",
        "ws",
        "zip",
    }
)
"""Endings that are more often a file's than a host's: `setup.py` must stay readable."""

_SECOND_LEVEL = frozenset(["ac", "co", "com", "edu", "gov", "gob", "ne", "net", "or", "org"])


def any_of(words: Collection[str]) -> str:
    """A pattern for one of `words` that shares their beginnings: plain alternatives are tried one by one."""
    tails: dict[str, list[str]] = {}
    for word in sorted(filter(None, words)):
        tails.setdefault(word[0], []).append(word[1:])
    choices = [f"{re.escape(first)}{any_of(rest)}" for first, rest in tails.items()]
    return f"(?:{'|'.join(choices)}){'?' if '' in words else ''}" if choices else ""


def site_of(host: str) -> str:
    """The part of a host that somebody had to register; "" where there is none to name.

    What stands before it could be anything that a model was made to write.
    """
    labels = host.lower().strip(".").split(".")
    if len(labels) < 2 or labels[-1] not in ENDINGS:
        return ""
    wanted = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-wanted:])
