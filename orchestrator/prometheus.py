"""What is measured, in Prometheus's text format: ``smartattend metrics``.

Names are ``smartattend_<metric>_<unit>`` in base units (seconds, ratio), counters end in ``_total``; the help is the
catalogue's meaning. No sample carries a timestamp, since node_exporter's textfile collector takes none: of when a
sample is, is a metric of its own.
"""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from psycopg.rows import dict_row

from orchestrator import database
from orchestrator.acting import OPERATOR, acting_as, query
from orchestrator.status import STATES, Tile, read

PREFIX: Final = "smartattend_"
BASE_UNITS: Final = {
    "count": ("", 1.0),
    "seconds": ("seconds", 1.0),
    "milliseconds": ("seconds", 0.001),
    "ratio": ("ratio", 1.0),
}
"""Unit of the catalogue → suffix and factor of the base unit."""

LABELS: Final = ("fraction", "function", "class", "severity", "clock", "job", "report", "relation")
"""Labels of samples that become labels; others (how many calls there were, …) would make a new series each time."""

SERVICE_STATES: Final = ("healthy", "degraded", "unhealthy", "recovering", "unknown", "maintenance")
BOUNDS: Final = tuple(range(-8, 65, 2))
"""Buckets of ``metrics.bucket`` whose upper bounds a histogram shows: 2^(b/4) ms, from 0.25 ms to 65.5 s by a factor of
√2. They are always the same ones: a bucket that appears later would look as if its calls had never been."""

MIDDLE: Final = 2.0 ** (-1 / 8)
"""A bucket's geometric middle by its upper bound."""


@dataclass(frozen=True)
class Figures:
    """What the database says, for the platform or one tenant."""

    tenant: str | None
    samples: Sequence[Mapping[str, Any]] = ()
    services: Sequence[Mapping[str, Any]] = ()
    totals: Sequence[Mapping[str, Any]] = ()
    burns: Sequence[Mapping[str, Any]] = ()
    catalogue: Sequence[Mapping[str, Any]] = ()
    tiles: Sequence[Tile] = field(default=())


def read_platform(connection: psycopg.Connection[Any], token: str) -> Figures:
    """The platform's figures with the token of a platform session (tenant.audit)."""
    sections: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    with acting_as(connection, OPERATOR):
        for row in database.call_rows(connection, "platform_metrics", token=token):
            sections[row["section"]].append(row)
    return Figures(
        tenant=None,
        samples=[
            {
                "metric": row["name"], "value": row["value"], "recorded_at": row["as_of"],
                "labels": {name: value for name, value in row["detail"].items() if name not in ("unit", "kind")},
            }
            for row in sections["metric"]
        ],
        services=[
            {"service": row["name"], "state": row["detail"]["state"], "is_flapping": row["detail"]["is_flapping"]}
            for row in sections["service"]
            if row["as_of"] is not None  # on some services nobody reports for the platform
        ],
        totals=[row["detail"] for row in sections["request_total"]],
        burns=[row["detail"] for row in sections["slo_burn"]],
        catalogue=[{"metric": row["name"], **row["detail"]} for row in sections["catalogue"]],
        tiles=read(connection, token),
    )  # fmt: skip


def read_tenant(connection: psycopg.Connection[Any], token: str, slug: str) -> Figures:
    """A tenant's figures with the token of a session that holds metrics.read."""
    found: dict[str, list[dict[str, Any]]] = {}
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("set local role smartattend_app")
        cursor.execute("select pg_catalog.set_config('smartattend.token', %s, true)", [token])
        for name in ("samples", "services", "totals", "burns"):
            found[name] = cursor.execute(query(f"metrics_{name}")).fetchall()
    catalogue = {row["metric"]: {k: row[k] for k in ("metric", "kind", "unit", "meaning")} for row in found["samples"]}
    return Figures(
        tenant=slug,
        catalogue=list(catalogue.values()),
        samples=found["samples"],
        services=found["services"],
        totals=found["totals"],
        burns=found["burns"],
    )


