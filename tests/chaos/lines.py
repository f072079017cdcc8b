"""The lines by id, in the order they run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from tests.chaos import (
    injections,
    output_strings,
    r1_duplicates,
    r2_crashes,
    r2_stalls,
    r4_cut_calls,
    r5_bots,
    r6_reconnects,
    r7_failover,
    r8_broken_answers,
    r9_budget,
    r10_database,
    r10_network,
    r11_library,
    r11_objects,
    r13_rate_limits,
    r14_files,
    r17_alerts,
    slack_input,
)
from tests.chaos.ground import Ground
from tests.chaos.report import Line

Run = Callable[[Ground, float], Awaitable[Line]]

LINES: Mapping[str, Run] = MappingProxyType(
    {
        "R1": r1_duplicates.run,
        "R2": r2_crashes.run,
        "R2-STALL": r2_stalls.run,
        "R4": r4_cut_calls.run,
        "R5": r5_bots.run,
        "R6": r6_reconnects.run,
        "R7": r7_failover.run,
        "R8": r8_broken_answers.run,
        "R9": r9_budget.run,
        "R10": r10_database.run,
        "R10-NET": r10_network.run,
        "R11": r11_objects.run,
        "R11-LIBRARY": r11_library.run,
        "R13": r13_rate_limits.run,
        "R14": r14_files.run,
        "R17": r17_alerts.run,
        "SLACK-INPUT": slack_input.run,
        "MODEL-OUTPUT": output_strings.run,
        "INJECTIONS": injections.run,
    }
)
