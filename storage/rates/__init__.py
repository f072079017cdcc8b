"""Slack's rate limits, kept by all processes together."""

from storage.rates.gate import SlackRateGate
from storage.rates.tiers import CHANNEL_TIERS, TIERS, Bucket, per_minute

__all__ = ["CHANNEL_TIERS", "TIERS", "Bucket", "SlackRateGate", "per_minute"]
