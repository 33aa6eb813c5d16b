"""``smartattend metrics``: Prometheus's text format, read by the client library's own parser; alerts and dashboard."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import signal
import stat
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from click.testing import Result
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from orchestrator import prometheus
from orchestrator.prometheus import BOUNDS, Figures, name_of, text_of
from orchestrator.status import Tile
from tests import harness

Run = Callable[..., Result]
once = pytest.mark.once
NOW = dt.datetime(2026, 11, 28, 12, 0, tzinfo=dt.UTC)
ALERTS = harness.ROOT / "docs" / "prometheus" / "alerts.yml"
DASHBOARD = harness.ROOT / "docs" / "grafana" / "smartattend.json"
OPERATIONS = harness.ROOT / "docs" / "operations.md"


def families(text: str | bytes) -> dict[str, Metric]:
    """The families of an exposition by name."""
    given = text.decode() if isinstance(text, bytes) else text
    return {family.name: family for family in text_string_to_metric_families(given)}


def values(family: Metric, *labels: str, name: str | None = None) -> dict[tuple[str, ...], float]:
    """The values of these labels → value, of the samples of a name."""
    found = [sample for sample in family.samples if sample.name == (name or family.name)]
    return {tuple(sample.labels[label] for label in labels): sample.value for sample in found}


# --- what becomes of figures ------------------------------------------------------------------------------


@once
@pytest.mark.parametrize(
    ("metric", "unit", "name"),
    [
        ("seal_age", "seconds", "smartattend_seal_age_seconds"),
        ("request_latency", "milliseconds", "smartattend_request_latency_seconds"),
        ("request_error", "ratio", "smartattend_request_error_ratio"),
        ("connections_used_ratio", "ratio", "smartattend_connections_used_ratio"),
        ("incident_open", "count", "smartattend_incident_open"),
    ],
)
def test_names_have_the_base_unit(metric: str, unit: str, name: str) -> None:
    assert name_of(metric, unit) == name


@once
def test_a_histogram_has_the_bounds_of_the_buckets_and_counts_all() -> None:
    def total(bucket: int, count: int, outcome: str = "accepted", code: str = "") -> dict[str, Any]:
        return {"endpoint": "check_in", "outcome": outcome, "code": code, "bucket": bucket, "count": count}

    figures = Figures(
        None, totals=[total(10, 5), total(11, 7), total(106, 1), total(-40, 2), total(40, 3, "failed", "57014")]
    )
    found = families(text_of(figures, NOW))
    histogram = found["smartattend_request_duration_seconds"]
    buckets = values(histogram, "outcome", "le", name=f"{histogram.name}_bucket")
    of = {le: value for (outcome, le), value in buckets.items() if outcome == "accepted"}
    assert len(of) == len(BOUNDS) + 1
    assert of["0.00565685"] == 7.0, "2^(10/4) ms: five, and the two below every bound"
    assert of["0.008"] == 14.0, "2^(12/4) ms"
    assert of["+Inf"] == 15.0, "what took longer than the last bound is counted, too"
    assert sorted(of.values()) == list(of.values()), "they are cumulated"
    requests = values(found["smartattend_requests"], "endpoint", "outcome", "code", name="smartattend_requests_total")
    assert requests == {("check_in", "accepted", ""): 15.0, ("check_in", "failed", "57014"): 3.0}


@once
def test_samples_are_in_base_units_with_labels_that_do_not_change_each_time() -> None:
    def sample(metric: str, value: float, **labels: Any) -> dict[str, Any]:
        return {"metric": metric, "value": value, "labels": labels, "recorded_at": NOW}

    figures = Figures(
        None,
        samples=[
            sample("request_latency", 250.0, fraction=0.5, calls=17),
            sample("connections", 0.5, connections=3),
            sample("done", 7.0),
        ],
        catalogue=[
            {"metric": "request_latency", "unit": "milliseconds", "kind": "histogram", "meaning": "how long"},
            {"metric": "connections", "unit": "ratio", "kind": "gauge", "meaning": 'a "line"\nand \\ another'},
            {"metric": "done", "unit": "count", "kind": "counter", "meaning": "what was done"},
            {"metric": "never", "unit": "count", "kind": "gauge", "meaning": "nobody sampled it"},
        ],
    )
    found = families(text_of(figures, NOW))
    assert values(found["smartattend_request_latency_seconds"], "fraction") == {("0.5",): 0.25}
    assert values(found["smartattend_connections_ratio"]) == {(): 0.5}
    assert values(found["smartattend_done"], name="smartattend_done_total") == {(): 7.0}
    assert values(found["smartattend_never"]) == {}
    assert found["smartattend_connections_ratio"].documentation == 'a "line"\nand \\ another'
    assert values(found["smartattend_sample_timestamp_seconds"], "metric")["done",] == NOW.timestamp()


@once
def test_a_tenant_is_a_label_and_what_it_is_called_is_escaped() -> None:
    figures = Figures('no"rth\\', services=[{"service": "api", "state": "degraded", "is_flapping": True}])
    found = families(text_of(figures, NOW))
    assert {s.labels["tenant"] for s in found["smartattend_service_state"].samples} == {'no"rth\\'}
    assert sum(values(found["smartattend_service_state"], "state").values()) == 1.0
    assert "smartattend_tile_state" not in found, "the dashboard is the platform's"


@once
def test_tiles_become_states_figures_and_incidents() -> None:
    tiles = [
        Tile("incidents_tenants", 2.0, NOW, {"1": {"open": 2, "late": 1}, "tenants": 1}, "broken"),
        Tile("seal_age_s", None, None, None, "attention"),
    ]
    found = families(text_of(Figures(None, tiles=tiles), NOW))
    assert values(found["smartattend_tile_state"], "tile", "state")["incidents_tenants", "broken"] == 1.0
    assert values(found["smartattend_tile_value"], "tile") == {("incidents_tenants",): 2.0}
    assert values(found["smartattend_incidents_open"], "of", "severity")["tenants", "1"] == 2.0
    assert values(found["smartattend_incidents_late"], "of", "severity")["tenants", "1"] == 1.0
    assert values(found["smartattend_incidents_open"], "of", "severity")["platform", "1"] == 0.0


@once
def test_a_file_is_replaced_at_once_and_what_fails_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "smartattend.prom"
    prometheus.write(b"old\n", path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    prometheus.write(b"new\n", path)
    assert path.read_bytes() == b"new\n"

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        prometheus.write(b"newer\n", path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["smartattend.prom"]
    assert path.read_bytes() == b"new\n"


# --- the command ------------------------------------------------------------------------------------------


@pytest.fixture
def tokens(database: str) -> Iterator[dict[str, str]]:
    """Tokens of the platform and of a school's administrator, in a database where something was measured."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("create schema tap")
        connection.execute(harness.FIXTURE.read_text())
        connection.execute("select tap.school('alpha')")
        found = connection.execute(
            "select tap.platform_token(), tap.token('alpha/admin'), tap.slug('alpha')"
        ).fetchone()
        login = connection.execute("select login from identity.\"user\" where id = tap.id('platform/root')").fetchone()
        assert found is not None
        assert login is not None
        school = connection.execute("select tap.id('alpha')").fetchone()
        assert school is not None
        for tenant in (None, school[0]):
            with connection.transaction():
                connection.execute("set local role smartattend_owner")
                connection.execute("select identity.bind_job(%s)", [tenant])
                connection.execute("select incident.raise('manual', 'disk', 3, 'the disk is full', '{}')")
                connection.execute("select metrics.roll_up(core.clock()), metrics.collect(core.clock())")
                connection.execute(
                    "select metrics.add_calls(array[(date_trunc('minute', core.clock()), "
                    "'check_in', 'accepted', '', 10, 5)]::metrics.call[])"
                )
        yield dict(zip(("platform", "admin", "slug", "login"), map(str, found + login), strict=True))


