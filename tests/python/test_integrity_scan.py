"""Scans of the integrity rules: nothing is lost, scans that meet do the work once, little new costs little."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from tests import harness

Row = dict[str, Any]
Connection = psycopg.Connection[Row]
PATIENCE = 30.0
EVENTS = 100_000
CHEAPER_BY = 20
"""How many times less a scan of nothing, or of three punches, has to take than the first one; the times are printed."""


@pytest.fixture(scope="module")
def dsn(clone: Callable[[], str]) -> str:
    """A deployed database with what the pgTAP tests share, but without pgTAP."""
    made = clone()
    with psycopg.connect(made, autocommit=True) as connection:
        connection.execute("create schema tap")
        connection.execute(harness.FIXTURE.read_text())
        connection.execute("grant usage on schema tap to public")
    return made


class World:
    """A school of the test's own, and calls of api.* in it."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.observer: Connection = psycopg.connect(dsn, autocommit=True, row_factory=dict_row)
        self.observer.execute("select tap.school('alpha')")
        self.connections = [self.observer]

    def connect(self, *, autocommit: bool = True) -> Connection:
        made: Connection = psycopg.connect(
            self.dsn, autocommit=autocommit, row_factory=dict_row, options="-c role=smartattend_app -c timezone=UTC"
        )
        self.connections.append(made)
        return made

    def value(self, query: str, *parameters: Any) -> Any:
        row = self.observer.execute(f"select ({query}) as value", parameters).fetchone()
        assert row is not None
        return row["value"]

    def id(self, name: str) -> uuid.UUID:
        found = self.value("tap.id(%s)", name)
        assert isinstance(found, uuid.UUID)
        return found

    def token(self, who: str) -> str:
        return str(self.value("tap.token(%s)", f"alpha/{who}"))

    def flags(self, rule: str) -> int:
        return int(
            self.value("select count(*) from integrity.flag where tenant_id = tap.id('alpha') and rule = %s", rule)
        )

    def close(self) -> None:
        for connection in self.connections:
            connection.close()


@pytest.fixture
def world(dsn: str) -> Iterator[World]:
    made = World(dsn)
    yield made
    made.close()


def scan(connection: Connection, token: str, key: uuid.UUID | None = None) -> Row:
    row = connection.execute(
        "select * from api.integrity_scan(key => %s, token => %s)", [key or uuid.uuid4(), token]
    ).fetchone()
    assert row is not None
    assert row["status"] in ("accepted", "replayed"), row
    return row


def punch(connection: Connection, token: str, subject: uuid.UUID, evidence: str = '{"is_mock": true}') -> Row:
    row = connection.execute(
        "select * from api.check_in(key => %s, subject_id => %s, evidence => %s, token => %s)",
        [uuid.uuid4(), subject, evidence, token],
    ).fetchone()
    assert row is not None
    return row


def test_a_scan_raises_once_and_its_key_replays(world: World) -> None:
    officer = world.token("officer")
    caller = world.connect()
    punch(caller, officer, world.id("alpha/s1"))
    key = uuid.uuid4()
    first = scan(caller, officer, key)
    assert first["detail"]["scanned"] is True
    assert first["detail"]["rules"] == {"F08": 1}
    again = scan(caller, officer, key)
    assert again["status"] == "replayed"
    assert again["detail"] == first["detail"]
    assert scan(caller, officer)["detail"] == {"scanned": True, "raised": 0, "held": 0, "cleared": 0, "rules": {}}
    assert world.flags("F08") == 1
    # From the beginning once more: the same findings are the same flags.
    world.observer.execute("update integrity.horizon set scanned_until = '0'")
    world.observer.execute("delete from integrity.scanned where tenant_id = tap.id('alpha')")
    assert scan(caller, officer)["detail"]["raised"] == 0
    assert world.flags("F08") == 1


def test_a_horizon_of_the_future_begins_anew(world: World) -> None:
    """A restored cluster counts its transactions from a lower number."""
    officer = world.token("officer")
    caller = world.connect()
    scan(caller, officer)
    world.observer.execute(
        "update integrity.horizon set scanned_until = '1000000000000' where tenant_id = tap.id('alpha')"
    )
    punch(caller, officer, world.id("alpha/s1"))
    assert scan(caller, officer)["detail"]["rules"] == {"F08": 1}