def name_of(metric: str, unit: str) -> str:
    """``smartattend_<metric>_<unit>``; a counter's ``_total`` is added where it is written."""
    suffix = BASE_UNITS[unit][0]
    return PREFIX + (metric if not suffix or metric.endswith(f"_{suffix}") else f"{metric}_{suffix}")


class Exposition:
    """The families of one exposition, for a registry of prometheus_client."""

    def __init__(self, figures: Figures, now: dt.datetime) -> None:
        self.figures = figures
        self.now = now
        self._names = () if figures.tenant is None else ("tenant",)
        self._values = () if figures.tenant is None else (figures.tenant,)

    def collect(self) -> Iterator[Metric]:
        """Every family with its samples."""
        yield self._gauge("exposed_timestamp_seconds", "when this was read", (), [((), self.now.timestamp())])
        yield from self._samples()
        yield from self._services()
        yield from self._requests()
        yield from self._budgets()
        if self.figures.tenant is None:
            yield from self._tiles()

    def _gauge(
        self, name: str, meaning: str, labels: Sequence[str], values: Iterable[tuple[Sequence[str], float]]
    ) -> Metric:
        family = GaugeMetricFamily(PREFIX + name, meaning, labels=[*self._names, *labels])
        for given, value in values:
            family.add_metric([*self._values, *given], value)
        return family

    def _samples(self) -> Iterator[Metric]:
        """The newest samples of the catalogue: a family each, also where there is no sample yet."""
        of: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for sample in self.figures.samples:
            of[sample["metric"]].append(sample)
        newest: list[tuple[Sequence[str], float]] = []
        for known in sorted(self.figures.catalogue, key=lambda row: str(row["metric"])):
            metric, unit = str(known["metric"]), str(known["unit"])
            found = of[metric]
            labels = [label for label in LABELS if any(label in (sample["labels"] or {}) for sample in found)]
            kind = CounterMetricFamily if known["kind"] == "counter" else GaugeMetricFamily
            family = kind(name_of(metric, unit), str(known["meaning"]), labels=[*self._names, *labels])
            values: dict[tuple[str, ...], float] = {}
            for sample in found:
                given = tuple(str((sample["labels"] or {}).get(label, "")) for label in labels)
                value = float(sample["value"]) * BASE_UNITS[unit][1]
                values[given] = max(value, values.get(given, value))
            for given, value in sorted(values.items()):
                family.add_metric([*self._values, *given], value)
            yield family
            if found:
                newest.append(((metric,), max(sample["recorded_at"] for sample in found).timestamp()))
        yield self._gauge("sample_timestamp_seconds", "of when the newest samples of a metric are", ("metric",), newest)

    def _services(self) -> Iterator[Metric]:
        services = self.figures.services
        yield self._gauge(
            "service_state", "the health of a service: 1 for the state that it is in", ("service", "state"),
            [
                ((row["service"], state), float(row["state"] == state))
                for row in services
                for state in SERVICE_STATES
            ],
        )  # fmt: skip
        yield self._gauge(
            "service_flapping", "whether a service changes its mind too often", ("service",),
            [((row["service"],), float(bool(row["is_flapping"]))) for row in services],
        )  # fmt: skip

    def _requests(self) -> Iterator[Metric]:
        """Calls since the month began: counters that begin again with it, as rate() and increase() know them to do."""
        calls: defaultdict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
        codes: defaultdict[tuple[str, str, str], int] = defaultdict(int)
        for row in self.figures.totals:
            calls[row["endpoint"], row["outcome"]][row["bucket"]] += row["count"]
            codes[row["endpoint"], row["outcome"], row["code"]] += row["count"]
        counter = CounterMetricFamily(
            f"{PREFIX}requests", "calls by outcome and code, since the month began (UTC)",
            labels=[*self._names, "endpoint", "outcome", "code"],
        )  # fmt: skip
        for given, number in sorted(codes.items()):
            counter.add_metric([*self._values, *given], number)
        yield counter
        histogram = HistogramMetricFamily(
            f"{PREFIX}request_duration_seconds",
            "how long calls took, since the month began (UTC); the sum is that of the buckets' middles",
            labels=[*self._names, "endpoint", "outcome"],
        )
        for key, counted in sorted(calls.items()):
            buckets = [
                (f"{2 ** (bound / 4) / 1000:.6g}", float(sum(number for b, number in counted.items() if b <= bound)))
                for bound in BOUNDS
            ]
            total = float(sum(counted.values()))
            seconds = sum(2 ** (b / 4) / 1000 * MIDDLE * number for b, number in counted.items())
            histogram.add_metric([*self._values, *key], buckets=[*buckets, ("+Inf", total)], sum_value=seconds)
        yield histogram

    def _budgets(self) -> Iterator[Metric]:
        burns = self.figures.burns
        yield self._gauge(
            "slo_burn_ratio", "how fast an error budget burns: 1 is as fast as it may",
            ("objective", "factor", "window"),
            [
                ((row["objective"], f"{row['factor']:g}", window), float(row[f"{window}_burn"] or 0))
                for row in burns
                for window in ("long", "short")
            ],
        )  # fmt: skip
        yield self._gauge(
            "slo_burning", "whether a budget burns in both windows at the factor or faster",
            ("objective", "factor", "severity"),
            [
                ((row["objective"], f"{row['factor']:g}", str(row["severity"])), float(bool(row["is_burning"])))
                for row in burns
            ],
        )  # fmt: skip

    def _tiles(self) -> Iterator[Metric]:
        """The dashboard: what is summed over tenants stands nowhere else."""
        tiles = {tile.tile: tile for tile in self.figures.tiles}
        yield self._gauge(
            "tile_state", "what a tile of smartattend status says: 1 for its state", ("tile", "state"),
            [((name, state), float(tile.state == state)) for name, tile in tiles.items() for state in STATES],
        )  # fmt: skip
        yield self._gauge(
            "tile_value", "the figure of a tile of smartattend status", ("tile",),
            [((name,), tile.value) for name, tile in tiles.items() if tile.value is not None],
        )  # fmt: skip
        yield self._gauge(
            "tile_as_of_timestamp_seconds", "of when the figure of a tile is", ("tile",),
            [((name,), tile.as_of.timestamp()) for name, tile in tiles.items() if tile.as_of is not None],
        )  # fmt: skip
        detail = {name: tile.detail or {} for name, tile in tiles.items()}
        for name, meaning in (("open", "open incidents"), ("late", "open incidents whose promise is broken")):
            yield self._gauge(
                f"incidents_{name}", f"{meaning}, of the platform and of all tenants", ("of", "severity"),
                [
                    ((of, severity), float((detail.get(f"incidents_{of}", {}).get(severity) or {}).get(name) or 0))
                    for of in ("platform", "tenants")
                    for severity in ("1", "2", "3", "4")
                ],
            )  # fmt: skip
        yield self._gauge(
            "tenants", "tenants by state", ("state",),
            [((state,), float(number)) for state, number in detail.get("tenants", {}).items()],
        )  # fmt: skip
        yield self._gauge(
            "job_failures", "failures in a row, of jobs whose last run failed", ("job",),
            [((job,), float(number)) for job, number in detail.get("jobs_failing", {}).get("failing", {}).items()],
        )  # fmt: skip


def text_of(figures: Figures, now: dt.datetime) -> bytes:
    """The exposition in Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(Exposition(figures, now))
    return generate_latest(registry)


def write(text: bytes, path: Path) -> None:
    """Replace ``path`` at once: who reads it meanwhile reads the whole of the old or of the new."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:  # also an interruption: the unfinished file goes, and the error goes on
        with suppress(OSError):
            Path(name).unlink()
        raise
