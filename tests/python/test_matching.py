"""Random sessions and punches against a model of the matching rule in Python: windows, midnight, clock changes."""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg.rows import dict_row

from tests import harness

ZONES = {
    "brussels": ("Europe/Brussels", datetime(2026, 3, 28, tzinfo=UTC)),
    "brussels-autumn": ("Europe/Brussels", datetime(2026, 10, 24, tzinfo=UTC)),
    "new-york": ("America/New_York", datetime(2026, 10, 31, tzinfo=UTC)),
    "lord-howe": ("Australia/Lord_Howe", datetime(2026, 4, 3, tzinfo=UTC)),
    "kolkata": ("Asia/Kolkata", datetime(2026, 3, 28, tzinfo=UTC)),
    "apia": ("Pacific/Apia", datetime(2011, 12, 28, tzinfo=UTC)),
}
"""Sites, each with its zone and the day before something happens to its clocks."""

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DAY_STARTS_AT, REPEAT_WITHIN, OPEN_AT_MOST = timedelta(hours=4), timedelta(seconds=60), timedelta(hours=16)
PEOPLE, SESSIONS, PUNCHES = int(os.environ.get("SMARTATTEND_MATCHED", "2")), 9, 26


@dataclass(frozen=True)
class Session:
    """What a person is expected in; check-ins match from an hour before to four hours after."""

    id: uuid.UUID
    starts_at: datetime
    ends_at: datetime
    business_date: date

    @property
    def opens_at(self) -> datetime:
        return self.starts_at - HOUR

    @property
    def closes_at(self) -> datetime:
        return self.ends_at + 4 * HOUR


@dataclass
class Record:
    """Somebody somewhere, as the model has it."""

    session: Session | None
    business_date: date
    in_at: datetime
    out_at: datetime | None = None
    is_open: bool = True
    state: str = "recorded"
    punches: list[tuple[str, datetime]] = field(default_factory=list)

    def overlaps(self, other: Record) -> bool:
        if self.out_at is None or other.out_at is None or other.state != "recorded" or other.in_at >= other.out_at:
            return False
        return self.in_at < other.out_at and other.in_at < self.out_at

    def content(self) -> tuple[Any, ...]:
        session = self.session.id if self.session else None
        return session, self.business_date, self.in_at, self.out_at, self.is_open, self.state


@dataclass
class Person:
    """The rule, for one person."""

    zone: ZoneInfo
    sessions: list[Session]
    records: list[Record] = field(default_factory=list)
    loose: list[datetime] = field(default_factory=list)
    """OUTs that ended nothing."""

    def match(self, at: datetime) -> Session | None:
        """The expected session whose window holds the instant and whose start is nearest; of two, the earlier."""
        holding = [session for session in self.sessions if session.opens_at <= at <= session.closes_at]
        return min(holding, key=lambda s: (abs(s.starts_at - at), s.starts_at), default=None)

    def day(self, at: datetime) -> date:
        """The local date of an unscheduled punch, where a day begins at four by the clock on the wall."""
        wall = at.astimezone(self.zone).replace(tzinfo=None) - DAY_STARTS_AT
        # Apia left a day out: a date that no instant has belongs to the one before
        noon = wall.replace(hour=12, minute=0, tzinfo=self.zone)
        was_there = noon.astimezone(UTC).astimezone(self.zone).date() == wall.date()
        return wall.date() if was_there else wall.date() - timedelta(days=1)

    def open_record(self) -> Record | None:
        return next((record for record in self.records if record.is_open), None)

    def is_repeat(self, kind: str, at: datetime) -> bool:
        said_before = [
            before
            for record in self.records
            if kind == "out" or record.out_at is None or record.out_at > at  # who has left since comes back
            for said, before in record.punches
            if said == kind
        ]
        return any(abs(before - at) <= REPEAT_WITHIN for before in said_before + (self.loose if kind == "out" else []))

    def come(self, at: datetime) -> tuple[str, Session | None, date | None]:
        session = self.match(at)
        found = next((record for record in self.records if session and record.session == session), None)
        if self.is_repeat("in", at):
            return "replayed", None, None
        opened = self.open_record()
        if opened is not None and opened is not found and opened.in_at < at:
            opened.is_open = False  # ended without an OUT: worked time is never invented
            opened = None
        if found is None:
            found = Record(session, session.business_date if session else self.day(at), at)
            found.is_open = opened is None
            self.records.append(found)
        else:
            found.out_at = None
            found.is_open = opened is None or opened is found
        found.punches.append(("in", at))
        return "accepted", session, found.business_date

    def go(self, at: datetime) -> tuple[str, Session | None, date | None]:
        found = self.open_record()
        if found is None or not found.in_at <= at <= found.in_at + OPEN_AT_MOST:
            before = [record for record in self.records if at - OPEN_AT_MOST <= record.in_at <= at]
            found = max(before, key=lambda record: record.in_at, default=None)
            if found is not None and found.out_at is not None:
                found = None
        if found is None:
            if self.is_repeat("out", at):
                return "replayed", None, None
            self.loose.append(at)
            return "accepted", None, self.day(at)
        found.out_at, found.is_open = at, False
        if found.state == "recorded" and any(found.overlaps(other) for other in self.records if other is not found):
            found.state = "flagged"
        found.punches.append(("out", at))
        return "accepted", found.session, found.business_date


