"""files.*"""

import asyncio
from collections.abc import Iterable
from typing import Any

from sandbox.files import FileStore
from sandbox.state import Channel, File, User, Workspace
from sandbox.web.access import joined_channel
from sandbox.web.arguments import signature
from sandbox.web.content import checked_blocks
from sandbox.web.errors import SlackError, invalid_arguments
from sandbox.web.method import TIER_3, TIER_4, Call, Method

_WRITE, _READ = ("files:write",), ("files:read",)
_BEGIN = signature("filename! length:int! alt_txt snippet_type")
_COMPLETE = signature("files:json! channel_id channels:csv initial_comment thread_ts blocks:json")
_INFO = signature("file! count:int cursor limit:int page:int")
_LIST = signature("channel count:int page:int show_files_hidden_by_limit:bool ts_from ts_to types user")
_PER_PAGE = 100
_SHARES = {"public": "public", "private": "private", "im": "private", "mpim": "private"}


class FileMethods:
    def __init__(self, workspace: Workspace, store: FileStore) -> None:
        self._workspace, self._store = workspace, store

    def methods(self) -> Iterable[Method]:
        one = signature("file!")
        yield Method("files.getUploadURLExternal", self.begin, _BEGIN, _WRITE, per_minute=TIER_4)
        yield Method("files.completeUploadExternal", self.complete, _COMPLETE, _WRITE, per_minute=TIER_4)
        yield Method("files.info", self.info, _INFO, _READ, per_minute=TIER_4)
        yield Method("files.list", self.listing, _LIST, _READ, per_minute=TIER_3)
        yield Method("files.delete", self.delete, one, _WRITE, per_minute=TIER_3)

    def begin(self, call: Call) -> dict[str, Any]:
        if call["length"] <= 0:
            raise invalid_arguments("must be greater than 0 [json-pointer:/length]")
        file, url = self._store.begin(
            call.caller.user, call["filename"], call["length"], call.get("alt_txt", "")
        )
        if call.get("snippet_type"):
            file.mode, file.filetype = "snippet", call["snippet_type"]
        return {"upload_url": url, "file_id": file.id}

    def complete(self, call: Call) -> dict[str, Any]:
        """Answers before the file is shared, as Slack does."""
        files = [self._uploaded(item, call.caller.user) for item in _listed(call["files"])]
        wanted = [*([call["channel_id"]] if call.get("channel_id") else []), *call.get("channels", [])]
        channels = [joined_channel(self._workspace, call.caller.user, channel_id) for channel_id in wanted]
        if call.get("thread_ts") and any(call["thread_ts"] not in item.messages for item in channels):
            raise SlackError("thread_not_found")
        blocks = None
        if call.get("blocks") is not None and not call.get("initial_comment"):
            blocks = checked_blocks(self._workspace, call["blocks"])
        for channel in channels:
            asyncio.get_running_loop().call_soon(self._share, channel, files, call, blocks)
        return {"files": [{"id": file.id, "title": file.title} for file in files]}

    def info(self, call: Call) -> dict[str, Any]:
        file = self._visible(call)
        shown = {**self._workspace.shown_file(file), **self._shares(file)}
        return {"file": shown, "comments": [], "response_metadata": {"next_cursor": ""}}

    def listing(self, call: Call) -> dict[str, Any]:
        found = [file for file in self._workspace.files.values() if self._is_listed(file, call)]
        count, number = call.get("count", _PER_PAGE), call.get("page", 1)
        shown = found[::-1][(number - 1) * count : number * count]
        paging = {"count": count, "total": len(found), "page": number, "pages": -(-len(found) // count)}
        return {"files": [self._workspace.shown_file(file) for file in shown], "paging": paging}

    def delete(self, call: Call) -> dict[str, Any]:
        file = self._visible(call)
        if file.user != call.caller.user.id:
            raise SlackError("cant_delete_file")
        self._store.remove(file)
        return {}

    def _uploaded(self, item: Any, owner: User) -> File:
        if not isinstance(item, dict) or not item.keys() <= {"id", "title", "highlight_type"}:
            raise invalid_arguments("a file has an id and a title [json-pointer:/files]")
        file = self._workspace.files.get(item.get("id", ""))
        if file is None or file.user != owner.id:
            raise SlackError("file_not_found")
        file.title = item.get("title") or file.title
        return file

    def _share(
        self, channel: Channel, files: list[File], call: Call, blocks: list[dict[str, Any]] | None
    ) -> None:
        self._workspace.messages.post(
            channel,
            call.caller.user,
            call.get("initial_comment", ""),
            subtype="file_share",
            files=list(files),
            blocks=blocks,
            thread_ts=call.get("thread_ts"),
            app_authored=True,
        )

    def _visible(self, call: Call) -> File:
        file = self._workspace.files.get(call["file"])
        if file is None or not self._store.readable(call.caller.user, file):
            raise SlackError("file_not_found")
        if file.mode == "tombstone":
            raise SlackError("file_deleted")
        return file

    def _is_listed(self, file: File, call: Call) -> bool:
        if file.mode == "tombstone":
            return False
        in_channel = call.get("channel") is None or call["channel"] in file.shares
        by_user = call.get("user") is None or call["user"] == file.user
        return in_channel and by_user and self._store.readable(call.caller.user, file)

    def _shares(self, file: File) -> dict[str, Any]:
        shares: dict[str, dict[str, Any]] = {}
        for channel_id, stamps in file.shares.items():
            channel = self._workspace.channels[channel_id]
            shown = [self._share_of(channel, ts) for ts in stamps if ts in channel.messages]
            shares.setdefault(_SHARES[channel.kind], {})[channel_id] = shown
        ids = [channel_id for channel_id in file.shares if channel_id.startswith("C")]
        return {"shares": shares, "channels": ids}

    def _share_of(self, channel: Channel, ts: str) -> dict[str, Any]:
        message = channel.messages[ts]
        share: dict[str, Any] = {"ts": ts, "channel_name": channel.name, "team_id": self._workspace.team_id}
        if message.is_reply:
            share["thread_ts"] = message.thread_ts
        return {**share, "reply_users": [], "reply_users_count": 0, "reply_count": len(message.replies)}


def _listed(raw: Any) -> list[Any]:
    if not isinstance(raw, list) or not raw:
        raise invalid_arguments("must provide an array [json-pointer:/files]")
    return raw
