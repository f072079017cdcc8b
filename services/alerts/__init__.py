"""From what checks say to one incident that people hear of once."""

from __future__ import annotations

from services.alerts.mails import AlertMails
from services.alerts.service import AlertService

__all__ = ["AlertMails", "AlertService"]
