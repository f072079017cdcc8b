"""What can be done here, told where it is asked."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.blocks import help as blocks
from handlers.grammar import Grammar
from handlers.routes import Audience, Button, Call, Command, Press, Route
from handlers.sender.replies import SlackReplies


class HelpHandlers:
    def __init__(self, replies: SlackReplies, grammar: Grammar) -> None:
        self._replies = replies
        self._grammar = grammar

    def routes(self) -> Iterable[Route]:
        yield Command("showrunner", "help", self.help, "what I can do", "help", self._is_topic)
        yield Button("help.open", self.open)

    async def help(self, call: Call) -> None:
        await self._show(call.to, call.args)

    async def open(self, press: Press) -> None:
        await self._show(press.to, "")

    async def _show(self, to: Audience, topic: str) -> None:
        commands = self._grammar.commands(topic or None)
        await self._replies.show(to, "What Showrunner can do", blocks.help_text(commands, topic))

    def _is_topic(self, args: str) -> bool:
        return not args or args in self._grammar.groups()
