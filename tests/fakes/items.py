from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from services.entities.people import Actor
from services.ports.player import PlayableItem, PlayableText


@dataclass
class FakeItems:
    """Items, their words, and who may see which."""

    items: dict[UUID, PlayableItem] = field(default_factory=dict)
    texts: dict[UUID, PlayableText] = field(default_factory=dict)
    readers: set[tuple[Actor, UUID]] = field(default_factory=set)
    asked: int = 0

    def add(self, item: PlayableItem, text: PlayableText, *readers: Actor) -> None:
        self.items[item.id], self.texts[item.id] = item, text
        self.readers |= {(reader, item.id) for reader in readers}

    async def item_for(self, actor: Actor, content_id: UUID) -> PlayableItem | None:
        self.asked += 1
        return self.items.get(content_id) if (actor, content_id) in self.readers else None

    async def text_of(self, item: PlayableItem) -> PlayableText:
        return self.texts[item.id]