def test_only_who_may_scans(world: World) -> None:
    caller = world.connect()
    refused = caller.execute(
        "select * from api.integrity_scan(key => %s, token => %s)", [uuid.uuid4(), world.token("f1")]
    ).fetchone()
    assert refused is not None
    assert (refused["status"], refused["code"]) == ("refused", "SA104")
    assert world.value("select count(*) from integrity.horizon where tenant_id = tap.id('alpha')") == 0


def test_a_transaction_that_commits_late_is_found(world: World) -> None:
    officer = world.token("officer")
    late, caller = world.connect(autocommit=False), world.connect()
    punch(late, officer, world.id("alpha/s1"))  # in flight
    punch(caller, officer, world.id("alpha/s2"))  # later, and committed before it
    scan(caller, officer)
    found = world.flags("F08")
    late.commit()
    scan(caller, officer)
    assert world.flags("F08") == 2
    assert found == 0, "a scan stops before the oldest transaction in flight"
    assert scan(caller, officer)["detail"]["raised"] == 0


def test_two_scans_that_meet_do_the_work_once_and_never_wait(world: World) -> None:
    officer = world.token("officer")
    first, second = world.connect(autocommit=False), world.connect()
    scan(second, officer)  # the row that scans hold is there
    punch(second, officer, world.id("alpha/s1"))
    assert scan(first, officer)["detail"]["rules"] == {"F08": 1}
    second.execute("set lock_timeout = '5s'")
    assert scan(second, officer)["detail"]["scanned"] is False
    first.commit()
    assert scan(second, officer)["detail"] == {"scanned": True, "raised": 0, "held": 0, "cleared": 0, "rules": {}}
    assert world.flags("F08") == 1


def test_scans_and_punches_of_the_same_people_meet_without_a_deadlock(world: World) -> None:
    """Blocking rules hold records while the same people go on: every flag is raised once, every record agrees."""
    officer = world.token("officer")
    people = [world.id(f"alpha/s{number}") for number in (1, 2, 3)]
    keys = {person: uuid.uuid4() for person in people}
    connections = [world.connect() for _ in range(6)]

    def work(position: int) -> int:
        connection = connections[position]
        done = 0
        for round_ in range(15):
            if position < 2:
                scan(connection, officer)
            else:
                person = people[(position + round_) % len(people)]
                row = connection.execute(  # the same key with another payload: refused, F01, which holds
                    "select * from api.check_in(key => %s, subject_id => %s, evidence => %s, token => %s)",
                    [keys[person], person, f'{{"n": {position * 100 + round_}}}', officer],
                ).fetchone()
                assert row is not None
                done += row["status"] == "refused"
        return done

    with ThreadPoolExecutor(len(connections)) as pool:
        refused = sum(pool.map(work, range(len(connections))))
    scan(connections[0], officer)
    assert refused == 4 * 15 - len(people)
    assert world.flags("F01") == refused
    states = world.observer.execute(
        "select state::text, count(*) from attendance.record where tenant_id = tap.id('alpha') group by state"
    ).fetchall()
    assert states == [{"state": "flagged", "count": len(people)}]
    assert world.observer.execute("select * from tap.stale_record").fetchall() == []


