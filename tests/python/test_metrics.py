"""Roll-ups that nobody waits for: nothing is lost or counted twice, whoever commits when."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from tests import harness

Row = dict[str, Any]
Connection = psycopg.Connection[Row]
GATES = "capture_read capture_write administration_read administration_write ordinary_read ordinary_write"
BIND = f"""
  select core.bind(
    tap.id('alpha'), '{GATES}', (tap.id('alpha'), null, null, null, null, 'system', 0)::core.actor
  )"""
NOBODY = "select core.bind(null, '', (null, null, null, null, null, 'system', 0)::core.actor)"
WRITERS = 6
CALLS = 40


class World:
    """A school of the test's own, and the jobs that maintenance runs for it."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.observer: Connection = psycopg.connect(dsn, autocommit=True, row_factory=dict_row)
        self.observer.execute("select tap.school('alpha')")
        self.connections = [self.observer]

    def connect(self, *, autocommit: bool = True, role: str = "smartattend_app") -> Connection:
        made: Connection = psycopg.connect(
            self.dsn, autocommit=autocommit, row_factory=dict_row, options=f"-c role={role} -c timezone=UTC"
        )
        self.connections.append(made)
        return made

    def value(self, query: str, *parameters: Any) -> Any:
        row = self.observer.execute(f"select ({query}) as value", parameters).fetchone()
        assert row is not None
        return row["value"]

    def token(self, who: str) -> str:
        return str(self.value("tap.token(%s)", f"alpha/{who}"))

    def job(self, call: str, bind: str = BIND) -> Any:
        """What a job's function answers, in a transaction of its own, as the owner with the tenant bound."""
        with self.connect(autocommit=False, role="postgres") as connection:
            # tap.id needs the backend that made the school
            connection.execute(bind.replace("tap.id('alpha')", f"'{self.value('tap.id(%s)', 'alpha')}'::uuid").encode())
            connection.execute("set local role smartattend_owner")
            row = connection.execute(f"select {call} as value".encode()).fetchone()
            assert row is not None
            return row["value"]

    def roll_up(self) -> int:
        return int(self.job("metrics.roll_up(core.clock())"))

    def counted(self, endpoint: str = "check_in") -> int:
        return int(
            self.value(
                "select coalesce(sum(count), 0) from metrics.request_minute "
                "where tenant_id = tap.id('alpha') and endpoint = %s",
                endpoint,
            )
        )

    def close(self) -> None:
        for connection in self.connections:
            connection.close()


@pytest.fixture
def world(clone: Callable[[], str]) -> Iterator[World]:
    dsn = clone()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create schema tap")
        connection.execute(harness.FIXTURE.read_text().encode())
        connection.execute("grant usage on schema tap to public")
    made = World(dsn)
    yield made
    made.close()


def check_in(connection: Connection, token: str) -> None:
    connection.execute("select status from api.check_in(%s, token => %s)", [uuid.uuid4(), token])


def test_what_commits_late_is_counted_and_nothing_twice(world: World) -> None:
    late, early = world.connect(autocommit=False), world.connect()
    check_in(late, world.token("s1"))
    check_in(early, world.token("s2"))
    world.roll_up()
    # the one in flight holds back whatever began after it: it is counted later, but it is counted
    before = world.counted()
    assert before <= 1
    late.commit()
    world.roll_up()
    assert world.counted() == 2
    assert world.roll_up() == 0
    assert world.counted() == 2
    assert world.value("select total from metrics.counter where metric = 'attendance_success'") == 2


def test_rollups_that_meet_count_once_while_people_come(world: World) -> None:
    done = threading.Event()
    # repeats within a minute are calls, too
    people = [world.token(who) for who in ("s1", "s2", "s3")]
    connections = [world.connect() for _ in range(WRITERS)]

    def come(number: int) -> None:
        for _ in range(CALLS):
            check_in(connections[number], people[number % len(people)])

    def count() -> None:
        while not done.is_set():
            world_of_its_own.roll_up()

    world_of_its_own = world
    writers = [threading.Thread(target=come, args=(n,)) for n in range(WRITERS)]
    counters = [threading.Thread(target=count) for _ in range(1)]
    for thread in [*writers, *counters]:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in counters:
        thread.join()
    world.roll_up()
    assert world.counted() == WRITERS * CALLS
    sums = world.observer.execute(
        "select (select sum(count) from metrics.request_minute) as minutes, "
        "(select sum(count) from metrics.request_hour) as hours"
    ).fetchone()
    assert sums is not None
    assert sums["minutes"] == sums["hours"]


def test_the_second_of_two_rollups_does_nothing(world: World) -> None:
    check_in(world.connect(), world.token("s1"))
    world.roll_up()
    check_in(world.connect(), world.token("s2"))
    with world.connect(autocommit=False, role="postgres") as other:
        other.execute("select from metrics.watermark for update")
        assert world.roll_up() == 0
        assert world.job("metrics.raise_alarms(core.clock())") == 0
    assert world.roll_up() == 1


def test_a_transaction_that_stays_open_is_seen_to_grow_old(world: World) -> None:
    def oldest() -> float:
        world.job("metrics.collect(core.clock())", NOBODY)
        return float(
            world.value(
                "select value from metrics.sample where metric = 'oldest_transaction' order by recorded_at desc limit 1"
            )
        )

    # who may not read when other people's transactions began sees that the horizon stands still
    idle = world.connect(autocommit=False, role="postgres")
    idle.execute("select pg_current_xact_id()")
    first = oldest()
    seen = [oldest() for _ in range(3)]
    assert first < seen[0] < seen[1] < seen[2]
    idle.rollback()
    assert oldest() < seen[2]


def test_reports_that_meet_are_all_counted(world: World) -> None:
    tenant = world.value("tap.id('alpha')")

    def report() -> None:
        with world.connect(autocommit=True, role="postgres") as connection:
            for _ in range(10):
                with connection.transaction():
                    connection.execute(BIND.replace("tap.id('alpha')", f"'{tenant}'::uuid").encode())
                    connection.execute("set local role smartattend_owner")
                    connection.execute("select metrics.report_health('api', true, '{}', core.clock())")

    threads = [threading.Thread(target=report) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    health = world.observer.execute("select state, good_reports from metrics.service_health").fetchall()
    # five make it healthy, and thirty-five go on
    assert health == [{"state": "healthy", "good_reports": 35}]
