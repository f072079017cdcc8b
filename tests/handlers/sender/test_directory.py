"""People, threads and files as the workspace has them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from handlers.directory import to_message
from handlers.files import SlackFiles
from services.entities.conversations import Author, FileRef, Place
from services.entities.people import Actor
from services.errors import FileUnreadable, NotFound, SlackUnavailable
from tests.fakes.sources import Everything
from tests.handlers.sender.conftest import NOTES, Stage

LIMIT = 1 << 20


async def test_a_person_has_a_name_a_zone_and_a_role(stage: Stage) -> None:
    workspace = stage.sandbox.workspace
    mia = await stage.directory().person(Actor("T1", workspace.user("mia").id))
    gil = await stage.directory().person(Actor("T1", workspace.user("gil").id))
    assert (mia.is_admin, mia.is_guest, mia.is_bot) == (True, False, False)
    assert gil.is_guest
    assert "mia" in mia.name.lower()
    assert "/" in mia.timezone


async def test_a_stranger_is_not_found(stage: Stage) -> None:
    with pytest.raises(NotFound):
        await stage.directory().person(Actor("T1", "U0NOBODY1"))


async def test_a_thread_is_its_root_and_the_newest_messages(stage: Stage) -> None:
    place = stage.claim.conversation.place
    for number in range(6):
        await stage.sandbox.people.post("ben", place.channel, f"reply {number}", thread_ts=place.thread_ts)
    thread = await stage.directory().thread(place, limit=3)
    assert [message.text for message in thread[1:]] == ["reply 4", "reply 5"]
    assert thread[0].ts == place.thread_ts


async def test_a_thread_of_several_pages_is_read_to_its_end(stage: Stage) -> None:
    place = stage.claim.conversation.place
    for number in range(205):
        await stage.sandbox.people.post("ben", place.channel, f"reply {number}", thread_ts=place.thread_ts)
    thread = await stage.directory().thread(place, limit=500)
    assert len(thread) == 206
    assert len({message.ts for message in thread}) == 206


async def test_a_message_knows_whose_it_is(stage: Stage) -> None:
    place = stage.claim.conversation.place
    await stage.sandbox.people.other_bot_posts(place.channel, "beep", thread_ts=place.thread_ts)
    await stage.presenter().deliver(stage.claim, "Ninety seconds.", NOTES, Everything())
    thread = await stage.directory().thread(place, limit=10)
    assert [message.author for message in thread] == [Author.PERSON, Author.BOT, Author.US]
    assert thread[2].post_id == stage.posts[0].id


async def test_one_message_is_found_by_its_ts(stage: Stage) -> None:
    place = stage.claim.conversation.place
    reply = await stage.sandbox.people.post("ben", place.channel, "here", thread_ts=place.thread_ts)
    find = stage.directory().message
    root = await find(place.team, place.channel, str(place.thread_ts))
    found = await find(place.team, place.channel, reply.ts, place.thread_ts)
    assert root is not None
    assert found is not None
    assert (root.ts, found.text) == (place.thread_ts, "here")
    assert await find(place.team, place.channel, "1.000001") is None


async def test_a_thread_that_is_gone_is_empty(stage: Stage) -> None:
    assert (
        await stage.directory().thread(Place("T1", stage.claim.conversation.channel, "1.000001"), limit=9)
        == []
    )


def test_foreign_metadata_is_nobody_s_post() -> None:
    raw: dict[str, Any] = {"ts": "1.000001", "user": "U1", "metadata": {"event_type": "showrunner_post"}}
    assert to_message(raw, "U1").post_id is None
    raw["metadata"] = {"event_type": "other", "event_payload": {"id": str(NOTES)}}
    assert to_message(raw, "U1").post_id is None


# -- files ----------------------------------------------------------------------------------------


def files(stage: Stage, session: aiohttp.ClientSession, token: str | None = None) -> SlackFiles:
    api = f"{stage.sandbox.url}/api/"
    return SlackFiles(session, token or stage.sandbox.credentials.bot_token, api, stage.calls)


async def uploaded(stage: Stage, name: str = "notes.txt", data: bytes = b"Ninety seconds.") -> FileRef:
    file = await stage.sandbox.people.upload("ana", name, data)
    place = stage.claim.conversation.place
    await stage.sandbox.people.post("ana", place.channel, "look", thread_ts=place.thread_ts, files=[file])
    thread = await stage.directory().thread(place, limit=9)
    return thread[-1].files[0]


async def test_a_file_is_fetched_with_the_bot_token(
    stage: Stage, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    file, target = await uploaded(stage), tmp_path / "notes.txt"
    assert await files(stage, session).fetch(file, target, limit=LIMIT) == 15
    assert target.read_bytes() == b"Ninety seconds."


async def unreadable(files: SlackFiles, file: FileRef, target: Path, limit: int = LIMIT) -> str:
    with pytest.raises(FileUnreadable) as caught:
        await files.fetch(file, target, limit=limit)
    assert not target.exists()
    return caught.value.reason


async def test_slacks_sign_in_page_is_no_file(
    stage: Stage, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    file = await uploaded(stage)
    assert await unreadable(files(stage, session, "xoxb-wrong"), file, tmp_path / "f") == "no_access"


async def test_a_page_that_was_uploaded_is_a_file(
    stage: Stage, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    file, target = await uploaded(stage, "page.html", b"<p>hello</p>"), tmp_path / "page.html"
    assert await files(stage, session).fetch(file, target, limit=LIMIT) == 12
    assert await unreadable(files(stage, session, "xoxb-wrong"), file, tmp_path / "f") == "no_access"


@pytest.mark.parametrize("claimed", [0, 50])
async def test_a_file_over_the_limit_is_refused_whatever_it_claims(
    stage: Stage, session: aiohttp.ClientSession, tmp_path: Path, claimed: int
) -> None:
    file = replace(await uploaded(stage, data=b"x" * 100), size=claimed)
    assert await unreadable(files(stage, session), file, tmp_path / "f", limit=20) == "too_large"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/files/a",
        "http://files.slack.com/a",
        "https://files.slack.com.evil.example/a",
        "https://files.slack.com@evil.example/a",
        "https://x@files.slack.com/a",
        "file:///etc/hosts",
        "",
    ],
)
async def test_the_token_goes_to_slack_only(
    stage: Stage, session: aiohttp.ClientSession, tmp_path: Path, url: str
) -> None:
    file = FileRef("F1", "a", "text/plain", 1, url)
    assert await unreadable(files(stage, session), file, tmp_path / "f") == "no_access"


class Host:
    """A file host of the test's own; counts who came with a token."""

    def __init__(self) -> None:
        self.tokens: list[str] = []

    async def redirect(self, request: web.Request) -> web.Response:
        raise web.HTTPFound("/stolen")

    async def stolen(self, request: web.Request) -> web.Response:
        self.tokens.append(request.headers.get("Authorization", ""))
        return web.Response(text="x")

    async def endless(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(100):
            await answer.write(b"x" * 1000)
        return answer

    async def broken(self, request: web.Request) -> web.Response:
        return web.Response(status=503)

    async def gone(self, request: web.Request) -> web.Response:
        return web.Response(status=404)


@pytest.fixture
async def host(stage: Stage, session: aiohttp.ClientSession) -> Any:
    made, app = Host(), web.Application()
    for name in ("redirect", "stolen", "endless", "broken", "gone"):
        app.router.add_get(f"/{name}", getattr(made, name))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = "http://{}:{}".format(*runner.addresses[0][:2])  # type: ignore[attr-defined]
    made.files = SlackFiles(session, "xoxb-secret", f"{made.url}/api/", stage.calls)  # type: ignore[attr-defined]
    yield made
    await runner.cleanup()


@pytest.mark.parametrize(
    ("path", "reason"), [("redirect", "no_access"), ("endless", "too_large"), ("gone", "gone")]
)
async def test_what_a_file_host_may_answer(host: Any, tmp_path: Path, path: str, reason: str) -> None:
    file = FileRef("F1", "a.txt", "text/plain", 0, f"{host.url}/{path}")
    assert await unreadable(host.files, file, tmp_path / "f", limit=5_000) == reason
    assert host.tokens == []


async def test_a_file_host_that_is_down_may_be_asked_again(host: Any, tmp_path: Path) -> None:
    file = FileRef("F1", "a.txt", "text/plain", 0, f"{host.url}/broken")
    with pytest.raises(SlackUnavailable) as caught:
        await host.files.fetch(file, tmp_path / "f", limit=LIMIT)
    assert not caught.value.permanent


async def test_a_file_known_by_its_id_alone_can_be_looked_up(
    stage: Stage, session: aiohttp.ClientSession
) -> None:
    file = await uploaded(stage)
    assert await files(stage, session).known("T1", file.id) == file
