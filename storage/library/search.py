"""Finding passages. Of the newest matches the best: ranking every match of a common word costs many times that.

The primary key of the passages begins with the item's id, which holds its time: read backwards it gives the
newest first, for words so common that few rows need to be looked at; for all others the planner takes the
index of words. Words are as spoken, in no language's stems: names and quotes are what people look for, in
any language; what finds nothing so is looked for without accents, and then by the words' beginnings. Passages that
have accents, or a script without spaces, are in a second, smaller index for that.

Each statement is built once for each set of filters: building it costs as much as a rare word's search.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache

from sqlalchemy import ColumnElement, Select, any_, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text, Uuid

from services.entities.library import MARK, UNMARK, Content, Hit, Query, Stage
from services.folding import marked
from storage.chat.rows import storable
from storage.folded import ANY, FOLDED, folded_in_sql
from storage.library.rows import to_content, to_hit
from storage.library.visible import is_visible, visible
from storage.store import Store
from storage.tables import contents
from storage.tables.base import MOMENT
from storage.tables.library import transcript_segments as segments

NEWEST = 200
"""Matches that are ranked."""
SIMPLE: ColumnElement[str] = literal_column("'simple'::regconfig")
HEADLINE: ColumnElement[str] = literal_column(
    f"'StartSel={MARK},StopSel={UNMARK},HighlightAll=true'"  # passages are short; whoever shows one cuts it
)
FOLDED_TSV: ColumnElement[str] = literal_column(f"to_tsvector('simple'::regconfig, {FOLDED})")
HAS_MORE: ColumnElement[bool] = literal_column(f"({ANY})")
_words = bindparam("words", type_=Text)
_texts = ARRAY(Text)


FILTERS: dict[str, ColumnElement[bool]] = {
    "users": contents.c.user_id == any_(bindparam("users", type_=_texts)),
    "kinds": contents.c.kind == any_(bindparam("kinds", type_=_texts)),
    "tags": contents.c.tags.contains(bindparam("tags", type_=_texts)),
    "after": contents.c.created_at >= bindparam("after", type_=MOMENT),
    "before": contents.c.created_at < bindparam("before", type_=MOMENT),
    "item": contents.c.id == bindparam("item", type_=Uuid),
}
Given = tuple[str, ...]
"""Names of the filters that there are."""


@cache
def best_of(given: Given, *, any_word: bool, folded: bool = False) -> Select[tuple[object, ...]]:
    """A filter that is not set is not there: as a null it would keep the planner from knowing what it costs."""
    sought = (func.to_tsquery if any_word else func.websearch_to_tsquery)(SIMPLE, _words)
    allowed = select(contents.c.id).where(is_visible(), *(FILTERS[name] for name in given))
    plainly: ColumnElement[bool] = segments.c.tsv.bool_op("@@")(sought)
    has_it = plainly | (HAS_MORE & FOLDED_TSV.bool_op("@@")(sought)) if folded else plainly
    matches = (
        select(segments)
        .where(has_it, segments.c.content_id.in_(allowed))
        .order_by(segments.c.content_id.desc(), segments.c.number.desc())
        .limit(literal_column(str(NEWEST)))
        .subquery("matches")
    )
    rank: ColumnElement[float] = literal_column("rank")
    ranked = (
        select(matches, func.ts_rank_cd(FOLDED_TSV if folded else matches.c.tsv, sought).label("rank"))
        .order_by(rank.desc(), matches.c.content_id.desc(), matches.c.number)
        .limit(bindparam("at_most"))
        .offset(bindparam("skipped"))
        .subquery("ranked")
    )
    shown = [column for column in ranked.c if column.name != "tsv"]
    told = (ranked.c.text if folded else func.ts_headline(SIMPLE, ranked.c.text, sought, HEADLINE)).label(
        "marked"
    )
    return select(*shown, told).order_by(ranked.c.rank.desc(), ranked.c.content_id.desc(), ranked.c.number)


@cache
def named_of(given: Given) -> Select[tuple[object, ...]]:
    name = folded_in_sql("contents.title || ' ' || array_to_string(contents.tags, ' ')")
    told: ColumnElement[str] = literal_column(f"to_tsvector('simple'::regconfig, {name})")
    return newest_of(given).where(told.bool_op("@@")(func.websearch_to_tsquery(SIMPLE, _words)))


@cache
def newest_of(given: Given) -> Select[tuple[object, ...]]:
    return (
        visible()
        .where(contents.c.stage != literal_column(f"'{Stage.RECEIVED}'"), *(FILTERS[name] for name in given))
        .order_by(contents.c.created_at.desc(), contents.c.id.desc())
        .limit(bindparam("at_most"))
        .offset(bindparam("skipped"))
    )


class Search(Store):
    async def newest(
        self, team: str, audiences: Collection[str], query: Query, *, limit: int, offset: int = 0
    ) -> Sequence[Content]:
        values = parameters(team, audiences, query)
        rows = await self._all(newest_of(given_by(query)), **values, at_most=limit, skipped=offset)
        return [to_content(row) for row in rows]

    async def named(
        self, team: str, audiences: Collection[str], query: Query, *, limit: int
    ) -> Sequence[Content]:
        values = {**parameters(team, audiences, query), "words": storable(query.words)}
        rows = await self._all(named_of(given_by(query)), **values, at_most=limit, skipped=0)
        return [to_content(row) for row in rows]

    async def search(
        self, team: str, audiences: Collection[str], query: Query, *, limit: int, offset: int = 0
    ) -> Sequence[Hit]:
        values = {**parameters(team, audiences, query), "words": storable(query.words)}
        values |= {"at_most": limit, "skipped": offset}
        statement = best_of(given_by(query), any_word=query.any_word, folded=query.folded)
        hits = [to_hit(row) for row in await self._all(statement, **values)]
        if not query.folded:
            return hits
        return [replace(hit, marked=marked(hit.passage.text, query.words)) for hit in hits]


def given_by(query: Query) -> Given:
    return tuple(_filters(query))


def parameters(team: str, audiences: Collection[str], query: Query) -> dict[str, object]:
    """With `in:` the reader's audiences are only those of them."""
    allowed = [one for one in audiences if not query.channels or one in query.channels]
    return {"team": team, "audiences": allowed, **_filters(query)}


def _filters(query: Query) -> dict[str, object]:
    values = {
        "users": list(query.users),
        "kinds": [kind.value for kind in query.kinds],
        "tags": list(query.tags),
        "after": query.after,
        "before": query.before,
        "item": query.item,
    }
    return {name: value for name, value in values.items() if value}
