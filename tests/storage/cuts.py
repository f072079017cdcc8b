from __future__ import annotations

import asyncpg


async def cut_all(dsn: str) -> None:
    """End every connection to the database, as a restart of the server or a broken network would."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(
        """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid()"""
    )
    await connection.close()
