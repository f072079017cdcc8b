"""XLSX, sheet by sheet: the values as they were last shown, never a formula."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.media import office

if TYPE_CHECKING:
    from openpyxl import Workbook

ROWS = 20_000
COLUMNS = 200


def pages(path: Path) -> Iterator[tuple[str, str]]:
    """(the sheet's name, its rows)"""
    office.check(path)
    with closing(_open(path)) as workbook:
        for sheet in workbook.worksheets:
            rows = sheet.iter_rows(max_row=ROWS, max_col=COLUMNS, values_only=True)
            yield sheet.title, "\n".join(filter(None, map(_row, islice(rows, ROWS))))


def count(path: Path) -> int:
    with closing(_open(path)) as workbook:
        return len(workbook.sheetnames)


def _open(path: Path) -> Workbook:
    from openpyxl import load_workbook

    return load_workbook(path, read_only=True, data_only=True, keep_links=False)


def _row(values: tuple[Any, ...]) -> str:
    cells = ["" if value is None else str(value).replace("\n", " ").strip() for value in values]
    while cells and not cells[-1]:
        cells.pop()
    return " | ".join(cells)
