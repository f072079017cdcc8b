"""Links into the library live a minute, for one person and one item; sessions an hour."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from services.entities.people import Actor
from services.errors import LinkExpired, LinkForged
from services.links import ItemSessions, LinkSigner, derived
from storage.master_key import kept_secret
from tests.fakes.clock import FakeClock

SECRET = b"s" * 32
ANA = Actor("T1", "U1")
ITEM = uuid4()


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def links(clock):
    return LinkSigner(SECRET, "https://desk.example", clock)


@pytest.fixture
def sessions(clock):
    return ItemSessions(SECRET, clock)


def query(url):
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def signature(url):
    return query(url)["sig"]


def test_a_link_leads_to_the_item_at_its_moment(links):
    url = links.sign(ITEM, ANA, at=83.5, page=2)
    assert url.startswith(f"https://desk.example/library/{ITEM}?")
    assert (query(url)["t"], query(url)["page"]) == ("83.5", "2")


def test_a_link_says_who_it_is_for_until_a_minute_is_over(links, clock):
    sig = signature(links.sign(ITEM, ANA))
    clock.tick(59)
    assert links.opened(ITEM, sig) == ANA
    clock.tick(1)
    with pytest.raises(LinkExpired):
        links.opened(ITEM, sig)


def test_a_link_is_for_its_item_alone(links):
    with pytest.raises(LinkForged):
        links.opened(uuid4(), signature(links.sign(ITEM, ANA)))


def test_every_changed_letter_breaks_a_link(links):
    sig = signature(links.sign(ITEM, ANA))
    for at in range(len(sig)):
        changed = sig[:at] + ("A" if sig[at] != "A" else "B") + sig[at + 1 :]
        with pytest.raises(LinkForged):
            links.opened(ITEM, changed)


@pytest.mark.parametrize("sig", ["", ".", "a.b", "é.ü", "\ud800.x", "x" * 5_000, "e30."])
def test_nonsense_is_no_link(links, sig):
    with pytest.raises(LinkForged):
        links.opened(ITEM, sig)


def test_another_secret_makes_other_links(links, clock):
    with pytest.raises(LinkForged):
        LinkSigner(b"t" * 32, "", clock).opened(ITEM, signature(links.sign(ITEM, ANA)))


def test_a_link_is_no_session_and_a_session_no_link(links, sessions):
    with pytest.raises(LinkForged):
        sessions.read(ITEM, signature(links.sign(ITEM, ANA)))
    with pytest.raises(LinkForged):
        links.opened(ITEM, sessions.begin(ITEM, ANA))


def test_a_session_lives_an_hour_unless_it_is_used(sessions, clock):
    signed = sessions.begin(ITEM, ANA)
    clock.tick(3_599)
    assert sessions.read(ITEM, signed).actor == ANA
    clock.tick(1)
    with pytest.raises(LinkExpired):
        sessions.read(ITEM, signed)


def use(sessions, clock, signed):
    """Every half hour, for as long as it goes."""
    while True:
        clock.tick(1_800)
        signed = sessions.renewed(ITEM, sessions.read(ITEM, signed)) or signed


def test_a_used_session_is_renewed_for_twelve_hours_in_all(sessions, clock):
    start, signed = clock.now(), sessions.begin(ITEM, ANA)
    assert sessions.renewed(ITEM, sessions.read(ITEM, signed)) is None
    with pytest.raises(LinkExpired):
        use(sessions, clock, signed)
    assert clock.now() - start == timedelta(hours=12)


def test_keys_are_derived_as_rfc_5869_says():
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    known = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"for this").derive(SECRET)
    assert derived(SECRET, "for this") == known


def test_the_kept_secret_is_made_once_and_for_us_alone(tmp_path):
    path = tmp_path / "master.key"
    first = kept_secret(path)
    assert len(first) == 32
    assert kept_secret(path) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
