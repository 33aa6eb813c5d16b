"""Many who raise and move incidents at once. Every wait is seen in pg_stat_activity, none is guessed."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from tests import harness

Connection = psycopg.Connection[Any]
RAISERS = 32
PATIENCE = 30.0
"""Seconds after which a wait that should have come has not."""


@dataclass
class World:
    """A school, and connections that act as its system."""

    dsn: str
    observer: Connection
    tenant: uuid.UUID
    pool: ThreadPoolExecutor
    connections: list[Connection] = field(default_factory=list)

    def connect(self) -> Connection:
        """A connection whose transaction stays open until it is committed; it waits for nothing longer than 10 s."""
        connection = psycopg.connect(self.dsn, options="-c role=smartattend_owner -c lock_timeout=10s")
        self.connections.append(connection)
        return connection

    def bind(self, connection: Connection) -> None:
        connection.execute(
            "select core.bind(%(tenant)s::uuid, 'administration_read administration_write',"
            " (%(tenant)s, null, null, null, null, 'system', 0)::core.actor)",
            {"tenant": self.tenant},
        )

    def call(self, connection: Connection, query: str, *values: Any) -> Any:
        """The one value of a query in a transaction that is bound, and stays open."""
        self.bind(connection)
        row = connection.execute(query.encode(), values or None).fetchone()
        assert row is not None
        return row[0]

    def raised(self, connection: Connection, key: str, severity: int = 3, source: str = "seal") -> uuid.UUID:
        return uuid.UUID(
            str(self.call(connection, "select incident.raise(%s, %s, %s, 'trouble', '{}')", source, key, severity))
        )

    def value(self, query: str, *values: Any) -> Any:
        row = self.observer.execute(query.encode(), values or None).fetchone()
        assert row is not None
        return row[0]

    def blocked(self, connection: Connection) -> None:
        """Wait until the connection waits for a lock."""
        query = "select from pg_catalog.pg_stat_activity where pid = %s and wait_event_type = 'Lock'"
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.observer.execute(query, [connection.info.backend_pid]).fetchone() is not None:
                return
        raise AssertionError("the second caller never waited for the first")

    def at_once(self, what: Callable[[Connection, int], Any], times: int = RAISERS) -> list[Any]:
        """Do it that many times from as many connections, which all begin together, and commit each."""
        barrier = threading.Barrier(times)
        connections = [self.connect() for _ in range(times)]

        def one(number: int) -> Any:
            self.bind(connections[number])
            connections[number].commit()
            barrier.wait(PATIENCE)
            done = what(connections[number], number)
            connections[number].commit()
            return done

        return [future.result(PATIENCE) for future in [self.pool.submit(one, number) for number in range(times)]]


@pytest.fixture
def world(database: str) -> Iterator[World]:
    with psycopg.connect(database, autocommit=True) as observer:
        observer.execute("create schema tap")
        observer.execute(harness.FIXTURE.read_text())
        tenant = observer.execute("select tap.school('alpha')").fetchone()
        assert tenant is not None
        with ThreadPoolExecutor(RAISERS) as pool:
            made = World(database, observer, tenant[0], pool)
            yield made
            for connection in made.connections:
                connection.close()


def test_thirty_two_raise_the_same_trouble_and_it_is_one_incident_with_thirty_two_occurrences(world: World) -> None:
    """Whoever is first opens it; nobody else does, and nobody's occurrence is lost, nor the worst severity."""
    found = world.at_once(lambda c, n: world.raised(c, "chain", 2 if n == 17 else 3))
    assert len(set(found)) == 1
    assert world.value("select count(*) from incident.incident") == 1
    assert world.value("select count(*) from incident.occurrence where incident_id = %s", found[0]) == RAISERS
    assert world.value("select array[number, severity] from incident.incident") == [1, 2]
    assert world.value("select count(*) from incident.page where why = 'raised'") == 1
    # and once more, now that there is one
    assert set(world.at_once(lambda c, n: world.raised(c, "chain"))) == {found[0]}
    assert world.value("select count(*) from incident.occurrence where incident_id = %s", found[0]) == 2 * RAISERS


def test_thirty_two_open_incidents_and_their_numbers_have_no_gap(world: World) -> None:
    world.at_once(lambda c, n: world.raised(c, f"device {n}"))
    assert world.value("select array_agg(number order by number) from incident.incident") == list(range(1, RAISERS + 1))


def test_a_number_that_was_not_committed_is_given_again(world: World) -> None:
    one = world.connect()
    world.raised(one, "a")
    one.rollback()
    world.raised(one, "b")
    one.commit()
    assert world.value("select array_agg(number) from incident.incident") == [1]