def test_the_platform_s_exposition_is_well_formed(database: str, tokens: dict[str, str], smartattend: Run) -> None:
    result = smartattend("metrics", "--token", tokens["platform"], "--dsn", database)
    assert result.exit_code == 0, result.output
    found = families(result.stdout)
    for name, family in found.items():
        assert name.startswith("smartattend_")
        assert family.documentation, name
        keys = [(sample.name, tuple(sorted(sample.labels.items()))) for sample in family.samples]
        assert len(keys) == len(set(keys)), f"{name} has a series twice"
    with psycopg.connect(database, autocommit=True) as connection:
        catalogue = connection.execute("select metric, unit, kind, meaning from metrics.platform_metric").fetchall()
    for metric, unit, kind, meaning in catalogue:
        family = found[name_of(metric, unit)]
        assert family.documentation == meaning
        assert family.type == ("counter" if kind == "counter" else "gauge")
    assert values(found["smartattend_incidents_open"], "of", "severity")["tenants", "3"] == 1.0
    assert values(found["smartattend_incident_open"], "severity")["3",] == 1.0
    assert {sample.labels["severity"] for sample in found["smartattend_incident_open"].samples} == {"1", "2", "3", "4"}
    assert re.search(r"^\S+(\{.*\})? \S+ \d{12,}$", result.stdout, re.MULTILINE) is None, "no sample has a timestamp"


def test_a_tenant_s_exposition_is_its_own(database: str, tokens: dict[str, str], smartattend: Run) -> None:
    result = smartattend("metrics", "--tenant", tokens["slug"], "--token", tokens["admin"], "--dsn", database)
    assert result.exit_code == 0, result.output
    found = families(result.stdout)
    assert all(s.labels.get("tenant") == tokens["slug"] for family in found.values() for s in family.samples)
    counted = [s for s in found["smartattend_requests"].samples if s.labels.get("endpoint") == "check_in"]
    assert [s.value for s in counted if s.name.endswith("_total")] == [5.0]
    refused = smartattend("metrics", "--tenant", "other", "--token", tokens["admin"], "--dsn", database)
    assert refused.exit_code == 2


