"""Who may see what: members of a channel where an item was shared, and whose own it is. Asked each time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.entities.library import Content, Share
from services.entities.people import Actor
from services.errors import NotAllowed, NotFound, SlackUnavailable
from services.people import PeopleService
from services.policy import Policy
from services.ports.channels import ChannelDirectory
from services.ports.clock import Clock
from services.ports.work import UnitOfWorkFactory

ACT = "library"
FRESH = timedelta(minutes=5)
TRIES = 3
ITEM = "item"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody with what they may see by: their channels, and their own id for what is theirs alone."""

    actor: Actor
    audiences: frozenset[str]

    @property
    def team(self) -> str:
        return self.actor.team


class Rights:
    """Slack is asked who is where at most every five minutes; joining and leaving, which Slack tells as it
    happens, makes it be asked at the next request."""

    def __init__(
        self,
        uow: UnitOfWorkFactory,
        people: PeopleService,
        policy: Policy,
        directory: ChannelDirectory,
        clock: Clock,
    ) -> None:
        self._uow = uow
        self._people = people
        self._policy = policy
        self._directory = directory
        self._clock = clock

    async def reader(self, actor: Actor, *, at: str | None = None) -> Reader:
        """`at`: a channel they act in: where that is news to us, Slack is asked anew.

        Raises NotAllowed, or SlackUnavailable where nobody can say who is where.
        """
        await self.check(actor, ACT)
        channels = await self._channels(actor)
        if at is not None and at not in channels:
            await self.moved(actor)
            channels = await self._channels(actor)
        return Reader(actor, channels | {actor.user})

    async def member(self, actor: Actor, channel: str) -> Reader:
        """Raises NotFound for who is not in it, and what `reader` raises."""
        reader = await self.reader(actor, at=channel)
        if channel not in reader.audiences:
            raise NotFound("channel")
        return reader

    async def item(self, actor: Actor, which: UUID | str) -> Content:
        """By id or short id. Raises NotFound: what may not be seen is not there."""
        reader = await self.reader(actor)
        async with self._uow(atomic=False) as uow:
            found = await uow.library.item(reader.team, reader.audiences, which)
        if found is None:
            raise NotFound(ITEM)
        return found

    async def owned(self, actor: Actor, which: UUID | str) -> tuple[Content, bool]:
        """An item that the person may change, and whether it is wholly theirs: added by them, or they run
        the desk. Those who shared it once more may change it, too. Raises NotFound or NotAllowed."""
        content = await self.item(actor, which)
        if content.user == actor.user or await self.runs_the_desk(actor):
            return content, True
        async with self._uow(atomic=False) as uow:
            shares = await uow.library.shares(content.id)
        if not any(share.user == actor.user for share in shares):
            raise NotAllowed("not_yours")
        return content, False

    async def check(self, actor: Actor, act: str) -> None:
        """Raises NotAllowed."""
        self._policy.check(await self._people.person(actor), act)

    async def runs_the_desk(self, actor: Actor) -> bool:
        person = await self._people.person(actor)
        return self._policy.is_owner(actor) or person.is_admin

    async def takes_from(self, share: Share) -> bool:
        """Whether what this person shares is added: guests' only where guests are answered."""
        try:
            self._policy.check(await self._people.person(Actor(share.place.team, share.user)), ACT)
        except (NotAllowed, NotFound):
            return False
        return True

    async def moved(self, actor: Actor) -> None:
        async with self._uow(atomic=False) as uow:
            await uow.library.moved(actor)

    async def channel_changed(self, team: str, channel: str) -> None:
        async with self._uow(atomic=False) as uow:
            await uow.library.channel_changed(team, channel)

    async def channel_became(self, team: str, old: str, new: str) -> None:
        async with self._uow() as uow:
            await uow.library.channel_became(team, old, new)
            await uow.commit()

    async def _channels(self, actor: Actor) -> frozenset[str]:
        for _ in range(TRIES):
            now = self._clock.now()
            async with self._uow(atomic=False) as uow:
                known = await uow.library.membership(actor, fresh_since=now - FRESH)
            if known.channels is not None:
                return known.channels
            channels = await self._directory.channels_of(actor)
            async with self._uow(atomic=False) as uow:
                if await uow.library.save_membership(actor, channels, known.changes, now):
                    return channels
        raise SlackUnavailable("users.conversations", "changing")
