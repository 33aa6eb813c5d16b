"""Network instability: a pure plan, clients that do what they should, and a verdict that can go either way."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import psycopg
import pytest
from click.testing import Result

from orchestrator.device import LOST, UNREACHED, Answer, Policy, Request
from orchestrator.engine import PlannedFault, Settings, execute, stream
from orchestrator.errors import InvalidInput
from orchestrator.faults import weather
from orchestrator.history import read
from orchestrator.outbox import Breaker, Entry, Outbox
from orchestrator.scenarios.network_instability import RANGES, NetworkInstability, of
from tests.python.test_simulate_storm import SCHEMA, make_tenants, scalar

Smartattend = Callable[..., Result]

# --- the plan -----------------------------------------------------------------------------------------------


@pytest.mark.once
def test_the_same_seed_makes_the_same_plan() -> None:
    first, again = NetworkInstability(seed=7).plan, NetworkInstability(seed=7).plan
    assert first.document() == again.document()
    assert first.hash == again.hash
    assert first.trace(first.planned) == again.trace(again.planned)


@pytest.mark.once
@pytest.mark.parametrize("name", [*RANGES, "seed", "keys"])
def test_anything_else_makes_another_plan(name: str) -> None:
    changed: dict[str, Any] = {name: {"keys": False, "time_scale": 0.5}.get(name, 11)}
    if name == "recover_within_ms":
        changed = {name: 11_000}
    assert NetworkInstability(**({"seed": 7} | changed)).plan.hash != NetworkInstability(seed=7).plan.hash


@pytest.mark.once
@pytest.mark.parametrize("name", sorted(RANGES))
def test_ranges_are_enforced(name: str) -> None:
    least, most = RANGES[name]
    for value in (least - 0.0001, most + 1):
        with pytest.raises(InvalidInput, match="out of range"):
            NetworkInstability(**{name: value})


@pytest.mark.once
def test_the_hash_of_a_plan_is_not_an_accident() -> None:
    """Whoever changes how plans are made says so here: old reports can no longer be repeated."""
    assert NetworkInstability(seed=1).plan.hash == PLAN_OF_SEED_1


PLAN_OF_SEED_1 = "86512a8b84bc8663aa660ca3252ac389b30a76ad33cef0637d211e909d327717"


@pytest.mark.once
def test_a_plan_is_repeated_from_its_report() -> None:
    plan = NetworkInstability(failure_rate=12.3456789, time_scale=0.3, keys=False, seed=9).plan
    assert of(json.loads(json.dumps(plan.parameters)), 9).plan.hash == plan.hash


@pytest.mark.once
def test_calls_arrive_in_their_own_time_each_with_the_next_number() -> None:
    plan = NetworkInstability(devices=3, iterations=40, interval_ms=100, seed=2).plan
    assert (plan.lanes, plan.calls, plan.logical) == (3, 120, 120)
    assert sorted(one.logical for one in plan.arrivals) == list(range(1, 121))
    for lane in range(3):
        own = [one for one in plan.arrivals if one.lane == lane]
        assert [one.sequence for one in own] == list(range(1, 41))
        assert all(a.due_ms < b.due_ms for a, b in itertools.pairwise(own))
        assert 2000 < own[-1].due_ms < 8000
    quick = NetworkInstability(devices=3, iterations=40, interval_ms=100, seed=2, time_scale=0.1).plan
    assert quick.arrivals[119].due_ms < plan.arrivals[119].due_ms
    assert quick.planned == plan.planned, "the time scale changes no fault"


@pytest.mark.once
def test_a_plan_ends_where_the_last_call_gets_through() -> None:
    plan = NetworkInstability(failure_rate=50, timeout_probability=25, devices=4, iterations=30, seed=3).plan
    for lane in range(4):
        own = {one.request: one.fault for one in plan.planned if one.device == f"device-{lane:03d}"}
        failed = sum(fault not in weather.DELAYS for fault in own.values())
        assert max(own) <= 30 + failed
    assert set(plan.counts) == set(weather.FAULTS)
    assert NetworkInstability(failure_rate=0, timeout_probability=0, latency_spike_ms=0).plan.planned == ()


# --- clients ------------------------------------------------------------------------------------------------


class Clock:
    """A watch that a test sets."""

    def __init__(self) -> None:
        self.at = 0

    def now(self) -> int:
        return self.at

    async def until(self, due_us: int) -> None:
        self.at = max(self.at, due_us)


@pytest.mark.once
def test_a_circuit_breaker_opens_probes_and_closes() -> None:
    breaker = Breaker(Policy(breaker_failures=3, breaker_pause_ms=100, breaker_longest_pause_ms=300))
    for at in (1, 2):
        breaker.failed(at)
        assert breaker.wait_us(at) == 0
    breaker.failed(3)
    assert breaker.is_open
    assert breaker.wait_us(3) == 100_000
    assert breaker.wait_us(100_003) == 0, "half open: a probe may go"
    for pause in (200_000, 300_000, 300_000):
        breaker.probing()
        breaker.failed(0)
        assert breaker.wait_us(0) == pause, "each failed probe doubles the pause, up to a bound"
    breaker.probing()
    breaker.succeeded()
    assert (breaker.opened, breaker.probes, breaker.closed, breaker.is_open) == (1, 4, 1, False)
    for at in (1, 2):
        breaker.failed(at)
    assert not breaker.is_open, "failures count from the last success on"


class Line:
    """A device whose answers are given."""

    def __init__(self, answers: list[Answer], policy: Policy, *, takes_us: int = 1000) -> None:
        self.name, self.policy, self.watch = "device-000", policy, Clock()
        self.answers, self.takes_us, self.sent = answers, takes_us, []

    async def attempt(self, request: Request) -> tuple[Answer, int]:
        began = self.watch.at
        self.sent.append(request.key)
        self.watch.at += self.takes_us
        return self.answers.pop(0), began


OK, UNKNOWN, NOBODY = Answer("accepted"), Answer("unknown", LOST), Answer("error", UNREACHED)


def deliver(answers: list[Answer], entries: list[tuple[int, int]], **policy: Any) -> tuple[Line, list[Entry], Outbox]:
    """Deliver calls (number, due) over a line with these answers."""
    line, heard = Line(answers, Policy(**policy)), []
    box = Outbox(line, lambda call, attempt: random.Random(attempt), heard=heard.append)  # type: ignore[arg-type]
    keys = {number: uuid.uuid4() for number, _ in entries}
    box.add(Entry(n, due, lambda _, n=n: Request("check_in", keys[n], (), "")) for n, due in entries)  # type: ignore[misc]
    asyncio.run(box.deliver())
    return line, heard, box


@pytest.mark.once
def test_each_try_has_the_same_key_and_doubts_are_counted() -> None:
    line, heard, _ = deliver([UNKNOWN, NOBODY, UNKNOWN, OK], [(1, 0)])
    assert len(set(line.sent)) == 1
    (entry,) = heard
    settled = entry.settled
    assert (settled.answer, settled.tries, settled.doubts) == (OK, 4, 2)
    assert settled.retried_for == [LOST, UNREACHED, LOST]
    assert [one.sent for one in entry.tries] == [True, False, True, True]


@pytest.mark.once
def test_who_waits_is_overtaken() -> None:
    line, heard, _ = deliver([UNKNOWN, OK, OK], [(1, 0), (2, 1500)], first_pause_ms=10_000, longest_pause_ms=10_000)
    assert [entry.number for entry in heard] == [2, 1]
    assert line.sent[0] == line.sent[2]


@pytest.mark.once
def test_tries_are_bounded_and_refusals_are_not_repeated() -> None:
    _, heard, _ = deliver([UNKNOWN] * 3, [(1, 0)], tries=3)
    assert heard[0].settled.answer == UNKNOWN
    _, heard, box = deliver([Answer("refused", "SA104")], [(1, 0)])
    assert (len(heard[0].tries), box.breaker.opened) == (1, 0)
    line, heard, box = deliver([Answer("error", "40001"), OK], [(1, 0)])
    assert (len(heard[0].tries), len(set(line.sent))) == (2, 1)


@pytest.mark.once
def test_a_pause_stays_bounded_however_often() -> None:
    policy = Policy(first_pause_ms=100, longest_pause_ms=5000)
    assert all(0 <= policy.pause(attempt, stream(1, "d", attempt)) <= 5 for attempt in (1, 10, 100, 10_000))


@pytest.mark.once
def test_everything_shrinks_together() -> None:
    full, tenth = (NetworkInstability(time_scale=scale).policy(Policy()) for scale in (1, 0.1))
    for name in ("first_pause_ms", "longest_pause_ms", "breaker_pause_ms", "breaker_longest_pause_ms"):
        assert getattr(tenth, name) == pytest.approx(getattr(full, name) / 10)
    assert (full.deadline_ms, tenth.deadline_ms) == (5000, 1000)
    assert full.deadline_ms > NetworkInstability().delay_ms, "a spike is no reason to give up"


# --- whole runs ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shared(clone: Callable[[], str]) -> str:
    """DSN of a database with tenants that tests of this module share: whatever held there goes on holding."""
    dsn = clone()
    make_tenants(dsn)
    return dsn


@pytest.fixture
def tenants(database: str) -> str:
    """DSN of a database of the test's own with tenants, to be spoilt."""
    make_tenants(database)
    return database


