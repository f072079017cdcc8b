"""A statement as the driver is given it: PostgreSQL's own text, and its arguments in their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, Executable, Float, Numeric
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

OIDS = ((Numeric, 1700), (Float, 701))
"""The types that PostgreSQL tells of numbers with decimals."""

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Argument:
    name: str
    given: bool
    constant: Any
    convert: Convert | None

    def value(self, values: Mapping[str, Any]) -> Any:
        value = values[self.name] if self.given else self.constant
        return value if self.convert is None else self.convert(value)


@dataclass(frozen=True, slots=True)
class Prepared:
    """`is_plain`: nothing but the driver is needed to execute it."""

    names: AbstractSet[str]
    is_plain: bool
    text: str = ""
    order: tuple[Argument, ...] = ()

    def arguments(self, values: Mapping[str, Any]) -> Sequence[Any]:
        return [argument.value(values) for argument in self.order]


def prepared(statement: Executable, values: Mapping[str, Any], dialect: Dialect) -> Prepared:
    """For calls that give what `values` does."""
    names = frozenset(values)
    compiled = statement.compile(dialect=dialect, column_keys=list(values))  # type: ignore[attr-defined]
    if not _is_plain(statement, compiled, names):
        return Prepared(names, is_plain=False)
    order = tuple(_argument(compiled, name, names) for name in compiled.positiontup)
    return Prepared(names, is_plain=True, text=str(compiled), order=order)


def _argument(compiled: SQLCompiler, name: str, names: AbstractSet[str]) -> Argument:
    bound = compiled.binds[name]
    convert = bound.type.dialect_impl(compiled.dialect).bind_processor(compiled.dialect)
    given = bound.key in names
    return Argument(bound.key, given, None if given else bound.effective_value, convert)


def _is_plain(statement: Executable, compiled: SQLCompiler, names: AbstractSet[str]) -> bool:
    """Nothing is decided at each execution: no list to be written out, no default of ours, no column to convert."""
    at_each = compiled.post_compile_params or compiled.literal_execute_params
    ours = compiled.insert_prefetch or compiled.update_prefetch
    missing = any(bound.required and bound.key not in names for bound in compiled.binds.values())
    columns = getattr(statement, "exported_columns", ())
    return not (at_each or ours or missing or any(_converts(each.type, compiled.dialect) for each in columns))


def _converts(kind: TypeEngine[Any], dialect: Dialect) -> bool:
    told = next((oid for of, oid in OIDS if isinstance(kind, of)), None)
    return kind.dialect_impl(dialect).result_processor(dialect, told) is not None
