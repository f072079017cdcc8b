"""The people and channels that every sandbox starts with."""

from sandbox.clock import Clock
from sandbox.manifest import Manifest
from sandbox.state.ids import Ids
from sandbox.state.models import SLACKBOT, User
from sandbox.state.workspace import MESSAGES_KEPT, Workspace

TEAM_ID = "T0SANDBOX1"
APP_ID = "A0SANDBOX1"
BOT_ID = "B0SANDBOX1"
BOT_USER = "U0SANDBOT1"
_EMAIL_DOMAIN = "sandbox.example"


def seeded(manifest: Manifest, clock: Clock, messages_kept: int = MESSAGES_KEPT) -> Workspace:
    workspace = Workspace(clock, Ids(clock), TEAM_ID, "sandbox", "Sandbox Studio", messages_kept)
    if "links.embed:write" in manifest.scopes:
        workspace.video_domains = manifest.unfurl_domains
    fill(workspace, manifest)
    return workspace


def fill(workspace: Workspace, manifest: Manifest) -> None:
    for person in _people():
        workspace.add_user(person)
    workspace.add_user(User(SLACKBOT, "slackbot", "Slackbot", tz="America/Los_Angeles", color="757575"))
    workspace.bot = workspace.add_user(_bot(manifest))
    workspace.other_bot = workspace.add_user(_other_bot())
    _channels(workspace)


def _people() -> list[User]:
    return [
        _person("U0SANDANA1", "ana", "Ana Producer", "Europe/Berlin", "4bbe2e", title="Producer"),
        _person("U0SANDBEN1", "ben", "Ben Editor", "America/New_York", "e7392d", title="Editor"),
        _person("U0SANDMIA1", "mia", "Mia Lead", "Europe/London", "3c989f", title="Lead", is_admin=True),
        _person("U0SANDGIL1", "gil", "Guest Gil", "Asia/Tokyo", "674b1b", title="Guest", is_guest=True),
    ]


def _person(
    id: str,  # noqa: A002 - Slack's own word
    name: str,
    real_name: str,
    tz: str,
    color: str,
    *,
    title: str,
    is_admin: bool = False,
    is_guest: bool = False,
) -> User:
    email = f"{name}@{_EMAIL_DOMAIN}"
    return User(id, name, real_name, email, tz, color, title, is_admin=is_admin, is_guest=is_guest)


def _bot(manifest: Manifest) -> User:
    name = manifest.display_name
    return User(BOT_USER, name.lower().replace(" ", "-"), name, tz="UTC", bot_id=BOT_ID, app_id=APP_ID)


def _other_bot() -> User:
    return User("U0SANDOTH1", "otherbot", "Otherbot", tz="UTC", bot_id="B0SANDOTH1", app_id="A0SANDOTH1")


def _channels(workspace: Workspace) -> None:
    ana, ben, mia, gil = (workspace.user(name) for name in ("ana", "ben", "mia", "gil"))
    bot, other = workspace.bot, workspace.other_bot
    everyone, add = (mia, ana, ben, gil, bot, other), workspace.add_channel
    add("general", "public", everyone, "Company-wide news", id_="C0SANDGEN1")
    add("launch-video", "public", everyone, "The spring launch film", id_="C0SANDLAU1")
    add("marketing", "public", (mia, ana), "Campaigns and copy", id_="C0SANDMKT1")
    add("edit-room", "private", (ben, ana, bot), "Cuts, notes, colour", id_="C0SANDEDT1")
    for person in (ana, ben, mia, gil):
        workspace.direct(person, bot, id_=f"D{person.id[1:]}")
    workspace.direct(ana, ben, id_="D0SANDAB01")
