"""Usage: periods, sums, reports, forecasts, and the file that a report can be."""

from services.usage.file import as_csv
from services.usage.report import Query, Report
from services.usage.service import UsageService

__all__ = ["Query", "Report", "UsageService", "as_csv"]
