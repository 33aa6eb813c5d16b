"""``ops.maintain`` and ``smartattend worker``: with real sessions, processes, servers, and real deaths."""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from click.testing import Result
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from orchestrator.notifications import PLATFORM, Delivery, NotDelivered, Settings, webhook
from orchestrator.notifications import send as send_by
from tests import harness

PATIENCE = 30.0
SECRET = b"a secret of some length"
Wait = Callable[[Callable[[], object]], None]


def until(holds: Callable[[], object]) -> None:
    """Wait until something is so, and fail when it does not become so."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


class World:
    """A database with a school, two logins that run maintenance, and workers as processes."""

    def __init__(self, dsn: str, folder: Path) -> None:
        self.dsn = dsn
        self.folder = folder
        self.db: psycopg.Connection[dict[str, Any]] = psycopg.connect(dsn, autocommit=True, row_factory=dict_row)
        self.db.execute("create schema tap")
        self.db.execute(harness.FIXTURE.read_text().encode())
        self.db.execute("grant usage on schema tap to public")
        self.db.execute("select tap.school('alpha')")
        self.logins = {name: f"{name}_{os.getpid()}_{uuid.uuid4().hex[:6]}" for name in ("worker", "operator")}
        for name, roles in (
            ("worker", "smartattend_operator, smartattend_sealer, smartattend_refresher"),
            ("operator", "smartattend_operator"),
        ):
            self.db.execute(sql.SQL("create role {} login in role " + roles).format(sql.Identifier(self.logins[name])))
        self.processes: list[subprocess.Popen[str]] = []

    def conninfo(self, who: str = "worker") -> str:
        return make_conninfo(self.dsn, user=self.logins[who])

    def connect(self, who: str = "worker", **options: str) -> psycopg.Connection[dict[str, Any]]:
        return psycopg.connect(self.conninfo(who), autocommit=True, row_factory=dict_row, **options)

    def rows(self, query: str, *parameters: object) -> list[dict[str, Any]]:
        return self.db.execute(query, parameters).fetchall()

    def value(self, query: str, *parameters: object) -> Any:
        (row,) = self.rows(f"select ({query}) as value", *parameters)
        return row["value"]

    def only(self, *jobs: str) -> None:
        """Leave these jobs on, and no others."""
        self.db.execute("update ops.job set is_enabled = job = any (%s)", [list(jobs)])

    def job(self, name: str, body: str, *, scope: str = "platform", position: int = 1, every: str = "0") -> None:
        """A job of the test's own."""
        self.db.execute(
            f"create function ops.{name}() returns jsonb language plpgsql set search_path = pg_catalog, pg_temp "
            f"as $$ begin {body} end $$; alter function ops.{name}() owner to smartattend_owner"
        )
        self.db.execute(
            "insert into ops.job (job, room, call, scope, every, position, meaning) "
            "values (%s, 'ops', %s, %s, %s, %s, 'a job for a test')",
            [name, f"ops.{name}()", scope, every, position],
        )

    def subscribe(
        self, channel: str, target: str, *, kind: str = "*", secret: str | None = None, tenant: str = ""
    ) -> None:
        owner = f"tap.id('{tenant}')" if tenant else f"'{PLATFORM}'"
        self.db.execute(
            "insert into ops.subscription (tenant_id, kind, channel, target, secret_name) "
            f"values ({owner}, %s, %s, %s, %s)",
            [kind, channel, target, secret],
        )

    def publish(self, subject: str, *, tenant: str = "") -> uuid.UUID:
        with self.db.transaction():
            self.db.execute("set local role smartattend_owner")
            bound = f"tap.id('{tenant}')" if tenant else "null"
            self.db.execute(f"select identity.bind_job({bound})")
            row = self.db.execute("select ops.publish('test.said', %s, '{\"n\": 1}') as id", [subject]).fetchone()
        assert row is not None
        found: uuid.UUID = row["id"]
        return found

    def state(self, message: uuid.UUID) -> str:
        return str(self.value("select d.state from ops.delivery as d where d.message_id = %s", message))

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """A worker of its own process."""
        log = self.folder / f"worker-{len(self.processes)}.log"
        process = subprocess.Popen(
            [sys.executable, "-m", "orchestrator.cli", "worker", "--dsn", self.conninfo(), "--log", "json", *arguments],
            stderr=log.open("w"),
            env={**os.environ, **environment},
            text=True,
        )
        process.log = log  # type: ignore[attr-defined]
        self.processes.append(process)
        return process

    def said(self, process: subprocess.Popen[str], event: str) -> list[dict[str, Any]]:
        lines = process.log.read_text().splitlines()  # type: ignore[attr-defined]
        return [found for line in lines if line.startswith("{") and (found := json.loads(line))["event"] == event]

    def close(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        for login in self.logins.values():
            self.db.execute(sql.SQL("drop owned by {}").format(sql.Identifier(login)))
            self.db.execute(sql.SQL("drop role {}").format(sql.Identifier(login)))
        self.db.close()


@pytest.fixture
def world(database: str, tmp_path: Path) -> Iterator[World]:
    made = World(database, tmp_path)
    yield made
    made.close()


# --- ops.maintain ----------------------------------------------------------------------------------------------


def test_every_job_runs_once_and_is_recorded(world: World) -> None:
    with world.connect() as connection:
        connection.execute("call ops.maintain()")
        first = world.rows("select job, result, error from ops.job_run")
        connection.execute("call ops.maintain()")
    jobs = {row["job"] for row in world.rows("select job from ops.job where is_enabled")}
    assert {row["job"] for row in first} == jobs
    assert [row for row in first if row["result"] != "held"] == []
    assert world.value("select count(*) from ops.job_run") == len(jobs), "nothing was due again"
    assert world.value("select count(*) from ledger.block") >= 1
    assert world.value("select detail ->> 'visited' from ops.job_run where job = 'integrity'") == "1"
    with world.connect("operator") as operator:
        status = operator.execute("select job, result, failures, lag from ops.job_status").fetchall()
    assert {row["result"] for row in status} == {"held"}


def test_who_may_not_seal_leaves_it_to_somebody_who_may(world: World) -> None:
    with world.connect("operator") as connection:
        connection.execute("call ops.maintain()")
    assert world.value("select count(*) from ops.job_run where job in ('seal', 'verify')") == 0
    assert world.value("select count(*) from ops.job_run where job = 'access'") == 1
    with world.connect() as connection:
        connection.execute("call ops.maintain('seal')")
        assert connection.execute("select current_user = session_user as is_itself").fetchone() == {"is_itself": True}
    assert world.value("select result from ops.job_run where job = 'seal'") == "held"


def test_what_fails_stops_nothing_else(world: World) -> None:
    world.db.execute("select tap.school('beta'), tap.school('gamma')")
    world.job("breaks", "perform 1 / 0; return null;")
    world.job(
        "trips",
        "if core.bound_tenant() = '" + str(world.value("tap.id('beta')")) + "' then raise exception 'no'; end if; "
        "return jsonb_build_object('seen', 1);",
        scope="tenant",
        position=2,
    )
    world.job("follows", "return '{}';", position=3)
    world.only("breaks", "trips", "follows", "seal")
    with world.connect() as connection:
        connection.execute("call ops.maintain()")
    runs = {
        row["job"]: row
        for row in world.rows("select * from ops.job_run where tenant_id = '00000000-0000-0000-0000-000000000000'")
    }
    assert (runs["breaks"]["result"], runs["breaks"]["error_code"]) == ("failed", "22012")
    assert runs["follows"]["result"] == runs["seal"]["result"] == "held"
    assert runs["trips"]["result"] == "failed"
    assert runs["trips"]["detail"] == {"seen": 2, "visited": 3, "failed": 1, "skipped": 0}
    (failed,) = world.rows("select * from ops.job_run where tenant_id <> '00000000-0000-0000-0000-000000000000'")
    assert (failed["tenant_id"], failed["job"]) == (world.value("tap.id('beta')"), "trips")


def test_a_job_of_another_role_that_fails_is_recorded_too(world: World) -> None:
    world.db.execute("update ops.job set call = 'ledger.seal(0)' where job = 'seal'")
    world.only("seal", "partitions")
    with world.connect() as connection:
        connection.execute("call ops.maintain()")
    assert world.rows("select job, result, error_code from ops.job_run order by job") == [
        {"job": "partitions", "result": "held", "error_code": None},
        {"job": "seal", "result": "failed", "error_code": "SA010"},
    ]


@pytest.mark.parametrize("scope", ["platform", "tenant"])
def test_a_job_that_takes_too_long_is_recorded_and_the_others_come_next(world: World, scope: str) -> None:
    world.job("sleeps", "perform pg_sleep(60); return null;", every="1 hour", scope=scope)
    world.job("follows", "return '{}';", position=2)
    world.only("sleeps", "follows")
    with world.connect(options="-c statement_timeout=300ms") as connection:
        connection.execute("call ops.maintain()")
        assert world.rows("select distinct job from ops.job_run") == [{"job": "sleeps"}]
        assert world.value("select count(*) from ops.job_run where error_code = '57014'") == 1
        connection.execute("call ops.maintain()")
    assert world.value("select result from ops.job_run where job = 'follows'") == "held"


def test_it_does_not_run_within_a_transaction_or_at_another_level(world: World) -> None:
    with world.connect() as connection:
        with pytest.raises(psycopg.errors.InvalidTransactionTermination), connection.transaction():
            connection.execute("call ops.maintain()")
        with pytest.raises(psycopg.Error) as caught:
            connection.execute("call ops.maintain('nothing')")
        assert caught.value.sqlstate == "SA011"
        connection.execute("set default_transaction_isolation = 'serializable'")
        with pytest.raises(psycopg.Error) as caught:
            connection.execute("call ops.maintain('access')")
        assert caught.value.sqlstate == "SA006"


def test_nobody_waits_for_whoever_runs_a_job(world: World) -> None:
    world.job("slow", "perform pg_sleep(60); return null;")
    world.job("quick", "return '{}';", position=2)
    world.only("slow", "quick")
    with world.connect() as first, world.connect() as second:
        running = threading.Thread(target=lambda: _ignore(lambda: first.execute("call ops.maintain('slow')")))
        running.start()
        until(
            lambda: world.value(
                "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"
            )
        )
        began = time.monotonic()
        second.execute("call ops.maintain()")
        assert time.monotonic() - began < 10
        assert world.rows("select job, result from ops.job_run") == [{"job": "quick", "result": "held"}]
        first.cancel()
        running.join(PATIENCE)


def _ignore(call: Callable[[], object]) -> None:
    with contextlib.suppress(psycopg.Error):
        call()


def test_maintenance_wakes_whoever_sends_when_something_is_due(world: World) -> None:
    world.only("partitions")
    world.subscribe("file", "audit")
    with world.connect("operator") as listener, world.connect() as connection:
        listener.execute("listen smartattend_outbox")
        connection.execute("call ops.maintain()")
        assert list(listener.notifies(timeout=0.2)) == []
        message = world.publish("something")
        assert list(listener.notifies(timeout=0.2)) == [], "a command wakes nobody"
        connection.execute("call ops.maintain()")
        assert len(list(listener.notifies(timeout=1, stop_after=1))) == 1
        world.db.execute(
            "update ops.delivery set next_at = core.clock() + interval '1 hour' where message_id = %s", [message]
        )
        connection.execute("call ops.maintain()")
        assert list(listener.notifies(timeout=0.2)) == []


def test_partitions_are_made_while_the_guard_is_armed(world: World) -> None:
    world.db.execute("select guard.accept('what the test begins with')")
    world.db.execute("select guard.arm()")
    with world.connect() as connection:
        connection.execute("call ops.maintain('partitions')")
    assert world.rows(
        "select result, detail ->> 'partitions' as made, error from ops.job_run where job = 'partitions'"
    ) == [{"result": "held", "made": "6", "error": None}]
    assert world.rows("select * from guard.verify()") == []
    assert world.rows("select 1 from guard.change where name like 'ledger.add_partition%%'") != []
    with world.db.transaction():
        world.db.execute("set local role smartattend_owner")
        assert world.value("ops.add_partition('ops.job_run', '2041-05-01')") == "job_run_2041_05"
    assert world.rows("select 1 from guard.change where name = 'a partition of ops.job_run for 2041-05'") != []


def test_a_fact_that_is_committed_late_is_an_incident_too(world: World) -> None:
    if world.value("to_regprocedure('incident.raise(text, text, integer, text, jsonb)') is null"):
        world.db.execute("create schema incident")
        world.db.execute(
            "create function incident.raise(source text, dedup_key text, severity integer, title text, evidence jsonb) "
            "returns uuid language sql as $$ select gen_random_uuid() $$"
        )
        world.db.execute("grant usage on schema incident to smartattend_owner")
    world.only("detect_access")
    alpha = world.value("tap.id('alpha')")
    alarm = (
        "insert into access.alarm (tenant_id, severity, source, dedup_key, title, evidence) "
        f"values ('{alpha}', 3, 'escalation', %s, 'something', jsonb_build_object())"
    )
    again = "update ops.visit set begun_at = '-infinity', ended_at = '-infinity'"
    raised = "select (detail ->> 'raised')::integer as raised from ops.job_run order by begun_at desc limit 1"
    with world.connect() as connection, psycopg.connect(world.dsn) as late:
        late.execute(alarm, ["begun first"])
        world.db.execute(alarm, ["committed first"])
        connection.execute("call ops.maintain()")
        late.commit()
        seen = [world.rows(raised)[0]["raised"]]
        for _ in range(2):
            world.db.execute(again)
            connection.execute("call ops.maintain()")
            seen.append(world.rows(raised)[0]["raised"])
    assert sum(seen) == 2, "each once"
    assert seen[-1] == 0


# --- the worker --------------------------------------------------------------------------------------------------


def test_two_workers_run_nothing_at_once_and_send_nothing_twice(world: World) -> None:
    world.db.execute("select tap.school('beta')")
    world.db.execute(
        "create table ops.trace (job text, tenant uuid, pid integer, began timestamptz, ended timestamptz)"
    )
    world.db.execute("grant insert on ops.trace to smartattend_owner")
    body = (
        "declare began timestamptz := core.clock(); begin perform pg_sleep(0.05); "
        "insert into ops.trace values ('{0}', core.bound_tenant(), pg_backend_pid(), began, core.clock()); "
        "return '{{}}'; end;"
    )
    world.job("alone", body.format("alone"))
    world.job("visits", body.format("visits"), scope="tenant")
    world.only("alone", "visits")
    world.subscribe("file", "audit")
    world.subscribe("file", "audit", kind="test.*")
    audit = world.folder / "audit.jsonl"
    sent = {str(world.publish(f"message {n}")) for n in range(60)}
    for _ in range(2):
        world.start("--interval", "0.1", "--file", f"audit={audit}")
    until(lambda: world.value("select count(distinct pid) from ops.trace") == 2)
    until(lambda: not world.value("select count(*) from ops.delivery where state <> 'delivered'"))
    until(lambda: world.value("select count(*) from ops.trace") > 40)
    for process in world.processes:
        process.send_signal(signal.SIGTERM)
    assert [process.wait(PATIENCE) for process in world.processes] == [0, 0]
    overlapping = world.rows(
        "select a.job from ops.trace as a "
        "inner join ops.trace as b on a.job = b.job and a.tenant is not distinct from b.tenant "
        "and a.ctid < b.ctid and a.began < b.ended and b.began < a.ended"
    )
    assert overlapping == []
    lines = [json.loads(line)["id"] for line in audit.read_text().splitlines()]
    assert len(lines) == 120
    assert set(lines) == sent
    assert world.value("select max(attempts) from ops.delivery") == 1


def test_a_worker_that_is_killed_loses_nothing(world: World) -> None:
    world.only()
    world.subscribe("command", "pager")
    began, arrived = world.folder / "began", world.folder / "arrived"
    pager = world.folder / "pager"
    pager.write_text(
        f"#!/bin/sh\nif [ ! -e {began} ]; then touch {began}; exec sleep 60; fi\ncat >> {arrived}; echo >> {arrived}\n"
    )
    pager.chmod(0o755)
    # committed while nobody was there to send it
    message = world.publish("the house is on fire")
    first = world.start("--deliveries-only", "--lease", "2", "--time-out", "1.9", "--command", f"pager={pager}")
    until(began.exists)
    first.kill()  # between taking and sending
    first.wait()
    assert world.state(message) == "pending"
    second = world.start(
        "--deliveries-only", "--interval", "0.1", "--lease", "5", "--time-out", "4", "--command", f"pager={pager}"
    )
    until(lambda: world.state(message) == "delivered")
    second.send_signal(signal.SIGTERM)
    assert second.wait(PATIENCE) == 0
    assert [json.loads(line)["id"] for line in arrived.read_text().splitlines()] == [str(message)]
    assert world.value("select attempts from ops.delivery") == 2


def test_a_worker_that_is_told_to_stop_finishes_what_it_has_in_hand(world: World) -> None:
    world.job("slow", "perform pg_sleep(1); perform ops.publish('test.slow', 'done'); return '{}';", every="1 hour")
    world.only("slow")
    world.subscribe("command", "pager", kind="test.said")
    began = world.folder / "began"
    pager = world.folder / "pager"
    pager.write_text(f"#!/bin/sh\ntouch {began}; sleep 1; cat > /dev/null\n")
    pager.chmod(0o755)
    first, second = world.publish("one"), world.publish("two")
    process = world.start("--command", f"pager={pager}")
    until(began.exists)
    until(
        lambda: world.value(
            "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"
        )
    )
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    assert sorted(world.state(message) for message in (first, second)) == ["delivered", "pending"]
    assert world.rows("select result from ops.job_run where job = 'slow'") == [{"result": "held"}]
    assert world.value("select count(*) from ops.message where kind = 'test.slow'") == 1
    assert world.value("select attempts from ops.delivery where state = 'pending'") == 0, (
        "the next one is not even taken"
    )


def test_a_worker_comes_back_when_the_server_does(world: World) -> None:
    world.job("ticks", "return '{}';")
    world.only("ticks")
    world.subscribe("file", "audit")
    audit = world.folder / "audit.jsonl"
    process = world.start("--interval", "0.1", "--file", f"audit={audit}")
    until(lambda: len(world.said(process, "connected")) == 2)
    world.db.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where application_name like 'smartattend worker%' and datname = current_database()"
    )
    until(lambda: len(world.said(process, "connected")) == 4)
    message = world.publish("still there?")
    until(lambda: world.state(message) == "delivered")
    before = world.value("select count(*) from ops.job_run")
    until(lambda: world.value("select count(*) from ops.job_run") > before)
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 0


