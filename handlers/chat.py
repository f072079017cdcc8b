"""AI conversations in Slack: what is heard, asked, answered again, stopped and judged."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from handlers.blocks import forms
from handlers.boundary import Boundary
from handlers.events import heard_mention, heard_message
from handlers.grammar import Grammar, Parsed, without_mention
from handlers.routes import (
    Audience,
    Button,
    Call,
    Command,
    Envelope,
    Event,
    Press,
    Problems,
    Route,
    Shortcut,
    Submission,
    Task,
    View,
)
from handlers.sender.replies import SlackReplies
from services.chat import ChatChoices, ChatIntake, ChatService
from services.chat.intake import EDITED_TASK, TURN_TASK
from services.entities.conversations import ConversationMode, Place
from services.entities.turns import Claim, Heard, Source, Turn, TurnState

FORM_QUESTION = "question"


class ChatHandlers:
    def __init__(
        self,
        intake: ChatIntake,
        chat: ChatService,
        choices: ChatChoices,
        replies: SlackReplies,
        boundary: Boundary,
        grammar: Grammar,
        bot_user: str,
    ) -> None:
        self._intake = intake
        self._chat = chat
        self._choices = choices
        self._replies = replies
        self._boundary = boundary
        self._grammar = grammar
        self._bot_user = bot_user

    def routes(self) -> Iterable[Route]:
        yield Event("app_mention", self.mentioned)
        yield Event("message", self.message)
        yield Event("agent_session_stopped", self.stopped)
        yield Command(
            "ask",
            "",
            self.ask,
            "asks in this channel; the answer comes in a thread",
            "QUESTION",
            lambda _: True,
            False,
        )
        yield Command(
            "showrunner", "quiet", self.quiet, "in this thread, answer only when mentioned", "quiet"
        )
        yield Command(
            "showrunner", "follow", self.follow, "in this thread, answer without a mention again", "follow"
        )
        yield Shortcut("chat.about", self.about)
        yield View("chat.ask_modal", self.asked)
        yield View("chat.about_modal", self.asked_about)
        yield Button("chat.feedback", self.feedback)
        yield Button("chat.again", self.again)
        yield Button("chat.continue", self.go_on)
        yield Button("chat.ask_again", self.ask_again)
        yield Button("chat.retry", self.ask_again)
        yield Button("chat.let_be", self.let_be)
        yield Task(TURN_TASK, self.turn)
        yield Task(EDITED_TASK, self.edited)

    # -- events: one short transaction each ----------------------------------------------------

    async def mentioned(self, envelope: Envelope) -> None:
        await self._intake.hear(heard_mention(envelope, self._bot_user))

    async def message(self, envelope: Envelope) -> None:
        match envelope.event.get("subtype"):
            case "message_changed":
                await self._changed(envelope)
            case "message_deleted":
                ts = str(envelope.event.get("deleted_ts", ""))
                await self._intake.deleted(envelope.team, envelope.id, str(envelope.event["channel"]), ts)
            case _:
                heard = heard_message(envelope, self._bot_user)
                if heard is not None:
                    await self._intake.hear(heard)

    async def _changed(self, envelope: Envelope) -> None:
        """Slack also tells of its own changes (unfurls, streams): only another text is an edit."""
        now, before = envelope.event.get("message") or {}, envelope.event.get("previous_message") or {}
        if now.get("text") == before.get("text") or now.get("user") == self._bot_user:
            return
        where = {name: envelope.event.get(name) for name in ("channel", "channel_type")}
        heard = heard_message(Envelope(envelope.team, envelope.id, {**now, **where}), self._bot_user)
        if heard is not None:
            await self._intake.edited(heard)

    async def stopped(self, envelope: Envelope) -> None:
        event = envelope.event
        await self._intake.stop(
            Place(envelope.team, str(event["channel"]), str(event["thread_ts"])), envelope.id
        )

    # -- asking --------------------------------------------------------------------------------

    async def ask(self, call: Call) -> None:
        if not call.args and call.trigger_id:
            await self._replies.open_form(
                call.to.place.team, call.trigger_id, forms.ask(call.to.place.channel)
            )
            return
        await self._intake.hear(self._asked(call.to, call.key, call.args, Source.ASK, call.channel_kind))

    async def about(self, press: Press) -> None:
        ts = str(press.message.get("ts", ""))
        thread_ts = str(press.message.get("thread_ts") or ts)
        excerpt = str(press.message.get("text") or "")
        view = forms.about(press.to.place.channel, thread_ts, ts, excerpt)
        await self._replies.open_form(press.to.place.team, press.trigger_id, view)

    async def asked(self, form: Submission) -> Problems:
        question = str(form.values.get(FORM_QUESTION) or "").strip()
        channel = str(form.values.get("channel") or form.context or form.actor.user)
        if not question:
            return {FORM_QUESTION: "Write a question first."}
        to = Audience(form.actor, Place(form.actor.team, channel))
        kind = "im" if channel[:1] in {"D", "U", "W"} else "channel"
        await self._intake.hear(self._asked(to, form.key, question, Source.ASK, kind))
        return {}

    async def asked_about(self, form: Submission) -> Problems:
        question = str(form.values.get(FORM_QUESTION) or "").strip()
        if not question:
            return {FORM_QUESTION: "Write a question first."}
        channel, thread_ts, ts = form.context.split(" ")
        to = Audience(form.actor, Place(form.actor.team, channel, thread_ts))
        await self._intake.hear(self._asked(to, form.key, question, Source.SHORTCUT, "channel", about=ts))
        return {}

    def _asked(
        self, to: Audience, key: str, text: str, source: Source, kind: str, about: str | None = None
    ) -> Heard:
        return Heard(
            team=to.actor.team,
            channel=to.place.channel,
            channel_kind=kind,
            key=key,
            thread_ts=to.place.thread_ts,
            user=to.actor.user,
            text=without_mention(text, self._bot_user),
            at=datetime.now(UTC),
            source=source,
            mentions_us=True,
            about=about,
        )

    # -- answering -----------------------------------------------------------------------------

    async def turn(self, conversation: str) -> None:
        """A queued turn: a command when its whole text parses as one, else a question for a model."""
        claim = await self._chat.claim(UUID(conversation))
        if claim is not None:
            await self._work(claim)

    async def fresh(self, turn: Turn) -> None:
        """A turn that was just heard here, without the way through the queue."""
        claim = await self._chat.claim_fresh(turn)
        if claim is None:
            await self._intake.wake(turn)
        else:
            await self._work(claim)

    async def _work(self, claim: Claim) -> None:
        parsed = self._command_of(claim)
        if parsed is None:
            await self._chat.answer(claim)
        else:
            await self._run(claim, parsed)

    def _command_of(self, claim: Claim) -> Parsed | None:
        commandable = (
            claim.turn.source in {Source.MENTION, Source.DIRECT, Source.THREAD} and not claim.turn.is_bot
        )
        if not commandable or len(claim.questions) != 1:
            return None
        return self._grammar.mention(claim.questions[0].text)

    async def _run(self, claim: Claim, parsed: Parsed) -> None:
        to = Audience(claim.turn.actor, claim.conversation.place)
        call = Call(
            to,
            parsed.command.group,
            parsed.command.word,
            parsed.args,
            claim.turn.key,
            claim.conversation.channel_kind,
        )
        async with self._boundary.guard(to):
            await parsed.command.run(call)
        await self._chat.end(claim, TurnState.ANSWERED)

    async def edited(self, turn: str) -> None:
        await self._intake.offer_again(UUID(turn))

    # -- deciding ------------------------------------------------------------------------------

    async def feedback(self, press: Press) -> None:
        verdict, _, turn = press.value.partition(":")
        await self._choices.feedback(press.actor, UUID(turn), good=verdict == "up")

    async def again(self, press: Press) -> None:
        turn, _, model = press.value.partition("|")
        await self._choices.answer_again(press.actor, UUID(turn), press.key, model or None)

    async def go_on(self, press: Press) -> None:
        await self._choices.go_on(press.actor, UUID(press.value), press.key)

    async def ask_again(self, press: Press) -> None:
        if await self._choices.ask_again(press.actor, UUID(press.value)):
            await self._replies.settle(press, f"<@{press.actor.user}> had it asked again.")
        else:
            await self._replies.show(press.to, "Somebody has decided this already.")

    async def let_be(self, press: Press) -> None:
        if await self._choices.let_be(press.actor, UUID(press.value)):
            await self._replies.settle(press, f"<@{press.actor.user}> let it be.")
        else:
            await self._replies.show(press.to, "Somebody has decided this already.")

    async def quiet(self, call: Call) -> None:
        await self._intake.set_mode(call.to.place, ConversationMode.MENTIONED)
        await self._replies.show(call.to, "In this thread I now answer only when someone mentions me.")

    async def follow(self, call: Call) -> None:
        await self._intake.set_mode(call.to.place, ConversationMode.FOLLOW)
        await self._replies.show(call.to, "In this thread I answer again without being mentioned.")
