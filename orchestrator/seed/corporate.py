"""The demo company: two plants that never close and an office, on three continents.

Four crews share a plant's early, late and night shifts in a cycle of eight days; nights over a change of the clocks
last nine hours. Everybody checks in and out at kiosks, some of the office with their own telephones.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from orchestrator.seed import names
from orchestrator.seed.model import Device, Entry, Organisation, Session, Site, Visit
from orchestrator.seed.school import device_entry, site_entry
from orchestrator.seed.sizes import Dataset

ANTWERP: Final = Site("ANR", "Plant Antwerp", "Europe/Brussels", 51.276800, 4.336100, ("198.51.100.0/26",))
NEWARK: Final = Site("EWR", "Plant Newark", "America/New_York", 40.703300, -74.131500, ("198.51.100.64/26",))
BENGALURU: Final = Site("BLR", "Office Bengaluru", "Asia/Kolkata", 12.971600, 77.594600, ("198.51.100.128/26",))
SITES: Final = (ANTWERP, NEWARK, BENGALURU)
PLANTS: Final = (ANTWERP, NEWARK)
CREWS: Final = "ABCD"


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift template in local time."""

    code: str
    name: str
    begin: dt.time
    end: dt.time

    @property
    def days(self) -> int:
        """Days from the date of the start to that of the end."""
        return int(self.end <= self.begin)


EARLY: Final = Shift("E", "Early", dt.time(6), dt.time(14))
LATE: Final = Shift("L", "Late", dt.time(14), dt.time(22))
NIGHT: Final = Shift("N", "Night", dt.time(22), dt.time(6))
OFFICE: Final = Shift("O", "Office hours", dt.time(9, 30), dt.time(18, 30))
DESK: Final = Shift("D", "Plant office", dt.time(8, 30), dt.time(17))
TRAINING: Final = Shift("T", "Safety training", dt.time(10), dt.time(12))
CYCLE: Final = (EARLY, EARLY, LATE, LATE, NIGHT, NIGHT, None, None)
"""At least sixteen hours of rest between any two."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A person on a shift of a unit on a date."""

    subject: str
    site: Site
    unit: str
    shift: Shift
    date: dt.date
    certain: bool = False
    """Whether the person comes whatever chance says, since something is planted here."""

    @property
    def session(self) -> Session:
        """The shift instance."""
        return Session(
            self.site,
            self.unit,
            "shift",
            self.site.instant(self.date, self.shift.begin),
            self.site.instant(self.date + dt.timedelta(days=self.shift.days), self.shift.end),
            self.date,
        )


@dataclass(frozen=True, slots=True)
class Team:
    """People of one unit at one site; ``crew`` is the place in the cycle, None for office hours."""

    site: Site
    unit: str
    name: str
    parent: str | None
    people: tuple[str, ...]
    crew: int | None
    shifts: tuple[Shift, ...]