Net = Callable[..., tuple[Result, dict[str, Any]]]


@pytest.fixture
def net(smartattend: Smartattend, tmp_path: Path) -> Net:
    """Run a small one: (click's result, the JSON report)."""

    def run(dsn: str, *options: str, **named: object) -> tuple[Result, dict[str, Any]]:
        values = {
            "tenant": "sandbox",
            "devices": 4,
            "iterations": 8,
            "failure-rate": 40,
            "timeout-probability": 15,
            "time-scale": 0.05,
            "recover-within-ms": 60_000,
            "seed": 4,
        } | {name.replace("_", "-"): value for name, value in named.items()}
        given = [text for name, value in values.items() for text in (f"--{name}", str(value))]
        result = smartattend(
            "simulate", "network-instability", *given, "--report", "table,json,junit,html",
            "--out", str(tmp_path / "out"), "--dsn", dsn, *options,
        )  # fmt: skip
        path = tmp_path / "out" / "report.json"
        return result, json.loads(path.read_text()) if path.exists() else {}

    return run


def until_gone(dsn: str) -> None:
    """Wait until the server has noticed that every connection of a run is closed."""
    deadline = time.monotonic() + 30
    gone = "select count(*) from pg_stat_activity where application_name like %s and datname = current_database()"
    with psycopg.connect(dsn, autocommit=True) as connection:
        while connection.execute(gone, ["smartattend-sim%"]).fetchone() != (0,):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_it_holds_and_the_same_seed_repeats_the_same_faults(shared: str, net: Net, tmp_path: Path) -> None:
    result, report = net(shared)
    assert result.exit_code == 0, result.output
    assert "HELD" in result.stdout
    assert "through the proxy" in result.stdout
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(report)
    (scenario,) = report["scenarios"]
    figures = scenario["figures"]
    assert {check["verdict"] for check in scenario["checks"]} == {"held"}
    assert scenario["issues"] == []
    assert (figures["calls"], figures["logical"], figures["connections"]) == (32, 32, 4)
    assert figures["duplicate_events"] == figures["duplicate_records"] == figures["garbled"] == 0
    assert figures["duplicates_if_unprotected"] >= figures["applied_unheard"].get("reset_after", 0) > 0
    assert figures["resolved"] > 0
    assert figures["round_trip_through_proxy_ms"] > 0
    for fault in scenario["faults"]:
        assert fault["planned"] == fault["fired"] > 0, fault
        assert fault["observed"] >= 0.5 * fault["fired"], fault
    assert all(condition["met"] for condition in scenario["conditions"] if condition["required"])
    assert report["run"]["fault_trace_hash"] == report["run"]["fault_trace_planned_hash"]

    trace = [json.loads(line) for line in (tmp_path / "out" / "faults.jsonl").read_text().splitlines()]
    assert len(trace) == figures["requests"]
    assert sum(one["applied"] is True for one in trace) == figures["applied"]
    calls = list(read(tmp_path / "out" / "history.jsonl"))
    load = [call for call in calls if call.phase == "load"]
    assert all(call.due_us <= call.invoked_us <= call.ended_us for call in calls)
    assert len({call.key for call in load}) == len(load) == 32
    assert sum(call.doubts > 0 for call in load) == figures["resolved"]
    assert ET.parse(tmp_path / "out" / "junit.xml").getroot()[0].get("failures") == "0"
    page = (tmp_path / "out" / "report.html").read_text()
    for text in ("It held", "Reset after", "When it happened", report["run"]["repeat"]):
        assert text in page
    assert "<script" not in page

    again, second = net(shared)
    assert again.exit_code == 0, again.output
    for name in ("plan_hash", "fault_trace_hash"):
        assert second["run"][name] == report["run"][name], name
    assert scalar(shared, "select count(*) from attendance.record where is_open") == 0
    until_gone(shared)
    assert scalar(shared, "select count(*) from identity.login_session where revoked_at is null") == 0


