"""Finding passages. Of the newest matches the best: ranking every match of a common word costs many times that.

The primary key of the passages begins with the item's id, which holds its time: read backwards it gives the
newest first, for words so common that few rows need to be looked at; for all others the planner takes the
index of words. Words are as spoken, in no language's stems: names and quotes are what people look for, in
any language; what finds nothing so is looked for by the words' beginnings.

A filter that is not set is null: one statement stands for all of them, so that it is made once and for all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    any_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text, Uuid

from services.entities.library import MARK, UNMARK, Content, Hit, Query, Stage
from storage.chat.rows import storable
from storage.library.rows import to_content, to_hit
from storage.library.visible import is_visible, visible
from storage.store import Store
from storage.tables import contents
from storage.tables.base import MOMENT
from storage.tables.library import transcript_segments as segments

NEWEST = 200
"""Matches that are ranked."""
SIMPLE = literal_column("'simple'::regconfig")
HEADLINE = literal_column(
    f"'StartSel={MARK},StopSel={UNMARK},MaxWords=40,MinWords=20,MaxFragments=1,HighlightAll=false'"
)
_words = bindparam("words", type_=Text)
_texts = ARRAY(Text)


def _if_given(name: str, kind: Any, condition: Any) -> ColumnElement[bool]:
    """`condition` of the parameter `name`, where that is not null."""
    given: BindParameter[Any] = bindparam(name, type_=kind)
    return or_(given.is_(None), condition(given))


FILTERS = (
    _if_given("users", _texts, lambda users: contents.c.user_id == any_(users)),
    _if_given("kinds", _texts, lambda kinds: contents.c.kind == any_(kinds)),
    _if_given("tags", _texts, lambda tags: contents.c.tags.contains(tags)),
    _if_given("after", MOMENT, lambda after: contents.c.created_at >= after),
    _if_given("before", MOMENT, lambda before: contents.c.created_at < before),
    _if_given("item", Uuid, lambda item: contents.c.id == item),
)


def best_of(sought: ColumnElement[Any]) -> Select[tuple[object, ...]]:
    allowed = select(contents.c.id).where(is_visible(), *FILTERS)
    matches = (
        select(segments)
        .where(segments.c.tsv.op("@@")(sought), segments.c.content_id.in_(allowed))
        .order_by(segments.c.content_id.desc(), segments.c.number.desc())
        .limit(literal_column(str(NEWEST)))
        .subquery("matches")
    )
    rank = literal_column("rank")
    ranked = (
        select(matches, func.ts_rank_cd(matches.c.tsv, sought).label("rank"))
        .order_by(rank.desc(), matches.c.content_id.desc(), matches.c.number)
        .limit(bindparam("at_most"))
        .offset(bindparam("skipped"))
        .subquery("ranked")
    )
    shown = [column for column in ranked.c if column.name != "tsv"]
    marked = func.ts_headline(SIMPLE, ranked.c.text, sought, HEADLINE).label("marked")
    return select(*shown, marked).order_by(ranked.c.rank.desc(), ranked.c.content_id.desc(), ranked.c.number)


ALL_WORDS = best_of(func.websearch_to_tsquery(SIMPLE, _words))
ANY_WORD = best_of(func.to_tsquery(SIMPLE, _words))
NEWEST_ITEMS = (
    visible()
    .where(contents.c.stage != literal_column(f"'{Stage.RECEIVED}'"), *FILTERS)
    .order_by(contents.c.created_at.desc(), contents.c.id.desc())
    .limit(bindparam("at_most"))
    .offset(bindparam("skipped"))
)


class Search(Store):
    async def newest(
        self, team: str, audiences: Collection[str], query: Query, *, limit: int, offset: int = 0
    ) -> Sequence[Content]:
        values = parameters(team, audiences, query)
        rows = await self._all(NEWEST_ITEMS, **values, at_most=limit, skipped=offset)
        return [to_content(row) for row in rows]

    async def search(
        self, team: str, audiences: Collection[str], query: Query, *, limit: int, offset: int = 0
    ) -> Sequence[Hit]:
        values = {**parameters(team, audiences, query), "words": storable(query.words)}
        rows = await self._all(statement_of(query), **values, at_most=limit, skipped=offset)
        return [to_hit(row) for row in rows]


def statement_of(query: Query) -> Select[tuple[object, ...]]:
    return ANY_WORD if query.any_word else ALL_WORDS


def parameters(team: str, audiences: Collection[str], query: Query) -> dict[str, object]:
    """With `in:` the reader's audiences are only those of them."""
    return {
        "team": team,
        "audiences": [one for one in audiences if not query.channels or one in query.channels],
        "users": list(query.users) or None,
        "kinds": [kind.value for kind in query.kinds] or None,
        "tags": list(query.tags) or None,
        "after": query.after,
        "before": query.before,
        "item": query.item,
    }
