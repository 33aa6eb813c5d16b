"""Corrections with real connections: of several people who ask or decide at once, exactly one does."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from tests import harness

Row = dict[str, Any]
Connection = psycopg.Connection[Row]
PATIENCE = 30.0
"""Seconds after which a wait that should have come has not."""
CALLERS = 12
ROUNDS = 10
REASON = "the test wants it so"
CLOCK = (
    "create or replace function core.clock() returns timestamptz language sql volatile"
    " as $$ select pg_catalog.clock_timestamp() $$"
)


class World:
    """A school with many who may decide: connections as the application, tokens by name."""

    def __init__(self, dsn: str, pool: ThreadPoolExecutor) -> None:
        self.dsn = dsn
        self.pool = pool
        self.observer: Connection = psycopg.connect(dsn, autocommit=True, row_factory=dict_row)
        self.observer.execute("create schema tap")
        self.observer.execute(harness.FIXTURE.read_bytes())
        self.observer.execute("select tap.school('alpha')")
        for number in range(CALLERS):
            self.observer.execute("select tap.member('alpha', %s, 'staff', 'attendance_officer')", [f"o{number}"])
        names = ["s1", "s2", "officer", "admin", *(f"o{number}" for number in range(CALLERS))]
        self.tokens = {name: self.one("select tap.token('alpha/' || %s) as it", name) for name in names}
        self.connections: list[Connection] = []
        self.callers: list[Connection] = []
        self.clerk = self.connect()

    def one(self, query: str, *parameters: Any) -> Any:
        row = self.observer.execute(query, parameters).fetchone()
        assert row is not None
        return row["it"]

    def connect(self, *, autocommit: bool = True) -> Connection:
        opened: Connection = psycopg.connect(
            self.dsn, autocommit=autocommit, row_factory=dict_row, options="-c role=smartattend_app -c timezone=UTC"
        )
        self.connections.append(opened)
        return opened

    def record(self) -> uuid.UUID:
        """A record of a new person, checked in by the officer."""
        name = f"p{uuid.uuid4().hex[:8]}"
        person = self.one("select tap.member('alpha', %s) as it", name)
        self.tokens[name] = self.one("select tap.token('alpha/' || %s) as it", name)
        made = call(self.clerk, "check_in", subject_id=person, token=self.tokens["officer"])
        return uuid.UUID(str(made["id"]))

    def ask(self, record_id: uuid.UUID, who: str = "officer", **more: Any) -> uuid.UUID:
        arguments = {"code": "L"} | more
        asked = call(
            self.clerk,
            "correction_submit",
            record_id=record_id,
            type="data_entry_error",
            reason=REASON,
            token=self.tokens[who],
            **arguments,
        )
        assert asked["status"] == "accepted", asked
        return uuid.UUID(str(asked["id"]))

    def at_once(self, number: int, work: Callable[[Connection, int], Row]) -> list[Row]:
        """The same work from so many connections, released by a barrier."""
        barrier = threading.Barrier(number)
        while len(self.callers) < number:
            self.callers.append(self.connect())

        def run(position: int) -> Row:
            barrier.wait(PATIENCE)
            return work(self.callers[position], position)

        return [future.result(PATIENCE) for future in [self.pool.submit(run, position) for position in range(number)]]

    def waits(self, connection: Connection, waiting: Future[Row]) -> None:
        """Return when the connection waits for another one's lock."""
        deadline = time.monotonic() + PATIENCE
        query = "select pg_catalog.cardinality(pg_catalog.pg_blocking_pids(%s)) > 0 as it"
        while time.monotonic() < deadline:
            if self.one(query, connection.info.backend_pid):
                return
            assert not waiting.done(), waiting.result()
        raise AssertionError("the second caller never waited for the first")

    def agrees(self) -> None:
        """Every record equals its last event; what is applied has its revision, and every correction its request."""
        assert self.observer.execute("select * from tap.stale_record").fetchall() == []
        assert (
            self.observer.execute(
                """
            select q.id, e.key
            from (select * from attendance.correction_request where state = 'applied') as q
            full join (select * from attendance.event where kind in ('correction', 'revert')) as e
              on e.record_id = q.record_id and e.revision = q.made_revision
            where q.id is null or e.key is null or e.approver_id <> q.decider_id
            """
            ).fetchall()
            == []
        )


