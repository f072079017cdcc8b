"""Where the answer of a turn goes, and what Slack is sent for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from handlers.blocks import kit
from handlers.blocks.kit import Block
from handlers.directory import EVENT_TYPE
from handlers.sender.sanitise import escape
from services.entities.conversations import Place
from services.entities.posts import Post
from services.entities.turns import Claim

QUIET = {"unfurl_links": False, "unfurl_media": False}
FALLBACK_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Target:
    turn_id: UUID
    team: str
    channel: str
    thread_ts: str
    user: str  # who asked
    begins: bool = False  # nothing has been shown yet

    @property
    def place(self) -> Place:
        return Place(self.team, self.channel, self.thread_ts)


def target_of(claim: Claim) -> Target:
    """Raises ValueError while the question stands nowhere in Slack."""
    conversation = claim.conversation
    thread_ts = conversation.thread_ts or next((asked.ts for asked in claim.questions if asked.ts), None)
    if thread_ts is None:
        raise ValueError("the question of this turn has not been posted yet")
    team, channel = conversation.team, conversation.channel
    return Target(claim.turn.id, team, channel, thread_ts, claim.turn.user, claim.begins)


def metadata_of(post: Post) -> dict[str, Any]:
    turn = {} if post.turn_id is None else {"turn": str(post.turn_id), "part": post.part}
    return {"event_type": EVENT_TYPE, "event_payload": {"id": str(post.id), **turn}}


def answer_content(body: str, footer: Sequence[Block]) -> dict[str, Any]:
    """`text` is what notifications show."""
    return {"text": fallback_text(body), "blocks": [kit.markdown(body), *footer]}


def plain_content(body: str, footer: Sequence[Block]) -> dict[str, Any]:
    """The Markdown as it was written, for when Slack cannot show it: nothing is dropped."""
    pieces = [body[at : at + kit.SECTION_LIMIT] for at in range(0, len(body), kit.SECTION_LIMIT)]
    sections = [
        {"type": "section", "text": kit.plain(piece), "expand": True} for piece in pieces if piece.strip()
    ]
    return {"text": fallback_text(body), "blocks": [*sections, *footer]}


def fallback_text(body: str) -> str:
    return escape(kit.shortened(" ".join(body.split()), FALLBACK_LENGTH)) or "…"
