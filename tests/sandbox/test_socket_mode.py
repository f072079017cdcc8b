"""Socket Mode: several connections, acknowledgements, redelivery, and every way to lose a connection."""

import asyncio
from collections import Counter
from dataclasses import replace

import aiohttp
import orjson
import pytest

from sandbox.delivery.record import Failure
from sandbox.server import Sandbox
from sandbox.settings import SandboxSettings
from tests.sandbox.stock import StockBot


class Wire:
    """A bare WebSocket that acknowledges only what it is told to."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    @classmethod
    async def open(cls, sandbox: Sandbox, http: aiohttp.ClientSession) -> "Wire":
        wire = cls(await http.ws_connect(sandbox.socket_mode.new_url()))
        assert (await wire.next())["type"] == "hello"
        return wire

    async def next(self) -> dict:
        return orjson.loads(await self._socket.receive_str(timeout=5))

    async def ack(self, envelope: dict) -> None:
        await self._socket.send_str(orjson.dumps({"envelope_id": envelope["envelope_id"]}).decode())

    def still_open(self) -> bool:
        return not self._socket.closed

    async def end(self) -> aiohttp.WSMsgType:
        return (await self._socket.receive(timeout=5)).type


async def test_the_hello_counts_the_connections(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    first = await Wire.open(sandbox, http)
    second = await http.ws_connect(sandbox.socket_mode.new_url())
    hello = orjson.loads(await second.receive_str())
    assert (hello["num_connections"], hello["connection_info"]["app_id"]) == (2, sandbox.workspace.bot.app_id)
    assert first.still_open()


async def test_a_ticket_opens_one_connection(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    url = sandbox.socket_mode.new_url()
    await http.ws_connect(url)
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await http.ws_connect(url)


async def test_there_are_ten_connections_at_most(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    open_ones = [await Wire.open(sandbox, http) for _ in range(10)]
    eleventh = await http.ws_connect(sandbox.socket_mode.new_url())
    assert orjson.loads(await eleventh.receive_str())["reason"] == "too_many_websockets"
    assert len(sandbox.socket_mode.places()) == len(open_ones)


async def test_each_envelope_goes_to_one_connection(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    wires = [await Wire.open(sandbox, http) for _ in range(2)]
    for number in range(4):
        await sandbox.people.post("ana", "#general", str(number))
    seen = []
    for wire in wires:
        for _ in range(2):
            envelope = await wire.next()
            await wire.ack(envelope)
            seen.append(envelope["payload"]["event"]["text"])
    assert sorted(seen) == ["0", "1", "2", "3"]


async def test_what_is_not_acknowledged_comes_again(hasty: Sandbox, http: aiohttp.ClientSession) -> None:
    wire = await Wire.open(hasty, http)
    await hasty.people.post("ana", "#general", "hi")
    first, second = await wire.next(), await wire.next()
    assert (first["retry_attempt"], first["retry_reason"]) == (0, "")
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
    assert first["payload"]["event_id"] == second["payload"]["event_id"]
    assert first["envelope_id"] != second["envelope_id"]
    await wire.ack(second)
    await hasty.wait_for(lambda: hasty.deliveries("message")[0].ack)
    assert len(hasty.deliveries("message")[0].attempts) == 2


async def test_four_silent_attempts_are_all(hasty: Sandbox, http: aiohttp.ClientSession) -> None:
    silent = await Wire.open(hasty, http)
    await hasty.people.post("ana", "#general", "hi")
    delivery = hasty.deliveries("message")[0]
    await hasty.wait_for(lambda: len(delivery.attempts) == 4)
    assert [(await silent.next())["retry_attempt"] for _ in range(4)] == [0, 1, 2, 3]
    assert delivery.ack is None


async def test_a_lost_connection_hands_its_envelope_on(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    lost = await Wire.open(sandbox, http)
    await sandbox.people.post("ana", "#general", "hi")
    await lost.next()
    sandbox.socket_mode.drop()
    other = await Wire.open(sandbox, http)
    envelope = await other.next()
    await other.ack(envelope)
    assert envelope["retry_attempt"] == 1


async def test_a_refresh_says_goodbye_and_closes(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    wire = await Wire.open(sandbox, http)
    await sandbox.socket_mode.refresh()
    goodbye = await wire.next()
    assert (goodbye["type"], goodbye["reason"]) == ("disconnect", "refresh_requested")
    assert await wire.end() in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)


async def test_a_warned_connection_gets_nothing_new(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    warned = await Wire.open(sandbox, http)
    await sandbox.socket_mode.warn()
    assert (await warned.next())["reason"] == "warning"
    staying = await Wire.open(sandbox, http)
    for number in range(2):
        await sandbox.people.post("ana", "#general", str(number))
        await staying.ack(await staying.next())


async def test_a_connection_has_its_time(settings: SandboxSettings, http: aiohttp.ClientSession) -> None:
    async with Sandbox.running(replace(settings, socket_lifetime=0.05, socket_warning=0.01)) as sandbox:
        wire = await Wire.open(sandbox, http)
        assert [(await wire.next())["reason"] for _ in range(2)] == ["warning", "refresh_requested"]


async def test_duplicates_go_to_every_connection(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    wires = [await Wire.open(sandbox, http) for _ in range(2)]
    sandbox.courier.duplicate_next(3, everywhere=True)
    await sandbox.people.post("ana", "#general", "hi")
    ids = set()
    for wire in wires:
        for _ in range(3):
            envelope = await wire.next()
            await wire.ack(envelope)
            ids.add(envelope["payload"]["event_id"])
    assert len(ids) == 1


async def test_a_silent_app_fails_a_command(hasty: Sandbox, http: aiohttp.ClientSession) -> None:
    silent = await Wire.open(hasty, http)
    outcome = await hasty.people.command("ana", "#general", "/ask", "x")
    assert (outcome.ok, outcome.error) == (False, "operation_timeout")
    assert "operation_timeout" in outcome.text
    assert (await silent.next())["accepts_response_payload"]


async def test_with_nobody_connected_an_event_waits_and_fails(hasty: Sandbox) -> None:
    await hasty.people.post("ana", "#general", "hi")
    delivery = hasty.deliveries("message")[0]
    await hasty.wait_for(lambda: len(delivery.attempts) == 2)
    assert delivery.attempts[0].outcome == Failure("timeout")


async def test_a_bolt_app_with_two_connections_misses_nothing(sandbox: Sandbox) -> None:
    seen: Counter[str] = Counter()
    async with StockBot.connected(sandbox, connections=2) as bot:

        @bot.app.event("message")
        async def message(event):
            seen[event["text"]] += 1

        for number in range(30):
            if number % 10 == 5:
                await sandbox.socket_mode.refresh(sandbox.socket_mode.places()[0])
            await sandbox.people.post("ana", "#general", str(number))
            await asyncio.sleep(0)
        await sandbox.wait_for(lambda: len(seen) == 30)
        await sandbox.wait_for(lambda: len(sandbox.socket_mode.places()) == 2)
