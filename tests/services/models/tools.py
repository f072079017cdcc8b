"""A tool, for the tests of what is told of it."""

from __future__ import annotations

from services.ports.models import Tool

LOOK_UP = Tool(
    "search_library",
    "Finds passages.",
    {
        "type": "object",
        "properties": {
            "query": {"type": "string"},
            "type": {"type": "string", "enum": ["video", "audio"]},
        },
        "required": ["query"],
        "additionalProperties": False,
    },
)
