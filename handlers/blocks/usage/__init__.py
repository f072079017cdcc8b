"""A usage report as a message: headline, trend, table, what caching did, limits, forecast, ways on."""

from handlers.blocks.usage.report import controls, report_message, shared_by, summary, title

__all__ = ["controls", "report_message", "shared_by", "summary", "title"]
