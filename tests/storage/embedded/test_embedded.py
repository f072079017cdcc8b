"""The embedded PostgreSQL in everyday use."""

import asyncio
import os
import subprocess

import psutil
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from storage.embedded import EmbeddedError, serverlog
from storage.embedded import server as server_module
from storage.embedded.account import server_account
from tests.storage.embedded.support import (
    a_server,
    another_process,
    ask,
    place_of,
    postmaster,
    postmasters,
    processes,
    remember,
    remembers,
)


async def test_sqlalchemy_reaches_the_database_by_its_url(server):
    engine = create_async_engine(server.url())
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT current_database()")) == "showrunner"
    await engine.dispose()


async def test_we_work_without_the_rights_of_a_superuser(server):
    assert await ask(server, "SELECT current_setting('is_superuser')") == "off"


async def test_we_may_make_databases(server):
    await ask(server, "CREATE DATABASE another")
    assert server.dsn("another").split("?")[0].endswith("/another")


async def test_it_listens_on_no_network_port(server, made):
    assert psutil.Process(postmaster(made)).net_connections(kind="inet") == []


async def test_it_runs_in_a_session_of_its_own_out_of_reach_of_the_terminal(server, made):
    assert os.getsid(postmaster(made)) != os.getsid(0)


async def test_times_are_in_utc(server):
    assert await ask(server, "SHOW timezone") == "UTC"


async def test_only_servers_for_tests_trade_durability_for_speed(made):
    async with a_server(made, durable=False) as fast:
        assert await ask(fast, "SHOW fsync") == "off"
    async with a_server(made, durable=True) as durable:
        assert await ask(durable, "SHOW fsync") == "on"


async def test_the_programs_that_back_up_and_restore_come_with_it(server):
    command = [server.program("pg_dump"), "--schema-only", "--format=custom", server.dsn()]
    dump = await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True)
    listing = await asyncio.to_thread(
        subprocess.run,
        [server.program("pg_restore"), "--list"],
        input=dump.stdout,
        check=True,
        capture_output=True,
    )
    assert b"dbname: showrunner" in listing.stdout


async def test_its_log_holds_nothing_that_people_wrote(server, made):
    with pytest.raises(Exception, match="canary"):
        await ask(server, "SELECT CAST('canary' AS uuid)")
    assert "canary" not in place_of(made).log.read_text()


async def test_its_log_is_kept_small_while_it_runs(server, made):
    log = place_of(made).log
    log.write_bytes(b"old\n" * serverlog.LOG_BYTES)
    await server.ensure()
    assert log.stat().st_size < 1000
    assert log.with_name("server.log.1").stat().st_size == serverlog.LOG_BYTES


async def test_what_was_stored_is_there_after_a_stop(made):
    async with a_server(made) as first:
        word = await remember(first)
    async with a_server(made) as second:
        assert await remembers(second, word)


async def test_stopping_the_last_user_leaves_nothing_behind(made):
    async with a_server(made):
        socket_dir = place_of(made).socket_dir
    assert processes(made) == []
    assert not socket_dir.exists()


async def test_the_server_stays_while_another_uses_it(made):
    async with a_server(made) as second:
        async with a_server(made):
            pass
        assert await ask(second, "SELECT 1") == 1


async def test_stopping_twice_is_stopping_once(made):
    server = a_server(made)
    await server.start()
    await server.stop()
    await server.stop()
    assert processes(made) == []


async def test_two_processes_starting_at_once_share_one_server(folder):
    async with asyncio.TaskGroup() as both:
        users = [another_process(folder) for _ in range(2)]
        entered = [both.create_task(user.__aenter__()) for user in users]
    try:
        assert all(task.result().returncode is None for task in entered)
        assert len(postmasters(folder)) == 1
    finally:
        for user in users:
            await user.__aexit__(None, None, None)


async def test_sigterm_ends_the_server_with_its_last_user(made):
    async with another_process(made) as first, another_process(made) as last:
        first.terminate()
        assert await first.wait() == 0
        assert len(postmasters(made)) == 1
        last.terminate()
        assert await last.wait() == 0
    assert processes(made) == []


async def test_a_space_in_the_path_is_fine(folder):
    async with a_server(folder / "my desk, 'quoted' $HOME") as server:
        assert await ask(server, "SELECT 1") == 1


async def test_a_path_too_long_for_a_socket_is_fine(folder):
    data_dir = folder / ("long" * 20) / ("longer" * 20)
    async with a_server(data_dir) as server:
        assert await ask(server, "SELECT 1") == 1
        socket_dir = place_of(data_dir).socket_dir
        assert len(os.fsencode(socket_dir / ".s.PGSQL.5432")) < 108
    assert not socket_dir.exists()


async def test_a_server_that_cannot_start_says_what_its_log_says(made):
    async with a_server(made):
        pass
    control = place_of(made).cluster / "global" / "pg_control"
    aside = control.rename(control.with_name("aside"))
    with pytest.raises(EmbeddedError, match=r"server\.log:\n(.|\n)*pg_control"):
        await a_server(made).start()
    aside.rename(control)
    assert processes(made) == []


async def test_data_of_another_major_version_is_left_alone(folder):
    cluster = folder / "postgres" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("17\n")
    account = server_account()
    os.chown(cluster, account.uid, account.gid)
    cluster.parent.chmod(0o711)
    with pytest.raises(EmbeddedError, match="made by PostgreSQL 17"):
        await a_server(folder).start()


async def test_a_start_that_is_cancelled_leaves_nothing_running(made, monkeypatch):
    reached = asyncio.Event()

    async def hang(_: object) -> None:
        reached.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(server_module, "_prepare", hang)
    start = asyncio.create_task(a_server(made).start())
    await reached.wait()
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    assert processes(made) == []


async def test_asking_for_an_address_before_the_start_is_a_mistake_that_is_named(folder):
    with pytest.raises(EmbeddedError, match="has not been started"):
        a_server(folder).url()
