"""``/metrics`` for Prometheus: the state is read when it is asked for. Table: ``docs/metrics.md``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask import Flask, Response
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from mpp.store import Read, legs, quarantine, sources
from mpp.web.context import Parts

REDIS_STATES = ("none", "connecting", "up", "down")


def register(app: Flask, parts: Parts) -> None:
    """Serve them."""
    registry = registry_of(parts)

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def registry_of(parts: Parts) -> CollectorRegistry:
    """Everything this app tells Prometheus: its own state and its process's."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(StateCollector(parts))
    ProcessCollector(registry=registry)
    return registry


class StateCollector(Collector):
    """Reads the state when Prometheus asks. Without a database it says so and tells the rest."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def collect(self) -> Iterable[Metric]:
        """Every metric."""
        yield from self._process()
        stored: list[Metric] = []
        up = 1
        try:
            with self._parts.store.read() as tx:
                stored = list(self._stored(tx))
        except SQLAlchemyError:
            up = 0
        yield gauge("mpp_database_up", "Whether the database answers.", [((), up)])
        yield from stored

    def _process(self) -> Iterator[Metric]:
        parts, hub = self._parts, self._parts.hub
        info = [((parts.release,), 1.0)]
        yield gauge("mpp_info", "1; the label names the release.", info, ("release",))
        items = CounterMetricFamily(
            "mpp_intake_items",
            "Items this process took, by source and by the word answered.",
            labels=("source", "status"),
        )
        for (source, status), count in sorted(parts.intake.taken.copy().items()):
            items.add_metric((source, status), count)
        yield items
        yield gauge("mpp_live_viewers", "Open live streams of this process.", [((), hub.viewers)])
        yield counter("mpp_live_frames", "Frames drawn by this process.", hub.drawn)
        yield counter("mpp_live_messages", "Frames handed to viewers by this process.", hub.handed)
        yield counter("mpp_live_lagged", "Viewers that lagged and got a new picture instead.", hub.lagged)
        seconds = hub.drawer.seconds
        yield gauge(
            "mpp_live_draw_seconds", "Seconds the last drawing took, board included.", [((), seconds)]
        )
        seconds = parts.board.build_s
        yield gauge(
            "mpp_board_build_seconds", "Seconds the last board took, its queries included.", [((), seconds)]
        )
        redis = [((name,), float(hub.redis_state == name)) for name in REDIS_STATES]
        yield gauge("mpp_redis_state", "1 for the state Redis is in.", redis, ("state",))
        mistakes = len(parts.description.mistakes)
        yield gauge("mpp_description_mistakes", "Mistakes in the mall's description file.", [((), mistakes)])
        yield gauge("mpp_jobs_alive", "Whether this process's jobs run.", [((), float(parts.jobs.alive))])

    def _stored(self, tx: Read) -> Iterator[Metric]:
        rows = sources.all_sources(tx)
        now = self._parts.now()
        held = [((source, reason), float(count)) for source, reason, count in quarantine.counts(tx)]
        yield gauge("mpp_quarantine_open", "Open quarantine entries.", held, ("source", "reason"))
        ages = [
            ((code,), (now - row.last_reported).total_seconds())
            for code, row in rows.items()
            if row.last_reported
        ]
        about = "Seconds since a source last reported; absent while it never did."
        yield gauge("mpp_source_age_seconds", about, ages, ("source",))
        revisions = CounterMetricFamily(
            "mpp_source_writes", "Write transactions of a source.", labels=("source",)
        )
        for code, row in rows.items():
            revisions.add_metric((code,), row.rev)
        yield revisions
        failing = [((code,), float(row.last_error is not None)) for code, row in rows.items()]
        yield gauge("mpp_source_failing", "Whether reading a source failed last time.", failing, ("source",))
        waiting = [((agency,), float(count)) for agency, count in legs.open_counts(tx)]
        yield gauge("mpp_legs_open", "Legs that have not ended.", waiting, ("agency",))


Sample = tuple[tuple[str, ...], float]


def gauge(name: str, about: str, samples: Iterable[Sample], labels: tuple[str, ...] = ()) -> Metric:
    """A gauge with its samples."""
    family = GaugeMetricFamily(name, about, labels=labels)
    for values, value in samples:
        family.add_metric(values, value)
    return family


def counter(name: str, about: str, value: float) -> Metric:
    """A counter without labels."""
    family = CounterMetricFamily(name, about, labels=())
    family.add_metric((), value)
    return family
