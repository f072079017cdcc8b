"""What is shown of items where they were shared: the LibraryPresenter port; and their pictures."""

from __future__ import annotations

from functools import partial

from handlers.blocks.kit import Block
from handlers.blocks.library import progress as blocks
from handlers.routes import Audience
from handlers.sender.bulletins import Bulletins
from handlers.sender.processing import with_pictures
from handlers.sender.replies import SlackReplies
from handlers.sender.uploads import SlackUploads, Upload
from services.entities.library import Content, Share
from services.entities.people import Actor
from services.ports.clock import Clock
from services.ports.showing import Picture, Progress


class SlackLibrary:
    def __init__(self, bulletins: Bulletins, replies: SlackReplies, clock: Clock) -> None:
        self._bulletins = bulletins
        self._replies = replies
        self._clock = clock

    async def progress(self, share: Share, progress: Progress) -> None:
        """One message for each share, under the share's own id."""
        post = partial(self._bulletins.show, share.id, share.place, blocks.fallback(progress))
        await with_pictures(self._clock, blocks.message(progress), post)

    async def card(self, to: Audience, title: str, card: list[Block]) -> None:
        """To one person."""
        await with_pictures(self._clock, card, partial(self._replies.show, to, title))

    async def whisper(self, share: Share, content: Content) -> None:
        to = Audience(Actor(share.place.team, share.user), share.place)
        await self._replies.show(to, f"Add {content.title} to the library?", blocks.ask_first(content))


class LibraryPictures:
    def __init__(self, uploads: SlackUploads) -> None:
        self._uploads = uploads

    async def keep(self, team: str, picture: Picture) -> str:
        upload = Upload(picture.name, picture.title, picture.data, picture.alt)
        return await self._uploads.keep(team, upload)

    async def remove(self, team: str, file_id: str) -> None:
        await self._uploads.remove(team, file_id)
