"""`/control/…`: the sandbox from outside, for tests in other processes and for people with curl.

Reading (GET, JSON)
    state                        people, channels, files, canvases, views, sessions, scheduled, connections, clock, broken
    messages?channel&thread_ts   every message of a channel (or of one thread), oldest first
    ephemerals?user              what only this person sees
    calls?method                 the latest calls of a Web API method with arguments, answer, status and time
    deliveries?name&limit        what was sent to the app, each attempt and its outcome
    breaks                       what `break` knows, with descriptions
    providers/ledger, providers/faults, providers/speed,
    providers/batches                                         see sandbox/providers/control.py

Ordering (POST a JSON object; answers {"ok": true, …} or {"ok": false, "error", "text"})
    do               {as, do, …}             anything a person can do, see sandbox/ui/deeds.py
    event            {event, subscription?}  any event that the manifest subscribes to; answers {delivered}
    faults           {method, error?, status?, retry_after?, delay?, cut?, times?, every?}   "*" is every method
    faults/clear     {method?}               cut: "before" or "after" the work; times null: until cleared
    break            {what}                  one name or several, as --break on the command line
    mend             {}                      takes back every break, fault and clock jump
    duplicate        {times, everywhere?}    the next event goes out so often
    reorder          {events}                the next events are held and go out the last one first
    reorder/release  {}                      what is held goes out now
    delay            {seconds}               every delivery waits so long
    sockets/drop     {connection?}           the network goes away (one connection or all)
    sockets/refresh  {connection?}           Slack's farewell, then the end
    sockets/warn     {connection?}           the farewell alone
    clock            {offset} or {advance}   seconds; answers {now}
    tiers            {enforced}              Slack's rate limits on or off
    http             {urls}                  deliver by signed HTTP from now on
    revoke           {}                      tokens_revoked, then every token is refused
    uninstall        {}                      app_uninstalled and revoke
    history          {weeks?}                weeks of plausible use, as --seed-history; answers {messages}
    reset            {}                      as at the start; ids go on, the provider's speed stays
    providers/faults, providers/speed, providers/batches,
    providers/reset                                           see sandbox/providers/control.py
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from sandbox.breaking import unknown
from sandbox.control_reading import Reading, json_answer
from sandbox.faults import Fault
from sandbox.history import WEEKS, seed_history
from sandbox.state.models import Json

if TYPE_CHECKING:
    from sandbox.server import Sandbox

_FAULT_FIELDS = frozenset({"error", "status", "retry_after", "delay", "cut", "times", "every"})
Order = Callable[[Mapping[str, Any]], Awaitable[Json | None]]


class Control:
    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox
        self._reading = Reading(sandbox)

    def routes(self) -> list[web.RouteDef]:
        orders: dict[str, Order] = {
            "do": self.do,
            "faults": self.fault,
            "faults/clear": self.clear_faults,
            "break": self.break_,
            "mend": self.mend,
            "reorder": self.reorder,
            "reorder/release": self.release,
            "history": self.history,
            "duplicate": self.duplicate,
            "delay": self.delay,
            "sockets/drop": self.drop,
            "sockets/refresh": self.refresh,
            "sockets/warn": self.warn,
            "clock": self.clock,
            "tiers": self.tiers,
            "http": self.http,
            "revoke": self.revoke,
            "uninstall": self.uninstall,
            "event": self.event,
            "reset": self.reset,
        }
        return [
            *self._reading.routes(),
            *(web.post(f"/control/{name}", _ordered(order)) for name, order in orders.items()),
        ]

    async def do(self, body: Mapping[str, Any]) -> Json:
        return await self._sandbox.page.deeds.do(body)

    async def fault(self, body: Mapping[str, Any]) -> None:
        """`{"method": "chat.update", "error": "ratelimited", "status": 429, "retry_after": 1, "times": 2}`"""
        fields = {name: value for name, value in body.items() if name != "method"}
        if strange := fields.keys() - _FAULT_FIELDS:
            raise ValueError(f"a fault has no {', '.join(sorted(strange))}")
        self._sandbox.faults.add(body["method"], Fault(**fields))

    async def clear_faults(self, body: Mapping[str, Any]) -> None:
        self._sandbox.faults.clear(body.get("method"))

    async def break_(self, body: Mapping[str, Any]) -> Json | None:
        what = body["what"]
        names = [what] if isinstance(what, str) else list(what)
        if wrong := unknown(names):
            return {"ok": False, "error": "unknown_break", "text": wrong}
        self._sandbox.breaking.start(names)
        return None

    async def mend(self, _: Mapping[str, Any]) -> None:
        self._sandbox.breaking.mend()

    async def history(self, body: Mapping[str, Any]) -> Json:
        return {"messages": seed_history(self._sandbox, int(body.get("weeks", WEEKS)))}

    async def reorder(self, body: Mapping[str, Any]) -> None:
        self._sandbox.courier.reorder_next(int(body.get("events", 2)))

    async def release(self, _: Mapping[str, Any]) -> None:
        self._sandbox.courier.release()

    async def duplicate(self, body: Mapping[str, Any]) -> None:
        everywhere = bool(body.get("everywhere"))
        self._sandbox.courier.duplicate_next(int(body.get("times", 2)), everywhere=everywhere)

    async def delay(self, body: Mapping[str, Any]) -> None:
        self._sandbox.courier.delay = float(body.get("seconds", 0))

    async def drop(self, body: Mapping[str, Any]) -> None:
        self._sandbox.socket_mode.drop(body.get("connection"))

    async def refresh(self, body: Mapping[str, Any]) -> None:
        await self._sandbox.socket_mode.refresh(body.get("connection"))

    async def warn(self, body: Mapping[str, Any]) -> None:
        await self._sandbox.socket_mode.warn(body.get("connection"))

    async def clock(self, body: Mapping[str, Any]) -> Json:
        if "offset" in body:
            self._sandbox.clock.offset = float(body["offset"])
        self._sandbox.clock.advance(float(body.get("advance", 0)))
        return {"now": self._sandbox.clock.now()}

    async def tiers(self, body: Mapping[str, Any]) -> None:
        self._sandbox.api.tiers.enforced = bool(body["enforced"])

    async def http(self, body: Mapping[str, Any]) -> None:
        self._sandbox.deliver_over_http(*body["urls"])

    async def revoke(self, _: Mapping[str, Any]) -> None:
        self._sandbox.revoke_tokens()

    async def uninstall(self, _: Mapping[str, Any]) -> None:
        self._sandbox.uninstall()

    async def event(self, body: Mapping[str, Any]) -> Json:
        """Any event at all, as long as the manifest subscribes to it."""
        return {"delivered": self._sandbox.events.send(dict(body["event"]), body.get("subscription"))}

    async def reset(self, _: Mapping[str, Any]) -> None:
        self._sandbox.reset()


def _ordered(order: Order) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        raw = await request.read()
        try:
            body = orjson.loads(raw) if raw else {}
            return json_answer({"ok": True} | (await order(body) or {}))
        except (KeyError, ValueError, TypeError) as wrong:
            return json_answer({"ok": False, "error": "invalid_order", "text": f"{wrong!r}"}, status=400)

    return handle
