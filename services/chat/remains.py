"""What an earlier try of a turn left, and how to go on from there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from services.chat.answer import calls_of_answer, failed_before, notes_of
from services.chat.ledger import release
from services.chat.preparation import Preparation
from services.entities.calls import CallOutcome, ModelCall
from services.entities.conversations import Message
from services.entities.turns import Claim
from services.errors import Stopped
from services.models.router import ModelRouter
from services.ports.presenter import Presenter
from services.ports.work import UnitOfWorkFactory

Tell = Callable[[Claim, Awaitable[None]], Awaitable[None]]


class Remains:
    """`tell` brings something to the person that Slack may not take just now."""

    def __init__(
        self,
        uow: UnitOfWorkFactory,
        presenter: Presenter,
        preparation: Preparation,
        router: ModelRouter,
        tell: Tell,
    ) -> None:
        self._uow = uow
        self._show = presenter
        self._prepare = preparation
        self._router = router
        self._tell = tell

    async def taken_up(self, claim: Claim) -> CallOutcome | None:
        """Go on where an earlier try of the turn ended; None if nothing is paid and it can begin anew.

        A stored answer is shown, whoever wants the turn tried again: it is never paid twice. Raises Stopped.
        """
        if claim.turn.attempts <= 1:
            return None
        async with self._uow() as uow:
            answer = await uow.chat.answer_of(claim.turn.id)
            calls = await uow.calls.of_turn(claim.turn.id)
            unknown = await uow.calls.unfinished(claim.turn.id)
        given = calls_of_answer(calls)
        if answer is not None and given:
            await self._deliver(claim, answer, given, failed_before(calls, given[-1]))
            return given[-1].outcome
        if claim.turn.stop_requested:
            await self._let_go(claim)
            raise Stopped
        if not unknown:
            return None
        await self._ask_whether_again(claim, unknown)
        return CallOutcome.UNCERTAIN

    async def _deliver(
        self, claim: Claim, answer: Message, given: Sequence[ModelCall], failed: str | None
    ) -> None:
        notes = notes_of(given, models=self._router.names("chat"), failover_from=failed)
        await self._show.deliver(claim, answer.text, notes, await self._prepare.sources(claim))

    async def _let_go(self, claim: Claim) -> None:
        """The person wanted no answer any more before the worker died with it: nobody has to be asked."""
        async with self._uow() as uow:
            await release(uow, claim.turn.id)
            await uow.commit()

    async def _ask_whether_again(self, claim: Claim, unknown: Sequence[ModelCall]) -> None:
        async with self._uow() as uow:
            for call in unknown:
                await uow.calls.set_outcome(call.id, CallOutcome.UNCERTAIN)
            await uow.commit()
        await self._tell(claim, self._show.uncertain(claim, unknown))
