"""The duplicate storm against a real server: it holds, it refuses, and with a planted fault it fails as predicted."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import psycopg
import pytest
from click.testing import Result

from orchestrator import database as db
from orchestrator.device import Policy
from orchestrator.engine import Settings, execute
from orchestrator.history import read
from orchestrator.scenarios.duplicate_storm import DuplicateStorm

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "report.schema.json"
Smartattend = Callable[..., Result]


def make_tenants(dsn: str) -> None:
    """A sandbox and a real tenant, each with an administrator."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("select identity.bootstrap_superadmin('root@example.org')")
        row = connection.execute(
            "select identity.login_platform('root@example.org', 'tests need tenants', 'TEST-1')"
        ).fetchone()
        assert row is not None
        for slug, platform, is_sandbox in (("sandbox", "school", True), ("real", "corporate", False)):
            outcome = db.call(
                connection,
                "tenant_create",
                key=db.uuid7(),
                slug=slug,
                name=f"The <{slug}> & Co",
                platform=platform,
                time_zone="Europe/Brussels",
                admin_login=f"admin@{slug}.example.org",
                admin_name="The Administrator",
                is_sandbox=is_sandbox,
                token=row[0],
            )
            assert outcome.status == "accepted"


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


@pytest.fixture
def storm(smartattend: Smartattend, tmp_path: Path) -> Callable[..., tuple[Result, dict[str, Any]]]:
    """Run a small storm: (click's result, the JSON report)."""

    def run(dsn: str, *options: str, **named: object) -> tuple[Result, dict[str, Any]]:
        values = {"duplicates": 50, "batch-size": 2, "interval-ms": 20, "seed": 1, "tenant": "sandbox"} | {
            name.replace("_", "-"): value for name, value in named.items()
        }
        given = [text for name, value in values.items() for text in (f"--{name}", str(value))]
        result = smartattend(
            "simulate", "duplicate-storm", *given, "--report", "table,json,junit,html",
            "--out", str(tmp_path / "out"), "--dsn", dsn, *options,
        )  # fmt: skip
        path = tmp_path / "out" / "report.json"
        return result, json.loads(path.read_text()) if path.exists() else {}

    return run


def scalar(dsn: str, query: str) -> Any:
    with psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute(query).fetchone()
    return row[0] if row else None


Storm = Callable[..., tuple[Result, dict[str, Any]]]


def test_it_holds_and_says_so_in_every_form(shared: str, storm: Storm, tmp_path: Path) -> None:
    result, report = storm(shared, batch_size=3)
    assert result.exit_code == 0, result.output
    assert "HELD" in result.stdout
    assert "written:" in result.stderr

    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(report)
    assert report["verdict"] == {
        "state": "held",
        "exit_code": 0,
        "sentence": report["verdict"]["sentence"],
    }
    (scenario,) = report["scenarios"]
    figures = scenario["figures"]
    assert (figures["logical"], figures["calls"], figures["connections"]) == (12, 459, 50)
    assert figures["outcomes"]["accepted"] == 12
    assert figures["duplicate_events"] == figures["duplicate_records"] == 0
    assert {check["verdict"] for check in scenario["checks"]} == {"held"}
    assert scenario["issues"] == []
    assert report["run"]["fault_trace_hash"] == report["run"]["fault_trace_planned_hash"]

    # Calls were truly in flight together, and the server saw them wait.
    assert figures["in_flight_peak"] == 50
    assert figures["waiting_peak"] == 49
    assert figures["at_work_median"] >= 2
    for fault in scenario["faults"]:
        assert fault["planned"] == fault["fired"] == fault["observed"] > 0, fault
    assert {c["name"]: c["met"] for c in scenario["conditions"] if c["required"]} == dict.fromkeys(
        (c["name"] for c in scenario["conditions"] if c["required"]), True
    )

    # The history outside the database is whole.
    calls = list(read(tmp_path / "out" / "history.jsonl"))
    assert len(calls) == report["history"]["calls"] == figures["calls"] + 2
    assert all(call.due_us <= call.invoked_us <= call.ended_us for call in calls)

    suite = ET.parse(tmp_path / "out" / "junit.xml").getroot()[0]
    assert suite.get("failures") == "0"
    assert int(suite.get("tests", "0")) >= len(scenario["checks"])
    page = (tmp_path / "out" / "report.html").read_text()
    assert "It held" in page
    assert "prefers-color-scheme: dark" in page
    for absent in ("<script", "http://", "https://", "url(", "@import", "The <sandbox>"):
        assert absent not in page, absent
    assert "The &lt;sandbox&gt; &amp; Co" in page
    assert report["run"]["repeat"] in page


