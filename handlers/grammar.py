"""One parser for slash commands and mentions: the same words mean the same at both doors."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from handlers.routes import Command
from services.errors import BadArgument, UnknownWord

HOME_GROUP = "showrunner"
MENTION = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^>]*)?>")


@dataclass(frozen=True, slots=True)
class Parsed:
    command: Command
    args: str


class Grammar:
    """Made empty, because help and mentions need it before every command is known."""

    def __init__(self, commands: Iterable[Command] = ()) -> None:
        self._groups: dict[str, dict[str, Command]] = {}
        self.learn(commands)

    def learn(self, commands: Iterable[Command]) -> None:
        for command in commands:
            self._groups.setdefault(command.group, {})[command.word] = command

    def groups(self) -> Sequence[str]:
        return list(self._groups)

    def commands(self, group: str | None = None) -> list[Command]:
        """Those of one group, or all."""
        found = [self._groups.get(group, {})] if group else list(self._groups.values())
        return [command for words in found for command in words.values()]

    def slash(self, group: str, text: str) -> Parsed:
        """A slash command's text. Raises UnknownWord or BadArgument, each with the usage line."""
        if group == HOME_GROUP:
            group, text = self._through_home(text)
        words = self._groups[group]
        word, rest = split_word(text)
        if "" in words and word != "help":
            return self._checked(words[""], text.strip())
        if not word or (word == "help" and word not in words):
            return Parsed(self._groups[HOME_GROUP]["help"], group if group != HOME_GROUP else "")
        if word not in words:
            raise UnknownWord(word, nearest(word, words), self.usage(group))
        return self._checked(words[word], rest)

    def mention(self, text: str) -> Parsed | None:
        """A mention's text, our own mention left out; None when it is a question."""
        try:
            parsed = self.slash(HOME_GROUP, text)
        except (UnknownWord, BadArgument):
            return None
        return parsed if text.strip() and parsed.command.by_mention else None

    def usage(self, group: str) -> str:
        words = [command.usage or command.word for command in self.commands(group)]
        return f"/{group} " + " | ".join(word for word in words if word)

    def _through_home(self, text: str) -> tuple[str, str]:
        """`/showrunner usage 7d` is `/usage 7d`: a group's name may be the first word."""
        word, rest = split_word(text)
        return (word, rest) if word in self._groups and word != HOME_GROUP else (HOME_GROUP, text)

    def _checked(self, command: Command, args: str) -> Parsed:
        if not command.takes(args):
            raise BadArgument(
                f"`{args[:60]}` is not something `{command.word or command.group}` takes",
                self.usage(command.group),
            )
        return Parsed(command, args)


def split_word(text: str) -> tuple[str, str]:
    """The first word in lower case, and the rest."""
    head, _, rest = text.strip().partition(" ")
    return head.lower(), rest.strip()


def nearest(word: str, words: Iterable[str]) -> str | None:
    found = difflib.get_close_matches(word, [known for known in words if known], n=1, cutoff=0.5)
    return found[0] if found else None


def without_mention(text: str, bot_user: str) -> str:
    """`text` without mentions of us, wherever they stand; white space tidied at the ends only."""
    return re.sub(rf"<@{re.escape(bot_user)}(?:\|[^>]*)?>", "", text).strip()


def mentions(text: str) -> set[str]:
    """Ids of the people mentioned in a message's text."""
    return {found.group(0)[2:-1].split("|")[0] for found in MENTION.finditer(text)}