@dataclass
class World:
    """A school with a site and a kiosk in every zone."""

    connection: psycopg.Connection[dict[str, Any]]
    token: str = ""

    def one(self, query: str, *parameters: Any) -> dict[str, Any]:
        row = self.connection.execute(query, parameters).fetchone()
        assert row is not None
        return row


@pytest.fixture(scope="module")
def world(clone: Callable[[], str]) -> Iterator[World]:
    with psycopg.connect(clone(), autocommit=True, row_factory=dict_row) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("create schema tap")
        connection.execute(harness.FIXTURE.read_text())
        connection.execute("select tap.school('alpha')")
        for site, (zone, _) in ZONES.items():
            connection.execute(
                "select tap.site('alpha', %(site)s, %(zone)s), tap.device('alpha', %(site)s, %(site)s || '-kiosk')",
                {"site": site, "zone": zone},
            )
        yield World(connection)


def stop_clock(world: World, at: datetime) -> None:
    """It is ``at``, and the officer has just logged in."""
    world.connection.execute("select tap.set_clock(%s)", [at])
    world.token = world.one("select tap.token('alpha/officer') as token")["token"]


def add_session(world: World, dice: random.Random, site: str, name: str, position: int, starts_at: datetime) -> Session:
    made = world.one(
        "select tap.session('alpha', %s, %s, null, %s, %s, 'meeting', array[%s]) as id",
        f"{name}-{position}",
        site,
        starts_at,
        dice.choice([HOUR, 4 * HOUR, 9 * HOUR]),
        name,
    )
    row = world.one("select id, starts_at, ends_at, business_date from attendance.session where id = %s", made["id"])
    return Session(**row)


def moments(dice: random.Random, sessions: list[Session], first: datetime) -> Iterator[datetime]:
    """Instants where the rule changes its mind, and some anywhere."""
    edges = [edge for s in sessions for edge in (s.opens_at, s.starts_at, s.ends_at, s.closes_at)]
    middles = [a.starts_at + (b.starts_at - a.starts_at) / 2 for a in sessions for b in sessions if a is not b]
    while True:
        kind = dice.random()
        if kind < 0.5:
            at = dice.choice(edges)
        elif kind < 0.8:
            at = dice.choice(middles)
        else:
            at = first + dice.random() * 4 * 24 * HOUR
        yield at + dice.choice([timedelta(), timedelta(microseconds=1), -timedelta(microseconds=1), 20 * MINUTE])


@pytest.mark.parametrize("site", ZONES)
def test_punches_match_as_the_model_says(world: World, site: str) -> None:
    zone, first = ZONES[site]
    dice = random.Random(site)
    for number in range(PEOPLE):
        name = f"{site}-{number}"
        subject = world.one("select tap.member('alpha', %s) as id", name)["id"]
        sessions = []
        for position in range(SESSIONS):
            # a unit has one session of a kind at an instant; an even distance lets two be equally near
            apart = 2 * (number * SESSIONS + position) * timedelta(microseconds=1)
            starts_at = first + dice.randrange(0, 4 * 48) * 30 * MINUTE + apart
            sessions.append(add_session(world, dice, site, name, position, starts_at))
        model = Person(ZoneInfo(zone), sessions)
        instants = moments(dice, sessions, first)
        # most arrive in order, the last ones from a queue; a clock that shows a year before 2020 would not be believed
        punches = sorted(next(instants) for _ in range(PUNCHES))
        late = [punches.pop(dice.randrange(len(punches))) for _ in range(5)] if first.year >= 2020 else []
        for at, is_late in [*((at, False) for at in punches), *((at, True) for at in late)]:
            kind = dice.choice(["in", "in", "out"])
            status, session, day = model.come(at) if kind == "in" else model.go(at)
            stop_clock(world, first + 7 * 24 * HOUR if is_late else at)
            outcome = world.one(
                f"select * from api.check_{kind}(key => core.uuid_v7(), subject_id => %s, claimed_at => %s,"
                " device_id => tap.id('alpha/' || %s || '-kiosk'), token => %s)",
                subject,
                at if is_late else None,
                site,
                world.token,
            )
            said = f"{name}: {kind} at {at} ({at.astimezone(model.zone)}): {outcome}"
            assert outcome["status"] == status, said
            if status == "accepted":
                assert outcome["detail"]["session_id"] == (str(session.id) if session else None), said
                assert outcome["detail"]["business_date"] == str(day), said
        rows = world.connection.execute(
            "select session_id, business_date, in_at, out_at, is_open, state::text from attendance.record"
            " where subject_id = %s",
            [subject],
        ).fetchall()
        assert sorted((tuple(row.values()) for row in rows), key=str) == sorted(
            (record.content() for record in model.records), key=str
        ), name
    assert world.connection.execute("select * from tap.stale_record").fetchall() == []