def test_it_can_be_repeated_and_leaves_nobody_behind(shared: str, storm: Storm) -> None:
    (first, one), (second, two) = storm(shared, seed=5), storm(shared, seed=5)
    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    assert one["run"]["plan_hash"] == two["run"]["plan_hash"]
    assert one["run"]["fault_trace_hash"] == two["run"]["fault_trace_hash"]
    assert one["run"]["id"] != two["run"]["id"]
    assert scalar(shared, "select count(*) from attendance.record where is_open") == 0
    assert scalar(shared, "select count(*) from pg_stat_activity where application_name like 'smartattend-sim%'") == 0
    assert scalar(shared, "select count(*) from identity.login_session where revoked_at is null") == 0


@pytest.mark.slow
def test_two_hundred_at_the_same_time(shared: str, storm: Storm) -> None:
    result, report = storm(shared, duplicates=200, batch_size=1)
    assert result.exit_code == 0, result.output
    assert report["scenarios"][0]["figures"]["in_flight_peak"] == 200
    assert report["scenarios"][0]["figures"]["waiting_peak"] == 199


# --- refusals -----------------------------------------------------------------------------------------------


def test_a_real_tenant_is_not_hurt(shared: str, storm: Storm) -> None:
    result, _ = storm(shared, tenant="real")
    assert result.exit_code == 2
    assert "not a sandbox" in result.stderr
    assert "Traceback" not in result.stderr
    assert (
        scalar(
            shared,
            "select count(*) from attendance.event as e join tenancy.tenant as t using (tenant_id) where slug = 'real'",
        )
        == 0
    )
    assert (
        scalar(
            shared,
            "select count(*) from simulation.run as r join tenancy.tenant as t using (tenant_id) where slug = 'real'",
        )
        == 0
    )


@pytest.mark.once
@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--tenant", "nobody"], "there is no tenant nobody"),
        (["--duplicates", "49"], "out of range"),
        (["--duplicates", "201"], "out of range"),
        (["--duplicates", "2", "--force"], "--duplicates"),
        (["--batch-size", "0"], "--batch-size"),
        (["--interval-ms", "-1"], "--interval-ms"),
        (["--seed", "-1"], "--seed"),
        (["--report", "pdf"], "pdf is not of"),
        (["--colour"], "No such option"),
        (["--as", "somebody"], "with a member somebody"),
    ],
    ids=str,
)
def test_a_wrong_option_is_named(shared: str, storm: Storm, options: list[str], text: str) -> None:
    result, _ = storm(shared, *options)
    assert result.exit_code == 2
    assert text in result.stderr


def test_too_few_connections_are_found_before_anything_is_touched(shared: str, storm: Storm) -> None:
    before = scalar(shared, "select count(*) from simulation.run")
    result, _ = storm(shared, "--force", duplicates=1000)
    assert result.exit_code == 1
    assert "too few connections" in result.stderr
    assert "alter system set max_connections" in result.stderr
    assert scalar(shared, "select count(*) from simulation.run") == before


def test_a_server_that_is_not_there(storm: Storm) -> None:
    result, _ = storm("host=/nonexistent dbname=x")
    assert result.exit_code == 1
    assert "cannot reach" in result.stderr


