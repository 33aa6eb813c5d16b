"""Clocks of devices over real connections: the client's half of the exchange, reports that meet, and bad input."""

from __future__ import annotations

import asyncio
import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from orchestrator.clock import Clock, Queue, measure
from orchestrator.device import Device, Request, Settled, Stopwatch
from tests import harness

Connection = psycopg.Connection[dict[str, Any]]


class School:
    """A school of the test's own with as many kiosks as are asked for."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.observer: Connection = psycopg.connect(dsn, autocommit=True, row_factory=dict_row)
        self.observer.execute("select tap.school('alpha')")
        self.tenant = self.id("alpha")

    def id(self, name: str) -> uuid.UUID:
        found: uuid.UUID = self.one("select tap.id(%s) as id", name)["id"]
        return found

    def one(self, query: str, *parameters: Any) -> dict[str, Any]:
        row = self.observer.execute(query, parameters).fetchone()
        assert row is not None
        return row

    def kiosk(self) -> tuple[uuid.UUID, str]:
        """A new kiosk and its token."""
        code = uuid.uuid4().hex[:12]
        row = self.one(
            "select tap.device('alpha', 'main', %(code)s, 'kiosk') as id,"
            " timing.login_device(tap.slug('alpha'), %(code)s, '1 day') as token".replace("%(code)s", f"'{code}'")
        )
        return row["id"], row["token"]

    def clock(self, device: uuid.UUID) -> dict[str, Any]:
        return self.one("select * from timing.device_clock where device_id = %s", device)

    def connect(self) -> Connection:
        return psycopg.connect(self.dsn, autocommit=True, row_factory=dict_row, options="-c role=smartattend_app")


@pytest.fixture(scope="module")
def school(clone: Callable[[], str]) -> Iterator[School]:
    dsn = clone()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create schema tap")
        connection.execute(harness.FIXTURE.read_text())
        connection.execute("grant usage on schema tap to public")
    made = School(dsn)
    yield made
    made.observer.close()


def measured(
    school: School, clock: Clock, token: str, *, queue: Queue | None = None, times: int = 1
) -> list[tuple[Settled, Settled | None]]:
    """Have a device measured over a connection of its own."""

    async def run() -> list[tuple[Settled, Settled | None]]:
        device = Device("kiosk", school.dsn, Stopwatch(), application_name="test-clocks")
        await device.open()
        try:
            device.next_sequence()
            stream = random.Random(1)
            return [await measure(device, clock, token, stream, queue=queue) for _ in range(times)]
        finally:
            await device.close()

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("ahead", "state"),
    [
        (timedelta(), "healthy"),
        (timedelta(seconds=-10), "warning"),
        (timedelta(seconds=100), "critical"),
        (timedelta(hours=-5), "untrusted"),
        (timedelta(days=366 * -26), "untrusted"),
        (timedelta(days=366 * 37), "untrusted"),
    ],
)
def test_a_device_has_its_clock_measured(school: School, ahead: timedelta, state: str) -> None:
    device, token = school.kiosk()
    clock = Clock(ahead=ahead, ppm=12)
    before = datetime.now(UTC)
    for probed, reported in measured(school, clock, token, times=3):
        assert probed.answer.status == "accepted"
        assert reported is not None
        assert reported.answer.status == "accepted", reported.answer
    row = school.clock(device)
    assert row["state"] == state
    assert row["boot_id"] == clock.boot_id
    assert before <= row["delivered_until"] <= datetime.now(UTC)
    # the wall clock is read to the millisecond
    assert abs(row["offset_us"] + ahead / timedelta(microseconds=1)) <= row["error_us"] + 1000
    assert row["error_us"] < 5_000_000


def test_a_step_of_the_wall_clock_is_seen_and_a_reboot_is_not_one(school: School) -> None:
    device, token = school.kiosk()
    clock = Clock()
    measured(school, clock, token)
    assert school.clock(device)["state"] == "healthy"
    clock.step(timedelta(hours=-1))
    measured(school, clock, token)
    row = school.clock(device)
    assert (row["state"], row["state_reason"][:30]) == ("untrusted", "the wall clock was stepped by ")
    other, token = school.kiosk()
    clock = Clock()
    measured(school, clock, token)
    boot = clock.boot_id
    clock.reboot()
    assert clock.boot_id != boot
    measured(school, clock, token)
    assert school.clock(other)["state"] == "healthy"


def test_a_queue_holds_the_watermark_back(school: School) -> None:
    device, token = school.kiosk()
    clock = Clock(ahead=timedelta(minutes=3))
    measured(school, clock, token)
    first = school.clock(device)["delivered_until"]
    made_at = datetime.now(UTC)
    punch = clock.read().punch(1)
    measured(school, clock, token, queue=Queue(1, punch))
    held = school.clock(device)["delivered_until"]
    assert first <= held <= made_at
    measured(school, clock, token)
    assert school.clock(device)["delivered_until"] > made_at


def test_a_probe_whose_answer_was_lost_is_measured_from_its_first_sending(school: School) -> None:
    """A repeat answers the first stamps; with the first reading the bound covers what happened since."""
    device, token = school.kiosk()
    clock = Clock(ahead=timedelta(seconds=7))

    async def run() -> None:
        client = Device("kiosk", school.dsn, Stopwatch(), application_name="test-clocks")
        await client.open()
        stream = random.Random(1)
        key = uuid.uuid4()
        probe = Request.of("clock_probe", key, {"device_id": None}, token)
        sent = clock.read()
        client.fire(probe)
        first = await client.settle(probe, stream)
        client.drop()
        again = await client.settle(probe, stream, fired=False)
        received = clock.read()
        assert (first.answer.status, again.answer.status) == ("accepted", "replayed")
        assert first.answer.hash == again.answer.hash
        report = Request.of(
            "clock_report",
            uuid.uuid4(),
            {
                "probe_key": key,
                "sent_at": sent.wall.isoformat(),
                "received_at": received.wall.isoformat(),
                "boot_id": sent.boot_id,
                "sent_monotonic_us": sent.monotonic_us,
                "received_monotonic_us": received.monotonic_us,
            },
            token,
        )
        client.fire(report)
        assert (await client.settle(report, stream)).answer.status == "accepted"
        await client.close()

    asyncio.run(run())
    row = school.clock(device)
    assert abs(row["offset_us"] + 7_000_000) <= row["error_us"] + 1000


def report(connection: Connection, token: str, probe: uuid.UUID, **said: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "key": uuid.uuid4(),
        "probe_key": probe,
        "sent_at": datetime.now(UTC),
        "received_at": datetime.now(UTC),
        "boot_id": uuid.UUID(int=7),
        "sent_monotonic_us": 0,
        "received_monotonic_us": 80_000_000,
        "token": token,
    } | said
    named = ", ".join(f"{name} => %({name})s" for name in values)
    row = connection.execute(f"select * from api.clock_report({named})", values).fetchone()
    assert row is not None
    return row


def probe(connection: Connection, token: str) -> uuid.UUID:
    row = connection.execute("select * from api.clock_probe(%s, token => %s)", [uuid.uuid4(), token]).fetchone()
    assert row is not None
    assert row["status"] == "accepted"
    found: uuid.UUID = row["id"]
    return found


@pytest.mark.parametrize(
    ("same_key", "wanted"), [(True, {"accepted": 1, "replayed": 7}), (False, {"accepted": 1, "refused": 7})]
)
def test_reports_of_one_probe_that_meet_make_one_sample(school: School, same_key: bool, wanted: dict[str, int]) -> None:
    device, token = school.kiosk()
    connections = [school.connect() for _ in range(8)]
    barrier = threading.Barrier(8)
    at = datetime.now(UTC)

    def run(position: int, key: uuid.UUID, of: uuid.UUID) -> dict[str, Any]:
        barrier.wait(30)
        return report(connections[position], token, of, key=key, sent_at=at, received_at=at)

    with ThreadPoolExecutor(max_workers=8) as pool:
        for turn in range(5):
            keys = [uuid.uuid4()] * 8 if same_key else [uuid.uuid4() for _ in range(8)]
            of = probe(connections[0], token)
            futures = [pool.submit(run, position, keys[position], of) for position in range(8)]
            outcomes = [future.result(30) for future in futures]
            assert Counter(outcome["status"] for outcome in outcomes) == wanted
            assert {outcome["code"] for outcome in outcomes} <= {None, "SA112"}
            count = school.one("select count(*) as n from timing.clock_sample where device_id = %s", device)
            assert count["n"] == turn + 1
    for connection in connections:
        connection.close()


def test_first_reports_of_one_device_that_meet_make_one_clock(school: School) -> None:
    device, token = school.kiosk()
    connections = [school.connect() for _ in range(8)]
    probes = [probe(connection, token) for connection in connections]
    barrier = threading.Barrier(8)

    def run(position: int) -> dict[str, Any]:
        barrier.wait(30)
        return report(connections[position], token, probes[position])

    with ThreadPoolExecutor(max_workers=8) as pool:
        outcomes = [future.result(30) for future in [pool.submit(run, position) for position in range(8)]]
    assert Counter(outcome["status"] for outcome in outcomes) == {"accepted": 8}
    newest = school.one("select max(answered_at) as at from timing.clock_sample where device_id = %s", device)
    assert school.clock(device)["sampled_at"] == newest["at"]
    for connection in connections:
        connection.close()


def test_the_job_leaves_a_device_that_reports_to_its_report(school: School) -> None:
    device, token = school.kiosk()
    connection = school.connect()
    report(connection, token, probe(connection, token))
    admin = school.one("select tap.token('alpha/admin') as token")["token"]
    try:
        school.observer.execute(
            "update tenancy.setting set clock_sample_expires_after = '1 minute' where tenant_id = %s", [school.tenant]
        )
        school.observer.execute(
            "update timing.device_clock set sampled_at = sampled_at - interval '2 minutes' where tenant_id = %s",
            [school.tenant],
        )
        holder = psycopg.connect(school.dsn)
        holder.execute("select 1 from timing.device_clock where device_id = %s for no key update", [device])
        expire = "select detail -> 'expired' as n from api.clock_expire(%s, %s)"
        connection.execute("set lock_timeout = '20s'")
        connection.execute(expire, [uuid.uuid4(), admin])
        assert school.clock(device)["state"] != "unknown"
        holder.rollback()  # a closed connection may hold its locks for a moment yet
        holder.close()
        row = connection.execute(expire, [uuid.uuid4(), admin]).fetchone()
        assert row is not None
        assert row["n"] == 1
        assert school.clock(device)["state"] == "unknown"
    finally:
        school.observer.execute(
            "update tenancy.setting set clock_sample_expires_after = '24 hours' where tenant_id = %s", [school.tenant]
        )
        connection.close()


NUMBERS = [
    "0",
    "1",
    "-1",
    "80000000",
    "86400000001",
    "1e15",
    "9223372036854775807",
    "9223372036854775808",
    "NaN",
    "",
    "x",
    None,
]
INSTANTS = [
    "2026-03-02 08:00+00", "1970-01-01 00:00+00", "1969-12-31 23:59+00", "2199-12-31 23:59+00", "infinity", "-infinity",
    "0001-01-01 00:00+00 BC", "294276-12-31 23:59+00", "yesterday", "", "NaN", None,
]  # fmt: skip
UUIDS = ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "x", "", None]
KINDS = {
    "sent_at": INSTANTS,
    "received_at": INSTANTS,
    "boot_id": UUIDS,
    "sent_monotonic_us": NUMBERS,
    "received_monotonic_us": NUMBERS,
    "last_sequence_number": NUMBERS,
    "queued": NUMBERS,
    "oldest_claimed_at": INSTANTS,
    "oldest_boot_id": UUIDS,
    "oldest_sequence_number": NUMBERS,
    "oldest_monotonic_us": NUMBERS,
}
DOCUMENTED = {"SA010", "SA011", "SA012", "22P02", "22007", "22008", "22003", "42883"}
"""Ours, and what PostgreSQL says of texts that are no value of the parameter's type."""


def test_nonsense_is_a_documented_code_and_writes_nothing(school: School) -> None:
    device, token = school.kiosk()
    stream = random.Random(20261122)
    connection = school.connect()
    seen: Counter[str] = Counter()
    accepted = 0
    of = probe(connection, token)
    for _ in range(600):
        said = {name: stream.choice(KINDS[name]) for name in stream.sample(sorted(KINDS), stream.randint(1, 4))}
        try:
            outcome = report(connection, token, of, **said)
        except psycopg.Error as error:
            seen[error.sqlstate or "none"] += 1
            continue
        assert outcome["status"] == "accepted", outcome
        accepted += 1
        of = probe(connection, token)
    assert set(seen) <= DOCUMENTED
    count = school.one("select count(*) as n from timing.clock_sample where device_id = %s", device)
    assert count["n"] == accepted > 20
    assert seen["SA010"] > 20
    assert seen["SA012"] > 20
    wrong = school.one("select count(*) as n from timing.clock_sample where error_us < 0 or instant > reported_at")
    assert wrong["n"] == 0
    connection.close()
