"""Bolt's listeners: what Slack sent becomes what a handler takes; what goes wrong is told at the boundary.

Handlers run before the acknowledgement where their first act is a short commit, so that a crash in
between makes Slack say so to the person instead of losing what they did.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from handlers.boundary import Boundary
from handlers.grammar import Grammar
from handlers.routes import Audience, Button, Call, Press, Shortcut, Submission, View
from services.entities.conversations import Place
from services.entities.people import Actor

log = structlog.get_logger()

Body = Mapping[str, Any]
Ack = Callable[..., Awaitable[Any]]
Listener = Callable[..., Awaitable[None]]

ACK_WITHIN = 2.0
"""Seconds after which the acknowledgement no longer waits for the handler; Slack allows three."""


class Listeners:
    def __init__(self, grammar: Grammar, boundary: Boundary) -> None:
        self._grammar = grammar
        self._boundary = boundary
        self._running: set[asyncio.Task[None]] = set()

    async def drained(self, timeout: float) -> None:
        """Wait, at most so many seconds, for what was acknowledged before it was through."""
        if self._running:
            await asyncio.wait(self._running, timeout=timeout)

    async def command(self, ack: Ack, body: Body) -> None:
        to = Audience(actor_of(body), Place(team_of(body), str(body["channel_id"])), body.get("response_url"))
        await self._guarded(to, self._run_command(to, body), ack)

    async def _run_command(self, to: Audience, body: Body) -> None:
        parsed = self._grammar.slash(str(body["command"]).removeprefix("/"), str(body.get("text") or ""))
        trigger = str(body["trigger_id"])
        kind = "im" if str(body.get("channel_name")) == "directmessage" else "channel"
        await parsed.command.run(
            Call(to, parsed.command.group, parsed.command.word, parsed.args, trigger, kind, trigger)
        )

    def button(self, route: Button) -> Listener:
        async def pressed(ack: Ack, body: Body) -> None:
            press = press_of(body)
            await self._guarded(press.to, route.run(press), ack)

        return pressed

    def shortcut(self, route: Shortcut) -> Listener:
        async def used(ack: Ack, body: Body) -> None:
            press = press_of({**body, "actions": [{}]})
            await self._guarded(press.to, route.run(press), ack)

        return used

    def view(self, route: View) -> Listener:
        async def submitted(ack: Ack, body: Body) -> None:
            form = submission_of(body)
            problems: dict[str, str] = {}

            async def take() -> None:
                problems.update(await route.run(form))

            async def answer() -> None:
                await (ack(response_action="errors", errors=problems) if problems else ack())

            await self._guarded(Audience(form.actor, Place(form.actor.team, "")), take(), answer)

        return submitted

    async def _guarded(self, to: Audience, work: Awaitable[None], ack: Ack) -> None:
        """Acknowledge when the handler is through, or when Slack would wait no longer."""
        running = asyncio.create_task(self._told(to, work))
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        await asyncio.wait({running}, timeout=ACK_WITHIN)
        await ack()
        await running

    async def _told(self, to: Audience, work: Awaitable[None]) -> None:
        async with self._boundary.guard(to):
            await work


def team_of(body: Body) -> str:
    team = body.get("team")
    return str(body.get("team_id") or (team and team["id"]) or (body.get("user") or {}).get("team_id", ""))


def actor_of(body: Body) -> Actor:
    user = body.get("user")
    return Actor(team_of(body), str(user["id"] if isinstance(user, Mapping) else body["user_id"]))


def press_of(body: Body) -> Press:
    action = body["actions"][0]
    message = body.get("message") or {}
    container = body.get("container") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id") or ""
    thread_ts = container.get("thread_ts") or message.get("thread_ts")
    # What only one person sees begins no thread.
    ts = None if container.get("is_ephemeral") else message.get("ts") or container.get("message_ts")
    actor = actor_of(body)
    return Press(
        to=Audience(
            actor,
            Place(actor.team, str(channel), thread_ts or ts),
            body.get("response_url"),
        ),
        value=value_of(action),
        key=str(body.get("trigger_id") or action.get("action_ts")),
        trigger_id=str(body.get("trigger_id") or ""),
        message=message,
        channel_kind="im" if str(channel).startswith("D") else "channel",
        thread_ts=thread_ts,
    )


def value_of(action: Body) -> str:
    """What was chosen; of several, all, with commas between."""
    if action.get("selected_options") is not None:
        return ",".join(str(option["value"]) for option in action["selected_options"])
    option = action.get("selected_option")
    return str(option["value"] if option else action.get("value") or "")


def submission_of(body: Body) -> Submission:
    view = body["view"]
    fields = view["state"]["values"]
    return Submission(
        actor=actor_of(body),
        key=str(view["id"]),
        values={
            block: field_value(next(iter(inputs.values()))) for block, inputs in fields.items() if inputs
        },
        context=str(view.get("private_metadata") or ""),
    )


def field_value(field: Body) -> Any:
    """The plain value of an input, whatever its kind."""
    option = field.get("selected_option")
    if option:
        return option["value"]
    if field.get("selected_options") is not None:
        return [option["value"] for option in field["selected_options"]]
    for name in (
        "value",
        "selected_conversation",
        "selected_channel",
        "selected_user",
        "selected_date",
        "files",
    ):
        if field.get(name) is not None:
            return field[name]
    return None
