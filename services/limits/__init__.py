"""What people may use. The worst case is reserved before a call, the real use settled after it."""

from __future__ import annotations

from services.limits.amounts import MICRODOLLARS, TOKENS, microdollars, worst_case
from services.limits.service import LimitsService

__all__ = ["MICRODOLLARS", "TOKENS", "LimitsService", "microdollars", "worst_case"]
