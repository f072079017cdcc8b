"""Nothing a model writes may call people, or lead somewhere other than it says."""

from __future__ import annotations

import html
import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.sender import sanitise as sanitising
from handlers.sender import targets
from handlers.sender.sanitise import Sanitiser, escape
from handlers.sender.signs import JOINER
from tests.fakes.sources import Everything

PIECES = [
    *(
        "<",
        ">",
        "!",
        "@",
        "&lt;",
        "&gt;",
        "&amp;lt;",
        "&#60;",
        "&#x3c",
        "&lt",
        "&#33;",
        "&commat;",
        "＜",
        "＠",
        "！",
    ),
    *("channel", "HERE", "everyone", "subteam^S012|@eds", "U012ABCDE", "ｈｅｒｅ", "word", "a.b", "x", "0"),
    *(
        "|",
        "^",
        " ",
        "\n",
        "\n\n",
        "\u200b",
        JOINER,
        "\u00ad",
        "[",
        "]",
        "(",
        ")",
        "![",
        "](",
        "`",
        "``",
        "```",
    ),
    *("https://good.com", "https://evil.com", "javascript:x", "data:y", "slack://z", "slack:", "//", ":"),
    *("~~~", "> ", "- ", "1. ", "   ", "\\", '"', "&", ";", "#", "*", "-"),
]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=30).map("".join)

GAP = r"[^\S\n]{0,60}"
BROADCAST = re.compile(
    rf"<{GAP}!{GAP}(?:channel|here|everyone|group|subteam)(?![^\W_])[^\n<]*>|<@[^\W_]", re.IGNORECASE
)
TYPED = re.compile(r"(?<![^\W_])@(?:channel|here|everyone)(?![^\W_])", re.IGNORECASE)
LINK = re.compile(r"\[([^\[\]\n]*)\]\(([^()\s]*)\)|<([a-z]+:(?!:)[^<>\n]*)>", re.IGNORECASE)


def sanitise(text: str) -> str:
    return sanitising.sanitise(text, Everything())


def as_slack_might_read_it(text: str) -> str:
    """Disguises taken off, but for the joiner that breaks what it stands in."""
    decoded = unicodedata.normalize("NFKC", html.unescape(text))
    return "".join(
        c for c in decoded if c == JOINER or c.isspace() or unicodedata.category(c) not in ("Cf", "Cc")
    )


def in_pieces(text: str, cuts: list[int]) -> str:
    whole, out, at = Sanitiser(Everything()), "", 0
    for cut in [*cuts, len(text) + 1]:
        out += whole.feed(text[at : at + cut])
        at += cut
    return out + whole.close()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<!channel> look", "channel look"),
        ("<!HERE|here>", "here"),
        ("<!subteam^S012ABC|@editors>", "editors"),
        ("<@U012ABC> and <@U012ABC|Ana>", "U012ABC and Ana"),
        ("&lt;!everyone&gt;", "everyone"),
        ("< ! channel >", "channel"),
        ("<\u200b!chan\u00adnel>", "channel"),
        ("＜！ｈｅｒｅ＞", "here"),
        ("<<!channel>>", "<channel>"),
        ("`<!here>` and ```\n<!here>\n```", "`here` and ```\nhere\n```"),
        ("@channel, please", "@channel, please"),
        ("x\u180e@channel", "x\u180e@channel"),
        (".&excl;\u3164&commat;channel", ".&excl;\u3164@channel"),
    ],
)
def test_broadcasts_and_mentions_become_words(written: str, shown: str) -> None:
    made = sanitise(written)
    assert made.replace(JOINER, "") == shown
    assert not BROADCAST.search(made)
    assert not TYPED.search(made)


