"""The embedded PostgreSQL after everything that can be killed has been."""

import asyncio
import os
import signal

import asyncpg
import pytest

from storage.embedded import EmbeddedPostgres
from storage.embedded.processes import alive
from tests.storage.embedded.support import (
    a_server,
    another_process,
    ask,
    busy_backend,
    foreign_process,
    kill_server,
    place_of,
    postmaster,
    postmasters,
    processes,
    remember,
    remembers,
    until,
)


@pytest.fixture
async def word(server: EmbeddedPostgres) -> str:
    return await remember(server)


async def test_a_stale_pid_file_that_names_a_foreign_process_is_no_obstacle(server, made, word):
    place = place_of(made)
    dead = postmaster(made)
    kill_server(made)
    with foreign_process() as foreign:
        for stale in (place.cluster / "postmaster.pid", place.socket_dir / ".s.PGSQL.5432.lock"):
            stale.write_text(stale.read_text().replace(str(dead), str(foreign), 1))
        async with a_server(made) as successor:
            assert await remembers(successor, word)
        assert alive(foreign)


@pytest.mark.parametrize("content", [b"", b"1", b"\n\n", b"\xff\x00 no number", b"99999999999999999999\n"])
async def test_a_damaged_pid_file_of_a_dead_server_is_no_obstacle(server, made, word, content):
    kill_server(made)
    (place_of(made).cluster / "postmaster.pid").write_bytes(content)
    async with a_server(made) as successor:
        assert await remembers(successor, word)


async def test_a_running_server_whose_pid_file_was_emptied_is_replaced(server, made, word):
    lost = postmaster(made)
    (place_of(made).cluster / "postmaster.pid").write_bytes(b"")
    await server.ensure()
    assert await remembers(server, word)
    assert postmaster(made) != lost


async def test_a_running_server_whose_pid_file_lost_its_end_is_kept(server, made, word):
    pid_file = place_of(made).cluster / "postmaster.pid"
    kept = postmaster(made)
    pid_file.write_text(f"{kept}\n")
    async with a_server(made) as second:
        assert await remembers(second, word)
    assert postmaster(made) == kept


async def test_after_a_killed_postmaster_its_busy_children_end_before_the_next_begins(server, made, word):
    async with busy_backend(server) as orphan:
        lost = postmaster(made)
        os.kill(lost, signal.SIGKILL)
        await until(lambda: not alive(lost))
        assert alive(orphan)
        await server.ensure()
        assert not alive(orphan)
        assert await remembers(server, word)


async def test_the_watch_brings_a_killed_server_back(server, made, word):
    watch = asyncio.create_task(server.watch(interval=0.05))
    lost = postmaster(made)
    os.kill(lost, signal.SIGKILL)
    await until(lambda: postmasters(made) not in ([], [lost]))
    await server.ensure()
    assert await remembers(server, word)
    watch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watch


async def test_the_watch_goes_on_when_a_start_fails(server, made, word):
    settings = place_of(made).cluster / "postgresql.auto.conf"
    settings.write_text("no_such_setting = on\n")
    kill_server(made)
    watch = asyncio.create_task(server.watch(interval=0.01))
    await until(lambda: b"no_such_setting" in place_of(made).log.read_bytes())
    settings.write_text("")
    await until(lambda: postmasters(made))
    watch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watch
    await server.ensure()
    assert await remembers(server, word)


async def test_two_users_bring_a_killed_server_back_once(server, made, word):
    async with a_server(made) as second:
        kill_server(made)
        await asyncio.gather(server.ensure(), second.ensure())
        assert len(postmasters(made)) == 1
        assert await remembers(second, word)


async def test_the_server_of_a_killed_process_is_adopted(made):
    async with another_process(made) as owner:
        running = postmaster(made)
        owner.kill()
        await owner.wait()
    async with a_server(made) as heir:
        assert postmaster(made) == running
        assert await ask(heir, "SELECT 1") == 1
    assert processes(made) == []


async def test_a_server_that_is_about_to_end_is_waited_for(server, made):
    connection = await asyncpg.connect(server.dsn())
    ending = postmaster(made)
    os.kill(ending, signal.SIGTERM)  # waits for its clients
    await until(lambda: "stopping" in (place_of(made).cluster / "postmaster.pid").read_text())
    heir = a_server(made)
    start = asyncio.create_task(heir.start())
    await connection.close()
    await start
    assert postmaster(made) != ending
    await heir.stop()


async def test_a_data_folder_left_half_made_is_made_anew(folder):
    home = folder / "postgres"
    (home / "initdb-killed" / "base").mkdir(parents=True)
    (home / "initdb-killed" / "PG_VERSION").write_text("18\n")
    home.chmod(0o711)
    async with a_server(folder) as server:
        assert await ask(server, "SELECT 1") == 1
    assert list(home.glob("initdb-*")) == []
