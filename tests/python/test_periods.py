"""Periods under concurrency: no write lands in a closed period, and its totals are what is in it."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from orchestrator.database import Outcome, call, uuid7
from orchestrator.periods import close_period
from tests import harness

Row = dict[str, Any]
Connection = psycopg.Connection[Row]
PATIENCE = 30.0
"""Seconds after which a wait that should have come has not."""

START = datetime(2026, 1, 1, tzinfo=UTC)
LENGTH = timedelta(days=1)
PERIODS = 12
PEOPLE = 24

WORLD = """
create schema tap;
grant usage on schema tap to public;
"""

# A write as the procedures make it, but without what they ask beforehand: only the lock of the period is in the way.
# correct: a revision of kind correction, with its adjustment if the period is closed.
WRITE = """
create function tap.write(
  tenant_id uuid, record_id uuid, subject_id uuid, accounted_at timestamptz, correct boolean default false,
  code text default 'P'
)
returns void
language plpgsql
as $$
declare
  v_before attendance.record;
  v_event attendance.event;
begin
  perform core.bind(
    write.tenant_id, 'capture_read capture_write administration_read administration_write ordinary_read ordinary_write',
    (write.tenant_id, null, null, null, null, 'system', 0)::core.actor
  );
  perform from identity.membership as m
  where m.tenant_id = write.tenant_id and m.user_id = write.subject_id
  for no key update;
  select r.* into v_before from attendance.record as r where r.tenant_id = write.tenant_id and r.id = write.record_id;
  insert into attendance.event (
    tenant_id, key, kind, subject_id, record_id, revision, state, code, business_date, reason, requester_id,
    approver_id, base_revision, payload_hash
  )
  select
    write.tenant_id, core.uuid_v7(), case when write.correct then 'correction' else 'mark' end, write.subject_id,
    write.record_id, coalesce(v_before.revision, 0) + 1, 'recorded', write.code,
    (write.accounted_at at time zone 'UTC')::date, 'the test corrects this record', m.user_id, write.subject_id,
    coalesce(v_before.revision, 0), sha256('')
  from identity.membership as m
  where m.tenant_id = write.tenant_id and m.member_number = 'admin'
  returning * into v_event;
  if write.correct then
    perform attendance.adjust(v_before, v_event);
  end if;
  if v_before.id is null then
    insert into attendance.record (
      tenant_id, id, subject_id, business_date, accounted_at, state, state_via, code, revision
    )
    values (
      write.tenant_id, write.record_id, write.subject_id, v_event.business_date, write.accounted_at, 'recorded',
      'capture', write.code, 1
    );
  else
    update attendance.record as r
    set revision = v_event.revision, code = v_event.code
    where r.tenant_id = write.tenant_id and r.id = write.record_id;
  end if;
end $$;
grant execute on function tap.write to public;
-- What a correction needs besides has tests of its own: here every one is approved.
create or replace function attendance.judge_correction() returns trigger language plpgsql as 'begin return null; end';
"""

RECOUNT = """
select p.code, f.key as field, sum(f.value::text::numeric) as value
from attendance.record as r
inner join attendance.period as p
  on p.tenant_id = r.tenant_id and p.starts_at <= r.accounted_at and p.ends_at > r.accounted_at
cross join lateral attendance.tally(r.state, r.code, r.session_id, r.accounted_at, r.in_at, r.out_at) as t
cross join lateral jsonb_each(to_jsonb(t)) as f
where p.state = 'closed' and r.tenant_id = core.bound_tenant()
group by p.code, f.key
"""
FROZEN = """
select p.code, f.key as field, sum(f.value::text::numeric) as value
from attendance.period_total as t
inner join attendance.period as p on p.tenant_id = t.tenant_id and p.id = t.period_id
cross join lateral jsonb_each(to_jsonb(t)) as f
where t.tenant_id = core.bound_tenant()
  and jsonb_typeof(f.value) = 'number'
  and f.key not in ('adjustments', 'epoch', 'xid')