def test_an_occurrence_waits_for_no_other_one(world: World) -> None:
    """A job that raised and has not committed holds nobody up, on the same key and on another that is open."""
    first, second = world.connect(), world.connect()
    for key in ("a", "b"):
        world.raised(first, key)
    first.commit()
    world.raised(first, "a")
    second.execute("set lock_timeout = '1ms'")
    for key in ("a", "b"):
        world.raised(second, key)
    second.commit()
    first.commit()
    assert world.value("select count(*) from incident.occurrence") == 5


def test_a_storm_has_one_incident_however_many_begin_it(world: World) -> None:
    for number in range(46):
        with world.observer.transaction():
            world.bind(world.observer)
            world.observer.execute(
                "select incident.raise('clock_drift', %s, 3, 'a device drifts', '{}')", [f"device {number}"]
            )
    found = world.at_once(lambda c, n: world.raised(c, f"device {100 + n}", source="clock_drift"))
    assert world.value("select count(*) from incident.incident where is_storm") == 1
    assert world.value("select count(*) from incident.incident where state = 'detected' and not is_storm") == 0
    assert world.value("select count(*) from incident.incident where code = 'merged'") == 50
    assert world.value("select max(number) from incident.incident") == 51
    assert len(set(found)) == 5
    # every one of them is counted, where it went
    assert (
        world.value(
            "select count(distinct o.dedup_key) from incident.occurrence as o"
            " inner join incident.incident as i on i.tenant_id = o.tenant_id and i.id = o.incident_id where i.is_storm"
        )
        == 46 + RAISERS
    )


def test_trouble_that_comes_while_an_incident_is_resolved_opens_it_again(world: World) -> None:
    """An occurrence never lands on what somebody is just putting away: it waits, and looks again."""
    mover, raiser = world.connect(), world.connect()
    found = world.raised(mover, "chain")
    mover.commit()
    assert world.call(mover, "select incident.recover('seal', 'chain', '{}')") == found
    late: Future[uuid.UUID] = world.pool.submit(world.raised, raiser, "chain")
    world.blocked(raiser)
    mover.commit()
    assert late.result(PATIENCE) == found
    raiser.commit()
    assert world.value("select array[state, episode::text] from incident.incident") == ["investigating", "2"]
    assert world.value("select array_agg(episode order by episode) from incident.occurrence") == [1, 2]


def test_whoever_resolves_waits_for_an_occurrence_that_is_not_committed(world: World) -> None:
    mover, raiser = world.connect(), world.connect()
    found = world.raised(mover, "chain")
    mover.commit()
    world.raised(raiser, "chain")
    waiting: Future[Any] = world.pool.submit(world.call, mover, "select incident.recover('seal', 'chain', '{}')")
    world.blocked(mover)
    raiser.commit()
    assert waiting.result(PATIENCE) == found
    mover.commit()
    assert world.value("select state from incident.incident") == "resolved"


def test_workers_skip_what_another_one_has(world: World) -> None:
    """Two workers take each step once, and neither waits."""
    first, second = world.connect(), world.connect()
    for key in ("a", "b"):
        world.raised(first, key, 1)
    first.commit()
    world.observer.execute(
        "create or replace function core.clock() returns timestamptz language sql volatile"
        " as $$ select clock_timestamp() + interval '10 minutes' $$"
    )
    advance = "select incident.advance(core.clock())"
    world.bind(first)
    first.execute("select from incident.incident where dedup_key = 'a' for update")
    second.execute("set lock_timeout = '1ms'")
    assert world.call(second, advance) == {"expired": 0, "breached": 1, "escalated": 1}
    second.commit()
    first.rollback()
    done = world.at_once(lambda c, n: world.call(c, advance), 8)
    assert sum(one["escalated"] for one in done) == 1
    assert sum(one["breached"] for one in done) == 1
    assert world.value("select count(*) from incident.escalation") == 4
    assert world.value("select count(*) from incident.page where why = 'escalated'") == 2


def test_two_who_acknowledge_at_once_are_one_owner(world: World) -> None:
    one, other = world.connect(), world.connect()
    found = world.raised(one, "chain")
    one.commit()
    tokens = [world.value("select tap.token('alpha/' || %s)", who) for who in ("admin", "officer")]
    query = "select (api.incident_transition(%s, %s, 'acknowledge', token => %s)).status"
    for connection in (one, other):
        connection.execute("set role smartattend_app")
    won = one.execute(query.encode(), [uuid.uuid4(), found, tokens[0]]).fetchone()
    waiting = world.pool.submit(lambda: other.execute(query.encode(), [uuid.uuid4(), found, tokens[1]]).fetchone())
    world.blocked(other)
    one.commit()
    lost = waiting.result(PATIENCE)
    other.commit()
    assert (won, lost) == (("accepted",), ("refused",))
    assert world.value("select owner_id = tap.id('alpha/admin') from incident.incident") is True
    assert world.value("select count(*) from ledger.refusal where code = 'SA101'") == 1