def test_without_faults_nothing_is_in_doubt(shared: str, net: Net) -> None:
    result, report = net(shared, failure_rate=0, timeout_probability=0, latency_spike_ms=0, iterations=3)
    assert result.exit_code == 0, result.output
    (scenario,) = report["scenarios"]
    assert scenario["faults"] == []
    assert scenario["figures"]["outcomes"] == {"accepted": 12}


def test_without_keys_it_breaks_with_exactly_the_predicted_number(tenants: str, net: Net, tmp_path: Path) -> None:
    settings = (
        "select to_jsonb(s) from tenancy.setting as s join tenancy.tenant using (tenant_id) where slug = 'sandbox'"
    )
    before = scalar(tenants, settings)
    result, report = net(tenants, "--without-keys")
    assert result.exit_code == 3, result.output
    (scenario,) = report["scenarios"]
    figures = scenario["figures"]
    trace = [json.loads(line) for line in (tmp_path / "out" / "faults.jsonl").read_text().splitlines()]
    lost = [one for one in trace if one["applied"] and not one["delivered"]]
    assert {one["fault"] for one in lost} >= {"reset_after", "stall"}
    assert figures["duplicates_if_unprotected"] == figures["applied"] - 32 > 0
    assert figures["duplicate_events"] == figures["duplicate_records"] == figures["duplicates_if_unprotected"]
    broken = {check["judgement"] for check in scenario["checks"] if check["verdict"] == "broken"}
    assert {"exactly_one_event", "exactly_one_record", "order_is_restored", "sums_are_conserved"} <= broken
    assert "acknowledged_is_stored" not in broken
    assert scalar(tenants, settings) == before, "the rule of repeats is back"


