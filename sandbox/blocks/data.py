"""Tables and charts."""

from collections.abc import Iterator
from typing import Any

from sandbox.blocks.parts import FLAG, ID
from sandbox.blocks.richtext import RICH_TEXT
from sandbox.blocks.schema import Choice, Items, Number, Object, String, Typed, problem

_RAW_TEXT = Object({"text": String(20_000, 0)})
_RAW_NUMBER = Object({"value": Number(whole=False)}, {"text": String(255, 0)})
CELL = Typed({"raw_text": _RAW_TEXT, "raw_number": _RAW_NUMBER, "rich_text": RICH_TEXT})
_COLUMN = Object(optional={"align": Choice(("left", "center", "right")), "is_wrapped": FLAG})
_DATA_TABLE_CHARACTERS = 20_000

TABLE = Object(
    {"rows": Items(Items(CELL, 20), 100)}, {"column_settings": Items(_COLUMN, 20, 0), "block_id": ID}
)


_DATA_TABLE = Object(
    {"caption": String(255), "rows": Items(Items(CELL, 20), 101, 2)},
    {"page_size": Number(1, 100), "column_settings": Items(_COLUMN, 20, 0), "block_id": ID},
)


class DataTable:
    def check(self, value: Any, path: str) -> Iterator[str]:
        found = list(_DATA_TABLE.check(value, path))
        yield from found
        if not found:
            yield from self._rows(value["rows"], f"{path}/rows")

    def _rows(self, rows: list[list[dict[str, Any]]], path: str) -> Iterator[str]:
        if any(len(row) != len(rows[0]) for row in rows):
            yield problem("all rows must have the same number of cells", path)
        if any(cell["type"] == "rich_text" for cell in rows[0]):
            yield problem("header cells may not be rich_text", f"{path}/0")
        if sum(len(str(cell.get("text", ""))) for row in rows for cell in row) > _DATA_TABLE_CHARACTERS:
            yield problem(f"no more than {_DATA_TABLE_CHARACTERS} characters in all cells", path)


_LABEL = String(20)
_POINT = Object({"label": _LABEL, "value": Number(whole=False)})
_SERIES = Object({"name": _LABEL, "data": Items(_POINT, 20)})
_AXIS = Object({"categories": Items(_LABEL, 20)}, {"x_label": String(50), "y_label": String(50)})
_XY = Object({"series": Items(_SERIES, 6), "axis_config": _AXIS})
_PIE = Object({"segments": Items(Object({"label": _LABEL, "value": Number(whole=False)}), 6)})


_CHART = Object(
    {"title": String(50), "chart": Typed({"bar": _XY, "line": _XY, "area": _XY, "pie": _PIE})},
    {"block_id": ID},
)


class Chart:
    def check(self, value: Any, path: str) -> Iterator[str]:
        found = list(_CHART.check(value, path))
        yield from found
        if not found:
            yield from self._values(value["chart"], f"{path}/chart")

    def _values(self, chart: dict[str, Any], path: str) -> Iterator[str]:
        if chart["type"] == "pie":
            if any(segment["value"] <= 0 for segment in chart["segments"]):
                yield problem("segment values must be greater than 0", f"{path}/segments")
            return
        categories = chart["axis_config"]["categories"]
        if len(set(categories)) != len(categories):
            yield problem("categories must be unique", f"{path}/axis_config/categories")
        for index, series in enumerate(chart["series"]):
            if [point["label"] for point in series["data"]] != categories:
                yield problem("data labels must match the categories", f"{path}/series/{index}/data")