def test_a_token_of_another_tenant(shared: str, storm: Storm) -> None:
    token = scalar(shared, "select identity.login('real', 'admin')")
    result, _ = storm(shared, "--token", token)
    assert result.exit_code == 2
    assert "of another tenant" in result.stderr
    result, _ = storm(shared, "--token", "sa_nonsense")
    assert result.exit_code == 1
    assert "opens no tenant" in result.stderr


# --- planted faults -----------------------------------------------------------------------------------------


def replace_function(dsn: str, function: str, *changes: tuple[str, str]) -> None:
    """Change the body of a function by its text."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute("select pg_get_functiondef(%s::regproc)", [function]).fetchone()
        assert row is not None
        text = str(row[0])
        for old, new in changes:
            assert old in text, f"{function} has no {old!r}"
            text = text.replace(old, new)
        connection.execute(text.encode())


def forget_keys(dsn: str) -> None:
    """Take idempotency away: the unique constraint, the look-up of keys, and the clause that names the constraint."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("alter table attendance.event drop constraint event_pkey cascade")
    replace_function(
        dsn,
        "attendance.capture",
        ("i.key = capture.key", "false"),
        ("on conflict do nothing", ""),
        ("-- A person who comes in, and nothing to weigh", "v_event.record_id := core.uuid_v7(); --"),
        ("v_session_id, capture.key, 1", "v_session_id, v_event.record_id, 1"),
        ("actor.tenant_id, capture.key, capture.subject_id", "actor.tenant_id, v_event.record_id, capture.subject_id"),
        ("core.accepted(capture.key", "core.accepted(v_event.record_id"),
    )
    replace_function(
        dsn,
        "attendance.weigh",
        ("e.key = v_event.key", "false"),
        ("i.key = v_event.key", "false"),
        ("on conflict do nothing", ""),
        ("v_event.record_id := v_event.key", "v_event.record_id := core.uuid_v7()"),
    )
    replace_function(dsn, "attendance.revise", ("on conflict on constraint event_pkey do nothing", ""))
    # a repeat keeps its key, and whoever comes second with that key meets it: its payload counts no more, either
    known = "v_event.payload_hash = answer_known_key.payload_hash"
    replace_function(dsn, "attendance.answer_known_key", (known, "true"))


