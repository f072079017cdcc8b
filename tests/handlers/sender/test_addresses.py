"""No address leaves us that the asker could not see, whatever a model writes and however it arrives."""

from __future__ import annotations

import html
import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.sender.domains import site_of
from handlers.sender.sanitise import Sanitiser, sanitise
from handlers.sender.signs import JOINER
from services.chat.sources import addresses_of
from tests.chaos.injections import FORMS

KNOWN = addresses_of(
    ["<https://docs.acme.com/a?b=1&amp;c=2>, acme.com, ben@acme.com and https://a.org/x", "evil.example"]
)
LINKED = re.compile(
    r"(?:https?:)?//(?:[\w.-]*\.)?evil\.example(?![\w-])[^\s<>)\]]*"
    r"|www\.(?:[\w.-]*\.)?evil\.example(?![\w-])[^\s<>)\]]*"
    r"|(?<![^\W_])mailto:[^\s<>)\]]*evil\.example(?![\w-])[^\s<>)\]]*"
    r"|[\w.+-]+@[\w.-]*evil\.example(?![\w-])"
    r"|(?<![\w@.-])[\w.-]*evil\.example[/?#:][^\s<>)\]]+"
    r"|[\w-]+\.evil\.example(?![\w-])",
    re.IGNORECASE,
)
ROOT = re.compile(
    r"(?:https?:|mailto:|//)*[.。]*(?:www\.)?evil\.example/?(?:[.,;:!?*_~'\"`)}|\]-]*)", re.IGNORECASE
)
PIECES = [
    *(
        "https://",
        "http://",
        "HTTPS://",
        "//",
        "www.",
        "mailto:",
        "evil.example",
        "evil",
        ".example",
        "/s3cret",
    ),
    *("s3cret.", "s3cret@", "?s3cret", "#s3cret", ":8080", "https://evil.example/s3cret", "https://a.org/x"),
    *("acme.com", "https://docs.acme.com/a?b=1&c=2", "ben@acme.com", "s3cret", "x", "the", "http", "w", "h"),
    *(
        " ",
        "\n",
        "\n\n",
        "。",
        "，",
        "é",
        "灯",
        "—",
        "\u200b",
        JOINER,
        "\u00ad",
        "/",
        ".",
        ":",
        "@",
        "?",
        "#",
    ),
    *("[", "]", "(", ")", "](", "![", "<", ">", "|", "`", "```\n", "\n```", '"', "'", "*", "_", ",", ";"),
    *("&#58;", "&#46;", "&period;", "&amp;", "ｈｔｔｐｓ", "：", "／", "．", "。", "&#x2f;", "&lt;", "&gt;"),
    *("<!here|", "<@U012ABC|", "<!date^1^{date}^", "javascript:", "slack://", "ftp://"),
]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=2), max_size=25).map("".join)


def shown(text: str) -> str:
    return sanitise(text, KNOWN).replace(JOINER, "")


def in_pieces(text: str, cuts: list[int]) -> str:
    whole, out, at = Sanitiser(KNOWN), "", 0
    for cut in [*cuts, len(text) + 1]:
        out += whole.feed(text[at : at + cut])
        at += cut
    return out + whole.close()


def leaks(made: str) -> list[str]:
    """What leads to the attacker with something more than the site's own name, for any reader."""
    decoded = unicodedata.normalize("NFKC", html.unescape(made))
    seen = "".join(
        c for c in decoded if c == JOINER or unicodedata.category(c) not in ("Cf", "Cc") or c.isspace()
    )
    return [found for text in (made, seen) for found in LINKED.findall(text) if not ROOT.fullmatch(found)]


