"""What all tables are made of. Enum-like columns are text under a check: a type would survive a downgrade."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    DateTime,
    MetaData,
    Numeric,
    Text,
    literal_column,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

MOMENT = DateTime(timezone=True)
DOLLARS = Numeric(14, 8)
EMPTY_TEXT = text("''")
EMPTY_LIST = text("'[]'::jsonb")
EMPTY_OBJECT = text("'{}'::jsonb")
ZERO = text("0")
FALSE = text("false")


def is_any(column: Column[str], values: Iterable[str]) -> ColumnElement[bool]:
    """`column` is one of `values`, written out: a parameter could not be matched to a partial index."""
    return column.in_([literal_column(f"'{value}'") for value in values])


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def kind(
    column: str, of: type[StrEnum], default: StrEnum | None = None
) -> tuple[Column[str], CheckConstraint]:
    shown = None if default is None else text(f"'{default}'")
    return Column(column, Text, nullable=False, server_default=shown), one_of(column, of)
