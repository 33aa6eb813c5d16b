"""Worked time, overtime and rest against a model of its own: random punches around changes of the clocks.

The model knows nothing of the database: local times become instants by ``zoneinfo``, punches become presences by the
rules of the documentation, durations are differences of instants in UTC.
"""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from tests import harness

Row = dict[str, Any]
Connection = psycopg.Connection[Row]

CHANGES: Final = {
    "Europe/Brussels": (date(2026, 3, 28), date(2026, 10, 24), date(2026, 6, 10)),
    "America/New_York": (date(2026, 3, 7), date(2026, 10, 31)),
    "Australia/Lord_Howe": (date(2026, 4, 4), date(2026, 10, 3)),
    "Asia/Kolkata": (date(2026, 3, 28), date(2026, 10, 24)),
    "Pacific/Apia": (date(2011, 12, 29), date(2020, 4, 4), date(2020, 9, 26)),
}
"""Evenings before a change of the clocks; Kolkata has none, and Apia once lost a day."""
NONE: Final = timedelta(0)
MINUTE: Final = timedelta(minutes=1)
DAY_STARTS_AT: Final = timedelta(hours=4)
OPENS_BEFORE: Final = timedelta(hours=1)
CLOSES_AFTER: Final = timedelta(hours=4)
OPEN_AT_MOST: Final = timedelta(hours=16)
REST_AT_LEAST: Final = timedelta(hours=11)
WEEKLY: Final = timedelta(hours=40)


def instant(local: datetime, zone: str, *, end: bool = False) -> datetime:
    """A wall time as an instant: forward over a gap; of a doubled hour the first as a start, the second as an end."""
    aware = local.replace(tzinfo=ZoneInfo(zone))
    exists = aware.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local
    return aware.replace(fold=int(end and exists)).astimezone(UTC)


@dataclass(frozen=True)
class Template:
    """A shift in local time; lengths in minutes."""

    code: str
    kind: str
    parts: tuple[tuple[time, time], ...]
    latest_start: time | None = None
    required: int | None = None
    unpaid_break: int = 0
    break_after: int = 0

    def entry(self, unit: str) -> Row:
        """As ``api.put_shift_templates`` takes it."""
        entry: Row = {
            "site_code": unit,
            "unit_code": f"{unit}-crew",
            "code": self.code,
            "name": self.code,
            "kind": self.kind,
            "local_start": f"{self.parts[0][0]:%H:%M}",
            "local_end": f"{self.parts[0][1]:%H:%M}",
            "break_minutes": self.unpaid_break,
            "break_after_minutes": self.break_after,
        }
        if self.kind == "split":
            entry |= {"second_start": f"{self.parts[1][0]:%H:%M}", "second_end": f"{self.parts[1][1]:%H:%M}"}
        if self.latest_start is not None:
            entry |= {"latest_start": f"{self.latest_start:%H:%M}", "required_minutes": self.required}
        return entry

    def paid(self, present: timedelta, away: timedelta = NONE) -> timedelta:
        """What counts of a presence."""
        beyond = max(present - self.break_after * MINUTE, NONE)
        return present - max(away, min(self.unpaid_break * MINUTE, beyond))


UNPLANNED: Final = Template("", "", ())


@dataclass(frozen=True)
class Duty:
    """A session that a person is expected in."""

    template: Template
    day: date
    starts: datetime
    ends: datetime

    @property
    def planned(self) -> timedelta:
        """Work that is planned."""
        if self.template.kind == "on_call":
            return NONE
        if self.template.required is not None:
            return self.template.required * MINUTE
        return self.template.paid(self.ends - self.starts)


@dataclass
class Presence:
    """What a record says."""

    duty: Duty | None
    day: date
    came: datetime
    left: datetime | None = None
    away: timedelta = NONE
    state: str = "recorded"

    @property
    def worked(self) -> timedelta | None:
        """Null when nobody knows when the person left."""
        if self.left is None:
            return None
        return (self.duty.template if self.duty else UNPLANNED).paid(self.left - self.came, self.away)


