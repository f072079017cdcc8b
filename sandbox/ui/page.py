"""`/` and `/ui/…`: the page's own files and everything it asks for."""

import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
from aiohttp import web

from sandbox.pictures import png
from sandbox.state import Channel, User
from sandbox.state.models import Json
from sandbox.ui.deeds import Deeds
from sandbox.ui.feed import Feed
from sandbox.ui.interview import NAME as INTERVIEW
from sandbox.ui.interview import Interview
from sandbox.ui.shapes import Shapes

if TYPE_CHECKING:
    from sandbox.server import Sandbox

_FILES = Path(__file__).resolve().parent.parent / "page"
_NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_USUAL, _MOST = 50, 200
_LARGEST_AVATAR = 512
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'"
)


class Page:
    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox, self._workspace = sandbox, sandbox.workspace
        self.shapes = Shapes(sandbox.workspace, sandbox.manifest)
        self.deeds = Deeds(sandbox.workspace, sandbox.people, self.shapes)
        self.notes: list[str] = []
        """told to everyone who opens the page"""
        self.sample: Json | None = None
        """the message with a file that is good to ask about: its channel and ts"""
        self.real_providers: list[str] = []
        """names of the keys of the environment with which answers are paid for"""
        self._interview = Interview()
        self._feed = Feed(sandbox.workspace, self.shapes)
        sandbox.traffic.on_entry = self._feed.on_traffic

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.index),
            web.get("/page/{path:.+}", self.static),
            web.get("/favicon.ico", self.icon),
            web.get(r"/avatars/{user}-{size:\d+}.png", self.avatar),
            web.get("/ui/boot", self.boot),
            web.get("/ui/messages", self.messages),
            web.get("/ui/home", self.home),
            web.get("/ui/traffic", self.traffic),
            web.get("/ui/events", self.events),
            web.post("/ui/do", self.do),
            web.post("/ui/upload", self.upload),
            web.post("/ui/sample", self.sample_video),
            web.get("/ui/file/{id}", self.file),
        ]

    async def close(self) -> None:
        await self._feed.close()

    async def index(self, _: web.Request) -> web.StreamResponse:
        headers = {**_NO_STORE, "Content-Security-Policy": _POLICY}
        return web.FileResponse(_FILES / "index.html", headers=headers)

    async def icon(self, _: web.Request) -> web.StreamResponse:
        return _static(_FILES / "icon.svg")

    async def avatar(self, request: web.Request) -> web.StreamResponse:
        """Of its person's colour."""
        user = self._workspace.users.get(request.match_info["user"])
        if user is None:
            raise web.HTTPNotFound
        size = min(int(request.match_info["size"]), _LARGEST_AVATAR)
        picture = png(size, size, [(0, 0, size, size, f"#{user.color}")])
        return web.Response(body=picture, content_type="image/png", headers=_NO_STORE)

    async def static(self, request: web.Request) -> web.StreamResponse:
        path = (_FILES / request.match_info["path"]).resolve()
        if not path.is_relative_to(_FILES):
            raise web.HTTPNotFound
        return _static(path)

    async def boot(self, request: web.Request) -> web.Response:
        me = self._person(request)
        workspace, manifest = self._workspace, self._sandbox.manifest
        channels = [channel for channel in workspace.channels.values() if workspace.can_see(me, channel)]
        return _json(
            {
                "me": self.shapes.user(me),
                "team": {"id": workspace.team_id, "name": workspace.name, "domain": workspace.domain},
                "users": [self.shapes.user(user) for user in workspace.users.values()],
                "channels": [self.shapes.channel(channel, me) for channel in channels],
                "app": self.shapes.app(),
                "commands": self.shapes.commands(),
                "shortcuts": self.shapes.shortcuts(),
                "settings": {
                    "home_tab": manifest.home_tab,
                    "agent": manifest.agent,
                    "notes": [*self.notes, *self._sandbox.breaking.notes],
                    "real_providers": self.real_providers,
                    "sample": self.sample,
                    "broken": self._sandbox.breaking.what,
                },
            }
        )

    async def messages(self, request: web.Request) -> web.Response:
        me, query = self._person(request), request.query
        channel = self._visible(me, query.get("channel", ""))
        limit = _limit(query.get("limit", ""))
        thread_ts, before = query.get("thread_ts"), query.get("before")
        shown = self._workspace.thread(channel, thread_ts) if thread_ts else channel.top
        private = [
            message
            for message in self._workspace.ephemerals(me)
            if message.channel is channel
            and (message.root_ts == thread_ts if thread_ts else message.is_top_level)
        ]
        if private:
            shown = sorted([*shown, *private], key=lambda message: message.at)
        if before:
            shown = [message for message in shown if message.ts < before]
        page = shown if thread_ts else shown[-limit:]
        messages = [self.shapes.message(message) for message in page]
        return _json({"messages": messages, "has_more": len(page) < len(shown)})

    async def home(self, request: web.Request) -> web.Response:
        me, tab = self._person(request), request.query.get("tab", "home")
        channel = await self._sandbox.people.open_home(me, tab)
        if tab == "messages":
            return _json(self.shapes.prompts(self._workspace.prompts.get(channel.id)))
        view = self._workspace.homes.get(me.id)
        return _json({"view": self._workspace.shown_view(view) if view else None})

    async def traffic(self, _: web.Request) -> web.Response:
        return _json({"entries": [entry.public() for entry in self._sandbox.traffic.entries()]})

    async def events(self, request: web.Request) -> web.StreamResponse:
        return await self._feed.serve(request, self._person(request))

    async def do(self, request: web.Request) -> web.Response:
        return _json(await self.deeds.do(await _body(request)))

    async def upload(self, request: web.Request) -> web.Response:
        me, name = self._person(request), request.query.get("name", "file")
        file = await self._sandbox.people.upload(me, name, await request.read())
        return _json({"file": self._workspace.shown_file(file)})

    async def sample_video(self, request: web.Request) -> web.Response:
        """The interview, as if the person had uploaded it."""
        me = self._person(request)
        file = await self._sandbox.people.upload(me, INTERVIEW, await self._interview.data())
        return _json({"file": self._workspace.shown_file(file)})

    async def file(self, request: web.Request) -> web.StreamResponse:
        me = self._person(request)
        file = self._workspace.files.get(request.match_info["id"])
        if file is None or not self._sandbox.files.readable(me, file):
            raise web.HTTPNotFound
        return self._sandbox.files.response(file)

    def _person(self, request: web.Request) -> User:
        try:
            return self._workspace.user(request.query.get("as", "ana"))
        except KeyError:
            raise web.HTTPNotFound(text="There is no such person.") from None

    def _visible(self, user: User, channel_id: str) -> Channel:
        try:
            channel = self._workspace.channel(channel_id)
        except KeyError:
            raise web.HTTPNotFound(text="There is no such channel.") from None
        if not self._workspace.can_see(user, channel):
            raise web.HTTPNotFound(text="There is no such channel.")
        return channel


def _limit(text: str) -> int:
    return min(int(text), _MOST) if text.isdecimal() else _USUAL


def _static(path: Path) -> web.StreamResponse:
    if not path.is_file():
        raise web.HTTPNotFound
    kind = "text/javascript" if path.suffix == ".js" else mimetypes.guess_type(path.name)[0]
    return web.FileResponse(path, headers={**_NO_STORE, "Content-Type": kind or "application/octet-stream"})


async def _body(request: web.Request) -> Json:
    try:
        body = orjson.loads(await request.read())
    except ValueError:
        raise web.HTTPBadRequest(text="That is not JSON.") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="An object is wanted.")
    return body


def _json(body: Json) -> web.Response:
    return web.Response(body=orjson.dumps(body), content_type="application/json", headers=_NO_STORE)