def test_a_session_of_its_own_ends_with_the_reading(
    database: str, tokens: dict[str, str], smartattend: Run, tmp_path: Path
) -> None:
    out = tmp_path / "smartattend.prom"
    result = smartattend(
        "metrics", "--as", tokens["login"], "--ticket", "MON-1", "--out", str(out), "--dsn", database
    )  # fmt: skip
    assert (result.exit_code, result.stdout) == (0, ""), result.output
    assert "smartattend_tile_state" in families(out.read_bytes())
    with psycopg.connect(database, autocommit=True) as connection:
        live = "select count(*) from identity.platform_session where ticket = 'MON-1' and revoked_at is null"
        row = connection.execute(live.encode()).fetchone()
    assert row == (0,)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--as", "root"),
        ("--token", "x", "--as", "y"),
        ("--token", "x", "--listen", "0.0.0.0:0"),
        ("--token", "x", "--listen", "localhost"),
        ("--token", "x", "--listen", "127.0.0.1:0", "--out", "f"),
    ],
)
def test_a_wrong_command_line_exits_with_2(arguments: tuple[str, ...], smartattend: Run) -> None:
    assert smartattend("metrics", *arguments, "--dsn", "postgresql://127.0.0.1:1/x").exit_code == 2


def test_it_listens_until_it_is_told_and_says_what_it_cannot_read(database: str, tokens: dict[str, str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "orchestrator.cli", "metrics", "--listen", "127.0.0.1:0", "--dsn", database],
        env=os.environ | {"SMARTATTEND_TOKEN": tokens["platform"]}, cwd=harness.ROOT, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    timer = threading.Timer(60, process.kill)
    timer.start()
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        url = line.split()[-1]
        with urllib.request.urlopen(url, timeout=30) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
            assert "smartattend_tile_state" in families(answer.read())
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(url.replace("/metrics", "/etc/passwd"), timeout=30)
        assert caught.value.code == 404
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("select identity.revoke_token(%s)", [tokens["platform"]])
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(url, timeout=30)
        assert caught.value.code == 503
        assert "SA004" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        timer.cancel()
        process.kill()
        process.wait()


# --- alerts, dashboard, runbook ---------------------------------------------------------------------------


def anchors(text: str) -> set[str]:
    """The anchors that GitHub makes of the headings."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def expressions() -> list[str]:
    rules = [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [str(rule["expr"]) for rule in rules] + [target["expr"] for panel in panels for target in panel["targets"]]


def test_alerts_and_dashboard_ask_for_what_there_is(database: str, tokens: dict[str, str], smartattend: Run) -> None:
    found = families(smartattend("metrics", "--token", tokens["platform"], "--dsn", database).stdout)
    there: set[str] = set()
    for name, family in found.items():
        suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(family.type, ("",))
        there |= {name + suffix for suffix in suffixes}
    tiles = {sample.labels["tile"] for sample in found["smartattend_tile_state"].samples}
    for expression in expressions():
        assert set(re.findall(r"smartattend_[a-z_]+", expression)) <= there, expression
        assert set(re.findall(r'tile="([^"]*)"', expression)) <= tiles, expression
    assert "smartattend_nonsense" not in there


@once
def test_every_alert_has_a_severity_a_summary_and_a_section_of_the_runbook() -> None:
    rules = [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules) > 10
    there = anchors(OPERATIONS.read_text())
    for rule in rules:
        assert rule["labels"]["severity"] in {"1", "2", "3", "4"}
        assert rule["annotations"]["summary"]
        document, _, anchor = rule["annotations"]["runbook"].partition("#")
        assert document == "docs/operations.md"
        assert anchor == rule["alert"].lower()
        assert anchor in there, anchor


@once
def test_the_dashboard_is_one_that_grafana_takes() -> None:
    dashboard = json.loads(DASHBOARD.read_text())
    assert dashboard["schemaVersion"] >= 36
    assert {"title", "uid", "panels", "templating", "time"} <= dashboard.keys()
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, f"{panel['title']} lies on another"
        taken |= cells
        assert panel["datasource"]["uid"] == "${datasource}"


SECTION = ("What it means", "Look", "Do", "Wake", "It is over when")


def test_the_runbook_has_a_section_for_every_source_and_every_alert(connection: psycopg.Connection[Any]) -> None:
    sources = {name for (name,) in connection.execute("select source from incident.source").fetchall()}
    text = OPERATIONS.read_text()
    sections = dict(re.findall(r"^### (\S+)\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL))
    alerts = {
        rule["alert"] for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]
    }  # fmt: skip
    assert set(sections) == sources | alerts
    for name, section in sections.items():
        said = re.findall(r"^- \*\*(.+?)\.\*\*", section, re.MULTILINE)
        assert tuple(said) == SECTION, name


def test_every_command_of_the_runbook_exists(smartattend: Run) -> None:
    commands = {
        tuple(re.findall(r"^[a-z-]+$", "\n".join(line.split()[1:3]), re.MULTILINE))
        for line in re.findall(r"smartattend [a-z][a-z-]*(?: [a-z][a-z-]*)?", OPERATIONS.read_text())
    }
    assert len(commands) > 10
    for command in sorted(commands):
        words = command
        while words and smartattend(*words, "--help").exit_code != 0:
            words = words[:-1]
        assert words, f"smartattend {' '.join(command)}"