class Company:
    """Master data, rosters and what the people do."""

    slug: Final = "demo-corporate"

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.streams = dataset.streams
        self.teams = self._teams()
        self.leavers = [f"E9{number:04d}" for number in range(1, dataset.size.planted + 1)]
        """Members of crew A in Antwerp who leave in the middle of the term."""
        self.leave_on = dataset.start + dt.timedelta(days=7 * (dataset.size.weeks // 2) + 3)
        self.kiosks = max(2, -(-dataset.size.crew * 2 // 25))
        self.short_rest: dict[tuple[str, dt.date], Duty] = {}
        """Early shifts the morning after a late one, by person and date (F24)."""
        self.double: dict[tuple[str, dt.date], Duty] = {}
        """Trainings at the time of an early shift (F17)."""
        self.taken: set[tuple[str, int]] = set()
        """People and weeks of the term that something is planted in."""
        self._plant_rosters()
        self.organisation = self._organisation()

    # --- who and where ------------------------------------------------------------------------------------------------

    def _teams(self) -> list[Team]:
        size = self.dataset.size
        numbers = iter(range(1, 10**6))
        teams = []
        for site in PLANTS:
            teams.append(Team(site, "ADM", "Plant office", None, (f"M-{site.code}", f"HR-{site.code}"), None, (DESK,)))
            for crew, letter in enumerate(CREWS):
                people = tuple(f"E{next(numbers):05d}" for _ in range(size.crew))
                shifts = (EARLY, LATE, NIGHT)
                teams.append(Team(site, f"CREW-{letter}", f"Crew {letter}", "PROD", people, crew, shifts))
        office = tuple(f"E{next(numbers):05d}" for _ in range(size.office))
        teams.append(Team(BENGALURU, "OFFICE", "Office", None, (f"M-{BENGALURU.code}", *office), None, (OFFICE,)))
        return teams

    def has_phone(self, subject: str) -> bool:
        """Whether a person of the office checks in with an own telephone."""
        return self.streams.random("telephone", subject).random() < 0.6

    def phone(self, subject: str) -> str:
        """The device's code."""
        return f"PHONE-{subject}"

    def phones(self) -> list[str]:
        """Who has one: of the office always somebody."""
        office = next(team for team in self.teams if team.unit == "OFFICE")
        return [subject for place, subject in enumerate(office.people[1:]) if place < 4 or self.has_phone(subject)]

    def _organisation(self) -> Organisation:
        devices = [Device(site.gateway, site, "server", f"Attendance server of {site.name}") for site in SITES]
        devices += [
            Device(f"KIOSK-{site.code}-{number}", site, "kiosk", f"Kiosk {number}, {site.name}")
            for site in SITES
            for number in range(1, self.kiosks + 1)
        ]
        devices += [Device(f"KIOSK-{site.code}-T", site, "kiosk", "Kiosk of the training hall") for site in PLANTS]
        devices += [
            Device(self.phone(subject), BENGALURU, "personal", f"Telephone of {subject}") for subject in self.phones()
        ]
        after = self.dataset.until + dt.timedelta(days=1)
        return Organisation(
            slug=self.slug,
            name=f"Demo company ({self.dataset.label})",
            platform="corporate",
            zone=ANTWERP.zone,
            sites=list(SITES),
            devices={device.code: device for device in devices},
            puts=[
                ("put_sites", [site_entry(site) for site in SITES]),
                ("put_units", self._units()),
                ("put_devices", [device_entry(device) for device in devices]),
                ("put_members", self._members()),
                ("put_shift_templates", self._templates()),
                (
                    "put_roster",
                    [
                        {
                            "site_code": duty.site.code, "unit_code": duty.unit, "shift_code": duty.shift.code,
                            "on_date": str(duty.date), "member_number": duty.subject,
                        }
                        for duty in self.duties(self.dataset.start, after)
                    ],
                ),
            ],
        )  # fmt: skip

    def _units(self) -> list[Entry]:
        units: list[Entry] = []
        for site in PLANTS:
            for code, name in (("PROD", "Production"), ("TRAIN", "Training")):
                units.append({"site_code": site.code, "code": code, "name": name, "kind": "department"})
        for team in self.teams:
            unit: Entry = {
                "site_code": team.site.code, "code": team.unit, "name": team.name, "kind": "department",
            }  # fmt: skip
            units.append(unit | {"parent_code": team.parent} if team.parent else unit)
        return units

    def _members(self) -> list[Entry]:
        members: list[Entry] = []
        for team in self.teams:
            for subject in team.people:
                if subject.startswith("HR-"):
                    members.append(self._member(subject, "hr", "hr"))
                elif subject.startswith("M-"):
                    unit = "PROD" if team.site in PLANTS else team.unit
                    members.append(self._member(subject, "manager", "manager", f"{team.site.code}/{unit}"))
                else:
                    members.append(self._member(subject, "employee", "employee"))
        members += [
            self._member(subject, "employee", "employee") | {"active_until": str(self.leave_on)}
            for subject in self.leavers
        ]
        return members

    def _member(self, number: str, kind: str, role: str, unit: str | None = None) -> Entry:
        entry: Entry = {
            "member_number": number,
            "kind": kind,
            "display_name": names.name(self.streams.random("name", self.slug, number)),
            "active_from": str(self.dataset.start - dt.timedelta(days=60)),
            "role": role,
        }
        return entry if unit is None else entry | {"role_unit": unit}

    def _templates(self) -> list[Entry]:
        shifts = [(team.site, team.unit, shift) for team in self.teams for shift in team.shifts]
        shifts += [(site, "TRAIN", TRAINING) for site in PLANTS]
        return [
            {
                "site_code": site.code, "unit_code": unit, "code": shift.code, "name": shift.name,
                "local_start": shift.begin.isoformat("minutes"), "local_end": shift.end.isoformat("minutes"),
                "end_day_offset": shift.days,
            }
            for site, unit, shift in shifts
        ]  # fmt: skip

    # --- rosters ------------------------------------------------------------------------------------------------------

    @staticmethod
    def cycle(team: Team, date: dt.date) -> Shift | None:
        """A team's shift on a date; the cycle does not depend on where the term begins."""
        if team.crew is None:
            return team.shifts[0] if date.isoweekday() <= 5 else None
        return CYCLE[(date.toordinal() + 2 * team.crew) % len(CYCLE)]

    def duties(self, start: dt.date, end: dt.date) -> Iterator[Duty]:
        """The roster from ``start`` until the day before ``end``."""
        leavers_end = self.leave_on - dt.timedelta(days=2)
        for number in range((end - start).days):
            date = start + dt.timedelta(days=number)
            for team in self.teams:
                shift = self.cycle(team, date)
                if shift is None:
                    continue
                leavers = self.leavers if team is self.crew_a and date < leavers_end else []
                for subject in (*team.people, *leavers):
                    duty = Duty(subject, team.site, team.unit, shift, date, certain=self._is_certain(subject, date))
                    yield self.short_rest.get((subject, date), duty)
                    if (subject, date) in self.double:
                        yield self.double[subject, date]

    @property
    def crew_a(self) -> Team:
        """Crew A in Antwerp."""
        return next(team for team in self.teams if team.crew == 0)

    def _is_certain(self, subject: str, date: dt.date) -> bool:
        return (subject, date) in self.double or (subject, date + dt.timedelta(days=1)) in self.short_rest

    def _plant_rosters(self) -> None:
        """Choose the rosters that break a rule: short rest (F24) and two places at once (F17)."""
        for week in range(self.dataset.size.weeks):
            monday = self.dataset.start + dt.timedelta(days=7 * week)
            for flag, first, second in (("F24", LATE, NIGHT), ("F17", EARLY, None)):
                found = [
                    (team, subject, date)
                    for team in self.teams
                    if team.crew is not None
                    for date in (monday + dt.timedelta(days=day) for day in range(6))
                    if self.cycle(team, date) is first
                    and (second is None or self.cycle(team, date + dt.timedelta(days=1)) is second)
                    for subject in team.people
                    if not self.taken & {(subject, week - 1), (subject, week)}
                ]
                stream = self.streams.random("roster", flag, week)
                for _ in range(self.dataset.size.planted):
                    if not found:
                        break
                    team, subject, date = stream.choice(found)
                    found = [other for other in found if other[1] != subject]
                    self.taken.add((subject, week))
                    if flag == "F24":
                        after = date + dt.timedelta(days=1)
                        self.short_rest[subject, after] = Duty(
                            subject, team.site, team.unit, EARLY, after, certain=True
                        )
                    else:
                        self.double[subject, date] = Duty(subject, team.site, "TRAIN", TRAINING, date, certain=True)

    def calendar(self, monday: dt.date) -> Iterator[tuple[Session, int]]:
        """The shift instances of a week, and how many people are expected in each."""
        people: dict[tuple[str, str, str, dt.date], list[Duty]] = {}
        for duty in self.duties(monday, monday + dt.timedelta(days=7)):
            people.setdefault((duty.site.code, duty.unit, duty.shift.code, duty.date), []).append(duty)
        for duties in people.values():
            yield duties[0].session, len(duties)

    # --- what happens -------------------------------------------------------------------------------------------------

    def visits(self, monday: dt.date) -> Iterator[Visit]:
        """Who goes in and out in this week's shifts; the last night ends on the next Monday."""
        phones = set(self.phones())
        for duty in self.duties(monday, monday + dt.timedelta(days=7)):
            stream = self.streams.random("visit", duty.subject, duty.shift.code, duty.date)
            absent, late = stream.random() < 0.04, stream.random() < 0.02
            arrive_after = stream.randint(480, 2400) if late else -stream.randint(120, 720)
            leave_after = stream.randint(60, 540)
            kiosk = stream.randint(1, self.kiosks)
            milliseconds = dt.timedelta(milliseconds=stream.randrange(1000))
            if absent and not duty.certain:
                continue
            session = duty.session
            device = f"KIOSK-{duty.site.code}-{'T' if duty.unit == 'TRAIN' else kiosk}"
            yield Visit(
                duty.subject,
                session,
                session.start + dt.timedelta(seconds=arrive_after) + milliseconds,
                session.end + dt.timedelta(seconds=leave_after) + milliseconds,
                device,
                own_device=self.phone(duty.subject) if duty.subject in phones else None,
                group=duty.unit,
            )
