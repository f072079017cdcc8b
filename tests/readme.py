"""The settings table of README.md, made from the settings: `python -m tests.readme` writes it."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from bot.config import Settings, variable

README = Path(__file__).resolve().parents[1] / "README.md"
TABLE = re.compile(r"(?<=<!-- settings -->\n).*?(?=<!-- /settings -->)", re.DOTALL)
FOR_TESTS = frozenset({"crash_at"})


def table() -> str:
    rows = [
        f"| `{variable(name)}` | {default(field)} | {field.description} |\n"
        for name, field in Settings.model_fields.items()
        if name not in FOR_TESTS
    ]
    return "| variable | default | what |\n|---|---|---|\n" + "".join(rows)


def default(field: FieldInfo) -> str:
    match field.default:
        case value if value is PydanticUndefined:
            return "**needed**"
        case None | () | SecretStr():
            return ""
        case bool() as value:
            return f"`{str(value).lower()}`"
        case tuple() as names:
            return f"`{','.join(names)}`"
        case value:
            return f"`{value}`"


def written() -> str:
    """The table as README.md has it."""
    found = TABLE.search(README.read_text())
    return found.group() if found else ""


def write() -> None:
    README.write_text(TABLE.sub(lambda _: table(), README.read_text()))


if __name__ == "__main__":
    write()
