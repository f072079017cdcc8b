"""What people may use. The worst case is reserved before a call, the real use settled after it."""

from __future__ import annotations

from services.limits.amounts import MICRODOLLARS, TOKENS, microdollars, worst_case
from services.limits.more import Full, MoreService
from services.limits.service import NO_LIMIT, LimitsService
from services.limits.setting import LimitSetting

__all__ = [
    "MICRODOLLARS",
    "NO_LIMIT",
    "TOKENS",
    "Full",
    "LimitSetting",
    "LimitsService",
    "MoreService",
    "microdollars",
    "worst_case",
]
