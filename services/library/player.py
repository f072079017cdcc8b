"""The library as its page reads it: the ItemReader port."""

from __future__ import annotations

from uuid import UUID

from services.entities.library import Content, ContentState, Stage
from services.entities.media import Page, Segment
from services.entities.people import Actor
from services.errors import NotAllowed, NotFound, SlackUnavailable
from services.library.naming import saved_as
from services.library.rights import Rights
from services.library.texts import has_times
from services.ports.player import PlayableItem, PlayableText, Words
from services.ports.work import UnitOfWorkFactory

WAITS = frozenset({ContentState.WAITING, ContentState.UNCERTAIN})


class LibraryItems:
    def __init__(self, uow: UnitOfWorkFactory, rights: Rights) -> None:
        self._uow = uow
        self._rights = rights

    async def item_for(self, actor: Actor, content_id: UUID) -> PlayableItem | None:
        """None also where Slack can't be asked: nobody sees anything on a guess."""
        try:
            content = await self._rights.item(actor, content_id)
        except (NotFound, NotAllowed, SlackUnavailable):
            return None
        return playable(content)

    async def text_of(self, item: PlayableItem) -> PlayableText:
        async with self._uow(atomic=False) as uow:
            content = await uow.library.content(item.id)
            passages = await uow.library.passages(item.id)
        if content is None:
            return PlayableText()
        if has_times(content):
            said = [Segment(p.start or 0.0, p.end or 0.0, p.text, p.speaker) for p in passages]
            return PlayableText(segments=said, chapters=content.chapters)
        pages: dict[int, list[str]] = {}
        for passage in passages:
            pages.setdefault(passage.page or 1, []).append(passage.text)
        return PlayableText(pages=[Page(number, "\n\n".join(texts)) for number, texts in pages.items()])


def playable(content: Content) -> PlayableItem | None:
    """None before its bytes are kept."""
    if content.object_key is None or content.probe is None:
        return None
    return PlayableItem(
        id=content.id,
        title=content.title,
        kind=content.probe.kind,
        mimetype=content.probe.mimetype,
        name=saved_as(content.title, content.probe.mimetype),
        key=content.object_key,
        poster=content.poster_key,
        duration=content.probe.duration,
        language=content.language,
        sheet=content.sheet_key,
        words=words_of(content),
    )


def words_of(content: Content) -> Words:
    """After its words come its summary and chapters, which a reader need not wait for."""
    if content.stage in {Stage.TRANSCRIBED, Stage.READY}:
        return Words.ALL
    if content.state is ContentState.OPEN:
        return Words.COMING
    return Words.WAITING if content.state in WAITS else Words.LEFT_OUT
