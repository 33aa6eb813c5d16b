"""What is planted, and the truth about it.

Every planter changes or adds punches so that exactly one rule of the domain's table should speak, and writes down
which. A person has at most one planted anomaly in a week, so that no two of them explain each other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Final

from orchestrator.seed import clocks
from orchestrator.seed.clocks import END_OF_DAYS, Day, Fleet
from orchestrator.seed.model import Boot, Device, Flag, Punch, Session, Site, Visit
from orchestrator.seed.streams import EPOCH, Streams

FAR_FUTURE: Final = dt.date(2063, 4, 5)
"""What a wall clock shows that is off by decades: later than any day on which this is loaded."""
BURST: Final = 8
SHARERS: Final = 3

EVERYWHERE: Final = {
    "F29": "every register is received after its term",
}
"""What is true of the whole data set and therefore has no rows of its own."""


@dataclass(slots=True, eq=False)
class Slot:
    """A visit with its two punches."""

    visit: Visit
    into: Punch
    out: Punch


@dataclass(slots=True)
class Planting:
    """The anomalies of one tenant and week."""

    streams: Streams
    week: int
    quota: int
    slots: list[Slot]
    taken: set[tuple[str, int]]
    late: set[str]
    """Who has a visit that is delivered after everything else (F12), and so leaves nothing open (F22)."""
    devices: dict[str, Device]
    fleet: Fleet
    extra: list[Punch] = field(default_factory=list)
    resent: list[Punch] = field(default_factory=list)

    # --- choosing -----------------------------------------------------------------------------------------------------

    def stream(self, flag: str) -> Random:
        """The stream of a kind of anomaly in this week."""
        return self.streams.random("anomaly", flag, self.week)

    def free(self, wanted: Callable[[Slot], bool], *, settled: bool = False) -> list[Slot]:
        """The slots of people with nothing planted this week; ``settled``: nor in the next, since it lasts."""
        return [
            slot
            for slot in self.slots
            if wanted(slot)
            and (slot.visit.subject, self.week) not in self.taken
            and not (settled and (slot.visit.subject, self.week + 1) in self.taken)
        ]

    def take(self, slot: Slot, *, settled: bool = False) -> None:
        """Nothing else happens to this person this week."""
        self.taken.add((slot.visit.subject, self.week))
        if settled:
            self.taken.add((slot.visit.subject, self.week + 1))

    def choose(
        self, flag: str, wanted: Callable[[Slot], bool], *, settled: bool = False
    ) -> Iterator[tuple[Slot, Random]]:
        """Up to ``quota`` slots of different people, and the stream for their details."""
        stream = self.stream(flag)
        found = self.free(wanted, settled=settled)
        chosen = 0
        while found and chosen < self.quota:
            place = stream.randrange(len(found))
            slot, found[place] = found[place], found[-1]
            found.pop()
            if (slot.visit.subject, self.week) in self.taken:  # since the search began
                continue
            chosen += 1
            self.take(slot, settled=settled)
            yield slot, stream

    # --- people and keys ----------------------------------------------------------------------------------------------

    def reused_key(self) -> None:
        """F01: the key of a check-in comes again a day later, with another claim; it is refused."""
        for slot, stream in self.choose("F01", is_plain):
            later = slot.into.at + dt.timedelta(hours=20, seconds=stream.randint(0, 3600))
            punch = self._punch(slot, "in", slot.into.at, "reused", deliver_at=later)
            punch.key, punch.original, punch.where = slot.into.key, slot.into, "refusal"
            punch.flags.append(Flag("F01", "the key of an earlier check-in with a claim 20 minutes before"))
            self.resent.append(punch)

    def repeat(self) -> None:
        """F02: a second check-in at the same kiosk within a minute; it is answered with the first."""
        for slot, stream in self.choose("F02", is_plain):
            after = dt.timedelta(milliseconds=stream.randint(8_000, 45_000))
            punch = self._punch(slot, "in", slot.into.at + after, "repeat")
            punch.where = "repeat"
            punch.flags.append(Flag("F02", f"{after.total_seconds():.0f} seconds after the first, same direction"))
            self.extra.append(punch)

    def inactive(self, leavers: Iterable[str], site: Site, device: str, date: dt.date, begin: dt.time) -> None:
        """F20: people who have left come once more."""
        stream = self.stream("F20")
        for subject in leavers:
            at = site.instant(date, begin) - dt.timedelta(seconds=stream.randint(300, 900))
            into = self._free_punch(subject, "in", at, site, device, "inactive")
            into.flags.append(Flag("F20", "the membership has ended"))
            out = self._free_punch(
                subject, "out", at + dt.timedelta(minutes=stream.randint(20, 90)), site, device, "inactive"
            )
            self._possible(into, F18="nothing is scheduled for a person who has left")
            self._possible(out, F20="the check-out of the same visit")
            self.extra += [into, out]

    # --- places -------------------------------------------------------------------------------------------------------

    def travel(self, far: Site, device: str, wanted: Callable[[Slot], bool]) -> None:
        """F03: checked in at home and out on another continent two hours later."""
        for slot, stream in self.choose("F03", wanted):
            slot.out.at = slot.into.at + dt.timedelta(minutes=stream.randint(100, 160))
            slot.out.deliver_at = slot.out.at
            slot.out.site, slot.out.device, slot.out.alone = far, device, True
            slot.out.flags.append(
                Flag("F03", f"from {slot.visit.session.site.code} to {far.code} in under three hours")
            )
            self._possible(slot.out, F07="outside the geofence of the session's site", F31="a kiosk of another site")

    def shared_phone(self, wanted: Callable[[Slot], bool]) -> None:
        """F04: colleagues check in with one person's telephone."""
        for slot, stream in self.choose("F04", lambda slot: wanted(slot) and slot.visit.own_device is not None):
            session = slot.visit.session
            others = [other for other in self.free(is_plain) if other.visit.session == session]
            chosen = stream.sample(others, min(SHARERS - 1, len(others)))
            at = slot.into.at
            for other in chosen:
                self.take(other)
                at += dt.timedelta(seconds=stream.randint(15, 40))
                other.into.at = other.into.deliver_at = at
                other.into.device = slot.into.device
                other.into.flags.append(Flag("F04", f"with the telephone of {slot.visit.subject}, in the same session"))

    def outside(self) -> None:
        """F07: a telephone that is kilometres away."""
        for slot, stream in self.choose("F07", has_phone):
            metres = stream.randint(2500, 6000)
            device = self.devices[slot.into.device]
            slot.into.place = clocks.moved(device, metres, stream.uniform(0, 360), 25)
            slot.into.flags.append(
                Flag("F07", f"{metres} m from the middle of a geofence of {device.site.radius_m} m, accuracy 25 m")
            )

    def mock(self) -> None:
        """F08: a telephone that says that its location is a mock."""
        for slot, _ in self.choose("F08", has_phone):
            slot.into.evidence = {"mock_location": True}
            slot.into.flags.append(Flag("F08", "evidence.mock_location is true"))

    def burst(self, wanted: Callable[[Slot], bool]) -> None:
        """F16: eight people within two seconds at one gate."""
        stream = self.stream("F16")
        for _ in range(self.quota):
            groups: dict[tuple[str, dt.date], list[Slot]] = {}
            for slot in self.free(lambda slot: wanted(slot) and is_plain(slot)):
                groups.setdefault((slot.visit.group, slot.visit.session.date), []).append(slot)
            names = sorted(name for name, slots in groups.items() if len(slots) >= BURST)
            if not names:
                return
            slots = groups[stream.choice(names)][:BURST]
            start = slots[0].visit.session.start - dt.timedelta(minutes=40, seconds=stream.randint(0, 300))
            for place, slot in enumerate(slots):
                self.take(slot)
                slot.into.at = slot.into.deliver_at = start + dt.timedelta(milliseconds=200 * place)
                slot.into.flags.append(Flag("F16", f"one of {BURST} people within two seconds at one gate"))

    # --- schedules ----------------------------------------------------------------------------------------------------

    def off_duty(self, candidates: list[tuple[str, Site, str, dt.date]], begin: dt.time) -> None:
        """F18: people come on a day off; candidates are person, site, device and date."""
        stream = self.stream("F18")
        for _ in range(self.quota):
            found = [one for one in candidates if (one[0], self.week) not in self.taken]
            if not found:
                return
            subject, site, device, date = stream.choice(found)
            self.taken.add((subject, self.week))
            at = site.instant(date, begin) + dt.timedelta(seconds=stream.randint(0, 1800))
            into = self._free_punch(subject, "in", at, site, device, "off duty")
            out = self._free_punch(
                subject, "out", at + dt.timedelta(minutes=stream.randint(60, 180)), site, device, "off duty"
            )
            into.flags.append(Flag("F18", "nothing is scheduled for this person on this day"))
            self._possible(out, F18="the check-out of the same visit")
            self.extra += [into, out]

    def too_early(self, wanted: Callable[[Slot], bool]) -> None:
        """F19: checked in before the capture window opens."""
        for slot, stream in self.choose("F19", lambda slot: is_plain(slot) and wanted(slot)):
            before = dt.timedelta(minutes=stream.randint(85, 130))
            slot.into.at = slot.into.deliver_at = slot.visit.session.start - before
            slot.into.session = None
            slot.into.flags.append(
                Flag("F19", f"{before.total_seconds() / 60:.0f} minutes before the start; the window opens at 60")
            )
            self._possible(slot.into, F18="no session is open for the person")
            self._possible(slot.out, F18="the check-out of the same visit", F19="the check-out of the same visit")

    def two_places(self, doubles: Iterable[tuple[str, dt.date]]) -> None:
        """F17: the presence at a training overlaps the shift; it arrives after the shift has ended."""
        for subject, date in doubles:
            slots = {
                slot.visit.group == "TRAIN": slot
                for slot in self.slots
                if (slot.visit.subject, slot.visit.session.date) == (subject, date)
            }
            if len(slots) < 2:
                continue
            training, shift = slots[True], slots[False]
            training.into.deliver_at = shift.out.deliver_at + dt.timedelta(minutes=15)
            training.out.deliver_at = shift.out.deliver_at + dt.timedelta(minutes=15, seconds=1)
            training.out.flags.append(Flag("F17", "the presence overlaps the early shift of the same day"))
            self._possible(training.into, F17="the check-in of the same visit", F24="no rest between the two")
            self._possible(shift.out, F17="the other presence of the overlap")

    def short_rest(self, mornings: Iterable[tuple[str, dt.date]]) -> None:
        """F24: an early shift eight hours after a late one."""
        for subject, date in mornings:
            for slot in self.slots:
                if (slot.visit.subject, slot.visit.session.date) == (subject, date):
                    slot.into.flags.append(Flag("F24", "about eight hours after the late shift of the day before"))

    def missing_out(self, wanted: Callable[[Slot], bool]) -> None:
        """F22: no check-out."""

        def possible(slot: Slot) -> bool:
            return is_plain(slot) and wanted(slot) and slot.visit.subject not in self.late

        for slot, _ in self.choose("F22", possible, settled=True):
            self.slots.remove(slot)
            slot.into.flags.append(Flag("F22", "there is no check-out"))
            self.extra.append(slot.into)

    # --- clocks -------------------------------------------------------------------------------------------------------

    def late_sync(self, wanted: Callable[[Slot], bool]) -> None:
        """F12: a visit that is found in its device's queue when the rest of the term has long been brought in."""
        for slot, _ in self.choose("F12", lambda slot: is_plain(slot) and wanted(slot), settled=True):
            self.late.add(slot.visit.subject)
            for punch in (slot.into, slot.out):
                punch.deliver_at = END_OF_DAYS + (punch.at - EPOCH)
                punch.flags.append(Flag("F12", "it waited in the queue of its device until after the term"))

    def future(self) -> None:
        """F11: a telephone whose wall clock is decades ahead; what counts is its monotonic clock."""
        for slot, _ in self.choose("F11", has_phone):
            ahead = FAR_FUTURE - slot.visit.session.date
            for punch in (slot.into, slot.out):
                punch.clock_ahead = ahead
                punch.flags.append(Flag("F11", f"the claim says {FAR_FUTURE.year}"))
                self._possible(
                    punch,
                    F09="a clock more than a day ahead is untrusted",
                    F10="the wall clock was set within the boot",
                )

    def broken_clocks(self, days: list[Day]) -> None:
        """F09, F10, F13, F14: what goes wrong with a whole device for a day."""
        wrong: dict[Day, str] = {}
        remaining = [day for day in days if day.device.kind != "personal" and not any(p.flags for p in day.punches)]
        for name, least in (("F10", 4), ("F14", 4), ("F13", 3), ("F09", 2)):
            found = [day for day in remaining if len(day.punches) >= least and day not in wrong]
            if name in ("F09", "F10"):  # pupils go from lecture to lecture: a wrong clock would mix them up
                found = [day for day in found if day.device.code.startswith("KIOSK")]
            for day in self.stream(name).sample(found, min(self.quota, len(found))):
                wrong[day] = name
        for day in days:
            flag = wrong.get(day)
            middle = len(day.punches) // 2
            boot = self.fleet.running[day.device.code]
            if boot.is_wrong:
                boot = self.fleet.reboot(day.device, day.midnight)
            gap_at = middle if flag == "F13" else None
            replay_at = 2 if flag == "F14" else None
            step_at = middle if flag == "F10" else None
            if flag == "F09":
                boot = self._untrusted(day)
            if gap_at is not None:
                day.punches[gap_at].flags.append(Flag("F13", "sequence numbers are missing before it"))
            if replay_at is not None:
                day.punches[replay_at].flags.append(Flag("F14", "the sequence number of the punch before it"))
            if step_at is not None:
                for punch in day.punches[step_at:]:
                    punch.flags.append(
                        Flag("F10", "the wall clock was put back by half an hour or more, until midnight")
                    )
            clocks.speak(self.streams, day, boot, gap_at=gap_at, replay_at=replay_at, step_at=step_at)
        for punch in self.resent:
            if punch.original is not None:
                claim = dt.datetime.fromisoformat(punch.original.entry["claimed_at"]) - dt.timedelta(minutes=20)
                punch.entry = punch.original.entry | {"claimed_at": claim.isoformat(timespec="milliseconds")}

    def _untrusted(self, day: Day) -> Boot:
        stream = self.streams.random("untrusted", day.device.code, day.date)
        seconds = stream.choice((-1, 1)) * stream.randint(360, 840)
        for punch in day.punches:
            punch.flags.append(Flag("F09", f"the clock of the device is off by {seconds} seconds all day"))
        return self.fleet.reboot(day.device, day.midnight, dt.timedelta(seconds=seconds))

    # --- making punches -----------------------------------------------------------------------------------------------

    def _punch(
        self, slot: Slot, direction: str, at: dt.datetime, why: str, *, deliver_at: dt.datetime | None = None
    ) -> Punch:
        like = slot.into
        punch = self._free_punch(like.subject, direction, at, like.site, like.device, why)
        punch.session = slot.visit.session
        punch.deliver_at = deliver_at or at
        return punch

    def _free_punch(self, subject: str, direction: str, at: dt.datetime, site: Site, device: str, why: str) -> Punch:
        key = self.streams.key(at, "punch", why, subject, direction)
        return Punch(key, subject, direction, at, site, device, None, at)

    @staticmethod
    def _possible(punch: Punch, **flags: str) -> None:
        punch.flags += [Flag(code, why, required=False) for code, why in flags.items()]


def is_plain(slot: Slot) -> bool:
    """A visit through the devices of the house."""
    return slot.visit.own_device is None


def has_phone(slot: Slot) -> bool:
    """A visit with an own telephone."""
    return slot.visit.own_device is not None


def punches_of(streams: Streams, visit: Visit) -> Slot:
    """The two punches of a visit, before people wait for each other."""
    session: Session = visit.session
    device = visit.own_device or visit.device
    pair = [
        Punch(
            streams.key(at, "punch", visit.subject, session.site.code, session.unit, session.start, direction),
            visit.subject, direction, at, session.site, device, session, at,
        )
        for direction, at in (("in", visit.arrive), ("out", visit.leave))
    ]  # fmt: skip
    return Slot(visit, *pair)