FILL = """
with person as (
  insert into identity."user" (id, login)
  select md5('person ' || n || tap.id('alpha'))::uuid, 'p' || n || '@' || tap.slug('alpha')
  from generate_series(1, 500) as n
  returning id, split_part(split_part(login, '@', 1), 'p', 2)::integer as n
), member as (
  insert into identity.membership (tenant_id, user_id, member_number, kind, display_name, active_from)
  select tap.id('alpha'), p.id, 'p' || p.n, 'student', 'Person ' || p.n, '2000-01-01' from person as p
  returning user_id, substr(member_number, 2)::integer as n
)
insert into attendance.event (
  tenant_id, key, kind, subject_id, record_id, revision, state, code, in_at, out_at, business_date, payload_hash,
  device_id, boot_id, sequence_number, monotonic_us, claimed_at, latitude, longitude, accuracy_m, effective_at,
  error_us, basis, recorded_at
)
select
  tap.id('alpha'), md5(format('%%s %%s %%s', m.n, d, k))::uuid, k, m.user_id, md5(format('%%s %%s', m.n, d))::uuid,
  case k when 'in' then 1 else 2 end, 'recorded', 'P', t.at, case k when 'out' then t.at + interval '8 hours' end,
  t.at::date, sha256(''),
  tap.id('alpha/kiosk'), md5(format('boot %%s/%%s', d, m.n %% 20))::uuid,
  m.n / 20 * 2 + case k when 'in' then 1 else 2 end, extract(epoch from t.at - '2026-01-01') * 1000000,
  t.at, 50.85, 4.35, 10,
  case k when 'in' then t.at else t.at + interval '8 hours' end, 0, 'server', t.at
from member as m
cross join generate_series(1, %s) as d
cross join unnest(array['in', 'out']) as k
cross join lateral (
  select '2026-01-01 08:00+00'::timestamptz + d * interval '1 day' + m.n * interval '3 seconds' as at
) as t
"""
RECORDS = """
insert into attendance.record (
  tenant_id, id, subject_id, business_date, accounted_at, state, state_via, code, revision, is_open, in_at, out_at
)
select
  e.tenant_id, e.record_id, e.subject_id, e.business_date, e.in_at, 'recorded', 'capture', 'P', 2, false, e.in_at,
  e.out_at
from attendance.event as e where e.tenant_id = tap.id('alpha') and e.kind = 'out'
"""

LATE = """
insert into attendance.event (
  tenant_id, key, kind, subject_id, business_date, payload_hash, device_id, boot_id, sequence_number, evidence,
  effective_at, error_us, basis, recorded_at
)
select
  tap.id('alpha'), gen_random_uuid(), 'out', tap.id('alpha/' || who), '2026-01-20', sha256(''),
  tap.id('alpha/' || device), md5('late boot')::uuid, number, jsonb_build_object('code', code),
  '2026-01-20 09:00+00'::timestamptz + minute * interval '1 minute', 0, 'server', core.clock()
from (
  values
    ('s1', 'kiosk', 4, null, 1), ('s2', 'phone', null, 'A', 2),
    ('s1', 'kiosk', 9, null, 3), ('s1', 'phone', null, 'A', 4)
) as v (who, device, number, code, minute)
where minute = any (%s)
"""
"""A number after another one of its boot, a telephone and a code that somebody else used before."""


def test_a_scan_over_many_events_is_quick_and_the_next_one_costs_what_is_new(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    officer = world.token("officer")
    caller = world.connect()
    world.observer.execute(FILL, [EVENTS // 1000])
    world.observer.execute(RECORDS)

    def timed() -> tuple[float, Row]:
        begun = time.perf_counter()
        row = scan(caller, officer)
        return time.perf_counter() - begun, row

    first, row = timed()
    assert world.value("select count(*) from integrity.scanned where tenant_id = tap.id('alpha')") == EVENTS
    nothing = min(timed()[0] for _ in range(3))
    for subject in ("s1", "s2", "s3"):
        punch(caller, officer, world.id(f"alpha/{subject}"))
    few, found = timed()
    assert found["detail"]["rules"] == {"F08": 3}
    world.observer.execute("select tap.device('alpha', 'main', 'phone', 'personal')")
    world.observer.execute(LATE, [[3, 4]])
    assert timed()[1]["detail"]["raised"] == 0
    world.observer.execute(LATE, [[1, 2]])
    late, found = timed()
    assert found["detail"]["rules"] == {"F04": 1, "F13": 1, "F15": 1}, "what arrives late makes older ones guilty"
    with capsys.disabled():
        print(
            f"\nintegrity scan: {EVENTS:,} events in {first:.1f} s"
            f" ({first / EVENTS * 1e6:.0f} µs each, {row['detail']['raised']} flags);"
            f" again with nothing new {nothing * 1000:.0f} ms, with three new punches {few * 1000:.0f} ms,"
            f" with two that arrive late {late * 1000:.0f} ms"
        )
    assert nothing < first / CHEAPER_BY
    assert few < first / CHEAPER_BY
    assert late < first / CHEAPER_BY
