"""HTTP mode's door: what is not Slack's gets no further, and never an answer of 5xx."""

import asyncio
import gzip
import io
import socket
import time
from contextlib import asynccontextmanager
from urllib.parse import quote

import orjson
import pytest
import structlog
from aiohttp.test_utils import TestClient, TestServer

from bot.gate import BODY_LIMIT, EventsGate
from bot.manifest import EVENTS_PATH
from bot.metrics import Metrics
from bot.web import Site
from handlers.routes import Button, Event, View
from tests.bot import payloads
from tests.bot.conftest import SECRET, SETTINGS, Door, Taken
from tests.chaos.forgeries import Forger, sign
from tests.chaos.nonsense import FORM, PAYLOADS

NOW = 1_795_356_000
BODY = orjson.dumps(payloads.event(payloads.mention()))


class Gate:
    def __init__(self, client, taken):
        self.client, self.taken = client, taken

    async def post(self, body=BODY, headers=None):
        async with self.client.post(EVENTS_PATH, data=io.BytesIO(body), headers=headers or {}) as answer:
            await answer.read()
            return answer.status


async def nothing():
    return {}


async def no_figures():
    return None


@asynccontextmanager
async def opened(now=lambda: NOW):
    taken = Taken()
    form = View("chat.ask_modal", taken)
    door = Door(Event("app_mention", taken), Event("message", taken), Button("chat.again", taken), form)
    site = Site(SETTINGS, Metrics(), nothing, no_figures)
    application = site.application(EventsGate(door.app, SECRET, now).receive)
    async with TestClient(TestServer(application)) as client:
        yield Gate(client, taken)


@pytest.fixture
async def gate():
    # Bolt looks at the real clock, so these are signed now.
    async with opened(time.time) as gate:
        yield gate


def signed(body=BODY, at=0.0, **headers):
    return {**sign(SECRET, body, time.time() + at), **headers}


async def test_slacks_own_request_is_taken(gate):
    assert await gate.post(headers=signed()) == 200
    assert gate.taken.only.type == "app_mention"


async def test_the_challenge_to_a_new_address_is_answered(gate):
    body = orjson.dumps({"type": "url_verification", "token": "t", "challenge": "3eZb"})
    async with gate.client.post(EVENTS_PATH, data=body, headers=signed(body)) as answer:
        assert (answer.status, "3eZb" in await answer.text()) == (200, True)


@pytest.mark.parametrize("seconds", [299, -299])
async def test_a_clock_299_seconds_off_passes(gate, seconds):
    assert await gate.post(headers=signed(at=seconds)) == 200


@pytest.mark.parametrize("seconds", [301, -302, 3600, -86400, 10**8])
async def test_a_stale_or_future_request_is_refused(gate, seconds):
    assert await gate.post(headers=signed(at=seconds)) == 401
    assert not gate.taken.calls


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Request-Timestamp": str(NOW)},
        {"X-Slack-Signature": "", "X-Slack-Request-Timestamp": ""},
    ],
)
async def test_an_unsigned_request_is_refused(gate, headers):
    assert await gate.post(headers=headers) == 401
    assert not gate.taken.calls


@pytest.mark.parametrize("secret", ["", "0" * 32, SECRET.upper(), SECRET[:-1], SECRET[::-1]])
async def test_a_forged_signature_is_refused(gate, secret):
    assert await gate.post(headers=sign(secret, BODY, time.time())) == 401
    assert not gate.taken.calls


async def test_a_signature_of_another_body_is_refused(gate):
    assert await gate.post(BODY + b" ", signed()) == 401
    assert not gate.taken.calls


async def test_a_body_that_is_no_text_is_refused(gate):
    body = BODY + b"\xff"
    assert await gate.post(body, signed(body)) == 401


async def test_a_mebibyte_is_read_and_a_byte_more_refused(gate):
    most, more = b'{"x":"' + b"a" * (BODY_LIMIT - 8) + b'"}', b"a" * (BODY_LIMIT + 1)
    assert len(most) == BODY_LIMIT
    assert await gate.post(most, signed(most)) == 404  # read, and nothing that anybody handles
    assert await gate.post(more, signed(more)) == 401