@dataclass
class Person:
    """Somebody at a site, with duties and presences."""

    number: str
    zone: str
    duties: list[Duty] = field(default_factory=list)
    presences: list[Presence] = field(default_factory=list)
    now: Presence | None = None

    def come(self, at: datetime) -> None:
        """A check-in."""
        near = [d for d in self.duties if d.starts - OPENS_BEFORE <= at <= d.ends + CLOSES_AFTER]
        duty = min(near, key=lambda d: (abs(d.starts - at), d.starts)) if near else None
        known = next((p for p in self.presences if duty is not None and p.duty == duty), None)
        if known is not None:
            if known.left is not None:
                known.away += at - known.left
                known.left = None
            self.now = known
            return
        local = at.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)
        self.now = Presence(duty, duty.day if duty else (local - DAY_STARTS_AT).date(), at)
        self.presences.append(self.now)

    def leave(self, at: datetime) -> None:
        """A check-out."""
        here = self.now
        if here is None or at - here.came > OPEN_AT_MOST:
            return
        here.left = at
        self.now = None
        others = [p for p in self.presences if p is not here and p.state == "recorded"]
        if any(p.left is not None and max(p.came, here.came) < min(p.left, at) for p in others):
            here.state = "flagged"

    def days(self) -> dict[date, tuple[Any, ...]]:
        """Date → records, held, unended, planned, worked, provisional, over the plan."""
        found: dict[date, tuple[Any, ...]] = {}
        for day in {p.day for p in self.presences} | {d.day for d in self.duties}:
            here = [p for p in self.presences if p.day == day]
            counted = [p for p in here if p.state != "flagged"]
            planned = sum((d.planned for d in self.duties if d.day == day), NONE)
            worked = total([p.worked for p in here if p.state == "verified"])
            provisional = total([p.worked for p in here if p.state == "recorded"])
            found[day] = (
                len(counted),
                len(here) - len(counted),
                sum(p.worked is None for p in counted),
                planned,
                worked,
                provisional,
                None if worked is None else max(worked - planned, NONE),
            )
        return found

    def weeks(self) -> dict[date, tuple[Any, ...]]:
        """Monday → planned, worked, provisional, over the plan, over the limit."""
        weeks: dict[date, list[tuple[Any, ...]]] = defaultdict(list)
        for day, figures in self.days().items():
            weeks[day - timedelta(days=day.isocalendar().weekday - 1)].append(figures)
        found = {}
        for monday, figures_of_days in weeks.items():
            worked = total([f[4] for f in figures_of_days])
            found[monday] = (
                total([f[3] for f in figures_of_days]),
                worked,
                total([f[5] for f in figures_of_days]),
                total([f[6] for f in figures_of_days]),
                None if worked is None else max(worked - WEEKLY, NONE),
            )
        return found

    def rests(self) -> list[tuple[Any, ...]]:
        """Arrival, rest, whether it is a break, whether it is short."""
        counted = sorted((p for p in self.presences if p.state != "flagged"), key=lambda p: p.came)
        found = []
        for before, after in pairwise(counted):
            rest = None if before.left is None else after.came - before.left
            shifts = {p.duty.template.code for p in (before, after) if p.duty is not None}
            is_break = before.day == after.day and (len(shifts) < 2)
            is_short = False if is_break else None if rest is None else rest < REST_AT_LEAST
            found.append((after.came, rest, is_break, is_short))
        return found


def total(parts: list[timedelta | None]) -> timedelta | None:
    """A sum that is unknown when a part is."""
    known = [part for part in parts if part is not None]
    return sum(known, NONE) if len(known) == len(parts) else None


def a_template(rng: random.Random, code: str) -> Template:
    """A random shift; half of them begin or end where clocks change."""
    start = time(rng.choice((0, 1, 2, 2, 3, 6, 9, 14, 18, 20, 22, 23)), rng.choice((0, 15, 30, 45)))
    kind = rng.choice(("fixed", "fixed", "split", "flexible", "on_call"))
    if kind == "split":
        first = rng.randrange(0, 8)
        parts = ((time(first, 30), time(first + 3)), (time(first + 5), time(first + 10, 15)))
        return Template(code, kind, parts)
    length = rng.randrange(3 * 60, 12 * 60)
    end = (datetime.combine(date(2000, 1, 1), start) + length * MINUTE).time()
    crosses = end <= start
    if kind == "flexible":
        latest = time(start.hour, 59)
        return Template(code, kind, ((start, end),), latest, length - 30, rng.choice((0, 30)), rng.choice((0, 120)))
    if kind == "on_call":
        return Template(code, kind, ((start, end),))
    return Template(
        code,
        "night" if crosses else "fixed",
        ((start, end),),
        None,
        None,
        rng.choice((0, 30, 45)),
        rng.choice((0, 360)),
    )


