"""Figures as they are seen: money in digits, what is used of a limit as a bar of characters."""

from __future__ import annotations

from decimal import Decimal


def dollars(amount: Decimal) -> str:
    """Fractions of a cent to two digits."""
    if amount >= Decimal("0.01") or amount == 0:
        return f"${amount:,.2f}"
    return f"${amount:.{1 - amount.adjusted()}f}"


def meter(used: int, cap: int, width: int = 20) -> str:
    """`████░░`, which every Slack draws; the least use is seen."""
    share = min(1.0, used / cap) if cap else 1.0
    filled = max(1, round(width * share)) if used else 0
    return "█" * filled + "░" * (width - filled)
