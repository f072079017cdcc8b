"""Money watched: what was spent, against limits and against what is usual."""

from __future__ import annotations

from services.costs.service import CostService, CostSettings

__all__ = ["CostService", "CostSettings"]
