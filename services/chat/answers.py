"""Answers given again: the very same question, in the very same context, within a day.

A model is told nothing but the context, so whoever has an equal one may have its answer, too; the team is
part of the key all the same. An answer that looked something up was told more, which others may not see and
which changes: it is never kept. What is to be answered anew ("Answer again", "Continue") passes this by.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from hashlib import sha256

import orjson
from uuid_utils.compat import uuid7

from services.calendar import Calendar
from services.entities.answers import KeptAnswer
from services.entities.calls import CallOutcome, ModelCall
from services.entities.turns import Claim, Source
from services.ports.clock import Clock
from services.ports.models import ChatModel, Finished, ImagePart, ModelMessage, ModelRequest, Part, TextPart
from services.ports.work import UnitOfWorkFactory

ANEW = frozenset({Source.AGAIN, Source.CONTINUE})


class KeptAnswers:
    """`lifetime`: how long an answer is kept; none at all where it is zero."""

    def __init__(self, uow: UnitOfWorkFactory, clock: Clock, calendar: Calendar, lifetime: timedelta) -> None:
        self._uow = uow
        self._clock = clock
        self._calendar = calendar
        self._lifetime = lifetime

    async def find(
        self, claim: Claim, request: ModelRequest, models: Iterable[ChatModel]
    ) -> KeptAnswer | None:
        """What the first of `models` that was asked the same has answered."""
        if not self._lifetime or claim.turn.source in ANEW:
            return None
        digest = digest_of(request)
        keys = [key_of(claim.turn.team, model.provider, model.name, digest) for model in models]
        async with self._uow(atomic=False) as uow:
            return await uow.answers.find(keys, self._oldest())

    def key(
        self, claim: Claim, request: ModelRequest, call: ModelCall, finished: Finished | None
    ) -> bytes | None:
        """What to keep an answer under; None where it is not whole, or continues another. `request` is the
        first of its turn, and the only one."""
        whole = call.outcome is CallOutcome.ANSWERED and finished is not None and finished.stop == "end"
        if not self._lifetime or not whole or claim.turn.source is Source.CONTINUE:
            return None
        return key_of(claim.turn.team, call.provider, call.model, digest_of(request))

    def begun(self, claim: Claim, kept: KeptAnswer, purpose: str) -> ModelCall:
        """The row of a call that is none."""
        now = self._clock.now()
        return ModelCall(
            id=uuid7(),
            actor=claim.turn.actor,
            channel=claim.turn.channel,
            provider=kept.provider,
            model=kept.model,
            purpose=purpose,
            started_at=now,
            day=self._calendar.day(now),
            turn_id=claim.turn.id,
        )

    async def prune(self) -> int:
        async with self._uow() as uow:
            gone = await uow.answers.prune(self._oldest())
            await uow.commit()
        return gone

    def _oldest(self) -> datetime:
        return self._clock.now() - self._lifetime


def key_of(team: str, provider: str, model: str, digest: bytes) -> bytes:
    return sha256(orjson.dumps([team, provider, model]) + digest).digest()


def digest_of(request: ModelRequest) -> bytes:
    """Of all that decides about an answer; what only steers the provider's own cache is left out."""
    said = [[message.role, _parts(message)] for message in request.messages]
    system = [part.text for part in request.system]
    asked = [request.purpose, request.max_tokens, system, said]
    if request.tools:
        asked += [[tool.name, tool.description, dict(tool.schema)] for tool in request.tools]
    return sha256(orjson.dumps(asked)).digest()


def _parts(message: ModelMessage) -> Sequence[object]:
    return [_part(part) for part in message.parts]


def _part(part: Part) -> object:
    match part:
        case ImagePart():
            return [part.mimetype, sha256(part.data).hexdigest()]
        case TextPart():
            return part.text
    return [type(part).__name__, asdict(part)]
