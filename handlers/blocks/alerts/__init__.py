"""Alerts in Slack: one incident as a message, all open ones as a list, what the desk costs."""

from __future__ import annotations

from handlers.blocks.alerts.costs import costs
from handlers.blocks.alerts.incident import incident, open_list, quiet, summary

__all__ = ["costs", "incident", "open_list", "quiet", "summary"]
