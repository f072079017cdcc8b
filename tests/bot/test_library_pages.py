"""Links lead where people reach us, made from a secret that all processes share."""

import pytest

from bot import config
from bot.features.library_pages import links_of, master_secret, site_of
from services.entities.people import Actor
from tests.admin_web.desk import FILM
from tests.fakes.clock import FakeClock

NEEDED = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


@pytest.fixture
def load(tmp_path):
    def load(**variables):
        return config.load({**NEEDED, "SHOWRUNNER_DATA_DIR": str(tmp_path / "data"), **variables})

    return load


@pytest.mark.parametrize(
    ("variables", "site"),
    [
        ({}, "http://127.0.0.1:8080"),
        ({"SHOWRUNNER_HOST": "0.0.0.0", "SHOWRUNNER_PORT": "81"}, "http://127.0.0.1:81"),
        ({"SHOWRUNNER_HOST": "::1"}, "http://[::1]:8080"),
        ({"SHOWRUNNER_PUBLIC_URL": "https://desk.example/"}, "https://desk.example"),
    ],
)
def test_links_lead_where_people_reach_us(load, variables, site):
    assert site_of(load(**variables)) == site


def test_two_processes_agree_with_a_master_key_and_without(load):
    key = {"SHOWRUNNER_MASTER_KEY": "k" * 40}
    assert master_secret(load()) == master_secret(load())
    assert master_secret(load(**key)) == b"k" * 40


def test_a_link_of_one_process_opens_in_another(load):
    class Outside:
        clock = FakeClock()

    actor = Actor("T1", "U1")
    made = links_of(load(), Outside).sign(FILM, actor)
    assert links_of(load(), Outside).opened(FILM, made.partition("sig=")[2]) == actor


def test_people_do_not_come_without_https_from_elsewhere(load):
    with pytest.raises(config.SettingsError, match="SHOWRUNNER_PUBLIC_URL: must begin with https"):
        load(SHOWRUNNER_PUBLIC_URL="http://desk.example")
    assert load(SHOWRUNNER_PUBLIC_URL="http://localhost:9000").public_url == "http://localhost:9000"
