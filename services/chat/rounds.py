"""An answer that is looked up: the model asks for tools, is told what came of them, and asks or answers.

Each round is a paid call of its own: its row is begun before it is sent and booked with what it asked for, in one
statement, so that a restart goes on behind it. What a call may cost is held before it, and settled with it.
"""

from __future__ import annotations

from dataclasses import replace

import structlog

from services.chat.answer import Answer
from services.chat.preparation import Preparation
from services.entities.calls import CallOutcome, ModelCall
from services.entities.tools import Round
from services.entities.turns import Claim
from services.models.router import ModelRouter, Opened
from services.ports.clock import Checkpoint, Clock
from services.ports.models import Finished
from services.ports.work import UnitOfWorkFactory
from services.retry import persistently, to_the_end

log = structlog.get_logger()


class Rounds:
    def __init__(
        self,
        uow: UnitOfWorkFactory,
        preparation: Preparation,
        router: ModelRouter,
        clock: Clock,
        checkpoint: Checkpoint,
    ) -> None:
        self._uow = uow
        self._prepare = preparation
        self._router = router
        self._clock = clock
        self._checkpoint = checkpoint

    async def ask(self, claim: Claim, answer: Answer, preferred: str | None) -> None:
        """Until the model has answered. Raises what ends an answer; NotEnoughBudget between two calls."""
        await answer.say_again()
        while True:
            model = answer.calls[-1].model if answer.calls else preferred
            await answer.take_all(self._router.stream(answer.context.request, answer.ledger, model))
            if not answer.asks_for_tools:
                return
            if answer.opened is not None and answer.finished is not None:
                await self._next(claim, answer, answer.opened, answer.finished)

    async def _next(self, claim: Claim, answer: Answer, opened: Opened, finished: Finished) -> None:
        number = len(answer.calls) + 1
        ended = Round(claim.turn.id, number, "".join(answer.parts), finished.uses, finished.thoughts)
        call = replace(answer.ended(opened.call, CallOutcome.ANSWERED), searched=True)
        await to_the_end(self._store(answer, ended, call))
        answer.end_round(call)
        self._checkpoint("searched")
        log.info("turn.searched", turn=str(claim.turn.id), model=call.model, count=len(ended.uses))
        answer.go_on(await self._prepare.after(claim, answer.context, ended))

    async def _store(self, answer: Answer, ended: Round, call: ModelCall) -> None:
        ledger = answer.ledger

        async def store() -> None:
            async with self._uow(atomic=False) as uow:
                await uow.calls.store_round(ended, call, ledger.reservation, ledger.spent(), ledger.attempt)

        await persistently(self._clock, store)