def forget_repeats(dsn: str) -> None:
    """Take the rule away that a punch in the same direction within a minute is the same punch."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("update tenancy.setting set repeat_within = '0', online_within = '1 minute'")


def test_without_constraint_and_look_up_it_breaks_with_the_predicted_number(tenants: str, storm: Storm) -> None:
    forget_keys(tenants)
    forget_repeats(tenants)
    result, report = storm(tenants)
    assert result.exit_code == 3, result.output
    assert "BROKEN" in result.stdout
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(report)
    (scenario,) = report["scenarios"]
    figures = scenario["figures"]
    predicted = DuplicateStorm(duplicates=50, batch_size=2, interval_ms=20).plan
    assert figures["duplicates_if_unprotected"] == predicted.calls - predicted.logical == 298
    assert figures["duplicate_events"] == 298
    assert figures["duplicate_records"] == 298
    broken = {check["judgement"]: check for check in scenario["checks"] if check["verdict"] == "broken"}
    assert {"exactly_one_event", "exactly_one_record", "one_acceptance", "same_answer"} <= set(broken)
    assert broken["exactly_one_event"]["violations"] == 8
    assert broken["exactly_one_event"]["witness"]["events"] == 3, "three taps are the smallest witness"
    with psycopg.connect(tenants) as connection:
        assert len(connection.execute(broken["exactly_one_record"]["query"].encode()).fetchall()) == 8
    assert {issue["about"] for issue in scenario["issues"] if issue["kind"] == "violation"} == set(broken)
    assert scalar(tenants, "select state from simulation.run") == "broken"


def test_the_rule_of_repeats_is_a_second_wall(tenants: str, storm: Storm) -> None:
    """Without keys, the rule of repeats still leaves one record, but another payload is no longer refused."""
    forget_keys(tenants)
    result, report = storm(tenants)
    assert result.exit_code == 3, result.output
    (scenario,) = report["scenarios"]
    assert scenario["figures"]["duplicate_records"] == 0
    broken = {check["judgement"] for check in scenario["checks"] if check["verdict"] == "broken"}
    assert "other_payload_refused" in broken
    assert "exactly_one_record" not in broken


def test_without_the_rule_of_repeats_other_keys_and_taps_are_doubled(tenants: str, storm: Storm) -> None:
    forget_repeats(tenants)
    result, report = storm(tenants)
    assert result.exit_code == 3, result.output
    (scenario,) = report["scenarios"]
    planned = {fault["fault"]: fault["planned"] for fault in scenario["faults"]}
    assert scenario["figures"]["duplicate_records"] == planned["other_keys"] + planned["three_taps"]


def test_a_broken_steady_state_is_inconclusive(tenants: str, storm: Storm) -> None:
    with psycopg.connect(tenants, autocommit=True) as connection:
        connection.execute("alter function attendance.capture rename to no_longer_there")
    result, report = storm(tenants)
    assert result.exit_code == 4, result.output
    (scenario,) = report["scenarios"]
    assert scenario["rounds"] == []
    assert not all(finding["held"] for finding in scenario["steady_state"])
    assert report["verdict"]["sentence"].startswith("No verdict: the steady state did not hold")
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(report)
    assert scalar(tenants, "select state from simulation.run") == "inconclusive"


def test_damage_from_before_is_not_blamed_on_the_run(tenants: str, storm: Storm) -> None:
    assert storm(tenants)[0].exit_code == 0
    with psycopg.connect(tenants, autocommit=True) as connection:
        connection.execute("alter table attendance.record disable trigger user")
        connection.execute(
            "update attendance.record set code = 'AU' where id = (select min(id::text)::uuid from attendance.record)"
        )
        connection.execute("alter table attendance.record enable always trigger record_800_judge_transition")
    result, report = storm(tenants)
    assert result.exit_code == 4, result.output
    assert "caches_equal_histories: 1 violations" in report["verdict"]["sentence"]


def test_transient_errors_are_tried_again_with_the_same_key(tenants: str, storm: Storm) -> None:
    with psycopg.connect(tenants, autocommit=True) as connection:
        connection.execute(
            """
            create sequence public.hiccup;
            create function public.hiccup() returns trigger language plpgsql security definer as $$
            begin
              case nextval('public.hiccup') % 25
                when 3 then raise serialization_failure;
                when 9 then raise deadlock_detected;
                when 15 then raise lock_not_available;
                when 21 then perform pg_terminate_backend(pg_backend_pid());
                else null;
              end case;
              return new;
            end $$;
            create trigger hiccup before insert on core.idempotency for each row
            when (new.command = 'repeat_in') execute function public.hiccup();
            """
        )
    result, report = storm(tenants)
    assert result.exit_code == 0, result.output
    (scenario,) = report["scenarios"]
    figures = scenario["figures"]
    assert figures["retries"] >= 8
    assert figures["doubts"] >= 2
    assert {c["name"]: c["met"] for c in scenario["conditions"]}["a call had to be tried again"]
    assert set(figures["outcomes"]) == {"accepted", "replayed", "refused SA102"}


def test_an_error_nobody_documented_breaks_it(tenants: str, storm: Storm) -> None:
    with psycopg.connect(tenants, autocommit=True) as connection:
        connection.execute(
            """
            create function public.oops() returns trigger language plpgsql as $$
            begin
              raise division_by_zero;
            end $$;
            create trigger oops before insert on core.idempotency for each row
            when (new.command = 'repeat_in') execute function public.oops();
            """
        )
    result, report = storm(tenants)
    assert result.exit_code == 3
    (scenario,) = report["scenarios"]
    broken = {check["judgement"]: check for check in scenario["checks"] if check["verdict"] == "broken"}
    assert set(broken) == {"errors_are_documented", "everyone_was_served"}
    assert broken["errors_are_documented"]["witness"]["code"] == "22012"


def test_a_race_that_did_not_come_up_is_inconclusive(shared: str, tmp_path: Path) -> None:
    token = scalar(shared, "select identity.login('sandbox', 'admin')")
    scenario = DuplicateStorm(duplicates=50, batch_size=1, interval_ms=0)
    settings = Settings(tenant="sandbox", token=token, dsn=shared, hold_timeout_ms=0)
    result = asyncio.run(execute(scenario, settings))
    assert result.state == "inconclusive"
    assert {issue["kind"] for issue in result.report["scenarios"][0]["issues"]} == {"condition"}
    assert result.history is None


def test_a_lock_that_is_left_is_found(shared: str, storm: Storm) -> None:
    _, report = storm(shared, batch_size=1)
    run_id = report["run"]["id"]
    name = f"smartattend-sim/{run_id[-8:]}/device-000"
    query = f"select count(*) from simulation.lock_left('{report['run']['tenant']['id']}', '{run_id}')"
    assert scalar(shared, query) == 0
    with psycopg.connect(shared, application_name=name) as connection:
        connection.execute("lock table core.error_code in access share mode")
        assert scalar(shared, query) == 1


# --- interruption -------------------------------------------------------------------------------------------


@pytest.mark.once
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda s: s.name)
def test_an_interrupted_run_is_aborted_and_closed(shared: str, tmp_path: Path, number: signal.Signals) -> None:
    command = [
        *(sys.executable, "-m", "orchestrator.cli", "simulate", "duplicate-storm", "--tenant", "sandbox"),
        *("--batch-size", "200", "--out", str(tmp_path), "--dsn", shared),
    ]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ.copy()
    )
    deadline = time.monotonic() + 60
    history = tmp_path / "history.jsonl"
    while not (history.exists() and len(history.read_text().splitlines()) > 100):  # well into the load
        assert time.monotonic() < deadline
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1, errors
    assert "Traceback" not in errors
    assert "aborted" in errors
    last = "select state || ': ' || state_reason from simulation.run order by created_at desc limit 1"
    assert scalar(shared, last) == "aborted: the tool gave up: interrupted by the operator"
    gone = "select count(*) from pg_stat_activity where application_name like 'smartattend-sim%'"
    while scalar(shared, gone) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert scalar(shared, gone) == 0
    assert len(list(read(history))) > 100, "what happened before is kept"


# --- status -------------------------------------------------------------------------------------------------


@pytest.mark.once
def test_status_lists_runs_and_open_issues(tenants: str, storm: Storm, smartattend: Smartattend) -> None:
    nothing = smartattend("simulate", "status", "--tenant", "sandbox", "--dsn", tenants)
    assert nothing.exit_code == 0
    assert "no run in sandbox yet" in nothing.stderr
    storm(tenants, batch_size=1)
    forget_repeats(tenants)
    storm(tenants, batch_size=1)
    shown = smartattend("simulate", "status", "--tenant", "sandbox", "--dsn", tenants)
    assert shown.exit_code == 0, shown.output
    assert "held" in shown.stdout
    assert "broken" in shown.stdout
    told = smartattend("simulate", "status", "--tenant", "sandbox", "--dsn", tenants, "--format", "json")
    value = json.loads(told.stdout)
    assert [run["state"] for run in value["runs"]] == ["broken", "held"]
    assert value["issues"][0]["severity"] == "critical"
    one = smartattend("simulate", "status", "--tenant", "sandbox", "--dsn", tenants, "--last", "1", "--format", "json")
    assert len(json.loads(one.stdout)["runs"]) == 1


@pytest.mark.once
def test_patience_is_bounded() -> None:
    from orchestrator.engine import stream

    policy = Policy(first_pause_ms=20, longest_pause_ms=1000)
    pauses = [policy.pause(attempt, stream(1, "d", attempt)) for attempt in range(1, 50)]
    assert all(0 <= pause <= 1 for pause in pauses)
    assert all(policy.pause(1, stream(1, "d", n)) <= 0.02 for n in range(50))
