"""The demo school: three schools that take attendance in three ways.

Brussels marks every meeting in a register. New York lets pupils pass a gate, and the class's teacher registers who
is missing from the day. Kolkata has kiosks at the lecture halls, in and out of each lecture.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from orchestrator.seed import names
from orchestrator.seed.model import Device, Entry, Mark, Organisation, Register, Session, Site, Visit
from orchestrator.seed.sizes import Dataset

BRUSSELS: Final = Site("BRU", "Kunstberg school, Brussels", "Europe/Brussels", 50.843100, 4.357200, ("192.0.2.0/26",))
NEW_YORK: Final = Site(
    "NYC", "Riverside school, New York", "America/New_York", 40.801700, -73.972200, ("192.0.2.64/26",)
)
KOLKATA: Final = Site("CCU", "Maidan college, Kolkata", "Asia/Kolkata", 22.555200, 88.350900, ("192.0.2.128/26",))
SITES: Final = (BRUSSELS, NEW_YORK, KOLKATA)

COURSES: Final = (
    ("MATH", "Mathematics"), ("LANG", "Languages"), ("SCI", "Science"), ("HIST", "History"), ("ART", "Art"),
)  # fmt: skip
LECTURES: Final = (
    ("ALGO", "Algorithms"), ("DBS", "Database systems"), ("STAT", "Statistics"), ("ETH", "Ethics of computing"),
)  # fmt: skip
PERIODS: Final = tuple(
    (dt.time(*begin), dt.time(*end))
    for begin, end in (
        ((8, 30), (9, 20)), ((9, 30), (10, 20)), ((10, 40), (11, 30)), ((12, 30), (13, 20)), ((13, 30), (14, 20)),
    )
)  # fmt: skip
HALLS: Final = tuple(
    (dt.time(*begin), dt.time(*end))
    for begin, end in (((9, 0), (10, 30)), ((11, 0), (12, 30)), ((13, 30), (15, 0)), ((15, 30), (17, 0)))
)
DAY: Final = (dt.time(8, 30), dt.time(15, 0))
TERM: Final = "AUTUMN"


@dataclass(frozen=True, slots=True)
class Meeting:
    """A weekly slot: ``weekday`` counts from 0, Monday."""

    weekday: int
    begin: dt.time
    end: dt.time


@dataclass(frozen=True, slots=True)
class Group:
    """A class with its pupils; ``sections`` are the units that meet, with their teacher and slots."""

    site: Site
    index: int
    code: str
    pupils: tuple[str, ...]
    sections: tuple[tuple[str, str, tuple[Meeting, ...]], ...]


class School:
    """Master data, sessions and what the people do."""

    slug: Final = "demo-school"

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.streams = dataset.streams
        self.groups = self._groups()
        self.leavers = [f"S9{number:04d}" for number in range(1, dataset.size.planted + 1)]
        """Pupils of New York who leave in the middle of the term."""
        self.leave_on = dataset.start + dt.timedelta(days=7 * (dataset.size.weeks // 2) + 3)
        self.gates = max(2, -(-dataset.size.classes * dataset.size.class_size // 40))
        self.organisation = self._organisation()

    # --- who and where ------------------------------------------------------------------------------------------------

    def _groups(self) -> list[Group]:
        size = self.dataset.size
        groups = []
        numbers = iter(range(1, 10**6))
        for site in SITES:
            for index in range(size.classes):
                code = f"{index // 4 + 1}{'ABCD'[index % 4]}"
                pupils = tuple(f"S{next(numbers):05d}" for _ in range(size.class_size))
                groups.append(Group(site, index, code, pupils, tuple(self._sections(site, index, code))))
        return groups

    @staticmethod
    def _sections(site: Site, index: int, code: str) -> Iterator[tuple[str, str, tuple[Meeting, ...]]]:
        """Unit, teacher and slots. A teacher has at most one class at a time, and so has a class."""
        if site is NEW_YORK:
            yield code, f"T-NYC-{code}", tuple(Meeting(day, *DAY) for day in range(5))
        elif site is BRUSSELS:
            for number, (course, _) in enumerate(COURSES):
                slots = tuple(
                    Meeting(day, *PERIODS[(number + index + day) % 5])
                    for day in range(5)
                    if (number + 2 * day) % 5 < (3 if day in (0, 2) else 2)
                )
                yield f"{code}-{course}", f"T-BRU-{course}-{index // 5 + 1}", slots
        else:
            for number, (course, _) in enumerate(LECTURES):
                slots = tuple(
                    Meeting(day, *HALLS[(number + index + day) % 4]) for day in range(5) if (number + day) % 4 < 2
                )
                yield f"{code}-{course}", f"T-CCU-{course}-{index // 4 + 1}", slots

    def _organisation(self) -> Organisation:
        devices = [Device(site.gateway, site, "server", f"Attendance server of {site.name}") for site in SITES]
        devices += [Device(f"GATE-{number}", NEW_YORK, "gate", f"Gate {number}") for number in range(1, self.gates + 1)]
        devices += [
            Device(f"HALL-{group.code}", KOLKATA, "kiosk", f"Lecture hall of {group.code}")
            for group in self.groups
            if group.site is KOLKATA
        ]
        sections = [entry for group in self.groups for entry in self._section_entries(group)]
        return Organisation(
            slug=self.slug,
            name=f"Demo school ({self.dataset.label})",
            platform="school",
            zone=BRUSSELS.zone,
            sites=list(SITES),
            devices={device.code: device for device in devices},
            puts=[
                ("put_sites", [site_entry(site) for site in SITES]),
                ("put_units", self._units()),
                ("put_devices", [device_entry(device) for device in devices]),
                ("put_terms", [self._term(site) for site in SITES]),
                (
                    "put_courses",
                    [
                        {"site_code": site.code, "code": code, "name": name}
                        for site, courses in ((BRUSSELS, COURSES), (KOLKATA, LECTURES))
                        for code, name in courses
                    ],
                ),
                ("put_sections", sections),
                ("put_members", self._members()),
                ("put_timetable", self._timetable()),
                ("put_enrolments", self._enrolments()),
            ],
        )

    def _units(self) -> list[Entry]:
        years: dict[tuple[str, str], Entry] = {}
        classes: list[Entry] = []
        for group in self.groups:
            year = f"Y{group.code[:-1]}"
            years[group.site.code, year] = {
                "site_code": group.site.code, "code": year, "name": f"Year {group.code[:-1]}", "kind": "year_group",
            }  # fmt: skip
            classes.append(
                {
                    "site_code": group.site.code, "code": group.code, "name": f"Class {group.code}",
                    "kind": "class_group", "parent_code": year,
                }
            )  # fmt: skip
        return [*years.values(), *classes]

    def _term(self, site: Site) -> Entry:
        after = self.dataset.until + dt.timedelta(days=1)
        return {
            "site_code": site.code, "code": TERM, "name": f"Term {self.dataset.start} to {self.dataset.until}",
            "starts_on": str(self.dataset.start), "ends_on": str(after),
        }  # fmt: skip

    @staticmethod
    def _section_entries(group: Group) -> Iterator[Entry]:
        if group.site is NEW_YORK:
            return
        titles = dict(COURSES if group.site is BRUSSELS else LECTURES)
        for unit, _, _ in group.sections:
            course = unit.rpartition("-")[2]
            yield {
                "site_code": group.site.code, "code": unit, "name": f"{titles[course]}, {group.code}",
                "course_code": course, "term_code": TERM, "parent_code": group.code,
            }  # fmt: skip

    def _member(self, number: str, kind: str, role: str, unit: str | None = None) -> Entry:
        entry: Entry = {
            "member_number": number,
            "kind": kind,
            "display_name": names.name(self.streams.random("name", self.slug, number)),
            "active_from": str(self.dataset.start - dt.timedelta(days=60)),
            "role": role,
        }
        if unit is not None:
            entry["role_unit"] = unit
        return entry

    def _members(self) -> list[Entry]:
        members = [
            self._member(f"OFFICE-{site.code}", "staff", "attendance_officer", f"{site.code}/{site.code}")
            for site in SITES
        ]
        members += [
            self._member(teacher, "faculty", "faculty", f"{group.site.code}/{unit}")
            for group in self.groups
            for unit, teacher, _ in group.sections
        ]
        members += [self._member(pupil, "student", "student") for group in self.groups for pupil in group.pupils]
        members += [
            self._member(pupil, "student", "student") | {"active_until": str(self.leave_on)} for pupil in self.leavers
        ]
        return members

    def _timetable(self) -> list[Entry]:
        return [
            {
                "site_code": group.site.code, "unit_code": unit,
                "kind": "day" if group.site is NEW_YORK else "meeting", "weekday": slot.weekday + 1,
                "local_start": slot.begin.isoformat("minutes"), "local_end": slot.end.isoformat("minutes"),
                "valid_from": str(self.dataset.start),
            }
            for group in self.groups
            for unit, _, slots in group.sections
            for slot in slots
        ]  # fmt: skip

    def _enrolments(self) -> list[Entry]:
        start = str(self.dataset.start)
        entries: list[Entry] = [
            {"site_code": group.site.code, "unit_code": unit, "member_number": pupil, "starts_on": start}
            for group in self.groups
            for unit, _, _ in group.sections
            for pupil in group.pupils
        ]
        first = next(group for group in self.groups if group.site is NEW_YORK)
        entries += [
            {
                "site_code": "NYC", "unit_code": first.code, "member_number": pupil, "starts_on": start,
                "ends_on": str(self.leave_on),
            }
            for pupil in self.leavers
        ]  # fmt: skip
        return entries

    # --- what happens -------------------------------------------------------------------------------------------------

    def meetings(self, monday: dt.date) -> Iterator[tuple[Group, str, Session]]:
        """Every session of a week with its class and teacher."""
        for group in self.groups:
            for unit, teacher, slots in group.sections:
                for slot in slots:
                    date = monday + dt.timedelta(days=slot.weekday)
                    yield (
                        group,
                        teacher,
                        Session(
                            group.site,
                            unit,
                            "day" if group.site is NEW_YORK else "meeting",
                            group.site.instant(date, slot.begin),
                            group.site.instant(date, slot.end),
                            date,
                        ),
                    )

    def expected(self, group: Group, session: Session) -> list[str]:
        """Who is expected in a session."""
        leavers = self.leavers if group.site is NEW_YORK and group.index == 0 and session.date < self.leave_on else []
        return [*group.pupils, *leavers]

    def calendar(self, monday: dt.date) -> Iterator[tuple[Session, int]]:
        """The sessions of a week, and how many people are expected in each."""
        for group, _, session in self.meetings(monday):
            yield session, len(self.expected(group, session))

    def absence(self, pupil: str, date: dt.date) -> str | None:
        """The code of an absence for the whole day, or None."""
        drawn = self.streams.random("absence", pupil, date).random()
        return "AE" if drawn < 0.03 else "AU" if drawn < 0.042 else None

    def visits(self, monday: dt.date) -> Iterator[Visit]:
        """Who goes in and out in this week, in New York and Kolkata."""
        for group, _, session in self.meetings(monday):
            if group.site is BRUSSELS:
                continue
            for pupil in self.expected(group, session):
                visit = self._visit(group, session, pupil)
                if visit is not None:
                    yield visit

    def _visit(self, group: Group, session: Session, pupil: str) -> Visit | None:
        if self.absence(pupil, session.date) is not None:
            return None
        stream = self.streams.random("visit", pupil, session.unit, session.date)
        gate = group.site is NEW_YORK
        late, early = stream.random() < 0.03, stream.random() < 0.01
        arrive = session.start + dt.timedelta(
            seconds=stream.randint(480, 1500) if late else -stream.randint(180, 1200 if gate else 540)
        )
        leave = session.end + dt.timedelta(
            seconds=-stream.randint(900, 2700) if early else stream.randint(30, 900 if gate else 240)
        )
        device = f"GATE-{group.index % self.gates + 1}" if gate else f"HALL-{group.code}"
        milliseconds = dt.timedelta(milliseconds=stream.randrange(1000))
        return Visit(pupil, session, arrive + milliseconds, leave + milliseconds, device, group=group.code)

    def registers(self, monday: dt.date) -> Iterator[Register]:
        """The registers of this week as their teachers take them: who is not named is there."""
        for group, teacher, session in self.meetings(monday):
            if group.site is KOLKATA:
                continue
            expected = self.expected(group, session)
            marks = [self._mark(group, session, pupil) for pupil in expected]
            yield Register(
                self.streams.key(session.end, "register", group.site.code, session.unit),
                session,
                teacher,
                tuple(mark for mark in marks if mark is not None),
                "P" if group.site is BRUSSELS else None,
                len(expected),
            )

    def _mark(self, group: Group, session: Session, pupil: str) -> Mark | None:
        absence = self.absence(pupil, session.date)
        if absence is not None:
            return Mark(pupil, absence)
        if group.site is NEW_YORK:
            return None
        stream = self.streams.random("mark", pupil, session.unit, session.date)
        drawn = stream.random()
        if drawn < 0.03:
            return Mark(pupil, "L", arrived_at=session.start + dt.timedelta(seconds=stream.randint(360, 1800)))
        if drawn < 0.035:
            return Mark(pupil, "LE")
        if drawn < 0.04:
            return Mark(pupil, "AP", reason="Plays in the school orchestra today")
        return None


def site_entry(site: Site) -> Entry:
    """As ``api.put_sites`` takes it."""
    return {
        "code": site.code, "name": site.name, "time_zone": site.zone, "latitude": site.latitude,
        "longitude": site.longitude, "radius_m": site.radius_m, "networks": list(site.networks),
    }  # fmt: skip


def device_entry(device: Device) -> Entry:
    """As ``api.put_devices`` takes it."""
    return {"code": device.code, "site_code": device.site.code, "name": device.name, "kind": device.kind}
