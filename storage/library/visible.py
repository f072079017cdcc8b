"""Who sees what: the one place where it is said in SQL."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, any_, bindparam, exists, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from storage.tables import contents
from storage.tables.library import content_channels

AUDIENCES = bindparam("audiences", type_=ARRAY(Text))
TEAM = bindparam("team", type_=Text)


def is_visible() -> ColumnElement[bool]:
    """For a reader with the parameters `team` and `audiences`; shared with one of these, and not deleted."""
    shared = exists().where(
        content_channels.c.content_id == contents.c.id,
        content_channels.c.team == TEAM,
        content_channels.c.audience == any_(AUDIENCES),
    )
    return (contents.c.team == TEAM) & contents.c.deleted_at.is_(None) & shared


def visible() -> Select[tuple[object, ...]]:
    return select(contents).where(is_visible())
