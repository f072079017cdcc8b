"""Alembic's environment. The connection is handed over, so that it runs inside the program's own loop."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, text

from storage.tables import metadata


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, compare_type=True)
    with context.begin_transaction():
        # A migration that cannot have its lock soon gives up: behind it everybody else would wait.
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        connection.execute(text("SET LOCAL statement_timeout = '10min'"))
        context.run_migrations()


run(context.config.attributes["connection"])
