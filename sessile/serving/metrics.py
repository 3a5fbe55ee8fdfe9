"""What Prometheus reads of a server."""

from __future__ import annotations

from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_ROWS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)


class Metrics:
    """Counters of one server, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "sessile_requests", "Requests answered.", ["model", "kind", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "sessile_request_seconds",
            "Time from a request to its answer, in seconds.",
            ["model", "kind"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.batch_rows = Histogram("sessile_batch_rows", "Rows in a step.", buckets=_ROWS, registry=self.registry)
        self.pending = Gauge("sessile_pending_requests", "Requests that wait or run.", registry=self.registry)
        self.versions = Gauge(
            "sessile_model_version_available", "1 for each version that is loaded.", ["model", "version"],
            registry=self.registry,
        )  # fmt: skip

    def text(self) -> bytes:
        """Everything in Prometheus's text format."""
        found: Any = generate_latest(self.registry)
        return bytes(found)
