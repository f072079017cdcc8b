"""The embedded PostgreSQL where the program runs as root, as in a container or on a build machine."""

import asyncio
import os
import shutil
import stat
import subprocess
from pathlib import Path

import psutil
import pytest

from storage.embedded import EmbeddedError, EmbeddedPostgres, programs
from storage.embedded.account import server_account
from tests.storage.embedded.support import (
    a_server,
    ask,
    place_of,
    postmaster,
    remember,
    remembers,
)

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="this is about root")


@pytest.fixture
def private_home(folder: Path) -> Path:
    home = folder / "private"
    home.mkdir(mode=0o700)
    return home


def a_refugee(home: Path) -> EmbeddedPostgres:
    return a_server(home / "clone" / "data", refuge=home.parent / "refuge")


async def test_the_server_runs_as_nobody(made):
    async with a_server(made):
        user = psutil.Process(postmaster(made)).username()
    assert user == "nobody"


async def test_only_we_may_connect_not_even_the_account_it_runs_as(made, folder):
    account = server_account()
    psql = programs.server_installation(account, folder / "refuge") / "bin" / "psql"
    async with a_server(made):
        result = await asyncio.to_thread(
            subprocess.run,
            [psql, "--host", place_of(made).socket_dir, "--username", "postgres", "--command", "SELECT 1"],
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            text=True,
        )
    assert "Peer authentication failed" in result.stderr


async def test_the_server_cannot_write_its_own_access_rules(made):
    async with a_server(made):
        place, account = place_of(made), server_account()
        ours = [
            place.home,
            place.home / "pg_hba.conf",
            place.home / "pg_ident.conf",
            place.settings,
            place.log,
        ]
        assert not any(account.may(path, os.W_OK) for path in ours)


async def test_under_a_private_home_the_data_goes_where_nobody_can_and_no_mode_changes(private_home):
    data_dir = private_home / "clone" / "data"
    data_dir.mkdir(parents=True, mode=0o750)
    way = [data_dir, *data_dir.parents]
    before = [stat.S_IMODE(step.stat().st_mode) for step in way]
    async with a_refugee(private_home) as server:
        word = await remember(server)
    async with a_refugee(private_home) as again:
        assert await remembers(again, word)
    assert [stat.S_IMODE(step.stat().st_mode) for step in way] == before
    assert (data_dir / "postgres").readlink().parent == private_home.parent / "refuge"


async def test_programs_under_a_private_home_are_copied_to_where_nobody_can(private_home, monkeypatch):
    original = programs.installation()
    package = private_home / ".venv" / original.parent.name
    shutil.copytree(original, package / original.name)
    libraries = original.parent.parent / f"{original.parent.name}.libs"
    shutil.copytree(libraries, package.parent / libraries.name)
    monkeypatch.setattr(programs, "installation", lambda: package / original.name)
    async with a_refugee(private_home) as server:
        program = psutil.Process(postmaster(private_home / "clone" / "data")).cmdline()[0]
        assert await ask(server, "SELECT to_tsvector('english', 'prices') @@ 'price'::tsquery")
    assert Path(program).is_relative_to(private_home.parent / "refuge")


async def test_two_first_starts_under_a_private_home_share_one_server(private_home):
    first, second = a_refugee(private_home), a_refugee(private_home)
    await asyncio.gather(first.start(), second.start())
    assert first.url() == second.url()
    await first.stop()
    await second.stop()


async def test_data_that_nobody_can_no_longer_reach_is_named_and_never_replaced(folder):
    data_dir = folder / "desk"
    (data_dir / "postgres").mkdir(parents=True)
    data_dir.chmod(0o700)
    with pytest.raises(EmbeddedError, match=f"may no longer pass through {data_dir}"):
        await a_server(data_dir, refuge=folder / "refuge").start()


async def test_a_refuge_that_is_gone_is_named_and_never_replaced(private_home):
    data_dir = private_home / "clone" / "data"
    data_dir.mkdir(parents=True)
    (data_dir / "postgres").symlink_to(private_home.parent / "refuge" / "gone")
    with pytest.raises(EmbeddedError, match="which is gone"):
        await a_refugee(private_home).start()


async def test_a_refuge_that_others_can_write_to_is_not_used(private_home):
    refuge = private_home.parent / "refuge"
    refuge.mkdir()
    refuge.chmod(0o777)
    with pytest.raises(EmbeddedError, match="writable by root alone"):
        await a_refugee(private_home).start()


async def test_a_database_of_another_user_is_left_alone(folder):
    (folder / "postgres").mkdir()
    os.chown(folder / "postgres", 1234, 1234)
    with pytest.raises(EmbeddedError, match="belongs to user id 1234"):
        await a_server(folder).start()