group by p.code, f.key
"""
CARRIED = """
select p.code, f.key as field, sum(f.value::text::numeric) as value
from attendance.period_adjustment as a
inner join attendance.period as p on p.tenant_id = a.tenant_id and p.id = a.{column}
cross join lateral jsonb_each(a.delta) as f
where a.tenant_id = core.bound_tenant() and p.state = 'closed'
group by p.code, f.key
"""
BROUGHT = """
select p.code, f.key as field, sum(f.value::text::numeric) as value
from attendance.period_total as t
inner join attendance.period as p on p.tenant_id = t.tenant_id and p.id = t.period_id
cross join lateral jsonb_each(t.adjusted) as f
where t.tenant_id = core.bound_tenant()
group by p.code, f.key
"""

Figures = Counter[tuple[str, str]]


@dataclass
class World:
    """A school with PERIODS days as periods, all of them over, and PEOPLE members."""

    dsn: str
    observer: Connection
    tenant: uuid.UUID
    token: str
    kiosk: str
    periods: list[uuid.UUID]
    people: list[uuid.UUID]
    pool: ThreadPoolExecutor
    connections: list[Connection] = field(default_factory=list)

    def connect(self, role: str = "smartattend_app", *, autocommit: bool = True) -> Connection:
        connection = psycopg.connect(
            self.dsn,
            autocommit=autocommit,
            row_factory=dict_row,
            options=f"-c role={role} -c timezone=UTC -c lock_timeout=20s",
        )
        self.connections.append(connection)
        return connection

    def writer(self) -> Connection:
        """A connection as the owner, whose transactions end when the test says."""
        return self.connect("smartattend_owner", autocommit=False)

    def write(
        self,
        connection: Connection,
        day: float,
        *,
        record: uuid.UUID | None = None,
        person: int = 0,
        correct: bool = False,
        code: str = "P",
    ) -> uuid.UUID:
        """Write a record, or its next revision, accounted so many days after the first period's start."""
        record = record or uuid7()
        connection.execute(
            "select tap.write(%s, %s, %s, %s, %s, %s)",
            [self.tenant, record, self.people[person], START + day * LENGTH, correct, code],
        )
        return record

    def move(self, connection: Connection, period: int, via: str, reason: str | None = None) -> Outcome:
        return call(
            connection,
            "period_transition",
            key=uuid7(),
            period_id=self.periods[period],
            via=via,
            reason=reason,
            token=self.token,
        )

    def waits(self, connection: Connection) -> bool:
        """Whether the connection waits for a lock."""
        query = "select pg_catalog.cardinality(pg_catalog.pg_blocking_pids(%s)) > 0 as waits"
        row = self.observer.execute(query, [connection.info.backend_pid]).fetchone()
        return row is not None and bool(row["waits"])

    def blocked(self, connection: Connection) -> None:
        """Wait until the connection waits for a lock."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.waits(connection):
                return
        raise AssertionError("the second caller never waited for the first")

    def later(self, work: Callable[[], Any]) -> Future[Any]:
        return self.pool.submit(work)

    def figures(self, query: str) -> Figures:
        """What a query adds up to, by period and column, without zeros."""
        with self.observer.transaction():
            self.observer.execute("select set_config('smartattend.bound_tenant', %s, true)", [str(self.tenant)])
            rows = self.observer.execute(query).fetchall()
        return Figures({(row["code"], row["field"]): row["value"] for row in rows if row["value"] != 0})

    def agrees(self) -> None:
        """What is in the closed periods is what was frozen and what was carried out of them; what came in is told."""
        carried = self.figures(CARRIED.format(column="period_id"))
        frozen = self.figures(FROZEN)
        frozen.update(carried)  # adds
        assert {key: value for key, value in frozen.items() if value != 0} == dict(self.figures(RECOUNT))
        assert self.figures(BROUGHT) == self.figures(CARRIED.format(column="into_period_id"))

    def records(self, period: int) -> int:
        return int(self.figures(FROZEN)[f"d{period:02}", "records"])


def refused(work: Callable[[], Any]) -> bool:
    """Whether the period was shut; any other error is one of the test."""
    try:
        work()
    except psycopg.Error as error:
        if error.sqlstate != "SA117":
            raise
        return True
    return False


def prepare(dsn: str, *scripts: str) -> None:
    """What the pgTAP tests share, but without pgTAP; and a way to write."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        for script in (WORLD, harness.FIXTURE.read_text(), WRITE, *scripts):
            connection.execute(script.encode())


