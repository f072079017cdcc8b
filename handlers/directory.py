"""People and threads as the workspace has them."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from handlers.sender.gate import SlackCalls, SlackRefused
from services.entities.conversations import Author, FileRef, Place, ThreadMessage
from services.entities.people import Actor, Person
from services.errors import NotFound

EVENT_TYPE = "showrunner_post"  # of our posts' metadata
PAGE = 200
MOST_PAGES = 50

WITHOUT_BYTES = {"tombstone": "gone", "hidden_by_limit": "hidden", "external": "external"}
"""Modes of a file that nobody can fetch, and why."""
NOT_THERE = frozenset({"thread_not_found", "message_not_found", "channel_not_found", "not_in_channel"})


class SlackDirectory:
    """`us` gives our bot user's id, known once `auth.test` has answered."""

    def __init__(self, calls: SlackCalls, us: Callable[[], str]) -> None:
        self._calls = calls
        self._us = us

    async def person(self, actor: Actor) -> Person:
        try:
            answer = await self._calls.read(actor.team, "users.info", {"user": actor.user})
        except SlackRefused as error:
            raise NotFound("person") from error
        return to_person(actor, answer["user"])

    async def thread(self, place: Place, *, limit: int) -> Sequence[ThreadMessage]:
        """The newest `limit` messages of a thread, its root always among them, oldest first."""
        if place.thread_ts is None:
            return []
        root: ThreadMessage | None = None
        newest = deque[ThreadMessage](maxlen=max(limit - 1, 0))
        async for message in self._replies(place, {}):
            if message.ts == place.thread_ts:
                root = message
            else:
                newest.append(message)
        return [*filter(None, [root]), *newest]

    async def since(self, place: Place, at: datetime) -> Sequence[ThreadMessage]:
        """What was said since `at`: in the thread, or in the channel where `thread_ts` is None."""
        oldest = {"oldest": f"{at.timestamp():.6f}"}
        if place.thread_ts is not None:
            return [message async for message in self._replies(place, oldest) if message.at >= at]
        params = {"channel": place.channel, "limit": PAGE, "include_all_metadata": True, **oldest}
        newest_first = self._paged(place.team, "conversations.history", params)
        return [message async for message in newest_first][::-1]

    async def message(
        self, team: str, channel: str, ts: str, thread_ts: str | None = None
    ) -> ThreadMessage | None:
        params: dict[str, Any] = {
            "channel": channel,
            "latest": ts,
            "oldest": ts,
            "inclusive": True,
            "limit": 1,
        }
        method = "conversations.history"
        if thread_ts is not None and thread_ts != ts:
            method, params = "conversations.replies", {**params, "ts": thread_ts, "limit": 2}
        try:
            answer = await self._calls.read(team, method, {**params, "include_all_metadata": True})
        except SlackRefused as error:
            if error.code in NOT_THERE:
                return None
            raise
        return next((message for message in self._messages(answer) if message.ts == ts), None)

    async def _replies(self, place: Place, bounds: Mapping[str, str]) -> AsyncIterator[ThreadMessage]:
        params = {
            "channel": place.channel,
            "ts": place.thread_ts,
            "limit": PAGE,
            "include_all_metadata": True,
        }
        try:
            async for message in self._paged(place.team, "conversations.replies", {**params, **bounds}):
                yield message
        except SlackRefused as error:
            if error.code not in NOT_THERE:
                raise

    async def _paged(self, team: str, method: str, params: Mapping[str, Any]) -> AsyncIterator[ThreadMessage]:
        cursor = ""
        for _ in range(MOST_PAGES):
            more = {"cursor": cursor} if cursor else {}
            answer = await self._calls.read(team, method, {**params, **more})
            for message in self._messages(answer):
                yield message
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def _messages(self, answer: Mapping[str, Any]) -> list[ThreadMessage]:
        us = self._us()
        return [to_message(raw, us) for raw in answer.get("messages", ()) if "ts" in raw]


def to_person(actor: Actor, user: Mapping[str, Any]) -> Person:
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return Person(
        team=actor.team,
        user=actor.user,
        name=next(filter(None, names), actor.user),
        timezone=user.get("tz") or "UTC",
        is_bot=bool(user.get("is_bot")),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_admin=bool(user.get("is_admin") or user.get("is_owner")),
        is_deleted=bool(user.get("deleted")),
    )


def to_message(raw: Mapping[str, Any], us: str) -> ThreadMessage:
    user = str(raw.get("user") or raw.get("bot_id") or "")
    return ThreadMessage(
        ts=raw["ts"],
        user=user,
        text=raw.get("text") or "",
        author=_author(raw, us),
        at=datetime.fromtimestamp(float(raw["ts"]), UTC),
        files=tuple(map(to_file, raw.get("files") or ())),
        post_id=_post_id(raw.get("metadata") or {}),
        streaming=raw.get("streaming_state") == "in_progress",
    )


def to_file(raw: Mapping[str, Any]) -> FileRef:
    """`url` is empty where Slack has to be asked: of other workspaces' files it may tell no more than an id;
    what is deleted, hidden or kept elsewhere has no bytes here."""
    url = str(raw.get("url_private_download") or raw.get("url_private") or "")
    return FileRef(
        id=str(raw.get("id", "")),
        name=str(raw.get("name") or raw.get("title") or "file"),
        mimetype=str(raw.get("mimetype") or ""),
        size=int(raw.get("size") or 0),
        url="" if raw.get("mode") in WITHOUT_BYTES else url,
    )


def _author(raw: Mapping[str, Any], us: str) -> Author:
    if raw.get("user") == us:
        return Author.US
    return Author.BOT if raw.get("bot_id") or raw.get("subtype") == "bot_message" else Author.PERSON


def _post_id(metadata: Mapping[str, Any]) -> UUID | None:
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    try:
        return UUID(str((metadata.get("event_payload") or {}).get("id")))
    except ValueError:
        return None
