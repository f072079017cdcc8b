"""What a turn may cost at most, held before a model is asked; less of it where limits leave less."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from services.chat.context import Context
from services.chat.room import SHORTEST, longest_answer
from services.entities.limits import Amount
from services.entities.turns import Claim
from services.errors import NotEnoughBudget
from services.limits import LimitsService, worst_case
from services.models.router import ModelRouter
from services.ports.models import Prices

CHEAPER = "summary"
"""The purpose whose models answer where money is left for nothing dearer."""


class Reserving:
    def __init__(self, router: ModelRouter, limits: LimitsService, prices: Prices) -> None:
        self._router = router
        self._limits = limits
        self._prices = prices

    async def answer(self, claim: Claim, context: Context) -> Context:
        """The context that the worst case of the turn is held for: its answer may be shorter than usual.

        Raises NotEnoughBudget, which names a cheaper model where what is left would do for that.
        """
        return await self._held(claim, self._as_chosen(claim, context), question=True)

    async def more(self, claim: Claim, context: Context) -> Context:
        """The same for one more call of a turn: nobody has asked another question."""
        return await self._held(claim, context, question=False)

    async def _held(self, claim: Claim, context: Context, *, question: bool) -> Context:
        try:
            await self._hold_answer(claim, context, question=question)
        except NotEnoughBudget:
            room = await self._limits.room(claim.turn.actor, claim.turn.channel)
            context = self._shortened(context, room)
            await self._hold_shorter(claim, context, room, question=question)
        return context

    async def hold(
        self,
        claim: Claim,
        purpose: str,
        reservation: UUID,
        tokens_in: int,
        tokens_out: int,
        *,
        question: bool = False,
    ) -> None:
        worst = worst_case(self._prices, self._router.chain(purpose), tokens_in, tokens_out)
        await self._limits.reserve(
            reservation, claim.turn.actor, worst, channel=claim.turn.channel, question=question
        )

    async def _hold_answer(self, claim: Claim, context: Context, *, question: bool) -> None:
        request = context.request
        await self.hold(
            claim, request.purpose, claim.turn.id, context.tokens, request.max_tokens, question=question
        )

    async def _hold_shorter(self, claim: Claim, context: Context, room: Amount, *, question: bool) -> None:
        try:
            await self._hold_answer(claim, context, question=question)
        except NotEnoughBudget as error:
            error.cheaper = self._cheaper(context, room)
            raise

    def _shortened(self, context: Context, room: Amount) -> Context:
        """As it is, where nothing worth it fits."""
        fits = self._fits(context, context.request.purpose, room)
        if not SHORTEST <= fits < context.request.max_tokens:
            return context
        return replace(context, request=replace(context.request, max_tokens=fits), shortened=True)

    def _fits(self, context: Context, purpose: str, room: Amount) -> int:
        chain, most = self._router.chain(purpose), context.request.max_tokens
        return longest_answer(self._prices, chain, context.tokens, most, room)

    # -- a cheaper model -----------------------------------------------------------------------

    def _as_chosen(self, claim: Claim, context: Context) -> Context:
        """Who takes the cheaper model that was offered is answered by its chain: no dearer one stands in."""
        if claim.turn.model not in self._cheaper_models():
            return context
        return replace(context, request=replace(context.request, purpose=CHEAPER))

    def _cheaper(self, context: Context, room: Amount) -> str | None:
        models = self._cheaper_models()
        if not models or context.request.purpose == CHEAPER:
            return None
        return models[0] if self._fits(context, CHEAPER, room) >= SHORTEST else None

    def _cheaper_models(self) -> tuple[str, ...]:
        usual = self._router.names("chat")
        return tuple(name for name in self._router.names(CHEAPER) if name not in usual)