async def test_a_small_body_that_unpacks_to_much_is_refused(gate):
    packed = gzip.compress(b"a" * (20 * BODY_LIMIT))
    assert await gate.post(packed, signed(packed, **{"Content-Encoding": "gzip"})) == 401


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_body_that_does_not_unpack_is_refused(gate, encoding):
    status = await gate.post(BODY, signed(**{"Content-Encoding": encoding}))
    assert 400 <= status < 500
    assert not gate.taken.calls


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", "", "%%%"])
async def test_an_event_under_another_content_type_is_never_5xx(gate, kind):
    assert await gate.post(headers=signed(**{"Content-Type": kind})) < 500


@pytest.mark.parametrize(
    "body",
    [b"null", b"[]", b"7", b'"x"', b"{", b"nul", b"[" * 100_000, b'{"a":' * 50_000, b'{"team":7}', b""],
)
async def test_signed_nonsense_is_refused(gate, body):
    assert 400 <= await gate.post(body, signed(body)) < 500


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_an_interaction_that_is_none_is_refused(gate, payload):
    body = f"payload={quote(payload)}".encode()
    assert 400 <= await gate.post(body, signed(body, **{"Content-Type": FORM})) < 500


async def test_unsigned_nonsense_is_refused_without_being_read(gate):
    body = b"[" * 100_000
    assert await gate.post(body, {**signed(), "Content-Type": "application/json"}) == 401


async def test_an_unsigned_check_of_the_certificate_is_refused(gate):
    """Bolt answers these before it looks at the signature."""
    body = b"ssl_check=1&token=x"
    assert await gate.post(body, {**sign("forged", body, time.time(), content_type=FORM)}) == 401


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"])
async def test_only_post_is_taken(gate, method):
    async with gate.client.request(method, EVENTS_PATH, headers=signed()) as answer:
        assert answer.status == 405


async def test_300_generated_forgeries_are_refused(gate):
    def event(number):
        return orjson.dumps(payloads.event(payloads.mention("a forged question"), f"Ev{number}"))

    for forgery in Forger(SECRET, event, seed=7).make(300):
        before = len(gate.taken.calls)
        status = await gate.post(forgery.body, forgery.headers)
        assert status < 500, forgery
        if not forgery.signed:
            assert status == 401, forgery
            assert len(gate.taken.calls) == before, forgery


async def test_headers_that_are_no_text_are_refused(gate):
    lines = [
        f"POST {EVENTS_PATH} HTTP/1.1".encode(),
        b"Host: x",
        b"X-Slack-Signature: v0=\xff\xfe",
        b"X-Slack-Request-Timestamp: \xd9\xa1",
        b"Content-Length: 0",
        b"Connection: close",
    ]
    assert b" 401 " in await raw(gate.client.port, b"\r\n".join(lines) + b"\r\n\r\n")


async def raw(port, request):
    """The first line of the answer to a request that no client library would send."""

    reader, writer = await asyncio.open_connection("127.0.0.1", port, family=socket.AF_INET)
    writer.write(request)
    line = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return line


# -- a clock that is off ------------------------------------------------------------------------


async def test_a_clock_that_is_off_is_told_once_a_minute():
    clock = Ticking(NOW)
    with structlog.testing.capture_logs() as lines:
        async with opened(clock) as gate:
            for _ in range(3):
                assert await gate.post(headers=sign(SECRET, BODY, NOW - 900)) == 401
            clock.now += 61
            assert await gate.post(headers=sign(SECRET, BODY, NOW - 900)) == 401
    assert [(line["event"], line["seconds"]) for line in lines] == [
        ("slack.clock_off", 900),
        ("slack.clock_off", 961),
    ]


async def test_a_forged_request_says_nothing_about_the_clock():
    with structlog.testing.capture_logs() as lines:
        async with opened() as gate:
            assert await gate.post(headers=sign("forged", BODY, NOW - 900)) == 401
    assert not lines


class Ticking:
    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


def test_the_door_is_only_there_in_http_mode():
    application = Site(SETTINGS, Metrics(), nothing, no_figures).application(None)
    assert EVENTS_PATH not in {resource.canonical for resource in application.router.resources()}
