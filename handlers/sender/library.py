"""What is shown of items where they were shared: the LibraryPresenter port."""

from __future__ import annotations

from handlers.blocks.library import progress as blocks
from handlers.routes import Audience
from handlers.sender.bulletins import Bulletins
from handlers.sender.replies import SlackReplies
from services.entities import Actor
from services.entities.library import Content, Share
from services.ports.library import Progress


class SlackLibrary:
    def __init__(self, bulletins: Bulletins, replies: SlackReplies) -> None:
        self._bulletins = bulletins
        self._replies = replies

    async def progress(self, share: Share, progress: Progress) -> None:
        """One message for each share, under the share's own id."""
        await self._bulletins.show(share.id, share.place, blocks.fallback(progress), blocks.message(progress))

    async def whisper(self, share: Share, content: Content) -> None:
        to = Audience(Actor(share.place.team, share.user), share.place)
        await self._replies.show(to, f"Add {content.title} to the library?", blocks.ask_first(content))
