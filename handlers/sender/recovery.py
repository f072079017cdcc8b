"""Finding in Slack what was sent when its answer, or the process, was lost."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from handlers.directory import SlackDirectory
from handlers.sender import codes
from handlers.sender.gate import SlackRefused
from handlers.sender.ledger import ANSWER, Ledger
from services.entities.conversations import Author, Place, ThreadMessage
from services.entities.posts import Post
from services.ports.clock import Clock

SKEW = timedelta(minutes=2)  # between our clock and the one that makes Slack's timestamps
SETTLE = 1.0  # seconds that an accepted message may take to be readable


class Finder:
    def __init__(self, directory: SlackDirectory, ledger: Ledger, clock: Clock) -> None:
        self._directory = directory
        self._ledger = ledger
        self._clock = clock

    async def after_loss(self, post: Post, known: Collection[str] = ()) -> ThreadMessage | None:
        """Look again for what a call without an answer may have posted a moment ago."""
        await self._clock.sleep(SETTLE)
        return await self.find(post, known)

    async def find(self, post: Post, known: Collection[str] = ()) -> ThreadMessage | None:
        """The message of `post`, by our id; a stream, which carries none, as the only one it can be.

        `known` are timestamps that belong to other posts.
        """
        place = Place(post.team, post.channel, post.thread_ts)
        try:
            said = await self._directory.since(place, post.at - SKEW)
        except SlackRefused as error:
            if error.code in codes.NOT_THERE:
                return None
            raise
        ours = [message for message in said if message.author is Author.US]
        for message in ours:
            if message.post_id == post.id:
                return message
        if post.kind != ANSWER:
            return None
        nameless = [m for m in ours if m.post_id is None and m.ts not in known and m.ts != post.thread_ts]
        for message in sorted(nameless, key=lambda message: not message.streaming):
            if await self._ledger.turn_showing(post, message.ts) is None:
                return message
        return None