def test_once_says_by_its_exit_code_whether_something_failed(world: World, smartattend: Callable[..., Result]) -> None:
    world.job("ticks", "return '{}';")
    world.only("ticks")
    world.subscribe("file", "audit")
    audit = world.folder / "audit.jsonl"
    world.publish("something")
    arguments = ("worker", "--once", "--dsn", world.conninfo())
    result = smartattend(*arguments, "--file", f"audit={audit}")
    assert result.exit_code == 0, result.output
    assert len(audit.read_text().splitlines()) == 1
    world.publish("something else")
    result = smartattend(*arguments)
    assert result.exit_code == 1
    assert "no file 'audit'" in result.output
    world.db.execute("update ops.delivery set state = 'dead', last_error = 'x' where state = 'pending'")
    world.job("breaks", "perform 1 / 0; return null;")
    result = smartattend(*arguments)
    assert result.exit_code == 1
    assert "division by zero" in result.output
    shown = smartattend("worker", "status", "--format", "json", "--dsn", world.conninfo("operator"))
    assert shown.exit_code == 0, shown.output
    status = json.loads(shown.stdout)
    assert {row["job"]: row["result"] for row in status["jobs"] if row["is_enabled"]} == {
        "ticks": "held",
        "breaks": "failed",
    }
    assert {row["state"]: row["deliveries"] for row in status["deliveries"]} == {"dead": 1, "delivered": 1}
    assert smartattend("worker", "--once", "--jobs-only", "--deliveries-only").exit_code == 2
    assert smartattend("worker", "--once", "--lease", "5", "--time-out", "5").exit_code == 2
    assert smartattend("worker", "--once", "--command", "x").exit_code == 2
    assert smartattend("worker", "--once", "--allow-network", "x").exit_code == 2