def test_a_server_that_loses_the_order_is_found(tenants: str, net: Net) -> None:
    with psycopg.connect(tenants, autocommit=True) as connection:
        connection.execute(
            """
            create function public.forget_number() returns trigger language plpgsql as $$
            begin
              new.sequence_number := null;
              return new;
            end $$;
            create trigger a_forget_number before insert on attendance.event for each row
            when (new.sequence_number = 3) execute function public.forget_number();
            """
        )
    result, report = net(tenants, iterations=4)
    assert result.exit_code == 3, result.output
    (scenario,) = report["scenarios"]
    broken = [check for check in scenario["checks"] if check["verdict"] == "broken"]
    assert [check["judgement"] for check in broken] == ["order_is_restored"]
    assert broken[0]["violations"] >= 4


def test_an_acknowledgement_that_is_lost_is_found(tenants: str, net: Net) -> None:
    """A trigger that throws events away after the fact: told accepted, and nothing is there."""
    with psycopg.connect(tenants, autocommit=True) as connection:
        connection.execute("alter table attendance.event disable trigger user")
        connection.execute("alter table attendance.event enable always trigger event_100_append_only")
        connection.execute(
            """
            create function public.lose() returns trigger language plpgsql as $$
            begin
              return null;
            end $$;
            create trigger a_lose before insert on attendance.record for each row
            when (substr(new.id::text, 36) = '3') execute function public.lose();
            """
        )
    result, report = net(tenants, failure_rate=0, timeout_probability=0, latency_spike_ms=0, iterations=20)
    assert result.exit_code == 3, result.output
    (scenario,) = report["scenarios"]
    broken = {check["judgement"] for check in scenario["checks"] if check["verdict"] == "broken"}
    assert {"acknowledged_is_stored", "sums_are_conserved"} <= broken