@pytest.fixture(scope="module")
def world(clone: Callable[[], str]) -> Iterator[World]:
    with ThreadPoolExecutor(max_workers=CALLERS) as pool:
        made = World(clone(), pool)
        yield made
        for connection in (*made.connections, made.observer):
            connection.close()


def call(connection: Connection, function: str, *, key: uuid.UUID | None = None, **arguments: Any) -> Row:
    named = ", ".join(f"{name} => %({name})s" for name in arguments)
    rows = connection.execute(
        f"select * from api.{function}(key => %(key)s, {named})", arguments | {"key": key or uuid.uuid4()}
    ).fetchall()
    return rows[0]


def answers(outcomes: list[Row]) -> Counter[str]:
    return Counter(outcome["code"] or outcome["status"] for outcome in outcomes)


def test_of_many_who_decide_at_once_one_does(world: World) -> None:
    for round_number in range(ROUNDS):
        record_id = world.record()
        request_id = world.ask(record_id)

        def decide(connection: Connection, position: int, request_id: uuid.UUID = request_id) -> Row:
            via: Row = {"via": "reject", "reason": REASON} if position % 3 == 0 else {"via": "approve"}
            return call(
                connection, "correction_decide", request_id=request_id, token=world.tokens[f"o{position}"], **via
            )

        outcomes = world.at_once(CALLERS, decide)
        assert answers(outcomes) == {"accepted": 1, "SA101": CALLERS - 1}, round_number
        won = next(outcome for outcome in outcomes if outcome["status"] == "accepted")
        state = world.one("select state as it from attendance.correction_request where id = %s", request_id)
        assert state == won["detail"]["state"]
        revisions = world.one("select count(*) as it from attendance.event where record_id = %s", record_id)
        assert revisions == (2 if state == "applied" else 1)
    world.agrees()


def test_of_many_who_ask_at_once_one_has_the_open_request(world: World) -> None:
    for round_number in range(ROUNDS):
        record_id = world.record()
        outcomes = world.at_once(
            CALLERS,
            lambda connection, position, record_id=record_id: call(
                connection,
                "correction_submit",
                record_id=record_id,
                type="data_entry_error",
                reason=REASON,
                code="L",
                token=world.tokens[f"o{position}"],
            ),
        )
        assert answers(outcomes) == {"accepted": 1, "SA118": CALLERS - 1}, round_number
        requests = "select count(*) as it from attendance.correction_request where record_id = %s"
        assert world.one(requests, record_id) == 1


def test_the_index_itself_lets_one_open_request_through(world: World) -> None:
    """Behind the procedures, without the lock on the person: the constraint is enough."""
    record_id = world.record()
    insert = """
        insert into attendance.correction_request
          (tenant_id, record_id, subject_id, base_revision, type, code, reason, expires_at)
        select r.tenant_id, r.id, r.subject_id, 1, 'data_entry_error', 'L', %s, 'infinity'
        from attendance.record as r where r.id = %s
    """
    first = psycopg.connect(world.dsn)
    second: Connection = psycopg.connect(world.dsn, row_factory=dict_row)
    first.execute(insert, [REASON, record_id])
    waiting: Future[Any] = world.pool.submit(lambda: second.execute(insert, [REASON, record_id]))
    world.waits(second, waiting)
    first.commit()
    with pytest.raises(psycopg.errors.UniqueViolation, match="a_record_has_one_open_correction"):
        waiting.result(PATIENCE)
    first.close()
    second.close()


def test_the_same_decision_many_times_is_one(world: World) -> None:
    record_id = world.record()
    request_id = world.ask(record_id)
    key = uuid.uuid4()
    outcomes = world.at_once(
        CALLERS,
        lambda connection, _: call(
            connection, "correction_decide", key=key, request_id=request_id, via="approve", token=world.tokens["o1"]
        ),
    )
    assert Counter(outcome["status"] for outcome in outcomes) == {"accepted": 1, "replayed": CALLERS - 1}
    assert all(outcome["revision"] == 2 and outcome["detail"] == outcomes[0]["detail"] for outcome in outcomes)
    world.agrees()


