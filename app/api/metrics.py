"""Metrics (指标): how much is asked, how long it takes and what is answered, and nobody's data.

A label is a route as documented, a method, a status, a question, an outcome or an act: each from a
short list of our own, never from what was sent. Several processes write to files of one folder,
and whichever is asked adds them up.
"""

import asyncio
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from app.api.deps import Now
from app.db.errors import TRANSIENT
from app.db.repositories import Repositories
from app.db.watching import Backlog, backlog, watch_pool

PATH: Final = "/metrics"
FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"  # the library looks there once, when it is imported
ASKED_EVERY: Final = timedelta(seconds=5)
PATIENCE: Final = 1.0  # seconds
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BOUNDS: Final = (0.005, 0.025, 0.1, 0.5, 2.5)

_OURS: Final = CollectorRegistry()
_REQUESTS: Final = Counter(
    "guiju_requests", "Requests answered.", ("method", "route", "status"), registry=_OURS
)
_SECONDS: Final = Histogram(
    "guiju_request_seconds",
    "Seconds from the first byte of a request to the last of its answer.",
    ("method", "route"),
    buckets=_BOUNDS,
    registry=_OURS,
)
_IN_FLIGHT: Final = Gauge(
    "guiju_requests_in_flight",
    "Requests that are being answered.",
    multiprocess_mode="livesum",
    registry=_OURS,
)
_CONNECTIONS: Final = Gauge(
    "guiju_database_connections_in_use",
    "Connections taken from the pools.",
    multiprocess_mode="livesum",
    registry=_OURS,
)
_POOL: Final = Gauge(
    "guiju_database_connections_limit",
    "Connections that the pools may open.",
    multiprocess_mode="livesum",
    registry=_OURS,
)
_RULINGS: Final = Counter(
    "guiju_rulings",
    "Rulings given, one by one or in batches.",
    ("question", "outcome"),
    registry=_OURS,
)
_ACTS: Final = Counter("guiju_acts", "Acts done on cases.", ("act",), registry=_OURS)


class RequestMeter:
    """Counts requests; a request costs three additions, for its series are looked up but once."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def began(self) -> None:
        """A request is here."""
        _IN_FLIGHT.inc()

    def ended(self, method: str, route: str, status: int, seconds: float) -> None:
        """It was answered; the route is empty if there was none, the status 0 if no answer."""
        key = (method, route, status)
        known = self._known.get(key) or self._first(key)
        known[0].inc()
        known[1].observe(seconds)
        _IN_FLIGHT.dec()

    def _first(self, key: tuple[str, str, int]) -> tuple[Counter, Histogram]:
        method, route, status = key
        named = method if method in _METHODS else "other"
        known = _REQUESTS.labels(named, route, str(status)), _SECONDS.labels(named, route)
        if named == method:  # Whoever invents methods must not fill our memory.
            self._known[key] = known
        return known


@cache
def _ruling(question: str, outcome: str) -> Counter:
    return _RULINGS.labels(question, outcome)


def ruled(question: str, outcome: str) -> None:
    """A ruling was given on one of the questions of the law."""
    _ruling(question, outcome).inc()


@cache
def _act(act: str) -> Counter:
    return _ACTS.labels(act)


def acted(act: str) -> None:
    """An act was done on a case; one that was refused or only repeated is none."""
    _act(act).inc()


def share(var: Path) -> None:
    """Let the processes that are started from here on add up what they count, from zero."""
    folder = var / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[FOLDER] = str(folder)


def watch(kept: Repositories, size: int) -> None:
    """Follow the pool of this process, which may open `size` connections."""
    _POOL.set(size)
    watch_pool(kept.engine, _CONNECTIONS.set)


def install(app: FastAPI) -> None:
    """Serve `/metrics`, beside the documented operations: it needs no token and tells no data."""
    app.state.backlog = WatchedBacklog()
    app.add_api_route(PATH, _scrape, include_in_schema=False)


async def _scrape(request: Request, now: Now) -> Response:
    watched: WatchedBacklog = request.app.state.backlog
    found = await watched.at(now, getattr(request.app.state, "repositories", None))
    return Response(
        generate_latest(everything()) + generate_latest(_reported(Report(found, now))),
        headers={"Cache-Control": "no-store", "Content-Type": CONTENT_TYPE_PLAIN_0_0_4},
    )


def everything() -> CollectorRegistry:
    """What this process has counted, or all processes that share its folder."""
    folder = os.environ.get(FOLDER)
    if folder is None:
        return _OURS
    _forget_the_dead(Path(folder))
    together = CollectorRegistry()
    MultiProcessCollector(together, folder)  # type: ignore[no-untyped-call]  # the library's own
    return together


def _forget_the_dead(folder: Path) -> None:
    """A process that ended holds no connection; what it has counted stays."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)  # a question, not a signal
        except ProcessLookupError:
            mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]  # as above
        except PermissionError:
            pass  # somebody else's, so it lives


def _reported(report: Collector) -> CollectorRegistry:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(report)
    return registry


@dataclass
class WatchedBacklog:
    """The backlog, asked of the database at most every five seconds however often one scrapes."""

    found: Backlog | None = None
    asked_at: datetime | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def at(self, now: datetime, kept: Repositories | None) -> Backlog | None:
        """The backlog; None where the database does not answer within a second."""
        if kept is None:
            return None
        async with self.turn:
            if self.asked_at is None or abs(now - self.asked_at) >= ASKED_EVERY:
                self.asked_at, self.found = now, await _asked(kept)
            return self.found


async def _asked(kept: Repositories) -> Backlog | None:
    try:
        async with asyncio.timeout(PATIENCE):
            return await backlog(kept.engine)
    except TRANSIENT:
        return None


@dataclass(frozen=True, slots=True)
class Report(Collector):
    """What was found out when it was asked for, and belongs to no single process."""

    found: Backlog | None
    now: datetime

    def collect(self) -> Iterable[Metric]:
        """The series; those of the ledger are left out while the database is silent."""
        yield GaugeMetricFamily(
            "guiju_database_up", "Whether the database answers.", float(self.found is not None)
        )
        if self.found is None:
            return
        oldest = self.found.oldest_at or self.now
        yield GaugeMetricFamily(
            "guiju_ledger_waiting_entries",
            "Committed entries that have no position in their chain yet (outbox lag).",
            self.found.waiting,
        )
        yield GaugeMetricFamily(
            "guiju_ledger_waiting_seconds",
            "How long the oldest of them has waited.",
            max((self.now - oldest).total_seconds(), 0),
        )
        yield GaugeMetricFamily(
            "guiju_ledger_position",
            "Entries that are sealed in the chains of all centres.",
            self.found.sealed,
        )
