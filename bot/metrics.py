"""Figures of this process for `/metrics`, in a registry of its own."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.events = Counter(
            "showrunner_events_total",
            "Slack events taken, passed over or failed",
            ["what"],
            registry=self.registry,
        )
        self.event_seconds = Histogram(
            "showrunner_event_seconds",
            "From an event's arrival to its acknowledgement",
            registry=self.registry,
            buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0),
        )
        self.jobs = Counter(
            "showrunner_jobs_total", "Queued jobs run", ["task", "outcome"], registry=self.registry
        )
        self.job_seconds = Histogram(
            "showrunner_job_seconds",
            "How long queued jobs took",
            ["task"],
            registry=self.registry,
            buckets=(0.01, 0.05, 0.25, 1.0, 5.0, 15.0, 60.0, 300.0),
        )
        self.queue = Gauge(
            "showrunner_queue_jobs", "Jobs in the queue", ["task", "state"], registry=self.registry
        )
        self.ready = Gauge("showrunner_ready", "1 when this process can do its work", registry=self.registry)

    def show_queue(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        """Jobs by task and state, in place of what was shown before."""
        self.queue.clear()
        for task, states in counts.items():
            for state, count in states.items():
                self.queue.labels(task, state).set(count)