def test_who_is_no_operator_is_told_so(world: World, smartattend: Callable[..., Result]) -> None:
    world.db.execute(sql.SQL("revoke smartattend_operator from {}").format(sql.Identifier(world.logins["operator"])))
    result = smartattend("worker", "--once", "--dsn", world.conninfo("operator"))
    assert result.exit_code == 1
    assert "not a member of smartattend_operator" in result.output


def test_pg_cron_is_told_to_call_maintain(world: World, smartattend: Callable[..., Result]) -> None:
    result = smartattend("worker", "--print-pg-cron", "--dsn", "host=x user=o'hara dbname=attendance")
    assert result.exit_code == 0
    assert "'call ops.maintain()', 'attendance', 'o''hara', true" in result.stdout


# --- the channels ------------------------------------------------------------------------------------------------


class Receiver:
    """A web server on the loopback that keeps what comes, and answers what it is told to."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.answers = [200]
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((self.path, dict(self.headers), body))
                status = receiver.answers.pop(0) if len(receiver.answers) > 1 else receiver.answers[0]
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook?a=1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_webhook_is_signed_tried_again_and_given_up(
    world: World, receiver: Receiver, smartattend: Callable[..., Result]
) -> None:
    world.only()
    world.subscribe("webhook", receiver.url, secret="main", tenant="alpha")
    message = world.publish("something", tenant="alpha")
    tenant = world.value("tap.id('alpha')")
    secrets = world.folder / "secrets"
    (secrets / str(tenant)).mkdir(parents=True)
    arguments = ("worker", "--once", "--deliveries-only", "--dsn", world.conninfo(), "--secrets", str(secrets))
    again = "update ops.delivery set next_at = core.clock() where state = 'pending'"
    result = smartattend(*arguments, "--allow-network", "127.0.0.0/8")
    assert "no secret 'main'" in result.output
    assert receiver.got == [], "nothing goes out unsigned"
    (secrets / str(tenant) / "main").write_bytes(SECRET + b"\n")
    world.db.execute(again)
    result = smartattend(*arguments)
    assert "which is no public address" in result.output
    assert receiver.got == [], "a tenant does not reach the worker's network"
    for status in (500, 302):
        receiver.answers = [status]
        world.db.execute(again)
        result = smartattend(*arguments, "--allow-network", "127.0.0.0/8")
        assert result.exit_code == 1
        assert f"answered {status}" in result.output
    assert world.state(message) == "pending"
    receiver.answers = [204]
    world.db.execute(again)
    result = smartattend(*arguments, "--allow-network", "127.0.0.0/8")
    assert result.exit_code == 0, result.output
    assert world.state(message) == "delivered"
    assert len(receiver.got) == 3, "a redirect is not followed"
    assert len({body for _, _, body in receiver.got}) == 1
    path, headers, body = receiver.got[-1]
    assert path == "/hook?a=1"
    assert headers["Idempotency-Key"] == str(message)
    assert headers["Content-Type"] == "application/json"
    assert re.fullmatch(r"t=\d+,v1=[0-9a-f]{64}", headers["SmartAttend-Signature"])
    now = time.time()
    assert webhook.verify(SECRET, body, headers["SmartAttend-Signature"], now)
    assert not webhook.verify(SECRET, body + b" ", headers["SmartAttend-Signature"], now)
    assert not webhook.verify(b"another secret, just as long", body, headers["SmartAttend-Signature"], now)
    assert not webhook.verify(SECRET, body, headers["SmartAttend-Signature"], now + 301), "an old one is no proof"
    assert not webhook.verify(SECRET, body, "nonsense", now)
    document = json.loads(body)
    assert (document["id"], document["tenant_id"], document["kind"]) == (str(message), str(tenant), "test.said")
    assert (document["subject"], document["body"]) == ("something", {"n": 1})


def _delivery(channel: str, target: str, *, tenant: uuid.UUID = PLATFORM, secret: str | None = None) -> Delivery:
    import datetime as dt

    moment = dt.datetime(2026, 5, 4, 10, tzinfo=dt.UTC)
    return Delivery(
        tenant, uuid.uuid4(), uuid.uuid4(), 1, channel, target, secret, "a.kind", "a subject", {"n": 1}, moment
    )


@pytest.mark.once
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "10.0.0.1",
        "169.254.169.254",
        "192.168.1.1",
        "[::1]",
        "0.0.0.0",
        "224.0.0.1",
        "[::ffff:127.0.0.1]",
    ],
)
def test_a_tenant_reaches_public_addresses_only(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = uuid.uuid4()
    monkeypatch.setenv(f"SMARTATTEND_SECRET_{tenant.hex.upper()}_MAIN", SECRET.decode())
    with pytest.raises(NotDelivered, match="no public address"):
        send_by(_delivery("webhook", f"http://{host}:9/", tenant=tenant, secret="main"), Settings(time_out=1))


@pytest.mark.once
def test_a_secret_is_one_of_the_tenants_own_and_long_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = uuid.uuid4(), uuid.uuid4()
    for owner in (str(one), "platform"):
        (tmp_path / owner).mkdir()
        (tmp_path / owner / "main").write_bytes(SECRET)
    settings = Settings(secrets=tmp_path)
    assert settings.secret(_delivery("webhook", "x", tenant=one, secret="main")) == SECRET
    assert settings.secret(_delivery("webhook", "x", secret="main")) == SECRET
    monkeypatch.setenv("SMARTATTEND_SECRET_PLATFORM_OTHER", "another secret of some length")
    assert settings.secret(_delivery("webhook", "x", secret="other")) == b"another secret of some length"
    for delivery in (
        _delivery("webhook", "x", tenant=other, secret="main"),
        _delivery("webhook", "x", tenant=one, secret="../platform/main"),
        _delivery("webhook", "x", tenant=one),
    ):
        with pytest.raises(NotDelivered, match="no secret"):
            settings.secret(delivery)
    (tmp_path / "platform" / "short").write_bytes(b"short")
    with pytest.raises(NotDelivered, match="shorter"):
        settings.secret(_delivery("webhook", "x", secret="short"))


@pytest.mark.once
def test_commands_and_files_are_those_of_the_workers_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "x")
    monkeypatch.setenv("SMARTATTEND_SECRET_PLATFORM_MAIN", "x")
    seen = tmp_path / "seen"
    settings = Settings(
        commands={
            "keeps": f"sh -c 'env > {seen}; cat >> {seen}'",
            "fails": "sh -c 'echo it is broken >&2; exit 3'",
            "sleeps": "sleep 60",
            "lacks": str(tmp_path / "nothing"),
        },
        files={"audit": tmp_path / "audit", "lacks": tmp_path / "no" / "file", "full": Path("/dev/full")},
        time_out=0.5,
    )
    delivery = _delivery("command", "keeps")
    send_by(delivery, settings)
    said = seen.read_text()
    assert f"SMARTATTEND_MESSAGE_ID={delivery.message_id}" in said
    assert "PGPASSWORD" not in said
    assert "SECRET" not in said
    assert said.endswith(delivery.payload().decode())
    for channel, target, why in (
        ("command", "fails", "exited with 3: it is broken"),
        ("command", "sleeps", "did not end within 0.5 s"),
        ("command", "lacks", "No such file"),
        ("command", "other", "no command 'other'"),
        ("file", "lacks", "No such file"),
        ("file", "other", "no file 'other'"),
        ("file", "full", "No space left"),
        ("pigeon", "x", "no channel 'pigeon'"),
        ("smtp", "a@example.org", "no mail server"),
    ):
        with pytest.raises(NotDelivered, match=why):
            send_by(_delivery(channel, target), settings)
    for channel, target in (("command", "keeps"), ("file", "audit")):
        with pytest.raises(NotDelivered, match="the platform's own"):
            send_by(_delivery(channel, target, tenant=uuid.uuid4()), settings)
    for _ in range(2):
        send_by(_delivery("file", "audit"), settings)
    assert [json.loads(line)["kind"] for line in (tmp_path / "audit").read_text().splitlines()] == ["a.kind"] * 2


class Inbox(Message):
    """Keeps the mails that come."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[Any] = []

    def handle_message(self, message: Any) -> None:
        self.got.append(message)


def test_a_mail_is_handed_to_a_real_server(world: World, smartattend: Callable[..., Result]) -> None:
    world.only()
    world.subscribe("smtp", "office@example.org", tenant="alpha")
    message = world.publish("Schüler fehlen", tenant="alpha")
    inbox = Inbox()
    arguments = (
        "worker",
        "--once",
        "--deliveries-only",
        "--dsn",
        world.conninfo(),
        "--smtp-from",
        "no-reply@example.org",
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        result = smartattend(*arguments, "--smtp", f"127.0.0.1:{port}")
    finally:
        server.stop()
    assert result.exit_code == 0, result.output
    (mail,) = inbox.got
    assert (mail["To"], mail["From"]) == ("office@example.org", "no-reply@example.org")
    from email.header import decode_header, make_header

    assert str(make_header(decode_header(mail["Subject"]))) == "Schüler fehlen"
    assert str(message) in mail["Message-ID"]
    assert world.state(message) == "delivered"
    again = world.publish("to nobody", tenant="alpha")
    result = smartattend(*arguments, "--smtp", f"127.0.0.1:{port}")
    assert result.exit_code == 1
    assert world.state(again) == "pending"
