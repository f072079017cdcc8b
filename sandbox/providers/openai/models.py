"""The models endpoint of OpenAI."""

from __future__ import annotations

from typing import Any

from sandbox.providers.catalogue import Gpt


def described(model: Gpt) -> dict[str, Any]:
    return {
        "id": model.id,
        "object": "model",
        "created": model.created,
        "owned_by": "system",
        "shutdown_date": model.shutdown,
    }