def duties(template: Template, day: date, zone: str) -> list[Duty]:
    """The sessions of a template on a date."""
    return [
        Duty(
            template,
            day,
            instant(datetime.combine(day, start), zone),
            instant(datetime.combine(day + timedelta(days=int(end <= start)), end), zone, end=True),
        )
        for start, end in template.parts
    ]


def punches(rng: random.Random, person: Person) -> Iterator[tuple[str, datetime]]:
    """Random punches in the order of time: breaks, forgotten check-outs, work that nobody planned."""
    last = datetime(2000, 1, 1, tzinfo=UTC)
    for duty in sorted(person.duties, key=lambda d: d.starts):
        came = duty.starts + rng.randrange(-55 * 60, 100 * 60) * timedelta(seconds=1, microseconds=rng.randrange(1000))
        if came < last + 3 * MINUTE:
            continue
        yield "in", came
        last = came
        if rng.random() < 0.4:
            left = last + rng.randrange(5, 120) * MINUTE
            yield "out", left
            last = left + rng.randrange(3, 90) * MINUTE
            yield "in", last
        if rng.random() < 0.85:
            last = max(last + 10 * MINUTE, duty.ends + rng.randrange(-90, 90) * MINUTE)
            yield "out", last
        if rng.random() < 0.3:
            last += rng.randrange(5, 600) * MINUTE
            yield "in", last
            last += rng.randrange(5, 200) * MINUTE
            yield "out", last


@pytest.fixture
def company(database: str) -> Iterator[Connection]:
    """A database with a company that has a site in every zone, and a clock that the test sets."""
    with psycopg.connect(database, autocommit=True, row_factory=dict_row, options="-c timezone=UTC") as connection:
        connection.execute("create schema tap")
        connection.execute(harness.FIXTURE.read_text())
        connection.execute("grant usage on schema tap to public")
        connection.execute("select tap.company('gamma')")
        for zone in CHANGES:
            connection.execute(
                """
                select
                  tap.site('gamma', %(site)s, %(zone)s), tap.unit('gamma', %(site)s, %(site)s || '-crew', 'department'),
                  tap.device('gamma', %(site)s, %(site)s || '-gate', 'gate')
                """,
                {"site": site_of(zone), "zone": zone},
            )
        connection.execute("""
            create or replace function core.clock() returns timestamptz language sql volatile
            as $$ select pg_catalog.current_setting('test.clock')::timestamptz $$
        """)
        yield connection


def site_of(zone: str) -> str:
    """The code of the site in a zone."""
    return zone.split("/")[1].lower().replace("_", "-")


def at(connection: Connection, moment: datetime) -> None:
    """Stop the clock."""
    connection.execute("select pg_catalog.set_config('test.clock', %s, false)", [moment.isoformat()])


def put(connection: Connection, what: str, entries: list[Row]) -> None:
    """Every entry of a put is taken."""
    answers = connection.execute(
        f"select * from api.put_{what}(%s, tap.token('gamma/admin'))", [Jsonb(entries)]
    ).fetchall()
    assert {row["status"] for row in answers} <= {"accepted", "replayed"}, [r for r in answers if r["code"]]