@contextmanager
def school(dsn: str) -> Iterator[World]:
    """A school of its own (the fixture salts names with the backend's number)."""
    observer = psycopg.connect(dsn, autocommit=True, row_factory=dict_row)
    observer.execute("select tap.school('alpha')")
    row = observer.execute(
        "select tap.id('alpha') as tenant, tap.token('alpha/admin') as token, tap.device_token('alpha/kiosk') as kiosk"
    ).fetchone()
    assert row is not None
    people = [
        one["id"]
        for number in range(PEOPLE)
        for one in observer.execute("select tap.member('alpha', %s, 'student') as id", [f"p{number}"]).fetchall()
    ]
    periods = [
        one["id"]
        for number in range(PERIODS)
        for one in observer.execute(
            """
            insert into attendance.period (tenant_id, code, name, kind, starts_at, ends_at)
            values (%s, %s, 'A day', 'pay_period', %s, %s)
            returning id
            """,
            [row["tenant"], f"d{number:02}", START + number * LENGTH, START + (number + 1) * LENGTH],
        ).fetchall()
    ]
    with ThreadPoolExecutor(max_workers=32) as pool:
        made = World(dsn, observer, row["tenant"], row["token"], row["kiosk"], periods, people, pool)
        try:
            yield made
        finally:
            # also those that a failed test left waiting for each other
            for connection in made.connections:
                observer.execute("select pg_catalog.pg_terminate_backend(%s)", [connection.info.backend_pid])
                connection.close()
    observer.close()


@pytest.fixture(scope="module")
def school_dsn(clone: Callable[[], str]) -> str:
    dsn = clone()
    prepare(dsn)
    return dsn


@pytest.fixture
def world(school_dsn: str) -> Iterator[World]:
    """A school whose periods are kept as they should be."""
    with school(school_dsn) as made:
        yield made


def test_a_writer_in_flight_when_the_period_closes_is_waited_for_and_counted(world: World) -> None:
    app, writer = world.connect(), world.writer()
    world.write(writer, 0.5)  # read the period as open, and has not committed
    assert world.move(app, 0, "close").ok
    waiting = world.move(app, 0, "freeze")
    assert waiting.code == "SA122"
    assert waiting.detail is not None
    assert waiting.detail["processes"] == [writer.info.backend_pid]
    assert refused(lambda: world.write(world.writer(), 0.6, person=1)), "who comes later sees that it is closing"
    world.write(writer, 1.5)
    writer.commit()
    assert world.move(app, 0, "freeze").ok
    assert world.records(0) == 1

    world.write(writer, 1.6)
    assert world.move(app, 1, "close").ok
    assert refused(lambda: world.write(writer, 1.7)), "it sees it, too, at its next write"
    writer.rollback()
    assert world.move(app, 1, "freeze").ok
    assert world.records(1) == 1
    world.agrees()


def test_a_writer_whose_number_is_greater_than_that_of_the_closing_is_waited_for(world: World) -> None:
    closer, app, writer = world.connect(autocommit=False), world.connect(), world.writer()
    assert world.move(closer, 0, "close").ok  # has its number, and has not committed
    world.write(writer, 0.5)  # a greater number, and sees the period open
    closer.commit()
    assert world.move(app, 0, "freeze").code == "SA122"
    writer.commit()
    assert world.move(app, 0, "freeze").ok
    assert world.records(0) == 1
    world.agrees()


def test_a_transaction_that_has_not_written_attendance_is_not_waited_for_and_writes_none(world: World) -> None:
    app, writer = world.connect(), world.writer()
    writer.execute("select pg_catalog.pg_current_xact_id()")
    writer.execute("select count(*) from attendance.record")  # reads what others write
    assert world.move(app, 0, "close").ok
    assert world.move(app, 0, "freeze").ok
    assert refused(lambda: world.write(writer, 0.5))
    world.agrees()


def test_writers_that_keep_coming_do_not_hold_up_the_freeze(world: World) -> None:
    app, first, second = world.connect(), world.writer(), world.writer()
    world.write(first, 0.5)
    assert world.move(app, 0, "close").ok
    assert world.move(app, 0, "freeze").code == "SA122"
    world.write(second, 1.5, person=1)
    first.commit()
    assert world.move(app, 0, "freeze").ok, "the second began when everybody saw the closing"
    second.commit()
    world.agrees()


