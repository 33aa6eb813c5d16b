"""Registers that two people take at once, or that something happens to meanwhile. Every wait is seen."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from tests import harness

Row = dict[str, Any]
Connection = psycopg.Connection[Row]
PATIENCE = 30.0
"""Seconds after which a wait that should have come has not."""


@dataclass
class School:
    """A school with an open register of two pupils: a connection for everybody, tokens and identifiers by name."""

    dsn: str
    observer: Connection
    ids: dict[str, uuid.UUID]
    tokens: dict[str, str]
    pool: ThreadPoolExecutor

    def connect(self) -> Connection:
        return psycopg.connect(self.dsn, row_factory=dict_row, options="-c role=smartattend_app -c timezone=UTC")

    def call(self, connection: Connection, function: str, who: str, **arguments: Any) -> list[Row]:
        arguments["token"] = self.tokens[who]
        named = ", ".join(f"{name} => %({name})s" for name in arguments)
        return connection.execute(f"select * from api.{function}({named})", arguments).fetchall()

    def submit(
        self, connection: Connection, who: str, codes: dict[str, str], key: uuid.UUID | None = None
    ) -> list[Row]:
        marks = [{"subject_id": str(self.ids[name]), "code": code} for name, code in codes.items()]
        return self.call(
            connection,
            "register_submit",
            who,
            key=key or uuid.uuid4(),
            session_id=self.ids["math"],
            marks=Jsonb(marks),
        )

    def awaits(self, connection: Connection) -> None:
        """Return when the connection waits for a lock that another one holds."""
        query = "select pg_catalog.cardinality(pg_catalog.pg_blocking_pids(%s)) > 0 as waits"
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.observer.execute(query, [connection.info.backend_pid]).fetchall()[0]["waits"]:
                return
        raise AssertionError("the second caller never waited for the first")

    def codes(self) -> dict[str, str]:
        """The code of each live record in the session, by person; one record each."""
        rows = self.observer.execute(
            "select subject_id, code from attendance.record where session_id = %s and state <> 'voided'",
            [self.ids["math"]],
        ).fetchall()
        assert len({row["subject_id"] for row in rows}) == len(rows)
        names = {identifier: name for name, identifier in self.ids.items()}
        return {names[row["subject_id"]]: row["code"] for row in rows}

    def state(self) -> str:
        rows = self.observer.execute("select state from attendance.register where session_id = %s", [self.ids["math"]])
        return str(rows.fetchall()[0]["state"])

    def agrees(self) -> None:
        assert self.observer.execute("select * from tap.stale_record").fetchall() == []


@pytest.fixture
def school(database: str) -> Iterator[School]:
    with psycopg.connect(database, autocommit=True, row_factory=dict_row) as observer:
        observer.execute("create schema tap")
        observer.execute(harness.FIXTURE.read_bytes())
        observer.execute("select tap.school('alpha'), tap.member('alpha', 'f3', 'faculty', 'faculty', '10A')")
        ids, tokens = {}, {}
        for name in ("s1", "s2", "math"):
            ids[name] = observer.execute("select tap.id('alpha/' || %s) as it", [name]).fetchall()[0]["it"]
        for name in ("f1", "f3", "s1", "officer", "admin"):
            tokens[name] = observer.execute("select tap.token('alpha/' || %s) as it", [name]).fetchall()[0]["it"]
        with ThreadPoolExecutor(16) as pool:
            made = School(database, observer, ids, tokens, pool)
            with made.connect() as connection:
                made.call(connection, "register_open", "f1", key=uuid.uuid4(), session_id=ids["math"])
            yield made


@pytest.mark.parametrize(
    ("second", "status", "code"),
    [({"s1": "AU", "s2": "P"}, "replayed", None), ({"s1": "P", "s2": "P"}, "refused", "SA109")],
    ids=["the same marks", "other marks"],
)
def test_two_teachers_submit_the_same_register(
    school: School, second: dict[str, str], status: str, code: str | None
) -> None:
    with school.connect() as one, school.connect() as other:
        first = school.submit(one, "f1", {"s1": "AU", "s2": "P"})
        assert {row["status"] for row in first} == {"accepted"}
        waiting = school.pool.submit(school.submit, other, "f3", second)
        school.awaits(other)
        one.commit()
        answer = waiting.result(PATIENCE)
        other.commit()
    assert (answer[0]["status"], answer[0]["code"]) == (status, code)
    assert school.codes() == {"s1": "AU", "s2": "P"}
    assert school.state() == "submitted"
    assert school.observer.execute("select count(*) as n from attendance.event").fetchall()[0]["n"] == 2
    school.agrees()


def test_of_many_that_submit_at_once_one_does(school: School) -> None:
    barrier = threading.Barrier(8)

    def submit(position: int) -> tuple[str, str | None]:
        with school.connect() as connection:
            barrier.wait(PATIENCE)
            row = school.submit(
                connection, "f1" if position % 2 else "f3", {"s1": "P" if position < 4 else "AU", "s2": "P"}
            )[0]
            connection.commit()
            return row["status"], row["code"]

    answers = Counter(future.result(PATIENCE) for future in [school.pool.submit(submit, n) for n in range(8)])
    assert answers == {("accepted", None): 1, ("replayed", None): 3, ("refused", "SA109"): 4}
    assert school.observer.execute("select count(*) as n from attendance.event").fetchall()[0]["n"] == 2
    school.agrees()


def test_a_check_in_arrives_while_the_register_is_submitted(school: School) -> None:
    with school.connect() as pupil, school.connect() as teacher:
        arrival = school.call(pupil, "check_in", "s1", key=uuid.uuid4())[0]
        assert arrival["status"] == "accepted"
        waiting = school.pool.submit(school.submit, teacher, "f1", {"s2": "P"})
        school.awaits(teacher)
        pupil.commit()
        answer = waiting.result(PATIENCE)
        teacher.commit()
    # Whoever checked in needs no mark, also when that became known only after the teacher began.
    assert {row["status"] for row in answer} == {"accepted"}
    assert school.codes() == {"s1": "P", "s2": "P"}
    school.agrees()


@pytest.mark.parametrize("committed", [True, False], ids=["which is taken", "which is given up"])
def test_a_session_is_cancelled_while_its_register_is_submitted(school: School, committed: bool) -> None:
    with school.connect() as teacher, school.connect() as office:
        school.submit(teacher, "f1", {"s1": "P", "s2": "P"})
        cancel: Callable[[], Row] = lambda: school.call(  # noqa: E731
            office, "register_cancel", "admin", key=uuid.uuid4(), session_id=school.ids["math"], reason="a fire drill"
        )[0]
        waiting = school.pool.submit(cancel)
        school.awaits(office)
        if committed:
            teacher.commit()
        else:
            teacher.rollback()
        answer = waiting.result(PATIENCE)
        office.commit()
    assert (answer["status"], answer["code"]) == (("refused", "SA101") if committed else ("accepted", None))
    assert school.state() == ("submitted" if committed else "cancelled")
    assert school.codes() == ({"s1": "P", "s2": "P"} if committed else {})
    school.agrees()


def test_leave_is_approved_twice_at_once(school: School) -> None:
    def put(connection: Connection, who: str, ends_at: str) -> Row:
        entry = {"member_number": "s1", "starts_at": "2031-03-03", "ends_at": ends_at, "reason": "visits the doctor"}
        return school.call(connection, "put_leave", who, entries=Jsonb([entry]))[0]

    with school.connect() as one, school.connect() as other:
        assert put(one, "officer", "2031-03-05")["status"] == "accepted"
        waiting = school.pool.submit(put, other, "admin", "2031-03-04")
        school.awaits(other)
        one.commit()
        assert waiting.result(PATIENCE)["detail"]["change"] == "changed"
        other.commit()
    rows = school.observer.execute(
        "select ends_at - starts_at as lasts from attendance.leave where withdrawn_at is null"
    )
    assert [row["lasts"].days for row in rows.fetchall()] == [1]
