"""Finalisation and check-ins that meet: real connections, each wait is seen in pg_stat_activity."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from tests import harness

Row = dict[str, Any]
PATIENCE = 60.0
"""Seconds after which a wait that should have come has not."""

WORLD = """
select tap.company('gamma');
select count(tap.member('gamma', 'p' || n, 'employee', 'employee')) from generate_series(1, 60) as n;
select count(tap.session(
  'gamma', 's' || n, 'plant', 'ops',
  date_trunc('hour', clock_timestamp()) - interval '20 hours' + n * interval '1 minute', '4 hours',
  'shift', array(select 'p' || m from generate_series(1, 60) as m)
))
from generate_series(1, 5) as n;
"""


@dataclass
class Company:
    """Sixty people who were expected on five shifts that are over."""

    dsn: str
    observer: psycopg.Connection[Row]
    token: str
    pool: ThreadPoolExecutor
    connections: list[psycopg.Connection[Row]] = field(default_factory=list)

    def connect(self, *, autocommit: bool = True) -> psycopg.Connection[Row]:
        options = "-c role=smartattend_app -c timezone=UTC"
        made = psycopg.connect(self.dsn, autocommit=autocommit, row_factory=dict_row, options=options)
        self.connections.append(made)
        return made

    def one(self, query: str, *parameters: Any) -> Row:
        row = self.observer.execute(query, parameters).fetchone()
        assert row is not None
        return row

    def blocked(self, connection: psycopg.Connection[Row]) -> None:
        query = "select pg_catalog.cardinality(pg_catalog.pg_blocking_pids(%s)) as number"
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.one(query, connection.info.backend_pid)["number"]:
                return
        raise AssertionError("the second caller never waited for the first")

    def finalize(self, connection: psycopg.Connection[Row]) -> Row:
        query = "select * from api.attendance_finalize(key => %s, token => %s)"
        row = connection.execute(query, [uuid.uuid4(), self.token]).fetchone()
        assert row is not None
        assert row["status"] == "accepted", row
        return dict(row["detail"])

    def punch(self, connection: psycopg.Connection[Row], kind: str, subject_id: uuid.UUID, claimed_at: Any) -> Row:
        row = connection.execute(
            f"select * from api.check_{kind}(key => %s, subject_id => %s, claimed_at => %s, token => %s)",
            [uuid.uuid4(), subject_id, claimed_at, self.token],
        ).fetchone()
        assert row is not None
        return row

    def later(self, call: Callable[[], Any]) -> Future[Any]:
        return self.pool.submit(call)

    def at_once(self, number: int, work: Callable[[psycopg.Connection[Row], int], Any]) -> list[Any]:
        barrier = threading.Barrier(number)
        connections = [self.connect() for _ in range(number)]

        def run(position: int) -> Any:
            barrier.wait(PATIENCE)
            return work(connections[position], position)

        return [future.result(PATIENCE) for future in [self.pool.submit(run, n) for n in range(number)]]

    def agrees(self) -> None:
        assert self.observer.execute("select * from tap.stale_record").fetchall() == []


@pytest.fixture
def company(database: str) -> Iterator[Company]:
    observer = psycopg.connect(database, autocommit=True, row_factory=dict_row)
    observer.execute("create schema tap")
    observer.execute(harness.FIXTURE.read_text())
    observer.execute(WORLD)
    row = observer.execute("select tap.token('gamma/admin') as token").fetchone()
    assert row is not None
    with ThreadPoolExecutor(max_workers=8) as pool:
        made = Company(database, observer, row["token"], pool)
        try:
            yield made
        finally:
            # also those that a failed test left waiting for each other
            for connection in made.connections:
                observer.execute("select pg_catalog.pg_terminate_backend(%s)", [connection.info.backend_pid])
                connection.close()
    observer.close()


def test_finalisations_at_once_make_each_absence_once(company: Company) -> None:
    found = company.at_once(4, lambda connection, _: company.finalize(connection))
    assert sum(detail["absences"] for detail in found) == 300
    counted = company.one(
        "select count(*) as records, count(distinct (session_id, subject_id)) as pairs from attendance.record"
    )
    assert counted == {"records": 300, "pairs": 300}
    assert company.one("select count(*) as number from attendance.event")["number"] == 300
    assert company.finalize(company.connect())["absences"] == 0
    company.agrees()


def test_a_finalisation_waits_for_a_check_in_that_is_in_flight(company: Company) -> None:
    person = company.one("select tap.id('gamma/p1') as id")["id"]
    shift = company.one("select id, starts_at from attendance.session where id = tap.id('gamma/s1')")
    kiosk, job = company.connect(autocommit=False), company.connect()
    arrival = company.punch(kiosk, "in", person, shift["starts_at"])
    assert arrival["detail"]["session_id"] == str(shift["id"])
    waiting = company.later(lambda: company.finalize(job))
    company.blocked(job)
    kiosk.commit()
    assert waiting.result(PATIENCE)["absences"] == 299
    records = company.observer.execute(
        "select state_via, code from attendance.record where subject_id = %s and session_id = %s", [person, shift["id"]]
    ).fetchall()
    assert records == [{"state_via": "capture", "code": "P"}]
    company.agrees()


def test_a_check_in_waits_for_a_finalisation_and_is_late_evidence(company: Company) -> None:
    person = company.one("select tap.id('gamma/p1') as id")["id"]
    shift = company.one("select id, starts_at from attendance.session where id = tap.id('gamma/s1')")
    job, kiosk = company.connect(autocommit=False), company.connect()
    assert company.finalize(job)["absences"] == 300
    waiting = company.later(lambda: company.punch(kiosk, "in", person, shift["starts_at"]))
    company.blocked(kiosk)
    job.commit()
    arrival = waiting.result(PATIENCE)
    assert (arrival["status"], arrival["revision"], arrival["detail"]["code"]) == ("accepted", 2, "P")
    kinds = company.observer.execute(
        "select kind::text from attendance.event where record_id = %s order by revision", [arrival["id"]]
    ).fetchall()
    assert [row["kind"] for row in kinds] == ["absence", "late_evidence"]
    company.agrees()


def test_a_key_that_is_in_flight_elsewhere_saves_nobody(company: Company) -> None:
    """An absence's key can be computed, and somebody else's check-in may hold it; the next call takes another."""
    query = """
        select core.derived_key(tap.id('gamma/s1'), 'absence of ' || tap.id('gamma/p1')) as key,
          tap.id('gamma/m1') as id
    """
    taken = company.one(query)
    stranger, job = company.connect(autocommit=False), company.connect()
    stranger.execute("select api.check_in(key => %s, subject_id => %s, token => %s)", [*taken.values(), company.token])
    waiting = company.later(lambda: company.finalize(job))
    company.blocked(job)
    stranger.commit()
    found = waiting.result(PATIENCE)
    assert (found["absences"], found["finalized"], found["remaining"]) == (299, 0, 5)
    found = company.finalize(job)
    assert (found["absences"], found["finalized"], found["remaining"]) == (1, 5, 0)
    company.agrees()


def test_who_is_expected_while_a_finalisation_runs_is_found_by_the_next(company: Company) -> None:
    job = company.connect(autocommit=False)
    assert company.finalize(job)["finalized"] == 5
    # the plan's writer waits for the register, and takes the session out of what is done
    planner = psycopg.connect(company.dsn, autocommit=True, row_factory=dict_row)
    company.connections.append(planner)
    waiting = company.later(
        lambda: planner.execute(
            """
            insert into attendance.expectation (
              tenant_id, subject_id, session_id, source, unit_id, business_date, starts_at, ends_at, opens_at,
              closes_at, late_after
            )
            select tenant_id, (select user_id from identity.membership where member_number = 'm1'), session_id, source,
              unit_id, business_date, starts_at, ends_at, opens_at, closes_at, late_after
            from attendance.expectation
            where session_id = %s
            limit 1
            """,
            [company.one("select id from attendance.session where name = 'Session s1'")["id"]],
        )
    )
    company.blocked(planner)
    job.commit()
    waiting.result(PATIENCE)
    assert company.finalize(company.connect())["absences"] == 1
    company.agrees()


def test_three_taps_over_three_connections_are_one_punch(company: Company) -> None:
    for number in range(1, 11):
        person = company.one("select tap.id('gamma/p' || %s) as id", number)["id"]
        outcomes = company.at_once(3, lambda connection, _, who=person: company.punch(connection, "in", who, None))
        assert Counter(outcome["status"] for outcome in outcomes) == {"accepted": 1, "replayed": 2}
        assert len({(outcome["id"], outcome["revision"]) for outcome in outcomes}) == 1
    assert company.one("select count(*) as number from attendance.event")["number"] == 10
    assert company.one("select count(*) as number from attendance.record")["number"] == 10
    company.agrees()