def test_the_closing_and_the_freeze_are_two_transactions(world: World) -> None:
    app = world.connect(autocommit=False)
    assert world.move(app, 0, "close").ok
    assert world.move(app, 0, "freeze").code == "SA122"
    app.commit()
    assert world.move(app, 0, "freeze").ok
    app.commit()


def test_a_correction_of_a_closing_period_and_its_freeze_wait_for_each_other(world: World) -> None:
    app, writer = world.connect(), world.writer()
    records = [world.write(writer, 0.5), world.write(writer, 1.5)]
    writer.commit()
    assert world.move(app, 0, "close").ok
    world.write(writer, 0.5, record=records[0], correct=True, code="AU")  # begun after everybody saw the closing
    freeze = world.later(lambda: world.move(app, 0, "freeze"))
    world.blocked(app)
    writer.commit()
    outcome = freeze.result(PATIENCE)
    if outcome.code == "SA122":  # it was in flight when the freeze looked
        outcome = world.move(app, 0, "freeze")
    assert outcome.ok
    assert world.figures(FROZEN)["d00", "absent_unexcused"] == 1

    frozen = world.connect(autocommit=False)
    assert world.move(app, 1, "close").ok
    assert world.move(frozen, 1, "freeze").ok  # not committed
    late = world.later(lambda: refused(lambda: world.write(writer, 1.5, record=records[1], correct=True, code="AU")))
    world.blocked(writer)
    frozen.commit()
    assert late.result(PATIENCE), "it saw a closing period, and finds a closed one"
    writer.rollback()
    world.write(writer, 1.5, record=records[1], correct=True, code="AU")
    writer.commit()
    assert world.figures(FROZEN)["d01", "present"] == 1, "from now on it is an adjustment"
    world.agrees()


def test_an_adjustment_in_flight_is_counted_where_it_goes(world: World) -> None:
    app, writer = world.connect(), world.writer()
    record = world.write(writer, 0.5)
    writer.commit()
    assert close_period(app, world.periods[0], token=world.token).ok
    world.write(writer, 0.5, record=record, correct=True, code="AU")  # into the next period, and has not committed
    assert world.move(app, 1, "close").ok
    assert world.move(app, 1, "freeze").code == "SA122"
    writer.commit()
    assert world.move(app, 1, "freeze").ok
    assert world.figures(BROUGHT)["d01", "absent_unexcused"] == 1
    world.agrees()


def test_close_period_waits_for_the_writers_and_no_longer_than_it_was_told(world: World) -> None:
    app, writer = world.connect(), world.writer()
    world.write(writer, 0.5)
    outcome = close_period(app, world.periods[0], token=world.token, patience=0.1)
    assert outcome.code == "SA122"
    waiting = world.later(lambda: close_period(app, world.periods[0], token=world.token, patience=PATIENCE))
    writer.commit()
    assert waiting.result(PATIENCE).ok
    again = close_period(app, world.periods[0], token=world.token)
    assert (again.status, again.code) == ("refused", "SA101")
    assert world.records(0) == 1
    with pytest.raises(ValueError, match="autocommit"):
        close_period(world.writer(), world.periods[1], token=world.token)


def a_writer_in_flight(world: World) -> None:
    """It wrote before the period was closing, and commits after the freeze was asked for."""
    app, writer = world.connect(), world.writer()
    world.write(writer, 0.5)
    assert world.move(app, 0, "close").ok
    outcome = world.move(app, 0, "freeze")
    writer.commit()
    assert outcome.ok or world.move(app, 0, "freeze").ok


