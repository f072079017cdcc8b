"""Everything about a turn that is shown in Slack: the Presenter port."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal, Protocol

from handlers.blocks import chat as blocks
from handlers.blocks import kit, limits
from handlers.blocks.kit import Block
from handlers.directory import SlackDirectory
from handlers.sender import codes
from handlers.sender.answer import SlackAnswer, footer
from handlers.sender.capabilities import Capabilities
from handlers.sender.delivery import deliver
from handlers.sender.gate import SlackCalls, SlackRefused
from handlers.sender.ledger import Ledger
from handlers.sender.notices import Notices
from handlers.sender.opening import close_left, intended
from handlers.sender.recovery import Finder
from handlers.sender.sanitise import escape, sanitise
from handlers.sender.status import Status
from handlers.sender.target import target_of
from handlers.sender.tools import Tools
from services.entities.calls import ModelCall
from services.entities.conversations import Place
from services.entities.turns import Claim, Turn
from services.errors import NotEnoughBudget, ShowrunnerError
from services.ports.clock import Clock
from services.ports.presenter import AnswerNotes, Sources
from services.ports.work import UnitOfWorkFactory

STREAM_AGE = 240.0
UNREACHABLE = frozenset({"channel_not_found", "messages_tab_disabled", "user_not_found"})


class Explanation(Protocol):
    @property
    def what(self) -> str: ...

    @property
    def todo(self) -> str: ...


Explain = Callable[[ShowrunnerError], Explanation]


class SlackPresenter:
    """`explain` finds the words for an error, in mrkdwn. `stream_age`: seconds before Slack's own limit."""

    def __init__(
        self,
        calls: SlackCalls,
        directory: SlackDirectory,
        uow: UnitOfWorkFactory,
        clock: Clock,
        explain: Explain,
        *,
        stream_age: float = STREAM_AGE,
    ) -> None:
        ledger = Ledger(uow, clock)
        finder = Finder(directory, ledger, clock)
        able = Capabilities(clock)
        self._tools = Tools(calls, able, ledger, finder, clock, stream_age)
        self._notices = Notices(calls, ledger, finder)
        self._status = Status(calls, able)
        self._explain = explain

    async def working(self, claim: Claim) -> None:
        await self._status.working(claim)

    async def idle(self, place: Place) -> None:
        await self._status.idle(place)

    async def question(self, claim: Claim) -> tuple[str, str]:
        asked = escape("\n".join(message.text for message in claim.questions))
        shown = blocks.question(claim.turn.user, asked)
        text = f"{claim.turn.user}: {claim.questions[0].text}" if claim.questions else ""
        ts = await self._notices.question(claim.turn, claim.conversation.place, text, shown)
        return claim.conversation.thread_ts or ts, ts

    async def answer(self, claim: Claim, sources: Sources) -> SlackAnswer:
        target = target_of(claim)
        opening = await intended(self._tools, target)
        return SlackAnswer(self._tools, target, opening, self._status.idle, sources)

    async def deliver(self, claim: Claim, text: str, notes: AnswerNotes, sources: Sources) -> None:
        target = target_of(claim)
        await deliver(self._tools, target, sanitise(text, sources), footer(notes, target))
        await self._status.idle(target.place)

    async def uncertain(self, claim: Claim, calls: Sequence[ModelCall]) -> None:
        await close_left(self._tools, target_of(claim))
        models = list(dict.fromkeys(call.model for call in calls))
        shown = blocks.uncertain(claim.turn.id, models)
        await self._notices.say(claim.turn, _place(claim), "Shall I ask again?", shown)
        await self._status.idle(_place(claim))

    async def failed(self, claim: Claim, error: ShowrunnerError, incident: str) -> None:
        if claim.resumed and claim.conversation.thread_ts is not None:
            await close_left(self._tools, target_of(claim))
        told = self._explain(error)
        shown = blocks.failed(told.what, told.todo, incident, claim.turn.id, retry=not error.permanent)
        try:
            await self._notices.say(claim.turn, _place(claim), told.what, shown)
        except SlackRefused as refusal:
            await self._directly(claim.turn, told.what, shown, refusal)

    async def refused(self, claim: Claim, error: ShowrunnerError) -> None:
        told = self._explain(error)
        shown = kit.explained(told.what, told.todo, None)
        if isinstance(error, NotEnoughBudget):
            shown += limits.ways_on(error, claim.turn.id)
        await self._to_asker(claim.turn, _seen(claim), claim.conversation.channel_kind, told.what, shown)

    async def offer_again(self, turn: Turn, place: Place, reason: Literal["edited"]) -> None:
        text = {"edited": "You changed your question."}[reason]
        await self._notices.whisper(turn, place, text, blocks.changed_question(turn.id))

    async def _to_asker(self, turn: Turn, place: Place, kind: str, text: str, shown: list[Block]) -> None:
        """Ephemeral among others; where nobody else reads, an ordinary message that stays."""
        if kind == "im":
            await self._notices.say(turn, place, text, shown)
            return
        try:
            await self._notices.whisper(turn, place, text, shown)
        except SlackRefused as refusal:
            await self._directly(turn, text, shown, refusal)

    async def _directly(self, turn: Turn, text: str, shown: list[Block], refusal: SlackRefused) -> None:
        """Where we cannot write in the place, the person hears it from us in private, if they can at all."""
        if refusal.code not in codes.NOT_THERE:
            raise refusal
        try:
            await self._notices.direct(turn, text, shown)
        except SlackRefused as error:
            if error.code not in UNREACHABLE:
                raise


def _place(claim: Claim) -> Place:
    """The thread of the question; the channel while the question of a command is not posted yet."""
    try:
        return target_of(claim).place
    except ValueError:
        return claim.conversation.place


def _seen(claim: Claim) -> Place:
    """Slack shows what only one person sees in a thread to who has it open: nobody has one without an answer."""
    place = _place(claim)
    begins = any(question.ts == place.thread_ts for question in claim.questions)
    return replace(place, thread_ts=None) if begins and claim.conversation.channel_kind != "im" else place
