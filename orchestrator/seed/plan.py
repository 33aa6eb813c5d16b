"""The plan: what is sent, week by week, and the truth about it. Pure; no database is needed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from orchestrator.seed import clocks, corporate, school
from orchestrator.seed.anomalies import Planting, Slot, is_plain, punches_of
from orchestrator.seed.clocks import END_OF_DAYS, Fleet
from orchestrator.seed.corporate import Company
from orchestrator.seed.model import Boot, Counts, Punch, Register, Site, Truth, Week
from orchestrator.seed.school import School
from orchestrator.seed.sizes import Dataset

Tenant = School | Company


@dataclass(slots=True)
class Plan:
    """One tenant's plan. :meth:`weeks` is walked once; ``counts`` and ``truth`` are complete after it."""

    tenant: Tenant
    counts: Counts = field(default_factory=Counts)
    truth: list[Truth] = field(default_factory=list)
    fleet: Fleet = field(init=False)
    """The devices, in the boots that they run in."""
    _inside: set[str] = field(default_factory=set)
    """Who has checked in and not out, as the deliveries go."""

    def __post_init__(self) -> None:
        organisation = self.tenant.organisation
        self.fleet = Fleet(self.dataset.streams, organisation.devices.values(), self.dataset.start)
        self.counts.sites = len(organisation.sites)
        self.counts.devices = len(organisation.devices)
        entries = dict(organisation.puts)
        units = [
            (entry["site_code"], entry["code"])
            for name in ("put_units", "put_sections")
            for entry in entries.get(name, [])
        ]
        self.counts.units = len(set(units)) + self.counts.sites  # every site is a unit, too
        self.counts.members = len({entry["member_number"] for entry in entries["put_members"]}) + 1  # the administrator

    @property
    def dataset(self) -> Dataset:
        """The data set it is a part of."""
        return self.tenant.dataset

    def weeks(self) -> Iterator[Week]:
        """The weeks of the term, one more for the night that ends after it, and one for what is found much later."""
        size = self.dataset.size
        taken = self.tenant.taken if isinstance(self.tenant, Company) else set()
        late: set[str] = set()
        happened: list[Punch] = []  # in the night that ends after the week: it belongs to the next one
        waiting: list[Punch] = []  # has happened, but is delivered later
        for number in range(size.weeks):
            monday = self.dataset.start + dt.timedelta(days=7 * number)
            next_monday = monday + dt.timedelta(days=7)
            slots = [punches_of(self.dataset.streams, visit) for visit in self.tenant.visits(monday)]
            clocks.queue([punch for slot in slots for punch in (slot.into, slot.out)])
            devices = self.tenant.organisation.devices
            planting = Planting(self.dataset.streams, number, size.planted, slots, taken, late, devices, self.fleet)
            self._plant(planting, monday, last=number == size.weeks - 1)
            punches = [*happened, *planting.extra]
            punches += [punch for slot in planting.slots for punch in (slot.into, slot.out)]
            happened = [punch for punch in punches if clocks.local_date(punch) >= next_monday]
            self._speak(planting, [punch for punch in punches if clocks.local_date(punch) < next_monday])
            waiting += [punch for punch in punches if clocks.local_date(punch) < next_monday] + planting.resent
            end = dt.datetime.combine(next_monday, dt.time(), dt.UTC)
            due = [punch for punch in waiting if punch.deliver_at < end]
            waiting = [punch for punch in waiting if punch.deliver_at >= end]
            registers = list(self.tenant.registers(monday)) if isinstance(self.tenant, School) else []
            for _, expected in self.tenant.calendar(monday):
                self.counts.sessions += 1
                self.counts.expectations += expected
            yield self._week(number, due, registers)
        rest = Planting(
            self.dataset.streams, size.weeks, 0, [], taken, late, self.tenant.organisation.devices, self.fleet
        )
        self._speak(rest, happened)
        rest_of = [*waiting, *happened]
        yield self._week(size.weeks, [punch for punch in rest_of if punch.deliver_at < END_OF_DAYS], [])
        found = self._week(size.weeks + 1, [punch for punch in rest_of if punch.deliver_at >= END_OF_DAYS], [])
        found.is_late = True
        yield found

    def boots_at_the_end(self) -> list[Boot]:
        """The boots that the devices run in when the term is over."""
        return self.fleet.now(dt.datetime.combine(self.dataset.until + dt.timedelta(days=2), dt.time(), dt.UTC))

    def _speak(self, planting: Planting, punches: list[Punch]) -> None:
        devices = self.tenant.organisation.devices
        planting.broken_clocks(clocks.days(punches, devices.__getitem__))

    def _week(self, number: int, punches: list[Punch], registers: list[Register]) -> Week:
        punches.sort(key=lambda punch: (punch.deliver_at, punch.key, punch.where))
        counts = self.counts
        for punch in punches:
            counts.repeats += punch.where == "repeat"
            counts.refusals += punch.where == "refusal"
            counts.punches += punch.where == "event"
            self.truth += self._truth(punch)
            if punch.where != "event":
                continue
            if punch.direction == "in":
                counts.records += 1
                counts.closings += punch.subject in self._inside
                self._inside.add(punch.subject)
            else:
                self._inside.discard(punch.subject)
        for register in registers:
            counts.registers += 1
            counts.marks += register.records
            counts.records += register.records
        return Week(number, punches, registers)

    def _truth(self, punch: Punch) -> Iterator[Truth]:
        session = punch.session
        for flag in punch.flags:
            yield Truth(
                flag=flag.code,
                required=flag.required,
                where=punch.where,
                tenant=self.tenant.slug,
                subject=punch.subject,
                key=punch.key,
                direction=punch.direction,
                at=punch.at,
                claimed_at=dt.datetime.fromisoformat(punch.entry["claimed_at"]),
                device=punch.device,
                site=punch.site.code,
                unit=session.unit if session else None,
                session_kind=session.kind if session else None,
                session_starts_at=session.start if session else None,
                why=flag.why,
            )

    # --- what is planted where ----------------------------------------------------------------------------------------

    def _plant(self, planting: Planting, monday: dt.date, *, last: bool) -> None:
        if _leaves(self.tenant, monday):
            planting.taken.update((subject, planting.week) for subject in self.tenant.leavers)
        if isinstance(self.tenant, School):
            self._plant_school(planting, self.tenant, monday)
        else:
            self._plant_company(planting, self.tenant, monday, last=last)

    @staticmethod
    def _plant_school(planting: Planting, tenant: School, monday: dt.date) -> None:
        def at_gate(slot: Slot) -> bool:
            return slot.visit.session.site is school.NEW_YORK and slot.visit.subject not in tenant.leavers

        def at_hall(slot: Slot) -> bool:
            return slot.visit.session.site is school.KOLKATA

        first = next(group for group in tenant.groups if group.site is school.NEW_YORK)
        planting.burst(at_gate)
        planting.late_sync(at_hall)
        planting.missing_out(at_hall)
        planting.reused_key()
        planting.repeat()
        saturday = monday + dt.timedelta(days=5)
        pupils = [(pupil, school.NEW_YORK, "GATE-1", saturday) for pupil in first.pupils]
        planting.off_duty(pupils, dt.time(10))
        if _leaves(tenant, monday):
            friday = tenant.leave_on + dt.timedelta(days=1)
            planting.inactive(tenant.leavers, school.NEW_YORK, "GATE-1", friday, school.DAY[0])

    def _plant_company(self, planting: Planting, tenant: Company, monday: dt.date, *, last: bool) -> None:
        def in_plant(slot: Slot) -> bool:
            return slot.visit.group.startswith("CREW") and slot.visit.subject not in tenant.leavers

        def by_day(slot: Slot) -> bool:
            hour = slot.visit.session.site.local(slot.visit.session.start).hour
            return in_plant(slot) and hour in (corporate.EARLY.begin.hour, corporate.LATE.begin.hour)

        def at_desk(slot: Slot) -> bool:
            return is_plain(slot) and slot.visit.group in ("OFFICE", "ADM")

        week = {monday + dt.timedelta(days=day) for day in range(7)}
        planting.two_places(name for name in sorted(tenant.double) if name[1] in week)
        planting.short_rest(name for name in sorted(tenant.short_rest) if name[1] in week)
        planting.shared_phone(lambda slot: slot.visit.group == "OFFICE")
        if last:
            planting.future()
        planting.outside()
        planting.mock()
        planting.late_sync(at_desk)
        planting.travel(corporate.BENGALURU, "KIOSK-BLR-1", by_day)
        planting.too_early(by_day)
        planting.missing_out(by_day)
        planting.reused_key()
        planting.repeat()
        planting.off_duty(list(self._days_off(tenant, monday)), dt.time(9))
        if _leaves(tenant, monday):
            friday = tenant.leave_on + dt.timedelta(days=1)
            planting.inactive(tenant.leavers, corporate.ANTWERP, "KIOSK-ANR-1", friday, corporate.EARLY.begin)

    @staticmethod
    def _days_off(tenant: Company, monday: dt.date) -> Iterator[tuple[str, Site, str, dt.date]]:
        """The second day off of the crews' cycle, which no night reaches into."""
        for team in tenant.teams:
            for date in (monday + dt.timedelta(days=day) for day in range(7)):
                yesterday = date - dt.timedelta(days=1)
                if team.crew is not None and tenant.cycle(team, date) is None is tenant.cycle(team, yesterday):
                    for subject in team.people:
                        yield subject, team.site, f"KIOSK-{team.site.code}-1", date


def _leaves(tenant: Tenant, monday: dt.date) -> bool:
    """Whether this is the week in which people leave."""
    return monday <= tenant.leave_on < monday + dt.timedelta(days=7)


def plans(dataset: Dataset) -> list[Plan]:
    """The plans of both tenants."""
    return [Plan(School(dataset)), Plan(Company(dataset))]