@pytest.mark.parametrize(
    "text",
    [
        "[docs](https://docs.acme.com/a?b=1&c=2) and <https://a.org/x>, or https://a.org/x.",
        "(see https://a.org/x), **https://a.org/x** and _https://a.org/x_!",
        "acme.com, https://acme.com/ and www.acme.com",
        "write to ben@acme.com",
        "```\ncurl https://a.org/x | sh\n```\nor `https://docs.acme.com/a?b=1&c=2`",
        '{"url": "https://a.org/x", "id": 3}',
        "| a | https://a.org/x | b |",
    ],
)
def test_what_the_asker_could_see_stays_as_it_is(text: str) -> None:
    assert sanitise(text, KNOWN) == text


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("[details](https://python.org/3?q)", "details (link to python.org left out: it is not in this thread)"),
        ("Go to https://docs.python.org/3, now.", "Go to (link to python.org left out: it is not in this thread), now."),
        ("https://a.example/1 www.b.org", "(link to a.example left out: it is not in this thread) (link to b.org left out)"),
        ("https://s3cret.python.org", "(link to python.org left out: it is not in this thread)"),
        ("https://s3cret.bbc.co.uk/x", "(link to bbc.co.uk left out: it is not in this thread)"),
        ("https://10.0.0.1/x", "(link left out: it is not in this thread)"),
        ("mailto:eve@a.example?subject=x", "(email address left out: it is not in this thread)"),
        ("[call](tel:+491)", "call"),
        ("![cat](https://a.example/cat.png)", "cat (link to a.example left out: it is not in this thread)"),
        ("[https://a.example](https://a.example)", "(link to a.example left out: it is not in this thread)"),
        ("`curl https://a.example/x`", "`curl (link to a.example left out: it is not in this thread)`"),
        ("_evil.net/x_ -evil.org/x", "_(link to evil.net left out: it is not in this thread)_ -(link to evil.org left out)"),
        ("https://acme.com/s3cret", "(link to acme.com left out: it is not in this thread)"),
        ("请看https://a.example/x。谢谢", "请看(link to a.example left out: it is not in this thread)。谢谢"),
        ("请看https://a.org/x。谢谢", "请看https://a.org/x 。谢谢"),
        ("https://a.org/x)s3cret", "https://a.org/x )s3cret"),
    ],
)  # fmt: skip
def test_of_other_addresses_the_site_is_named(written: str, made: str) -> None:
    assert shown(written) == made


@pytest.mark.parametrize(
    "text",
    [
        "setup.py, README.md and Node.js",
        "a.newending/x",
        "eve@a.example",
        "bbc.co.uk is a site",
        "done.It works",
        "a://b",
    ],
)
def test_what_slack_might_link_by_itself_reads_the_same_and_is_no_link(text: str) -> None:
    assert shown(text) == text
    assert JOINER in sanitise(text, KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        "At 10:30, 3.5 of 7; e.g. this: and/or that... U.S. (p.m.)",
        "std::vector<int> // a comment\nx = a.b[c](d)",
        "```go\nimport a.com\nmail := x@y.com // see s3://bucket/key\n```",
        "Zoë’s “café” — naïve…",
    ],
)
def test_ordinary_text_and_code_stay(text: str) -> None:
    assert sanitise(text, KNOWN) == text


@pytest.mark.parametrize("form", FORMS)
def test_no_known_form_of_injection_carries_anything_out(form: str) -> None:
    made = form.format(host="evil.example", canary="c00001", secret="s3cret", date="{date}")
    assert leaks(sanitise(f"Here it is.\n\n{made}\n\nAnything else?", KNOWN)) == []


@given(TEXTS)
@settings(max_examples=700, deadline=None)
@example("evil.<!here|example>/s3cret")
@example("<@U012ABC|s3cret.evil.example>")
@example("https://`x`evil.example/s3cret")
@example("https://a.org/x`s3cret`evil.example/s3cret")
@example("https://mailto:https://。evil.example")
@example("mailto:。evil.example")
@example("//evil.examplehttps://")
@example("//s3cret.evil.examplehttps://https://")
@example("https://．evil.example")
@example("evil.examplemailto:https://evil.example")
@example("s3cret．evil.example")
@example("mailto:灯evil.example")
@example("evil@&#46;evil.example")
def test_no_address_outside_the_sources_survives(text: str) -> None:
    assert leaks(sanitise(text, KNOWN)) == []


@given(TEXTS, st.lists(st.integers(0, 9), max_size=40))
@settings(max_examples=400, deadline=None)
@example("h.com/x", [1])
@example("the.https://evil.example/s3cret", [3, 1, 4])
def test_any_cutting_gives_the_same_text(text: str, cuts: list[int]) -> None:
    assert in_pieces(text, cuts) == sanitise(text, KNOWN)


@pytest.mark.parametrize("padding", ["(" * 2_590, "x" * 5_000, "evil." * 600])
def test_no_length_of_padding_lets_one_through(padding: str) -> None:
    text = f"{padding}evil.example/s3cret"
    assert leaks(sanitise(text, KNOWN)) == []
    assert in_pieces(text, [7] * 700) == sanitise(text, KNOWN)


def test_words_are_shown_as_they_come() -> None:
    whole = Sanitiser(KNOWN)
    assert [whole.feed(piece) for piece in ("Nin", "ety", " sec", "onds", ".")] == [
        "Nin",
        "ety",
        " sec",
        "onds",
        ".",
    ]
    assert whole.feed(" See https://evil.exam") == " See "
    assert "left out" in whole.feed("ple/x ")


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("docs.python.org", "python.org"),
        ("a.b.bbc.co.uk", "bbc.co.uk"),
        ("co.uk", "co.uk"),
        ("localhost", ""),
        ("10.0.0.1", ""),
        ("x.notadomain", ""),
    ],
)
def test_a_site_is_what_somebody_registered(host: str, site: str) -> None:
    assert site_of(host) == site
