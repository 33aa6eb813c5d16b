"""What devices say: each boot has a wall clock, a monotonic clock and a sequence number."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from orchestrator.seed.model import Boot, Device, Flag, Punch
from orchestrator.seed.streams import Streams

SERVICE: Final = dt.timedelta(seconds=3)
"""How long a person takes at a kiosk; the next one waits."""
METRE: Final = 1 / 111_320
"""Degrees of latitude."""
RATE: Final = 0.5e-6
"""How fast or slow a quartz runs at most; the load states :data:`DRIFT_PPM` for it."""
DRIFT_PPM: Final = 1
END_OF_DAYS: Final = dt.datetime(2199, 1, 1, tzinfo=dt.UTC)
"""When something is delivered that comes after everything else."""


@dataclass(slots=True, eq=False)
class Day:
    """A device from one local midnight to the next."""

    device: Device
    date: dt.date
    punches: list[Punch]

    @property
    def midnight(self) -> dt.datetime:
        """When it begins."""
        return self.device.site.instant(self.date, dt.time())


class Fleet:
    """The devices of a tenant, each with the boot that it runs in. One that nothing happens to is never rebooted."""

    def __init__(self, streams: Streams, devices: Iterable[Device], start: dt.date) -> None:
        self._streams = streams
        self.running: dict[str, Boot] = {}
        self._boots: Counter[str] = Counter()
        for device in devices:
            self.reboot(device, device.site.instant(start - dt.timedelta(days=3), dt.time()))

    def reboot(self, device: Device, at: dt.datetime, wrong_by: dt.timedelta | None = None) -> Boot:
        """Let a device boot at about this time, with a wall clock that is right, or wrong by so much."""
        stream = self._streams.random("clock", device.code, self._boots[device.code])
        self._boots[device.code] += 1
        booted_at = at - dt.timedelta(seconds=stream.randint(5, 60))
        offset = dt.timedelta(milliseconds=stream.randint(-1000, 1000))
        boot = self.running[device.code] = Boot(
            device,
            str(self._streams.key(booted_at, "boot", device.code)),
            booted_at,
            offset if wrong_by is None else wrong_by,
            stream.uniform(-RATE, RATE),
            is_wrong=wrong_by is not None,
        )
        return boot

    def now(self, after: dt.datetime) -> list[Boot]:
        """The boots that all devices run in when the term is over: what was wrong has been put right."""
        for boot in list(self.running.values()):
            if boot.is_wrong:
                self.reboot(boot.device, after)
        return list(self.running.values())


def queue(punches: list[Punch]) -> None:
    """Let people wait for each other: two punches of a device are at least :data:`SERVICE` apart."""
    last: dict[str, dt.datetime] = {}
    for punch in sorted(punches, key=lambda punch: (punch.at, punch.key)):
        before = last.get(punch.device)
        if before is not None and punch.at < before + SERVICE:
            punch.at = before + SERVICE
            punch.deliver_at = max(punch.deliver_at, punch.at)
        last[punch.device] = punch.at


def days(punches: Iterable[Punch], device: Callable[[str], Device]) -> list[Day]:
    """The days of the devices that these punches come from, each with its punches in order."""
    found: dict[tuple[str, dt.date], Day] = {}
    for punch in sorted(punches, key=lambda punch: (punch.at, punch.key)):
        date = local_date(punch)
        day = found.get((punch.device, date))
        if day is None:
            day = found[punch.device, date] = Day(device(punch.device), date, [])
        day.punches.append(punch)
    return [found[name] for name in sorted(found)]


def local_date(punch: Punch) -> dt.date:
    """The date at the site where it happened."""
    return punch.site.local(punch.at).date()


def speak(
    streams: Streams, day: Day, boot: Boot, *, gap_at: int | None, replay_at: int | None, step_at: int | None
) -> None:
    """Write down what the device says of its punches.

    At index ``gap_at`` some sequence numbers are missing, at ``replay_at`` the one before comes again, from
    ``step_at`` on the wall clock has been put back, until midnight, while the monotonic clock went on.
    """
    stream = streams.random("speech", day.device.code, day.date)
    latitude, longitude, accuracy = _door(streams, day.device)
    gap, step = stream.randint(2, 9), -dt.timedelta(seconds=stream.randint(1800, 2460))
    for index, punch in enumerate(day.punches):
        if index != replay_at:
            boot.sequence += gap if index == gap_at else 1
        claim = boot.wall(punch.at) + punch.clock_ahead
        if step_at is not None and index >= step_at:
            claim += step
        place = punch.place
        if place is None and day.device.kind == "personal":
            place = moved(day.device, stream.uniform(0, 60), stream.uniform(0, 360), stream.uniform(8, 40))
        punch.boot = boot
        punch.entry = {
            "key": str(punch.key),
            "kind": punch.direction,
            "claimed_at": claim.isoformat(timespec="milliseconds"),
            "boot_id": boot.id,
            "sequence_number": boot.sequence,
            "monotonic_us": boot.monotonic_us(punch.at),
        }
        here = place or (latitude, longitude, accuracy)
        punch.entry |= dict(zip(("latitude", "longitude", "accuracy_m"), here, strict=True))
        if punch.evidence is not None:
            punch.entry["evidence"] = punch.evidence
    _expect_disorder(day.punches, boot)


def _expect_disorder(punches: list[Punch], boot: Boot) -> None:
    """What comes late or leaves no event shows as a gap or a step back at arrival: not required, but no false alarm."""
    gaps: set[Punch] = set()
    for punch in punches:
        if punch.where == "event":
            if boot.has_gap:
                gaps.add(punch)
            boot.has_gap = False
        else:
            boot.has_gap = True
    for punch in sorted(punches, key=lambda punch: punch.deliver_at):
        if punch.where != "event":
            continue
        number = punch.entry["sequence_number"]
        planted = {flag.code for flag in punch.flags}
        if (punch in gaps or number > boot.arrived + 1) and "F13" not in planted:
            punch.flags.append(
                Flag("F13", "what the device sent before it came later or left no event", required=False)
            )
        if number <= boot.arrived and "F14" not in planted:
            punch.flags.append(Flag("F14", "it came after a later punch of its device", required=False))
        if punch.deliver_at < END_OF_DAYS:
            boot.arrived = max(boot.arrived, number)


def _door(streams: Streams, device: Device) -> tuple[float, float, float]:
    stream = streams.random("door", device.code)
    return moved(device, stream.uniform(2, 40), stream.uniform(0, 360), stream.uniform(5, 15))


def moved(device: Device, metres: float, degrees: float, accuracy: float) -> tuple[float, float, float]:
    """A place so many metres from the middle of the device's site: latitude, longitude, accuracy."""
    angle = math.radians(degrees)
    latitude = device.site.latitude + metres * METRE * math.cos(angle)
    longitude = device.site.longitude + metres * METRE * math.sin(angle) / math.cos(math.radians(latitude))
    return round(latitude, 6), round(longitude, 6), round(accuracy, 1)
