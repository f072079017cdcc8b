"""The running sandbox: all parts put together on one port."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from aiohttp import web

from sandbox.breaking import Breaking
from sandbox.clock import Clock
from sandbox.control import Control
from sandbox.delivery.courier import Courier, Transport
from sandbox.delivery.events import Events
from sandbox.delivery.http import SignedHttp
from sandbox.delivery.record import Delivery
from sandbox.delivery.socketmode import SocketMode
from sandbox.faults import Faults
from sandbox.files import FileStore
from sandbox.interactivity.modals import Modals
from sandbox.interactivity.response_urls import ResponseUrls
from sandbox.interactivity.triggers import Triggers
from sandbox.manifest import Manifest
from sandbox.people import People
from sandbox.people.interactions import Interactions
from sandbox.people.payloads import Payloads
from sandbox.providers import Providers
from sandbox.settings import Credentials, SandboxSettings
from sandbox.state import Change
from sandbox.state.agents import Agents
from sandbox.state.scheduled import Schedule
from sandbox.state.seed import APP_ID, fill, seeded
from sandbox.state.streams import Streams
from sandbox.traffic import Traffic
from sandbox.ui import Page
from sandbox.watching import provider_watch
from sandbox.web.api import ApiCall, WebApi
from sandbox.web.methods import Parts, every_method

T = TypeVar("T")
_UPLOAD_LIMIT = 8 * 2**30
_LOOK_AGAIN = 0.05


class Sandbox:
    """`workspace` is the state, `people` what a person does, `faults` and `providers.faults` what breaks."""

    def __init__(self, settings: SandboxSettings, credentials: Credentials | None = None) -> None:
        self.settings, self.credentials = settings, credentials or Credentials()
        self.manifest = Manifest.read(settings.manifest)
        self.clock, self.faults = Clock(), Faults()
        self.traffic = Traffic(settings.traffic_kept)
        self.workspace = seeded(self.manifest, self.clock, settings.messages_kept)
        self.providers = Providers(settings.seed, self.clock.now)
        self.url = ""
        self._changed = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._build_delivery()
        self._build_interactivity()
        self._build_api()
        self.breaking = Breaking(self)
        self.control = Control(self)
        self.page = Page(self)
        self.workspace.listen(self._on_change)

    @classmethod
    @asynccontextmanager
    async def running(cls, settings: SandboxSettings | None = None) -> AsyncIterator["Sandbox"]:
        sandbox = cls(settings or SandboxSettings())
        await sandbox.start()
        try:
            yield sandbox
        finally:
            await sandbox.stop()

    async def start(self) -> None:
        """Raises OSError when the port is taken."""
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        self._runner = runner
        site = web.TCPSite(runner, self.settings.host, self.settings.port)
        try:
            await site.start()
        except OSError:
            await self.stop()
            raise
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        for part in (self.socket_mode, self.response_urls, self.files, self.workspace):
            part.base_url = self.url

    async def stop(self) -> None:
        self.breaking.close()
        await self.page.close()
        await self.courier.close()
        await self.socket_mode.close()
        self.streams.close()
        self.agents.close()
        self.schedule.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self.files.close()

    def environment(self, mode: str = "socket") -> dict[str, str]:
        """What the program needs to talk to this sandbox; no app token in HTTP mode."""
        found = {
            "SLACK_BOT_TOKEN": self.credentials.bot_token,
            "SLACK_SIGNING_SECRET": self.credentials.signing_secret,
            "SLACK_API_URL": f"{self.url}/api/",
            "ANTHROPIC_API_KEY": self.credentials.anthropic_key,
            "ANTHROPIC_BASE_URL": f"{self.url}/anthropic",
            "OPENAI_API_KEY": self.credentials.openai_key,
            "OPENAI_BASE_URL": f"{self.url}/openai/v1",
        }
        return found if mode == "http" else {**found, "SLACK_APP_TOKEN": self.credentials.app_token}

    # -- what tests ask

    async def wait_for(self, predicate: Callable[[], T], timeout: float = 10) -> T:
        """The first truthy result of `predicate`, asked again after every change; raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while not (found := predicate()):
                self._changed.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), _LOOK_AGAIN)
            return found

    def calls(self, method: str) -> list[ApiCall]:
        """The latest Web API calls of `method`, oldest first."""
        return self.api.calls(method)

    def deliveries(self, name: str | None = None) -> list[Delivery]:
        return self.courier.deliveries.all(name)

    # -- what may happen to an app

    def deliver_over_http(self, *urls: str) -> None:
        """From now on by signed HTTP, to these request URLs in turn."""
        if isinstance(self.courier.transport, SignedHttp):
            self.courier.transport.urls = urls
        else:
            self.courier.transport = SignedHttp(urls, self.clock, self.credentials, self.settings)

    async def verify_url(self, url: str) -> bool:
        """Slack's challenge to a request URL."""
        http = SignedHttp((url,), self.clock, self.credentials, self.settings)
        try:
            return await http.challenge(url)
        finally:
            await http.close()

    def revoke_tokens(self) -> None:
        """Delivers `tokens_revoked`, then refuses every token."""
        bot = self.workspace.bot.id
        self.events.send({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [bot]}})
        self.api.revoked = True

    def uninstall(self) -> None:
        self.events.send({"type": "app_uninstalled"})
        self.revoke_tokens()
        self.workspace.installed = False

    def reset(self) -> None:
        """Everything as at the start, but for ids, which never come twice."""
        self.courier.drop_pending()
        self.courier.deliveries.clear()
        self.streams.close()
        self.agents.close()
        self.schedule.close()
        self.breaking.mend()
        self.api.forget()
        self.api.tiers.enforced = self.settings.rate_tiers
        self.triggers.clear()
        self.response_urls.clear()
        self.traffic.clear()
        self.providers.reset()
        self.workspace.clear()
        fill(self.workspace, self.manifest)
        self._changed.set()

    # -- assembly

    def _build_delivery(self) -> None:
        settings, urls = self.settings, self.settings.http_events_url
        self.socket_mode = SocketMode(self.clock, self.workspace.ids, settings, APP_ID)
        transport: Transport = self.socket_mode
        if urls is not None:
            transport = SignedHttp(urls.split(","), self.clock, self.credentials, settings)
        self.courier = Courier(transport, self.clock, settings, self.traffic)
        self.courier.deliveries.on_change = self._changed.set
        self.events = Events(self.workspace, self.manifest, self.credentials, self.courier)

    def _build_interactivity(self) -> None:
        workspace, settings = self.workspace, self.settings
        self.files = FileStore(workspace, self.credentials)
        self.streams = Streams(workspace, settings.stream_lifetime)
        self.schedule = Schedule(workspace)
        self.agents = Agents(workspace, settings.status_lifetime)
        self.triggers = Triggers(self.clock, workspace.ids, settings.trigger_lifetime)
        self.modals = Modals(workspace)
        self.response_urls = ResponseUrls(workspace, settings)
        payloads = Payloads(workspace, self.credentials, self.triggers, self.response_urls)
        interactions = Interactions(
            workspace, self.manifest, self.courier, payloads, self.modals, self.response_urls
        )
        self.people = People(
            workspace, self.manifest, self.events, self.files, self.streams, self.modals, interactions
        )

    def _build_api(self) -> None:
        workspace = self.workspace
        self.api = WebApi(
            workspace, self.manifest, self.credentials, self.settings, self.faults, self.traffic
        )
        self.api.on_call = self._changed.set
        self.api.add(
            every_method(
                Parts(
                    workspace=workspace,
                    manifest=self.manifest,
                    files=self.files,
                    streams=self.streams,
                    agents=self.agents,
                    schedule=self.schedule,
                    modals=self.modals,
                    triggers=self.triggers,
                    open_socket=self.socket_mode.new_url,
                )
            )
        )

    def _application(self) -> web.Application:
        watch = provider_watch(self.clock, self.traffic, self._changed.set)
        application = web.Application(client_max_size=_UPLOAD_LIMIT, middlewares=[watch])
        for part in (self.api, self.socket_mode, self.response_urls, self.files, self.control, self.page):
            application.add_routes(part.routes())
        application.add_routes(self.providers.routes())
        application.add_routes(self.providers.control_routes())
        return application

    def _on_change(self, _: Change) -> None:
        self._changed.set()
