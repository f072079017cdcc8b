"""Who gets what of an item: a minute's link, an hour's session, and membership asked each time."""

import re

import pytest

from services.links import SESSION_LIVES
from storage.objects import FolderStore
from tests.admin_web.desk import ANA, BEN, FILM, PICTURE, film, running
from tests.fakes.clock import FakeClock

PATHS = ("", "/file", "/captions.vtt", "/poster", "/sheet")


async def status_of(session, path):
    async with session.get(path, allow_redirects=False) as response:
        return response.status


async def text_of(session, path):
    async with session.get(path) as response:
        return response.status, await response.text()


@pytest.mark.parametrize("path", PATHS)
async def test_without_a_link_nothing_opens(desk, browser_of, path):
    status, text = await text_of(browser_of, f"/library/{FILM}{path}")
    assert status == 403
    assert "Open it from Slack" in text
    assert desk.items.asked == 0


async def test_a_link_opens_the_item_and_leaves_the_address_bar(desk, browser_of):
    async with browser_of.get(desk.link(at=12.5)) as response:
        assert response.status == 200
        assert str(response.url) == f"{desk.url}/library/{FILM}?t=12.5"
        assert "Interview with Ada" in await response.text()
    assert [await status_of(browser_of, f"/library/{FILM}{path}") for path in PATHS] == [200] * len(PATHS)


async def test_a_session_is_for_its_item_alone(desk, browser_of):
    await status_of(browser_of, desk.link())
    assert await status_of(browser_of, f"/library/{PICTURE}") == 403


async def test_an_expired_link_says_where_a_new_one_is(desk, browser_of):
    link = desk.link()
    desk.clock.tick(60)
    status, text = await text_of(browser_of, link)
    assert status == 410
    assert "Go back to Slack" in text


async def test_an_old_link_still_leads_to_what_is_open(desk, browser_of):
    link = desk.link()
    await status_of(browser_of, link)
    desk.clock.tick(61)
    assert (await text_of(browser_of, link))[0] == 200


async def test_a_link_of_another_item_opens_nothing(desk, browser_of):
    assert await status_of(browser_of, desk.link(PICTURE).replace(str(PICTURE), str(FILM))) == 403


@pytest.mark.parametrize("path", PATHS)
async def test_once_membership_is_gone_the_next_request_is_refused(desk, browser_of, path):
    await status_of(browser_of, desk.link())
    desk.items.readers.clear()
    status, text = await text_of(browser_of, f"/library/{FILM}{path}")
    assert status == 404
    assert "a channel that you are not in" in text


async def test_what_one_may_not_see_looks_like_what_is_not_there(desk, browser_of):
    unknown, forbidden = desk.link(BEN and FILM.__class__(int=99)), desk.link(FILM, BEN)
    assert await text_of(browser_of, unknown) == await text_of(browser_of, forbidden)


async def test_a_session_lasts_while_it_is_used(desk, browser_of):
    await status_of(browser_of, desk.link())
    seen = []
    for _ in range(3):
        desk.clock.tick(SESSION_LIVES.total_seconds() * 0.9)
        seen.append(await status_of(browser_of, f"/library/{FILM}/file"))
    desk.clock.tick(SESSION_LIVES.total_seconds())
    assert seen == [200, 200, 200]
    assert await status_of(browser_of, f"/library/{FILM}/file") == 410


@pytest.mark.parametrize(
    "path", ["/library/x", "/library/..%2f..%2fetc", f"/library/{FILM}/nothing", "/static/..%2fapp.py"]
)
async def test_nonsense_is_not_found(desk, browser_of, path):
    assert await status_of(browser_of, path) == 404


async def test_the_cookie_is_for_this_site_and_no_script(tmp_path):
    async with running(FolderStore(tmp_path), FakeClock(), site="https://desk.example") as desk:
        desk.items.add(*film(), ANA)
        import aiohttp

        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(10)) as session,
            session.get(desk.link(), allow_redirects=False) as response,
        ):
            cookie = response.headers["Set-Cookie"]
            headers = response.headers
    assert cookie.startswith(f"__Host-item-{FILM.hex}=")
    parts = {part.strip().partition("=")[0] for part in cookie.split(";")[1:]}
    assert parts == {"HttpOnly", "Max-Age", "Path", "SameSite", "Secure", "expires"} - {"expires"}
    assert "SameSite=Lax" in cookie
    assert "Path=/;" in cookie
    assert "Domain" not in cookie
    assert "max-age" in headers["Strict-Transport-Security"]


async def test_a_browser_is_not_given_more_cookies_than_it_can_send(desk, browser_of):
    from uuid import UUID

    for number in range(100, 120):
        item, text = film()
        object.__setattr__(item, "id", UUID(int=number))
        desk.items.add(item, text, ANA)
        await status_of(browser_of, desk.link(item.id))
    kept = [cookie.key for cookie in browser_of.cookie_jar]
    assert len(kept) == 12
    assert f"item-{UUID(int=119).hex}" in kept


async def test_every_answer_has_the_headers_of_the_house(desk, browser_of):
    await status_of(browser_of, desk.link())
    for path in (
        *(f"/library/{FILM}{path}" for path in PATHS),
        f"/library/{PICTURE}",
        "/static/item.js",
        "/static/none",
    ):
        async with browser_of.get(path) as response:
            headers = response.headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        assert ("media-src 'self'" in policy) == (path == f"/library/{FILM}")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"


async def test_no_script_or_style_stands_in_the_page(desk, browser_of):
    _, text = await text_of(browser_of, desk.link())
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|javascript:", text)


async def test_what_people_wrote_is_shown_as_text(desk, browser_of):
    item, text = film()
    object.__setattr__(item, "title", "<script>alert(1)</script>")
    desk.items.add(item, text, ANA)
    _, page = await text_of(browser_of, desk.link())
    assert "<script>alert" not in page
    assert "Pricing is &lt;hard&gt; &amp; nobody likes it." in page


async def test_captions_are_our_own(desk, browser_of):
    await status_of(browser_of, desk.link())
    async with browser_of.get(f"/library/{FILM}/captions.vtt") as response:
        text = await response.text()
        assert response.content_type == "text/vtt"
    assert text.startswith("WEBVTT\n\n00:00:00.000 --> 00:00:03.500\nThanks for having me.\n\n")
    assert "00:00:12.000 --> 00:00:15.500\n<v Ada>Pricing is &lt;hard&gt; &amp; nobody likes it.\n" in text