def test_a_punch_that_comes_first_makes_the_approval_a_conflict(world: World) -> None:
    """The approver waits for the person's lock, and then judges what is there."""
    record_id = world.record()
    subject_id = world.one("select subject_id as it from attendance.record where id = %s", record_id)
    request_id = world.ask(record_id)
    first, second = world.connect(autocommit=False), world.connect()
    assert call(first, "check_out", subject_id=subject_id, token=world.tokens["officer"])["revision"] == 2
    waiting = world.pool.submit(
        lambda: call(second, "correction_decide", request_id=request_id, via="approve", token=world.tokens["o1"])
    )
    world.waits(second, waiting)
    first.commit()
    assert waiting.result(PATIENCE)["detail"]["state"] == "conflicted"
    assert world.one("select revision as it from attendance.record where id = %s", record_id) == 2
    world.agrees()


def test_an_approval_that_comes_first_is_the_base_of_the_punch(world: World) -> None:
    record_id = world.record()
    subject_id = world.one("select subject_id as it from attendance.record where id = %s", record_id)
    request_id = world.ask(record_id)
    first, second = world.connect(autocommit=False), world.connect()
    decided = call(first, "correction_decide", request_id=request_id, via="approve", token=world.tokens["o1"])
    assert decided["detail"]["state"] == "applied"
    waiting = world.pool.submit(lambda: call(second, "check_out", subject_id=subject_id, token=world.tokens["officer"]))
    world.waits(second, waiting)
    first.commit()
    assert (waiting.result(PATIENCE)["revision"], waiting.result(PATIENCE)["detail"]["code"]) == (3, "L")
    world.agrees()


def test_what_is_being_decided_does_not_expire(world: World) -> None:
    """The job passes over a request that somebody holds, and takes it the next time if it is still open."""
    request_id = world.one(
        """
        insert into attendance.correction_request
          (tenant_id, record_id, subject_id, base_revision, type, code, reason, submitted_at, expires_at)
        select
          r.tenant_id, r.id, r.subject_id, 1, 'data_entry_error', 'L', %s, core.clock(),
          core.clock() + interval '1 hour'
        from attendance.record as r where r.id = %s
        returning id as it
        """,
        REASON,
        world.record(),
    )
    first, second = world.connect(autocommit=False), world.connect()
    decided = call(first, "correction_decide", request_id=request_id, via="approve", token=world.tokens["o1"])
    assert decided["detail"]["state"] == "applied"
    world.observer.execute("select tap.set_clock(clock_timestamp() + interval '1 hour')")
    try:
        assert call(second, "correction_expire", token=world.tokens["admin"])["detail"] == {"expired": 0}
        first.rollback()
        assert call(second, "correction_expire", token=world.tokens["admin"])["detail"] == {"expired": 1}
        late = call(second, "correction_decide", request_id=request_id, via="approve", token=world.tokens["o1"])
        assert late["code"] == "SA101"
    finally:
        world.observer.execute(CLOCK)
    world.agrees()


def test_two_corrections_that_would_overlap_follow_each_other(world: World) -> None:
    """Two records of one person, moved onto each other by two approvers at once: the second is held."""
    person = world.one("select tap.member('alpha', %s) as it", f"p{uuid.uuid4().hex[:8]}")
    records = []
    for day in (2, 4):
        punches = [("check_in", f"2026-03-0{day} 08:00+00"), ("check_out", f"2026-03-0{day} 10:00+00")]
        for function, claimed_at in punches:
            made = call(world.clerk, function, subject_id=person, claimed_at=claimed_at, token=world.tokens["officer"])
        records.append(made["id"])
    noon = [{"in_at": "2026-03-03 08:00+00", "out_at": "2026-03-03 09:30+00", "code": "P"} for _ in records]
    requests = [world.ask(record_id, "admin", **values) for record_id, values in zip(records, noon, strict=True)]
    first, second = world.connect(autocommit=False), world.connect()
    decided = call(first, "correction_decide", request_id=requests[0], via="approve", token=world.tokens["o1"])
    assert decided["detail"]["state"] == "applied"

    def decide_second() -> Row:
        return call(second, "correction_decide", request_id=requests[1], via="approve", token=world.tokens["o2"])

    waiting = world.pool.submit(decide_second)
    world.waits(second, waiting)
    first.commit()
    assert waiting.result(PATIENCE)["detail"]["record_state"] == "flagged"
    flags = (
        "select count(*) as it from integrity.flag where event_key = core.derived_key(%s, 'applied') and rule = 'F17'"
    )
    assert world.one(flags, requests[1]) == 1
    world.agrees()
