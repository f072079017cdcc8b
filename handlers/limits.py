"""Limits in Slack: shown and set by those who may, asked to be raised by who meets one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from handlers.blocks import kit
from handlers.blocks import limits as blocks
from handlers.limits_reading import wanted
from handlers.routes import Button, Call, Command, Press, Route, Task
from handlers.sender.replies import SlackReplies
from services.entities.limits import NearlyFull, scope_of
from services.entities.people import Actor
from services.errors import BadArgument
from services.limits import Full, LimitSetting, MoreService
from services.limits.more import LOOK_TASK, REQUEST_TASK, WARN_TASK

OVER = "That was decided already."


class LimitHandlers:
    """`daily_tokens` and `per_minute`: what holds for who has no limit of their own."""

    def __init__(
        self,
        setting: LimitSetting,
        more: MoreService,
        replies: SlackReplies,
        daily_tokens: int,
        per_minute: int,
    ) -> None:
        self._setting = setting
        self._more = more
        self._replies = replies
        self._defaults = daily_tokens, per_minute

    def routes(self) -> Iterable[Route]:
        yield Command(
            "ops",
            "limits",
            self.limits,
            "who may use how much: shows limits, and sets them",
            "limits [@PERSON | #CHANNEL | role:ROLE | workspace] [1m tokens/day | $20/month | default]",
            lambda _: True,
        )
        yield Button("limits.more", self.ask)
        yield Button("limits.grant.0", self.grant)
        yield Button("limits.grant.1", self.grant)
        yield Button("limits.decline", self.decline)
        yield Task(REQUEST_TASK, self.show_request)
        yield Task(WARN_TASK, self.warn)
        yield Task(LOOK_TASK, self.look)

    async def limits(self, call: Call) -> None:
        if not call.args or call.args.lower() in {"list", "show"}:
            limits = await self._setting.all(call.actor)
            await self._replies.show(call.to, "Limits", blocks.table(limits, *self._defaults))
            return
        asked = wanted(call.args)
        if asked.limit is None:
            count = await self._setting.unset(call.actor, asked.kind, asked.subject)
            await self._replies.show(call.to, blocks.was_unset(asked.kind, asked.subject, count))
            return
        try:
            await self._setting.set(call.actor, asked.limit)
        except BadArgument as error:
            raise BadArgument(error.problem, error.usage or blocks.USAGE) from error
        await self._replies.show(call.to, blocks.was_set(asked.limit))

    async def ask(self, press: Press) -> None:
        scope, starts, unit, turn = press.value.split(" ")
        full = Full(scope, date.fromisoformat(starts), unit)
        turn_id = None if turn == "-" else UUID(turn)
        raisers, fresh = await self._more.ask(press.actor, full, press.to.place.channel, turn_id)
        await self._replies.show(press.to, "Asked for more", [kit.text(blocks.asked(raisers, fresh=fresh))])

    async def grant(self, press: Press) -> None:
        request, bonus = press.value.split(" ")
        if not await self._more.grant(press.actor, UUID(request), int(bonus)):
            await self._replies.show(press.to, OVER)

    async def decline(self, press: Press) -> None:
        if not await self._more.decline(press.actor, UUID(press.value)):
            await self._replies.show(press.to, OVER)

    async def show_request(self, request: str) -> None:
        await self._more.show(UUID(request))

    async def look(self) -> None:
        await self._more.warn_due()

    async def warn(self, scope: str, starts: str, unit: str, user: str) -> None:
        actor = Actor(scope_of(scope).team, user)
        await self._more.warn(NearlyFull(scope, date.fromisoformat(starts), unit, actor))
