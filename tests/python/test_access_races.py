"""Two sessions that change roles at once. Every wait is seen in pg_stat_activity, none is guessed."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from tests import harness

Row = dict[str, Any]
Connection = psycopg.Connection[Row]
PATIENCE = 10.0
"""Seconds after which a wait that should have come has not."""
WHY = "a reason that says something"
INSERT = (
    "insert into identity.role_grant (tenant_id, user_id, role)"
    " select m.tenant_id, m.user_id, r.role from identity.membership as m, identity.role as r"
    " where m.user_id = %s and r.role = %s"
)
"""A grant that no procedure makes."""


@dataclass
class World:
    """A school with two administrators (admin, a2) and staff without roles (p1, p2)."""

    dsn: str
    observer: Connection
    tokens: dict[str, str]
    pool: ThreadPoolExecutor
    connections: list[Connection] = field(default_factory=list)

    def connect(self, role: str | None = "smartattend_app") -> Connection:
        """A connection whose transaction stays open until it is committed."""
        options = "-c timezone=UTC" if role is None else f"-c timezone=UTC -c role={role}"
        connection = psycopg.connect(self.dsn, row_factory=dict_row, options=options)
        self.connections.append(connection)
        return connection

    def value(self, query: str, *values: Any) -> Any:
        row = self.observer.execute(query, values or None).fetchone()
        assert row is not None
        return next(iter(row.values()))

    def id(self, name: str) -> uuid.UUID:
        return uuid.UUID(str(self.value("select tap.id('alpha/' || %s)", name)))

    def grant(self, who: str, role: str = "school_admin") -> uuid.UUID:
        query = "select id from identity.role_grant where user_id = %s and role = %s"
        return uuid.UUID(str(self.value(query, self.id(who), role)))

    def call(self, connection: Connection, who: str, function: str, **named: Any) -> Row:
        """One call of api.* as a member; the transaction stays open."""
        named |= {"key": uuid.uuid4(), "token": self.tokens[who]}
        arguments = ", ".join(f"{name} => %({name})s" for name in named)
        row = connection.execute(f"select * from api.{function}({arguments})", named).fetchone()
        assert row is not None
        return row

    def done(self, who: str, function: str, **named: Any) -> Row:
        """One call, committed."""
        connection = self.connect()
        row = self.call(connection, who, function, **named)
        connection.commit()
        return row

    def blocked(self, connection: Connection) -> None:
        """Wait until the connection waits for a lock."""
        query = """
            select from pg_catalog.pg_stat_activity
            where pid = %s and wait_event_type = 'Lock' and pg_catalog.cardinality(pg_catalog.pg_blocking_pids(pid)) > 0
        """
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.observer.execute(query, [connection.info.backend_pid]).fetchone() is not None:
                return
        raise AssertionError("the second caller never waited for the first")

    def race(
        self, first: Callable[[Connection], Any], second: Callable[[Connection], Any], role: str | None
    ) -> tuple[Any, Any]:
        """Both at once: the second begins before the first commits, and waits for it."""
        one, other = self.connect(role), self.connect(role)
        won = first(one)
        waiting: Future[Any] = self.pool.submit(second, other)
        self.blocked(other)
        one.commit()
        lost = waiting.result(PATIENCE)
        other.commit()
        return won, lost

    def administrators(self) -> int:
        return int(
            self.value(
                "select count(*) from identity.role_grant where tenant_id = tap.id('alpha')"
                " and role = 'school_admin' and revoked_at is null and ends_at = 'infinity'"
            )
        )


@pytest.fixture
def world(database: str) -> Iterator[World]:
    with psycopg.connect(database, autocommit=True, row_factory=dict_row) as observer:
        observer.execute("create schema tap")
        observer.execute(harness.FIXTURE.read_text())
        observer.execute("select tap.school('alpha'), tap.member('alpha', 'a2', 'staff', 'school_admin')")
        observer.execute("select tap.member('alpha', n, 'staff') from unnest(array['p1', 'p2']) as n")
        with ThreadPoolExecutor() as pool:
            made = World(database, observer, {}, pool)
            for who in ("admin", "a2", "p1", "p2"):
                made.tokens[who] = made.value("select tap.token('alpha/' || %s)", who)
            yield made
            for connection in made.connections:
                connection.close()


def said(statement: str, *values: Any) -> Callable[[Connection], str]:
    """A plain statement; answers its SQLSTATE, or nothing when it succeeds."""

    def run(connection: Connection) -> str:
        try:
            connection.execute(statement, values)
        except psycopg.Error as error:
            connection.rollback()
            return error.sqlstate or "?"
        return ""

    return run


def test_two_administrators_who_leave_at_once_are_one(world: World) -> None:
    grants = {who: world.grant(who) for who in ("admin", "a2")}
    won, lost = world.race(
        lambda c: world.call(c, "admin", "role_revoke", grant_id=grants["admin"], reason=WHY),
        lambda c: world.call(c, "a2", "role_revoke", grant_id=grants["a2"], reason=WHY),
        "smartattend_app",
    )
    assert (won["status"], lost["status"], lost["code"]) == ("accepted", "refused", "SA145")
    assert world.administrators() == 1
    assert world.value("select count(*) from ledger.refusal where code = 'SA145'") == 1
    assert world.value("select count(*) from access.escalation_event where rule = 'E20'") == 1


def test_two_administrators_who_revoke_each_other_are_one(world: World) -> None:
    """The second is no administrator any more when its turn comes."""
    grants = {who: world.grant(who) for who in ("admin", "a2")}
    won, lost = world.race(
        lambda c: world.call(c, "admin", "role_revoke", grant_id=grants["a2"], reason=WHY),
        lambda c: world.call(c, "a2", "role_revoke", grant_id=grants["admin"], reason=WHY),
        "smartattend_app",
    )
    assert (won["status"], lost["status"], lost["code"]) == ("accepted", "refused", "SA104")
    assert world.administrators() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "update identity.role_grant set revoked_at = clock_timestamp() where id = %s",
        "update identity.role_grant set ends_at = clock_timestamp() + interval '1 hour' where id = %s",
    ],
)
def test_plain_updates_leave_one_administrator(world: World, statement: str) -> None:
    grants = {who: world.grant(who) for who in ("admin", "a2")}
    won, lost = world.race(said(statement, grants["a2"]), said(statement, grants["admin"]), None)
    assert (won, lost) == ("", "SA145")
    assert world.administrators() == 1


def approved_for_tomorrow(world: World, who: str, role: str) -> uuid.UUID:
    """A request of a person that is approved and starts tomorrow."""
    starts = world.value("select core.clock() + interval '1 day'")
    asked = world.done(who, "role_request", role=role, reason=WHY, starts_at=starts)
    decided = world.done("admin", "role_decide", request_id=asked["id"], via="approve")
    assert decided["detail"]["state"] == "approved", decided
    return uuid.UUID(str(asked["id"]))


def test_two_activations_for_the_last_place(world: World) -> None:
    world.observer.execute("update access.role_rule set max_holders = 3 where role = 'school_admin'")
    requests = {who: approved_for_tomorrow(world, who, "school_admin") for who in ("p1", "p2")}
    world.observer.execute(
        "create or replace function core.clock() returns timestamptz language sql volatile"
        " as $$ select pg_catalog.clock_timestamp() + interval '25 hours' $$"
    )
    for who in requests:
        world.tokens[who] = world.value("select tap.token('alpha/' || %s)", who)
    won, lost = world.race(
        lambda c: world.call(c, "p1", "role_activate", request_id=requests["p1"]),
        lambda c: world.call(c, "p2", "role_activate", request_id=requests["p2"]),
        "smartattend_app",
    )
    assert (won["status"], lost["status"], lost["code"]) == ("accepted", "refused", "SA142")
    assert world.administrators() == 3


def test_two_plain_inserts_for_the_last_place(world: World) -> None:
    world.observer.execute("update access.role_rule set max_holders = 3 where role = 'school_admin'")
    won, lost = world.race(
        said(INSERT, world.id("p1"), "school_admin"), said(INSERT, world.id("p2"), "school_admin"), None
    )
    assert (won, lost) == ("", "SA142")
    assert world.administrators() == 3


def test_two_approvals_of_roles_that_exclude_each_other(world: World) -> None:
    world.observer.execute("update access.role_rule set min_approvals = 1 where role in ('faculty', 'student')")
    teacher = world.done("p1", "role_request", role="faculty", reason=WHY)["id"]
    pupil = world.done("a2", "role_request", role="student", user_id=world.id("p1"))["id"]
    won, lost = world.race(
        lambda c: world.call(c, "a2", "role_decide", request_id=teacher, via="approve"),
        lambda c: world.call(c, "admin", "role_decide", request_id=pupil, via="approve"),
        "smartattend_app",
    )
    assert (won["detail"]["state"], lost["status"], lost["code"]) == ("active", "refused", "SA141")
    assert world.value("select count(*) from identity.role_grant where user_id = %s", world.id("p1")) == 1


def test_two_plain_inserts_of_roles_that_exclude_each_other(world: World) -> None:
    who = world.id("p1")
    won, lost = world.race(said(INSERT, who, "faculty"), said(INSERT, who, "student"), None)
    assert (won, lost) == ("", "SA141")


def test_two_superadmins_who_revoke_each_other_do_not_wait_in_a_circle(world: World) -> None:
    """Both have begun before either locks anything of the other: the second is no superadmin when its turn comes."""
    names = ("root", "second", "third")
    tokens = {name: world.value("select tap.platform_token(%s)", name) for name in names}
    logins = {
        name: world.value('select login from identity."user" where id = tap.id(%s)', f"platform/{name}")
        for name in names
    }
    world.observer.execute("update identity.platform_session set last_seen_at = last_seen_at - interval '5 minutes'")

    def revoke(connection: Connection, who: str, whom: str) -> Row:
        row = connection.execute(
            "select * from api.platform_revoke(%s, %s, 'superadmin', %s, %s)",
            [uuid.uuid4(), logins[whom], WHY, tokens[who]],
        ).fetchone()
        assert row is not None
        connection.commit()
        return row

    gate, one, other = world.connect(None), world.connect(), world.connect()
    gate.execute("select from identity.platform_grant for update")
    first = world.pool.submit(revoke, one, "root", "second")
    world.blocked(one)
    second = world.pool.submit(revoke, other, "second", "root")
    world.blocked(other)
    gate.rollback()
    outcomes = [future.result(PATIENCE) for future in (first, second)]
    assert sorted((row["status"], row["code"]) for row in outcomes) == [("accepted", None), ("refused", "SA104")]
    seen = world.value(
        "select max(clock_timestamp() - s.last_seen_at) < interval '1 minute' from identity.platform_session as s"
        " where s.revoked_at is null and s.user_id in (tap.id('platform/root'), tap.id('platform/second'))"
    )
    assert seen is True, "who did it was there"
