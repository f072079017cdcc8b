"""What a turn's model may look up before it answers, and what comes of it: data of this turn alone.

Nothing that was found is stored. Whoever takes a turn up again looks it up again, with the rights of then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.chat.answer import calls_of_answer
from services.chat.context import Context
from services.chat.reading import beginning
from services.chat.sources import Seen, addresses_of
from services.entities.tools import Round, ToolUse
from services.entities.turns import Claim
from services.models.estimate import estimate_request, estimate_tokens
from services.ports.models import ModelMessage, TextPart, Tool, ToolResult
from services.ports.presenter import Sources
from services.ports.tools import Asker, Toolbox
from services.ports.work import UnitOfWorkFactory

MOST_CALLS = 3
"""Calls that a turn may have to a model: in the last it has to answer."""
AT_ONCE = 4
TOO_MANY = "Too many at once: this one was left out."
NO_ROOM = "[cut here: the conversation has no room for more]"
NOT_HERE = "There is nothing to look it up in any more."
ANSWER_NOW = "Nothing more can be looked up. Answer now, from what you have."


class Searching:
    def __init__(self, uow: UnitOfWorkFactory, toolbox: Toolbox | None) -> None:
        self._uow = uow
        self._toolbox = toolbox

    async def offered(self, claim: Claim) -> tuple[Tool, ...]:
        """Who has used a tool in this turn is shown it again, whatever there is to be found by now."""
        if self._toolbox is None:
            return ()
        helps = await self._toolbox.helps(asker_of(claim)) or await self._rounds(claim)
        return self._toolbox.tools if helps else ()

    async def taken_up(self, claim: Claim, context: Context) -> Context:
        """With the rounds that an earlier try of the turn has paid for."""
        rounds = await self._rounds(claim)
        if not rounds:
            return context
        async with self._uow(atomic=False) as uow:
            calls = calls_of_answer(await uow.calls.of_turn(claim.turn.id))
        for each in rounds:
            context = await self.after(claim, context, each)
        return replace(context, rounds=tuple(rounds), calls=tuple(calls[: len(rounds)]))

    async def after(self, claim: Claim, context: Context, ended: Round) -> Context:
        """The context of the next call, once it is known what came of a round's uses."""
        results = await self._results(claim, ended.uses, context.room)
        last = ended.number + 1 >= MOST_CALLS
        said = (*ended.thoughts, *([TextPart(ended.text)] if ended.text.strip() else ()), *ended.uses)
        told = (*results, *([TextPart(ANSWER_NOW)] if last else ()))
        messages = (ModelMessage("assistant", said), ModelMessage("user", told))
        request = replace(context.request, messages=(*context.request.messages, *messages), may_use=not last)
        tokens = estimate_request(request)
        return replace(
            context,
            request=request,
            tokens=tokens,
            room=max(0, context.room - (tokens - context.tokens)),
            sources=Seen(context.sources, addresses_of(result.text for result in results)),
        )

    async def sources(self, claim: Claim) -> Sources:
        """The addresses in what was found: those of an answer that is already there."""
        found = [await self._use(claim, use) for each in await self._rounds(claim) for use in each.uses]
        return addresses_of(result.text for result in found)

    async def _rounds(self, claim: Claim) -> Sequence[Round]:
        if claim.turn.attempts <= 1:
            return ()
        async with self._uow(atomic=False) as uow:
            return await uow.calls.rounds(claim.turn.id)

    async def _results(self, claim: Claim, uses: Sequence[ToolUse], room: int) -> list[ToolResult]:
        """At most `room` tokens of text."""
        results = []
        for number, use in enumerate(uses):
            result = (
                await self._use(claim, use) if number < AT_ONCE else ToolResult(use.id, TOO_MANY, failed=True)
            )
            results.append(shortened(result, room))
            room -= estimate_tokens(results[-1].text)
        return results

    async def _use(self, claim: Claim, use: ToolUse) -> ToolResult:
        if self._toolbox is None:
            return ToolResult(use.id, NOT_HERE, failed=True)
        return await self._toolbox.use(asker_of(claim), use)


def asker_of(claim: Claim) -> Asker:
    """In a direct message the asker alone reads the answer."""
    alone = claim.conversation.channel_kind == "im"
    return Asker(claim.turn.actor, None if alone else claim.conversation.channel)


def shortened(result: ToolResult, room: int) -> ToolResult:
    if estimate_tokens(result.text) <= room:
        return result
    return replace(result, text=f"{beginning(result.text, max(0, room))}\n{NO_ROOM}")
