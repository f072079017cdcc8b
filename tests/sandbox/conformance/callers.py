"""Who asks: the SDK's two clients, called as people call them, and a stock Bolt app in a process of its own."""

import asyncio
import inspect
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox

Ask = Callable[[str, Mapping[str, Any]], Awaitable[dict[str, Any]]]
CALLERS = ("the synchronous client", "the asynchronous client", "a Bolt app by socket", "a Bolt app by HTTP")
_APP = Path(__file__).with_name("app.py")
_PATIENCE = 20


@asynccontextmanager
async def asking(caller: str, sandbox: Sandbox) -> AsyncIterator[Ask]:
    if caller == CALLERS[0]:
        yield _synchronously(sandbox)
    elif caller == CALLERS[1]:
        async with aiohttp.ClientSession() as session:
            yield _asynchronously(sandbox, session)
    else:
        async with _bolt(sandbox, over_http=caller == CALLERS[3]) as ask:
            yield ask


def _synchronously(sandbox: Sandbox) -> Ask:
    client = WebClient(token=sandbox.credentials.bot_token, base_url=f"{sandbox.url}/api/")

    async def ask(method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        call = _call(client, method, arguments)
        try:
            return (await asyncio.to_thread(call)).data
        except SlackApiError as refused:
            return refused.response.data

    return ask


def _asynchronously(sandbox: Sandbox, session: aiohttp.ClientSession) -> Ask:
    token, base = sandbox.credentials.bot_token, f"{sandbox.url}/api/"
    client = AsyncWebClient(token=token, base_url=base, session=session)

    async def ask(method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return (await _call(client, method, arguments)()).data
        except SlackApiError as refused:
            return refused.response.data

    return ask


def _call(client: Any, method: str, arguments: Mapping[str, Any]) -> Callable[[], Any]:
    """By the SDK's own function for this method, unless it would not let us leave something out."""
    function = getattr(client, method.replace(".", "_"))
    try:
        inspect.signature(function).bind(**arguments)
    except TypeError:
        return lambda: client.api_call(method, json=dict(arguments))

    return lambda: function(**arguments)


@asynccontextmanager
async def _bolt(sandbox: Sandbox, *, over_http: bool) -> AsyncIterator[Ask]:
    port = [str(_free_port())] if over_http else []
    environment = {"PATH": os.environ["PATH"], **sandbox.environment("http" if over_http else "socket")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-u", str(_APP), *port),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        if over_http:
            await _until_open(int(port[0]))
            sandbox.deliver_over_http(f"http://127.0.0.1:{port[0]}/slack/events")
        else:
            await sandbox.wait_for(sandbox.socket_mode.places, _PATIENCE)
        yield _by_mention(sandbox, process)
    finally:
        process.kill()
        await process.wait()


def _by_mention(sandbox: Sandbox, process: asyncio.subprocess.Process) -> Ask:
    async def ask(method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        order = json.dumps({"method": method, "arguments": arguments})
        await sandbox.people.mention("mia", "#general", order)
        assert process.stdout is not None
        async with asyncio.timeout(_PATIENCE):
            while not (line := await process.stdout.readline()).startswith(b"{"):
                assert line, "the app has died"
        return json.loads(line)

    return ask


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _until_open(port: int) -> None:
    async with asyncio.timeout(_PATIENCE):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