@pytest.mark.parametrize("seed", [1, 2])
def test_hours_are_what_an_independent_model_says(company: Connection, seed: int) -> None:
    rng = random.Random(seed)
    people: list[Person] = []
    spans: dict[date, tuple[date, date]] = {}
    at(company, datetime(2000, 2, 1, tzinfo=UTC))
    for zone, evenings in CHANGES.items():
        for evening in evenings:
            templates = [a_template(rng, f"{evening:%Y%m%d}-{number}") for number in range(4)]
            put(company, "shift_templates", [t.entry(site_of(zone)) for t in templates])
            days = [evening + timedelta(days=offset) for offset in (-1, 0, 1, 2)]
            days = [day for day in days if (zone, day) != ("Pacific/Apia", date(2011, 12, 30))]
            spans[evening] = (days[0], days[-1])
            roster = []
            for _ in range(4):
                person = Person(f"p{len(people)}", zone)
                people.append(person)
                company.execute("select tap.member('gamma', %s, 'employee')", [person.number])
                for day in days:
                    template = rng.choice(templates)
                    roster.append(
                        {
                            "site_code": site_of(zone),
                            "unit_code": f"{site_of(zone)}-crew",
                            "shift_code": template.code,
                            "on_date": day.isoformat(),
                            "member_number": person.number,
                        }
                    )
                    person.duties += duties(template, day, zone)
            put(company, "roster", roster)
    for first, last in spans.values():
        at(company, datetime.combine(first, time(), UTC) - timedelta(days=20))
        company.execute(
            "select api.schedule_generate(%s, %s, %s, token => tap.token('gamma/admin'))", [uuid.uuid4(), first, last]
        )

    number = 0
    for person in people:
        for direction, moment in punches(rng, person):
            number += 1
            at(company, moment)
            row = company.execute(
                f"""
                select o.status from api.check_{direction}(
                  %s, tap.id('gamma/' || %s), token => tap.device_token('gamma/' || %s || '-gate')
                ) as o
                """,
                [uuid.uuid4(), person.number, site_of(person.zone)],
            ).fetchone()
            assert row == {"status": "accepted"}
            person.come(moment) if direction == "in" else person.leave(moment)
    assert number > 300

    at(company, datetime(2026, 12, 1, tzinfo=UTC))
    for person in people:
        for presence in person.presences:
            if presence.state == "recorded" and rng.random() < 0.6:
                row = company.execute(
                    """
                    select o.status
                    from attendance.record as r,
                      lateral api.attendance_transition(%s, r.id, 'verify', token => tap.token('gamma/admin')) as o
                    where r.subject_id = tap.id('gamma/' || %s) and r.in_at = %s and r.state <> 'flagged'
                    """,
                    [uuid.uuid4(), person.number, presence.came],
                ).fetchone()
                assert row == {"status": "accepted"}, (person, presence)
                presence.state = "verified"

    company.execute("select pg_catalog.set_config('smartattend.token', tap.token('gamma/admin'), false)")
    company.execute("set role smartattend_app")
    unknown = changed = 0
    for person in people:
        mine = [person.number]
        days_found = {
            row["business_date"]: tuple(row.values())[1:]
            for row in company.execute(
                """
                select business_date, records, held, unended, planned, worked, provisional, over_plan
                from api.worked_time where subject_id = tap.id('gamma/' || %s)
                """,
                mine,
            ).fetchall()
        }
        assert days_found == person.days(), person
        weeks_found = {
            row["week_starts_on"]: tuple(row.values())[1:]
            for row in company.execute(
                """
                select week_starts_on, planned, worked, provisional, over_plan, over_limit
                from api.overtime where subject_id = tap.id('gamma/' || %s)
                """,
                mine,
            ).fetchall()
        }
        assert weeks_found == person.weeks(), person
        rests_found = [
            tuple(row.values())
            for row in company.execute(
                """
                select rested_until, rest, is_break, is_short
                from api.rest where subject_id = tap.id('gamma/' || %s) order by rested_until
                """,
                mine,
            ).fetchall()
        ]
        assert rests_found == person.rests(), person
        unknown += sum(figures[4] is None or figures[5] is None for figures in days_found.values())
        changed += sum(
            presence.left is not None
            and presence.came.astimezone(ZoneInfo(person.zone)).utcoffset()
            != presence.left.astimezone(ZoneInfo(person.zone)).utcoffset()
            for presence in person.presences
        )
    assert unknown > 5, "some hours are unknown"
    assert changed > 5, "some presences have a change of the clocks inside"
