"""The app's own tabs: Home, and the prompts of Messages; the person's settings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import partial

from handlers.blocks import forms
from handlers.blocks import home as blocks
from handlers.blocks.kit import Block
from handlers.blocks.settings import NOTICE
from handlers.blocks.settings import form as settings_form
from handlers.routes import (
    Button,
    Call,
    Command,
    Envelope,
    Event,
    Press,
    Problems,
    Route,
    Submission,
    Task,
    View,
)
from handlers.sender.charts import Charts
from handlers.sender.replies import SlackReplies
from handlers.usage import picture_of
from services.entities.people import Actor
from services.home import HomeService
from services.settings import LENGTH, MODEL, NOTICES, OFF, ON, TIMEZONE

PROMPTS_TITLE = "Ask me about your videos, scripts and threads"


class HomeHandlers:
    def __init__(
        self,
        home: HomeService,
        replies: SlackReplies,
        charts: Charts,
        prompts: Sequence[dict[str, str]],
        workspace_url: str,
    ) -> None:
        self._home = home
        self._replies = replies
        self._charts = charts
        self._prompts = prompts
        self._workspace_url = workspace_url

    def routes(self) -> Iterable[Route]:
        yield Event("app_home_opened", self.opened)
        yield Task("home.publish", self.publish)
        yield Task("prompts.show", self.prompt)
        yield Button("home.ask", self.ask)
        yield Button("home.model", self.choose_model)
        yield Button("home.length", self.choose_length)
        yield Button("home.timezone", self.choose_timezone)
        yield Button("home.notices", self.choose_notices)
        yield Button("settings.open", self.open_settings)
        yield Command(
            "showrunner",
            "settings",
            self.settings,
            "your own settings: model, length of answers, notices",
            "settings",
        )
        yield View("settings.save", self.save_settings)

    async def opened(self, envelope: Envelope) -> None:
        actor = Actor(envelope.team, str(envelope.event["user"]))
        task = "prompts.show" if envelope.event.get("tab") == "messages" else "home.publish"
        await self._home.visit(actor, envelope.id, task, str(envelope.event.get("channel", "")))

    async def publish(self, team: str, user: str, channel: str) -> None:
        overview = await self._home.overview(Actor(team, user))
        view = blocks.home(overview, channel, self._workspace_url)

        async def post(shown: list[Block]) -> None:
            await self._replies.publish_home(team, user, {**view, "blocks": shown})

        await self._charts.show(team, view["blocks"], partial(picture_of, overview.report, None), post)

    async def prompt(self, team: str, user: str, channel: str) -> None:  # noqa: ARG002 - the payload names it
        await self._replies.suggest(team, channel, PROMPTS_TITLE, self._prompts)

    async def ask(self, press: Press) -> None:
        await self._replies.open_form(
            press.actor.team,
            press.trigger_id,
            forms.ask("" if press.value == blocks.NOWHERE else press.value),
        )

    async def choose_model(self, press: Press) -> None:
        await self._home.choose(press.actor, {MODEL: chosen(press.value)})

    async def choose_length(self, press: Press) -> None:
        await self._home.choose(press.actor, {LENGTH: chosen(press.value)})

    async def choose_timezone(self, press: Press) -> None:
        await self._home.choose(press.actor, {TIMEZONE: chosen(press.value)})

    async def choose_notices(self, press: Press) -> None:
        await self._home.choose(press.actor, notices(press.value.split(",")))

    async def settings(self, call: Call) -> None:
        """A slash command can open the form; a mention can only offer a button that does."""
        if call.trigger_id is None:
            await self._replies.show(call.to, "Your settings", blocks.settings_button())
            return
        await self._open_settings(call.actor, call.trigger_id)

    async def open_settings(self, press: Press) -> None:
        await self._open_settings(press.actor, press.trigger_id)

    async def save_settings(self, form: Submission) -> Problems:
        given = {name: chosen(str(form.values.get(name) or "")) for name in (MODEL, LENGTH, TIMEZONE)}
        await self._home.choose(form.actor, given | notices(form.values.get(NOTICE) or ()))
        return {}

    async def _open_settings(self, actor: Actor, trigger_id: str) -> None:
        overview = await self._home.overview(actor)
        await self._replies.open_form(actor.team, trigger_id, settings_form(overview))


def notices(ticked: Collection[str]) -> dict[str, str]:
    return {name: ON if name in ticked else OFF for name in NOTICES}


def chosen(value: str) -> str:
    return "" if value == blocks.DESK_CHOICE else value
