"""Finding passages. Of the newest matches the best: ranking every match of a common word costs five times that.

The primary key of the passages begins with the item's id, which holds its time: read backwards it gives the
newest first, for words so common that few rows need to be looked at; for all others the planner takes the
index of words. Words are as spoken, in no language's stems: names and quotes are what people look for, in
any language; what finds nothing so is looked for by the words' beginnings.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, literal, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from services.entities.library import MARK, UNMARK, Content, Hit, Query, Stage
from storage.chat.rows import storable
from storage.library.rows import to_content, to_passage
from storage.library.visible import is_visible, visible
from storage.store import Store
from storage.tables import contents
from storage.tables.library import transcript_segments

NEWEST = 200
"""Matches that are ranked."""
SIMPLE: ColumnElement[str] = literal_column("'simple'::regconfig")
HEADLINE = f"StartSel={MARK},StopSel={UNMARK},MaxWords=40,MinWords=20,MaxFragments=1,HighlightAll=false"
words = bindparam("words", type_=Text)
segments = transcript_segments


class Search(Store):
    async def newest(
        self, team: str, audiences: Collection[str], query: Query, *, limit: int, offset: int = 0
    ) -> Sequence[Content]:
        wanted = visible().where(contents.c.stage != Stage.RECEIVED.value, *filters(query))
        statement = wanted.order_by(contents.c.created_at.desc(), contents.c.id.desc())
        values = parameters(team, audiences, query)
        rows = await self._all(statement.limit(limit).offset(offset), **values)
        return [to_content(row) for row in rows]

    async def search(
        self, team: str, audiences: Collection[str], query: Query, *, limit: int, offset: int = 0
    ) -> Sequence[Hit]:
        values = {**parameters(team, audiences, query), "words": storable(query.words)}
        rows = await self._all(best(query), **values, at_most=limit, skipped=offset)
        return [to_hit(row) for row in rows]


def best(query: Query) -> Select[tuple[object, ...]]:
    """The statement of a search; its shape depends on which filters there are, not on their values."""
    sought = tsquery(query)
    allowed = select(contents.c.id).where(is_visible(), *filters(query))
    matches = (
        select(segments)
        .where(segments.c.tsv.op("@@")(sought), segments.c.content_id.in_(allowed))
        .order_by(segments.c.content_id.desc(), segments.c.number.desc())
        .limit(NEWEST)
        .subquery("matches")
    )
    ranked = (
        select(matches, func.ts_rank_cd(matches.c.tsv, sought).label("rank"))
        .order_by(literal_column("rank").desc(), matches.c.content_id.desc(), matches.c.number)
        .limit(bindparam("at_most"))
        .offset(bindparam("skipped"))
        .subquery("ranked")
    )
    marked = func.ts_headline(SIMPLE, ranked.c.text, sought, literal(HEADLINE)).label("marked")
    return select(ranked, marked).order_by(ranked.c.rank.desc(), ranked.c.content_id.desc(), ranked.c.number)


def tsquery(query: Query) -> ColumnElement[Any]:
    if query.any_word:
        return func.to_tsquery(SIMPLE, words)
    return func.websearch_to_tsquery(SIMPLE, words)


def filters(query: Query) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.users:
        found.append(contents.c.user_id == func.any(bindparam("users", type_=ARRAY(Text))))
    if query.kinds:
        found.append(contents.c.kind == func.any(bindparam("kinds", type_=ARRAY(Text))))
    if query.tags:
        found.append(contents.c.tags.contains(bindparam("tags", type_=ARRAY(Text))))
    if query.after is not None:
        found.append(contents.c.created_at >= bindparam("after"))
    if query.before is not None:
        found.append(contents.c.created_at < bindparam("before"))
    if query.item is not None:
        found.append(contents.c.id == bindparam("item"))
    return found


def parameters(team: str, audiences: Collection[str], query: Query) -> dict[str, object]:
    """With `in:` the reader's audiences are only those of them."""
    allowed = [one for one in audiences if not query.channels or one in query.channels]
    values: dict[str, object] = {"team": team, "audiences": allowed}
    given = {
        "users": list(query.users),
        "kinds": [kind.value for kind in query.kinds],
        "tags": list(query.tags),
        "after": query.after,
        "before": query.before,
        "item": query.item,
    }
    return values | {name: value for name, value in given.items() if value}


def to_hit(row: Row[Any]) -> Hit:
    return Hit(row.content_id, to_passage(row), row.marked, row.rank)
