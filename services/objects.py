"""Names of what is kept: ours, never a person's."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from uuid_utils.compat import uuid7

Area = Literal["media", "documents", "backups", "logs"]


def object_key(area: Area, at: datetime) -> str:
    return f"{area}/{at:%Y}/{uuid7()}"
