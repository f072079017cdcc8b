"""Thin adapters of ports whose other side is neither Slack, a model nor storage."""
