"""The only place that posts to Slack."""
