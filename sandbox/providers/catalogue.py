"""The models that exist at the end of 2026, as the SDKs name them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Claude:
    id: str
    name: str
    created: str
    context: int = MILLION
    output: int = 128_000
    lifecycle: str = "active"
    retires: str | None = None
    prefill: bool = False

    @property
    def line(self) -> str:
        return self.id.split("-")[1]

    @property
    def cacheable(self) -> int:
        """The shortest prefix that is cached, in tokens."""
        return 4_096 if self.line == "haiku" else 1_024


@dataclass(frozen=True, slots=True)
class Gpt:
    id: str
    created: int
    shutdown: str | None = None
    responds: bool = True
    breakpoints: bool = True
    """Since gpt-5.6 the cache is matched exactly at breakpoints; before, in steps of 128 tokens."""


OLDER: dict[str, Any] = {"context": 200_000, "output": 64_000, "prefill": True}
ENDING: dict[str, Any] = {**OLDER, "lifecycle": "deprecated", "retires": "2026-11-30T00:00:00Z"}
RETIRED: dict[str, Any] = {"lifecycle": "retired", "retires": "2026-06-30T00:00:00Z"}
CLAUDE: dict[str, Claude] = {
    model.id: model
    for model in (
        Claude("claude-fable-5-2", "Claude Fable 5.2", "2026-11-05T00:00:00Z"),
        Claude("claude-mythos-5-2", "Claude Mythos 5.2", "2026-11-05T00:00:00Z"),
        Claude("claude-haiku-5-5", "Claude Haiku 5.5", "2026-10-21T00:00:00Z"),
        Claude("claude-sonnet-5-5", "Claude Sonnet 5.5", "2026-10-21T00:00:00Z"),
        Claude("claude-fable-5-1", "Claude Fable 5.1", "2026-09-01T00:00:00Z"),
        Claude("claude-opus-5-5", "Claude Opus 5.5", "2026-09-01T00:00:00Z"),
        Claude("claude-mythos-5-1", "Claude Mythos 5.1", "2026-09-01T00:00:00Z"),
        Claude("claude-sonnet-5", "Claude Sonnet 5", "2026-07-01T00:00:00Z"),
        Claude("claude-fable-5", "Claude Fable 5", "2026-07-01T00:00:00Z"),
        Claude("claude-mythos-5", "Claude Mythos 5", "2026-07-01T00:00:00Z"),
        Claude("claude-opus-5", "Claude Opus 5", "2026-07-01T00:00:00Z"),
        Claude("claude-opus-4-8", "Claude Opus 4.8", "2026-05-01T00:00:00Z"),
        Claude("claude-opus-4-7", "Claude Opus 4.7", "2026-04-01T00:00:00Z"),
        Claude("claude-opus-4-6", "Claude Opus 4.6", "2026-02-05T00:00:00Z"),
        Claude("claude-sonnet-4-6", "Claude Sonnet 4.6", "2026-02-17T00:00:00Z", output=64_000),
        Claude("claude-haiku-4-5", "Claude Haiku 4.5", "2025-10-01T00:00:00Z", **OLDER),
        Claude("claude-haiku-4-5-20251001", "Claude Haiku 4.5", "2025-10-01T00:00:00Z", **OLDER),
        Claude("claude-opus-4-5", "Claude Opus 4.5", "2025-11-01T00:00:00Z", **OLDER),
        Claude("claude-opus-4-5-20251101", "Claude Opus 4.5", "2025-11-01T00:00:00Z", **OLDER),
        Claude("claude-sonnet-4-5", "Claude Sonnet 4.5", "2025-09-29T00:00:00Z", **ENDING),
        Claude("claude-sonnet-4-5-20250929", "Claude Sonnet 4.5", "2025-09-29T00:00:00Z", **ENDING),
        Claude("claude-mythos-preview", "Claude Mythos Preview", "2026-04-07T00:00:00Z", **RETIRED),
    )
}

GPT: dict[str, Gpt] = {
    model.id: model
    for model in (
        Gpt("gpt-6-astra", 1_786_000_000),
        Gpt("gpt-6.2-astra", 1_793_000_000),
        Gpt("gpt-6.1-sol", 1_790_000_000),
        Gpt("gpt-6.2-sol", 1_793_000_000),
        Gpt("gpt-6.1-terra", 1_790_000_000),
        Gpt("gpt-6-sol", 1_786_000_000),
        Gpt("gpt-6-luna", 1_786_000_000),
        Gpt("gpt-5.6-sol", 1_781_000_000),
        Gpt("gpt-5.6-terra", 1_781_000_000),
        Gpt("gpt-5.6-luna", 1_781_000_000),
        Gpt("gpt-5.5", 1_777_000_000, breakpoints=False),
        Gpt("gpt-5.4", 1_772_700_000, breakpoints=False),
        Gpt("gpt-5.4-mini", 1_773_700_000, breakpoints=False),
        Gpt("gpt-5.4-nano", 1_773_700_000, "2027-04-01", breakpoints=False),
        Gpt("gpt-5.1", 1_762_900_000, "2027-04-01", breakpoints=False),
        Gpt("gpt-5", 1_754_500_000, "2026-12-11", breakpoints=False),
        Gpt("gpt-5-mini", 1_754_500_000, "2026-12-11", breakpoints=False),
        Gpt("gpt-4.1", 1_744_300_000, "2027-01-14", breakpoints=False),
        Gpt("gpt-4.1-mini", 1_744_300_000, "2027-01-14", breakpoints=False),
        Gpt("gpt-4o", 1_715_300_000, "2027-01-14", breakpoints=False),
        Gpt("gpt-4o-mini", 1_721_100_000, "2027-01-14", breakpoints=False),
        Gpt("gpt-transcribe", 1_786_000_000, responds=False),
        Gpt("gpt-4o-transcribe", 1_741_900_000, "2027-02-26", responds=False),
        Gpt("gpt-4o-mini-transcribe", 1_741_900_000, "2027-02-26", responds=False),
        Gpt("gpt-4o-transcribe-diarize", 1_750_800_000, "2027-02-26", responds=False),
        Gpt("whisper-1", 1_677_500_000, "2027-02-26", responds=False),
    )
}