def a_statement_with_an_old_snapshot(world: World) -> None:
    """It took its snapshot before the period was closing, and writes its first row after the freeze."""
    app, writer, gate = world.connect(), world.writer(), world.connect("smartattend_owner")
    record = world.write(writer, 0.5)
    writer.commit()
    gate.execute("select pg_catalog.pg_advisory_lock(1)")

    with world.observer.transaction():
        world.observer.execute("select set_config('smartattend.bound_tenant', %s, true)", [str(world.tenant)])
        world.observer.execute(
            """
            insert into attendance.event (
              tenant_id, key, kind, subject_id, record_id, revision, state, code, business_date, payload_hash
            )
            select tenant_id, core.uuid_v7(), 'mark', subject_id, id, 2, state, 'AU', business_date, sha256('')
            from attendance.record where tenant_id = %s and id = %s
            """,
            [world.tenant, record],
        )
    bind = """
        select core.bind(%s::uuid, 'capture_read capture_write', (%s, null, null, null, null, 'system', 0)::core.actor)
    """
    writer.execute(bind, [world.tenant, world.tenant])
    update = """
        with gate as materialized (select pg_catalog.pg_advisory_xact_lock(1))
        update attendance.record as r set revision = 2, code = 'AU' from gate where r.tenant_id = %s and r.id = %s
    """
    late = world.later(lambda: refused(lambda: writer.execute(update, [world.tenant, record])))
    world.blocked(writer)
    assert world.move(app, 0, "close").ok
    assert world.move(app, 0, "freeze").ok
    gate.execute("select pg_catalog.pg_advisory_unlock(1)")
    late.result(PATIENCE)
    writer.commit()


def a_correction_begun_while_it_is_closing(world: World) -> None:
    """It begins when the freeze has noted whom it waits for, and commits after the last of these."""
    app, before, writer = world.connect(), world.writer(), world.writer()
    record = world.write(writer, 0.5)
    writer.commit()
    world.write(before, 0.6, person=1)
    assert world.move(app, 0, "close").ok
    assert world.move(app, 0, "freeze").code == "SA122"
    world.write(writer, 0.5, record=record, correct=True, code="AU")
    before.commit()
    freeze = world.later(lambda: world.move(app, 0, "freeze"))
    while not freeze.done() and not world.waits(app):
        pass
    writer.commit()
    assert freeze.result(PATIENCE).ok


WITHOUT = {
    a_writer_in_flight: """
        create or replace function attendance.writers_in_flight() returns xid[] language sql as 'select array[]::xid[]'
    """,
    a_statement_with_an_old_snapshot: "alter function attendance.judge_period() stable",
    a_correction_begun_while_it_is_closing: """
        do $$ begin
          execute replace(
            pg_get_functiondef('attendance.judge_shut_period(attendance.record)'::regprocedure), 'for share', ''
          );
        end $$
    """,
}
"""What happens, and the part of the design without which a write would be lost."""


@pytest.mark.parametrize("happening", WITHOUT, ids=lambda happening: happening.__name__)
def test_the_totals_are_what_is_there_after(world: World, happening: Callable[[World], None]) -> None:
    happening(world)
    world.agrees()


@pytest.mark.parametrize(("happening", "sabotage"), WITHOUT.items(), ids=[one.__name__ for one in WITHOUT])
def test_without_this_part_a_write_would_be_lost_after(
    database: str, happening: Callable[[World], None], sabotage: str
) -> None:
    prepare(database, sabotage)
    with school(database) as world:
        happening(world)
        with pytest.raises(AssertionError, match="d00"):
            world.agrees()


def near_a_boundary(chance: random.Random) -> float:
    """Days after the start: at the beginning of a period, a microsecond before it, or somewhere in one."""
    return max(chance.randint(0, PERIODS - 2) + chance.choice([0.0, -1e-6 / 86400, chance.random()]), 0.0)


def mark(world: World, position: int, stop: threading.Event, done: Counter[str]) -> None:
    """Make records in transactions of one to four; every third writer also corrects its own."""
    chance = random.Random(position)
    connection = world.writer()
    mine: list[tuple[uuid.UUID, float]] = []
    while not stop.is_set():
        corrects = position % 3 == 0 and mine and chance.random() < 0.5
        made = []
        try:
            for _ in range(chance.randint(1, 4)):
                if corrects:
                    record, day = chance.choice(mine)
                    code = chance.choice(["P", "L", "AU", "AE"])
                    world.write(connection, day, record=record, person=position, correct=True, code=code)
                else:
                    day = near_a_boundary(chance)
                    made.append((world.write(connection, day, person=position), day))
        except psycopg.Error as error:
            connection.rollback()
            if error.sqlstate != "SA117":
                raise
            done["refused"] += 1
        else:
            if chance.random() < 0.1:
                connection.rollback()
            else:
                connection.commit()
                mine += made
                done["corrected" if corrects else "recorded"] += 1


