"""What the SDKs and the wire raise, told as our errors.

Only codes and statuses are kept: a provider's message may quote the prompt or a piece of the key.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.entities.calls import Usage
from services.errors import ModelRejected, ModelUnavailable, ProviderError

REJECTED = frozenset({400, 413, 422})
LONGEST_CODE = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """What an event of a stream says went wrong; `status` is the HTTP status it would have been."""

    detail: str
    status: int | None = None


class ModelGaveUp(ModelUnavailable):
    """Failed before the first text, but after the provider had counted the input: it may be billed."""

    def __init__(self, provider: str, detail: str, *, status: int | None, usage: Usage) -> None:
        super().__init__(provider, detail, status=status)
        self.usage = usage


def refusal(provider: str, fault: Fault) -> ProviderError:
    """Told before the first text."""
    kind = ModelRejected if fault.status in REJECTED else ModelUnavailable
    return kind(provider, fault.detail, status=fault.status)


def fault_of(error: Exception) -> Fault:
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return Fault(_code(error), status)
    if _timed_out(error):
        return Fault("timed out")
    return Fault(f"connection failed ({type(error).__name__})")


def short(code: object) -> str:
    """A provider's error code, fit for a log line."""
    return code[:LONGEST_CODE] if isinstance(code, str) and code else "error"


def _code(error: Exception) -> str:
    """Anthropic's `error_code` and OpenAI's `code` name the cause, `type` only its family."""
    for name in ("error_code", "code", "type"):
        if isinstance(code := getattr(error, name, None), str) and code:
            return short(code)
    return type(error).__name__


def _timed_out(error: Exception) -> bool:
    return isinstance(error, TimeoutError) or "Timeout" in type(error).__name__
