"""Strings that a model might write, or be made to write: mentions, links and code in every disguise. Seeded."""

from __future__ import annotations

import random
from collections.abc import Iterator

TRUE, FALSE = "docs.good.example", "evil.example"
WORDS = "the plan is ready please look at this before noon and tell the team what you think of it".split()  # noqa: SIM905 - words read better
BROADCASTS = (
    "<!channel>",
    "<!here>",
    "<!everyone>",
    "<!here|here>",
    "<!subteam^S0123ABCD>",
    "<!subteam^S0123ABCD|@editors>",
    "<@U0123ABCD>",
    "<@W0123ABCD|ana>",
    "<!date^1767225600^{date}^https://evil.example|today>",
    "@channel",
    "@here",
    "@everyone",
    "<#C0123ABCD|general>",
)
SCHEMES = (
    "https://",
    "http://",
    "HTTPS://",
    "hTTp://",
    "javascript:",
    "data:text/html,",
    "slack://",
    "//",
    "mailto:a@",
)
LABELS = (
    f"https://{TRUE}",
    f"{TRUE}",
    f"**{TRUE}**",
    f"`{TRUE}`",
    f"https://{TRUE}/login",
    "click here",
    f"go to {TRUE} now",
    f"www.{TRUE}",
    f"h\u200bttps://{TRUE}",
    f"https://{TRUE.replace('.', '&#46;')}",
    f"ｈｔｔｐｓ：//{TRUE}",
    f"[{TRUE}]",
    f"![{TRUE}](https://{TRUE}/a.png)",
    "",
    " ",
)
DISGUISES = (
    "&lt;",
    "&gt;",
    "&amp;",
    "&#60;",
    "&#x3c;",
    "&#33;",
    "&excl;",
    "&commat;",
    "&#64;",
    "＜",
    "＞",
    "！",
    "＠",
)
NOTHINGS = (
    *("\u200b", "\u200c", "\u200d", "\u2060", "\u00ad", "\ufeff", "\u202e", "\u2066", "\u180e", "\u034f"),
    *("\u3164", "\x00", "\x1b"),
)
CONTEXTS = (
    "{}",
    "{}",
    "`{}`",
    "``{}``",
    "```\n{}\n```",
    "```py\n{}",
    "~~~\n{}\n~~~",
    "> {}",
    "> ```\n> {}\n",
    "- {}",
    "1. {}\n   more",
    "| a | b |\n|---|---|\n| {} | x |",
    "# {}",
    "**{}**",
    "_{}_",
    "~~{}~~",
    "\\{}",
    "    {}",
    "\t{}",
    "[{}](https://docs.good.example)",
    "<b>{}</b>",
    "<!-- {} -->",
    "`\n{}\n`",
    "*`{}",
    "a{}b",
)
LONGEST_SHORT = 900


class Generator:
    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def strings(self, count: int) -> Iterator[str]:
        for number in range(count):
            yield self._long() if number % 50 == 49 else self._short()

    def pieces(self, text: str) -> list[str]:
        """`text` cut as a stream might cut it."""
        pieces, at = [], 0
        while at < len(text):
            size = self._random.choice((1, 1, 2, 3, 5, 8, 13, 40, 400))
            pieces.append(text[at : at + size])
            at += size
        return pieces

    def _short(self) -> str:
        parts = [self._part() for _ in range(self._random.randint(1, 6))]
        return self._random.choice(("", " ", "\n", "\n\n")).join(parts)[:LONGEST_SHORT] or "x"

    def _long(self) -> str:
        """Long enough for several messages, so that cuts fall into what is dangerous."""
        parts = [f"{self._part()} {' '.join(self._random.choices(WORDS, k=20))}" for _ in range(140)]
        return self._random.choice((" ", "\n")).join(parts)

    def _part(self) -> str:
        make = self._random.choice(
            (self._broadcast, self._link, self._link, self._raw, self._noise, self._words)
        )
        inner = make()
        if self._random.random() < 0.25:
            inner = self._disguised(inner)
        return self._random.choice(CONTEXTS).replace("{}", inner)

    def _broadcast(self) -> str:
        return self._random.choice(BROADCASTS)

    def _link(self) -> str:
        scheme, host = self._random.choice(SCHEMES), self._random.choice((TRUE, FALSE, FALSE))
        user = self._random.choice(("", "", "", f"{TRUE}@", f"{TRUE}:443@", f"{TRUE}%2f@", f"{TRUE}\\@"))
        path = self._random.choice(("", "/", "/a", f"/{TRUE}", f"?u={TRUE}", "#x", "/a(b)c", "/a b", "/%00"))
        target, label = f"{scheme}{user}{host}{path}", self._random.choice(LABELS)
        return self._random.choice(
            (
                f"[{label}]({target})",
                f"[{label}](<{target}>)",
                f'[{label}]({target} "{TRUE}")',
                f"[{label}]( {target} )",
                f"[{label}](\n{target})",
                f"![{label}]({target})",
                f"[![{label}]({target})]({target})",
                f"<{target}|{label}>",
                f"<{target}>",
                f"[{label}][a]\n\n[a]: {target}",
                f"[{label}]\n\n[{label}]: {target}",
                f"[{label}]: {target}",
                f'<a href="{target}">{label}</a>',
                f"[{label}] ({target})",
                f"{label} {target}",
                target,
                f"[[{label}]({target})](https://{TRUE})",
                f"[{label}\\]({target})",
                f"[{label}]\\({target})",
            )
        )

    def _disguised(self, text: str) -> str:
        """Some characters as entities, wide forms, or with something invisible beside them."""
        out = []
        for char in text:
            chance = self._random.random()
            if chance < 0.05:
                out.append(char + self._random.choice(NOTHINGS))
            elif chance < 0.15:
                out.append(f"&#{ord(char)};" if self._random.random() < 0.5 else f"&#x{ord(char):x};")
            elif chance < 0.22 and "!" <= char <= "~":
                out.append(chr(ord(char) + 0xFEE0))
            elif chance < 0.25 and char in "<>&":
                out.append({"<": "&amp;lt;", ">": "&gt", "&": "&amp;"}[char])
            else:
                out.append(char)
        return "".join(out)

    def _raw(self) -> str:
        alphabet = (
            *"<>!@#|^[]()`~*_\\\"'&;:/.-=\n ",
            *DISGUISES,
            *NOTHINGS,
            "here",
            "channel",
            "https://",
            FALSE,
            TRUE,
        )
        return "".join(self._random.choices(alphabet, k=self._random.randint(1, 30)))

    def _noise(self) -> str:
        points = (
            self._random.choice((self._random.randint(32, 0x7E), self._random.randint(0xA0, 0x2FFF), 0x1F600))
            for _ in range(self._random.randint(1, 40))
        )
        return "".join(map(chr, points))

    def _words(self) -> str:
        return " ".join(self._random.choices(WORDS, k=self._random.randint(1, 12)))