def punch(world: World, position: int, stop: threading.Event, done: Counter[str]) -> None:
    """Deliver punches that a kiosk has kept: in and out, long ago."""
    chance = random.Random(position)
    connection = world.connect()
    while not stop.is_set():
        claimed = START + near_a_boundary(chance) * LENGTH
        for direction in ("check_in", "check_out"):
            try:
                outcome = call(
                    connection,
                    direction,
                    key=uuid7(),
                    subject_id=world.people[position],
                    claimed_at=claimed,
                    token=world.kiosk,
                )
            except psycopg.Error as error:
                # closed between the question and the write; a repeat of the same punch is judged anew
                if error.sqlstate != "SA117":
                    raise
                done["punch in vain"] += 1
            else:
                done[f"punch {outcome.status}"] += 1
            claimed += timedelta(minutes=chance.randint(2, 600))


def hammer(world: World, seconds: float) -> tuple[Counter[str], list[Outcome]]:
    """Nine writers and three kiosks, while one period after the other is closed and frozen."""
    stop = threading.Event()
    done: Counter[str] = Counter()
    running = [world.pool.submit(punch if one % 4 == 3 else mark, world, one, stop, done) for one in range(12)]
    app = world.connect()
    outcomes = []
    try:
        for number in range(PERIODS - 2):
            stop.wait(seconds / PERIODS)
            outcomes.append(close_period(app, world.periods[number], token=world.token, patience=PATIENCE))
        stop.wait(seconds / PERIODS)
    finally:
        stop.set()
    for one in running:
        one.result(PATIENCE)
    return done, outcomes


def test_nothing_lands_in_a_closed_period_however_many_write(world: World) -> None:
    done, outcomes = hammer(world, 6.0)
    assert [outcome.status for outcome in outcomes] == ["accepted"] * (PERIODS - 2)
    assert min(done[kind] for kind in ("recorded", "corrected", "refused", "punch accepted")) > 20, done
    assert world.figures(CARRIED.format(column="period_id")), "no correction came after a freeze"
    world.agrees()
    stale = "select * from tap.stale_record where tenant_id = %s"
    assert world.observer.execute(stale, [world.tenant]).fetchall() == []


FILL = """
with fact as materialized (
  select
    m.user_id, d.number, core.uuid_v7() as id, (array['P', 'L', 'AU', 'LE'])[1 + d.number %% 4] as code,
    %(start)s::timestamptz + d.number * interval '1 minute' as at
  from identity.membership as m, generate_series(0, 99) as d (number)
  where m.tenant_id = %(tenant)s and m.member_number ~ '^q'
), event as (
  insert into attendance.event (
    tenant_id, key, kind, subject_id, record_id, revision, state, code, in_at, out_at, business_date, effective_at,
    basis, payload_hash
  )
  select
    %(tenant)s, id, 'in', user_id, id, 1, 'recorded', code, at, at + interval '30 seconds',
    (at at time zone 'UTC')::date, at, 'server', sha256('')
  from fact
)
insert into attendance.record (
  tenant_id, id, subject_id, business_date, accounted_at, state, state_via, code, revision, in_at, out_at
)
select
  %(tenant)s, id, user_id, (at at time zone 'UTC')::date, at, 'recorded', 'capture', code, 1, at,
  at + interval '30 seconds'
from fact
"""


def test_two_hundred_people_with_twenty_thousand_records_are_frozen_within_two_seconds(world: World) -> None:
    app = world.connect()
    world.observer.execute("select tap.member('alpha', 'q' || n, 'student') from generate_series(1, 200) as n")
    world.observer.execute(FILL, {"tenant": world.tenant, "start": START})
    started = time.perf_counter()
    outcome = close_period(app, world.periods[0], token=world.token)
    taken = time.perf_counter() - started
    assert outcome.detail is not None
    assert outcome.detail["totals"] == 200
    assert world.records(0) == 20_000
    assert taken <= 2, f"{taken:.2f} s"
    world.agrees()
