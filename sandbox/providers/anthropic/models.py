"""The models endpoint of Anthropic."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from sandbox.providers.anthropic.rules import page_limit
from sandbox.providers.catalogue import CLAUDE, Claude

YES, NO = {"supported": True}, {"supported": False}


def page(request: web.Request) -> dict[str, Any]:
    query = request.query
    wanted = query.getall("lifecycle", []) + query.getall("lifecycle[]", []) or ["active", "deprecated"]
    models = [model for model in CLAUDE.values() if model.lifecycle in wanted]
    ids = [model.id for model in models]
    if (after := query.get("after_id")) in ids:
        models = models[ids.index(after) + 1 :]
    shown = models[: page_limit(query.get("limit", "20"))]
    return {
        "data": [describe(model) for model in shown],
        "has_more": len(shown) < len(models),
        "first_id": shown[0].id if shown else None,
        "last_id": shown[-1].id if shown else None,
    }


def describe(model: Claude) -> dict[str, Any]:
    return {
        "type": "model",
        "id": model.id,
        "display_name": model.name,
        "created_at": model.created,
        "lifecycle": model.lifecycle,
        "deprecated_at": model.retires and model.created,
        "retires_at": model.retires,
        "line": model.line,
        "max_input_tokens": model.context,
        "max_tokens": model.output,
        "capabilities": _capabilities(),
    }


def _capabilities() -> dict[str, Any]:
    """What this stand-in can do, not what the model of that name could."""
    return {
        "batch": YES,
        "citations": NO,
        "code_execution": NO,
        "context_management": {"supported": False},
        "effort": {"supported": True, "low": YES, "medium": YES, "high": YES, "xhigh": YES, "max": YES},
        "image_input": YES,
        "pdf_input": YES,
        "server_tools": {"supported": False, "code_execution": NO, "web_search": NO},
        "structured_outputs": YES,
        "thinking": {
            "supported": False,
            "types": {"adaptive": YES, "between_tools": YES, "disabled": YES, "enabled": YES},
        },
    }