@pytest.mark.parametrize(
    "text",
    [
        "if (a < b && !c) { cout << x; } // vector<std::string>, x < !y",
        "<!DOCTYPE html><div class='a:b'>&copy; 2026 &lt;b&gt;</div><!-- note -->",
        "write to someone@here.example, or @anna",
        "| a | b |\n|---|---|\n| [x](https://x.example) | `y` |",
        "call handlers[name](event) at 10:30 // then",
        "[docs](https://docs.example.com/a?b=1&copy=2#c) and <https://example.com>",
        "```md\n[https://good.com](https://evil.com) ![a](b://c)\n```\nand `[x](javascript:y)`",
    ],
)
def test_ordinary_text_and_code_stay_as_they_are(text: str) -> None:
    assert sanitise(text) == text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[https://good.com](https://evil.com/a)", "https://good.com (https://evil.com/a)"),
        ("[good.com](<https://evil.com> 'good.com')", "good.com (https://evil.com)"),
        ("<https://evil.com|https://good.com>", "https://good.com (https://evil.com)"),
        ("[good.com](https://good.com@evil.com/)", "good.com (https://evil.com/)"),
        ("[g\u200bood.com](https://evil.com)", "g\u200bood.com (https://evil.com)"),
        ("[the site](https://good.com|evil)", "[the site](https://good.com%7Cevil)"),
        ("![a cat](https://x.example/cat.png)", "[a cat](https://x.example/cat.png)"),
        ("[run](javascript:alert(1))", "run"),
        ("[run](java&#115;cript:alert)", "run"),
        ("![](data:image/png;base64,xyz)", "image"),
        ("[open](slack://channel?id=C1)", "open"),
        ("\\[click\\](javascript:x)`[a](https://good.com)`", "\\click`[a](https://good.com)`"),
        ("[<data:x@good.com>](https://good.com)", "[‹data:x@good.com›](https://good.com)"),
        ("[[https://good.com]](javascript:x)(https://evil.com)", "https://good.com(https://evil.com)"),
        ("[https://good.com][(https://evil.com)](javascript:x)", "[https://good.com] (https://evil.com)"),
    ],
)
def test_links_say_where_they_lead(written: str, shown: str) -> None:
    assert sanitise(written).replace(JOINER, "") == shown


@pytest.mark.parametrize(
    "disguise",
    [
        "> ```\n{}",
        "- ```\nx\n```\n{}",
        "   ```\ncode\n{}",
        "~~~\n{}",
        "\\`{}`",
        "a ` b\n`{}`",
        "[`](https://x.example) `{}",
        "```" + "a" * 400 + "`\n{}",
    ],
)
def test_what_only_some_parsers_take_for_code_does_not_hide_a_link(disguise: str) -> None:
    trick = "[https://good.com](https://evil.com)"
    assert trick not in sanitise(disguise.replace("{}", trick))


@given(TEXTS, st.lists(st.integers(0, 9), max_size=40))
@settings(max_examples=400, deadline=None)
@example("1. ```\n<!here>", [1, 1, 1])
def test_any_cutting_gives_the_same_text(text: str, cuts: list[int]) -> None:
    assert in_pieces(text, cuts) == sanitise(text)


@given(TEXTS)
@settings(max_examples=700, deadline=None)
@example("@channel\x0c0")
@example("x&lt@here")
@example("word\n@everyone")
@example("<!here\u200b0>")
def test_no_broadcast_is_ever_live(text: str) -> None:
    made = sanitise(text)
    assert not BROADCAST.search(as_slack_might_read_it(made)), made
    assert not TYPED.search(as_slack_might_read_it(made)), made


@given(TEXTS.map(lambda text: re.sub("[`~]", "", text)))
@settings(max_examples=400, deadline=None)
def test_no_link_lies_or_runs_anything(text: str) -> None:
    for shown, target, alone in LINK.findall(sanitise(text)):
        scheme = targets.scheme_of(target or alone)
        assert scheme not in targets.KNOWN - targets.WEB - {"mailto"}
        if scheme in targets.WEB and target:
            assert targets.is_honest(shown, target)


def test_text_is_not_held_back_longer_than_a_doubt_lasts() -> None:
    whole = Sanitiser(Everything())
    assert whole.feed("Hello there, ") == "Hello there, "
    assert whole.feed("<!chan") == ""
    assert whole.feed("ges> are [not") == "<!changes> are "
    assert whole.feed("] held") == "[not] held"


def test_escaped_text_of_a_person_calls_nobody() -> None:
    assert escape("<!here> & <@U1>") == "&lt;!here&gt; &amp; &lt;@U1&gt;"