def test_a_fault_that_did_not_fire_is_inconclusive(shared: str) -> None:
    token = scalar(shared, "select identity.login('sandbox', 'admin')")
    scenario = NetworkInstability(devices=2, iterations=3, failure_rate=0, timeout_probability=0, time_scale=0.05)
    never = PlannedFault("device-000", 9999, weather.RESET_BEFORE)
    scenario.__dict__["_plan"] = replace(scenario.plan, planned=(*scenario.plan.planned, never))
    result = asyncio.run(execute(scenario, Settings(tenant="sandbox", token=token, dsn=shared)))
    assert result.state == "inconclusive"
    issues = result.report["scenarios"][0]["issues"]
    assert "the fault reset_before fired 0 times of 1" in {issue["title"] for issue in issues}
    assert result.report["run"]["fault_trace_hash"] != result.report["run"]["fault_trace_planned_hash"]


def test_a_broken_steady_state_is_inconclusive(tenants: str, net: Net) -> None:
    with psycopg.connect(tenants, autocommit=True) as connection:
        connection.execute("alter function attendance.capture rename to no_longer_there")
    result, report = net(tenants)
    assert result.exit_code == 4, result.output
    (scenario,) = report["scenarios"]
    assert scenario["figures"]["requests"] == 0, "nothing is broken on purpose"
    assert report["verdict"]["sentence"].startswith("No verdict: the steady state did not hold")
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(report)


def test_a_real_tenant_is_not_hurt(shared: str, net: Net) -> None:
    result, _ = net(shared, tenant="real")
    assert result.exit_code == 2
    assert "not a sandbox" in result.stderr


@pytest.mark.once
@pytest.mark.parametrize(
    "options",
    [["--failure-rate", "51"], ["--latency-spike-ms", "5001"], ["--timeout-probability", "26"], ["--time-scale", "2"]],
    ids=lambda options: options[0],
)
def test_a_wrong_option_is_named(shared: str, net: Net, options: list[str]) -> None:
    result, _ = net(shared, *options)
    assert result.exit_code == 2
    assert options[0] in result.stderr


@pytest.mark.once
def test_an_interrupted_run_is_aborted_and_closed(shared: str, tmp_path: Path) -> None:
    command = [
        *(sys.executable, "-m", "orchestrator.cli", "simulate", "network-instability", "--tenant", "sandbox"),
        *("--iterations", "500", "--devices", "4", "--out", str(tmp_path), "--dsn", shared),
    ]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ.copy()
    )
    deadline = time.monotonic() + 120
    history = tmp_path / "history.jsonl"
    while not (history.exists() and len(history.read_text().splitlines()) > 10):  # well into the load
        assert time.monotonic() < deadline
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1, errors
    assert "Traceback" not in errors
    last = "select state || ': ' || state_reason from simulation.run order by created_at desc limit 1"
    assert scalar(shared, last) == "aborted: the tool gave up: interrupted by the operator"
    until_gone(shared)


@pytest.mark.slow
def test_fifty_devices_in_the_worst_weather(shared: str, net: Net) -> None:
    """50 % failures and 25 % stalls: nothing lost, nothing twice, every unknown resolved."""
    result, report = net(shared, devices=50, iterations=3, failure_rate=50, timeout_probability=25, time_scale=0.02)
    assert result.exit_code == 0, result.output
    figures = report["scenarios"][0]["figures"]
    assert figures["duplicate_events"] == 0
    assert figures["duplicates_if_unprotected"] > 50
