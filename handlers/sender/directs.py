"""A person's own conversation with us."""

from __future__ import annotations

from handlers.sender.gate import SlackCalls
from services.entities.conversations import Place
from services.entities.people import Actor


async def opened(calls: SlackCalls, actor: Actor) -> Place:
    """By its own id: a message sent to a person's id could not be looked for. Raises SlackUnavailable."""
    answer = await calls.send(actor.team, "conversations.open", {"users": actor.user}, repeat=True)
    return Place(actor.team, str(answer["channel"]["id"]))
