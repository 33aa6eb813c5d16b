"""Puts and plans that meet: those of one tenant follow each other, those of two do not wait."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests import harness

Connection = psycopg.Connection[Any]
Answers = Counter[tuple[str, str | None]]
PATIENCE = 30.0
"""Seconds after which a wait that should have come has not."""


@pytest.fixture
def tokens(connection: Connection) -> dict[str, str]:
    """Login tokens of the administrators of two schools, alpha and beta."""
    connection.execute("create schema tap")
    connection.execute(harness.FIXTURE.read_bytes())
    connection.execute("select tap.school('alpha'), tap.school('beta')")
    found = {}
    for tenant in ("alpha", "beta"):
        row = connection.execute("select tap.token(%s)", [f"{tenant}/admin"]).fetchone()
        assert row is not None
        found[tenant] = row[0]
    return found


def put(connection: Connection, name: str, entries: list[dict[str, Any]], token: str) -> Answers:
    """How often each status and code came back."""
    query = psycopg.sql.SQL("select status, code from api.{}(%s, token => %s)").format(psycopg.sql.Identifier(name))
    return Counter((row[0], row[1]) for row in connection.execute(query, [Jsonb(entries), token]).fetchall())


def at_once(connections: list[Connection], work: Callable[[Connection, int], Any]) -> list[Any]:
    """The same work on each connection, released by a barrier."""
    barrier = threading.Barrier(len(connections))

    def run(position: int) -> Any:
        barrier.wait(PATIENCE)
        return work(connections[position], position)

    with ThreadPoolExecutor(len(connections)) as pool:
        return [future.result(PATIENCE) for future in [pool.submit(run, number) for number in range(len(connections))]]


def await_lock(observer: Connection, waiting: Connection) -> None:
    """Return when the connection waits for a lock that another one holds."""
    deadline = time.monotonic() + PATIENCE
    query = "select pg_catalog.cardinality(pg_catalog.pg_blocking_pids(%s)) > 0"
    while time.monotonic() < deadline:
        row = observer.execute(query, [waiting.info.backend_pid]).fetchone()
        if row is not None and row[0]:
            return
    raise AssertionError("the second caller never waited for the first")


def members(number: int, suffix: str = "") -> list[dict[str, Any]]:
    return [
        {"member_number": f"m{position}", "kind": "student", "display_name": f"Member {position}{suffix}"}
        for position in range(number)
    ]


def test_the_same_members_from_eight_callers_are_made_once(
    connection: Connection, connect: Callable[..., Connection], tokens: dict[str, str]
) -> None:
    callers = [connect() for _ in range(8)]
    outcomes = at_once(callers, lambda caller, _: put(caller, "put_members", members(50), tokens["alpha"]))
    assert sum(outcomes, Answers()) == {("accepted", None): 50, ("replayed", None): 350}
    row = connection.execute("select count(*) from identity.membership where member_number ~ '^m[0-9]+$'").fetchone()
    assert row == (50,)


def test_overlapping_enrolments_from_eight_callers_leave_one(
    connection: Connection, connect: Callable[..., Connection], tokens: dict[str, str]
) -> None:
    def enrol(caller: Connection, position: int) -> Answers:
        entry = {
            "site_code": "main",
            "unit_code": "10A",
            "member_number": "s3",
            "starts_on": f"2025-09-{position + 1:02}",
        }
        return put(caller, "put_enrolments", [entry], tokens["alpha"])

    outcomes = at_once([connect() for _ in range(8)], enrol)
    # one day's entry stands; a later start overlaps it, and so does an earlier one, since none has an end
    assert sum(outcomes, Answers()) == {("accepted", None): 1, ("refused", "SA113"): 7}
    assert connection.execute("select count(*) from school.enrolment").fetchone() == (1,)


def test_the_second_put_waits_and_sees_what_the_first_wrote(
    connection: Connection, connect: Callable[..., Connection], tokens: dict[str, str]
) -> None:
    first, second, other = connect(autocommit=False), connect(), connect()
    assert put(first, "put_members", members(3), tokens["alpha"]) == {("accepted", None): 3}
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(put, second, "put_members", [*members(3), members(4, " again")[3]], tokens["alpha"])
        await_lock(connection, second)
        # another tenant does not wait
        assert put(other, "put_members", members(3), tokens["beta"]) == {("accepted", None): 3}
        first.commit()
        assert waiting.result(PATIENCE) == {("replayed", None): 3, ("accepted", None): 1}


def test_the_same_days_planned_by_six_callers_are_planned_once(
    connection: Connection, connect: Callable[..., Connection], tokens: dict[str, str]
) -> None:
    slot = {"site_code": "main", "unit_code": "10A", "kind": "meeting", "local_start": "09:00", "local_end": "10:00"}
    slots = [slot | {"weekday": day, "valid_from": "2030-01-01"} for day in range(1, 6)]
    enrolments = [
        {"site_code": "main", "unit_code": "10A", "member_number": f"s{number}", "starts_on": "2030-01-01"}
        for number in (1, 2, 3)
    ]
    assert put(connection, "put_timetable", slots, tokens["alpha"]) == {("accepted", None): 5}
    assert put(connection, "put_enrolments", enrolments, tokens["alpha"]) == {("accepted", None): 3}

    def plan(caller: Connection, _: int) -> tuple[int, int]:
        query = "select detail from api.schedule_generate(%s, '2030-09-02', '2030-09-15', token => %s)"
        row = caller.execute(query, [uuid.uuid4(), tokens["alpha"]]).fetchone()
        assert row is not None
        return row[0]["sessions"], row[0]["expectations"]

    assert sorted(at_once([connect() for _ in range(6)], plan)) == [(0, 0)] * 5 + [(10, 30)]
    assert connection.execute("select count(*) from attendance.session where source = 'timetable'").fetchone() == (10,)


def ended(number: str) -> list[dict[str, Any]]:
    """The entry of a student whose membership was over years ago."""
    return [
        {
            "member_number": number,
            "kind": "student",
            "display_name": f"Member {number}",
            "active_from": "2001-01-01",
            "active_until": "2001-02-01",
        }
    ]


def test_a_login_that_runs_when_the_membership_ends_opens_no_lasting_session(
    connection: Connection, connect: Callable[..., Connection], tokens: dict[str, str]
) -> None:
    first, second = connect(autocommit=False), connect()
    row = connection.execute("select tap.slug('alpha'), tap.id('alpha/s1')").fetchone()
    assert row is not None
    login = "select identity.login(%s, 's1', '90 days')"
    live = "select count(*) from identity.login_session where user_id = %s and revoked_at is null"

    first.execute(login, [row[0]])
    with ThreadPoolExecutor(1) as pool:
        putting = pool.submit(put, second, "put_members", ended("s1"), tokens["alpha"])
        await_lock(connection, second)
        first.commit()
        assert putting.result(PATIENCE) == {("accepted", None): 1}
    assert connection.execute(live, [row[1]]).fetchone() == (0,)


def test_a_login_waits_for_the_end_of_a_membership_and_sees_it(
    connection: Connection, connect: Callable[..., Connection], tokens: dict[str, str]
) -> None:
    first, second = connect(autocommit=False), connect()
    row = connection.execute("select tap.slug('alpha'), tap.id('alpha/s1')").fetchone()
    assert row is not None
    put(first, "put_members", ended("s1"), tokens["alpha"])
    with ThreadPoolExecutor(1) as pool:
        login = pool.submit(second.execute, "select identity.login(%s, 's1', '90 days')", [row[0]])
        await_lock(connection, second)
        first.commit()
        with pytest.raises(psycopg.Error) as error:
            login.result(PATIENCE)
    assert error.value.sqlstate == "SA005"
    live = "select count(*) from identity.login_session where user_id = %s"
    assert connection.execute(live, [row[1]]).fetchone() == (0,)


def test_the_end_of_ten_thousand_memberships_is_one_statement(
    connection: Connection, connect: Callable[..., Connection], tokens: dict[str, str]
) -> None:
    caller = connect()
    many = [{**ended("s1")[0], "member_number": f"m{position}"} for position in range(10_000)]
    # The trigger's plan is made for one row, and must do for many.
    put(caller, "put_members", ended("s1"), tokens["alpha"])
    put(caller, "put_members", members(10_000), tokens["alpha"])
    connection.execute(
        """
        insert into identity.login_session (tenant_id, kind, user_id, token_hash, expires_at)
        select m.tenant_id, 'user', m.user_id, sha256(uuid_send(m.user_id)), core.clock() + interval '1 hour'
        from identity.membership as m
        where m.member_number ~ '^m[0-9]+$'
        """
    )
    before = time.monotonic()
    assert put(caller, "put_members", many, tokens["alpha"]) == {("accepted", None): 10_000}
    took = time.monotonic() - before
    row = connection.execute(
        "select count(*) from identity.login_session where revoked_because = 'the membership has ended'"
    ).fetchone()
    assert row == (10_000,)
    assert took < 20, f"it took {took:.1f} s"
