"""What devices say: each boot has a clock with an offset and a rate, a sequence number and a monotonic clock."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from orchestrator.seed.model import Device, Flag, Punch
from orchestrator.seed.streams import Streams

SERVICE: Final = dt.timedelta(seconds=3)
"""How long a person takes at a kiosk; the next one waits."""
METRE: Final = 1 / 111_320
"""Degrees of latitude."""
MICROSECOND: Final = dt.timedelta(microseconds=1)


@dataclass(slots=True, eq=False)
class Boot:
    """A device from one local midnight to the next."""

    device: Device
    date: dt.date
    booted_at: dt.datetime
    offset: dt.timedelta
    rate: float
    punches: list[Punch]

    def says(self, at: dt.datetime) -> dt.datetime:
        """The device's wall clock at an instant, to the millisecond."""
        claim = at + self.offset + (at - self.booted_at) * self.rate
        return claim - dt.timedelta(microseconds=claim.microsecond % 1000)


def queue(punches: list[Punch]) -> None:
    """Let people wait for each other: two punches of a device are at least :data:`SERVICE` apart."""
    last: dict[str, dt.datetime] = {}
    for punch in sorted(punches, key=lambda punch: (punch.at, punch.key)):
        before = last.get(punch.device)
        if before is not None and punch.at < before + SERVICE:
            punch.at = before + SERVICE
            punch.deliver_at = max(punch.deliver_at, punch.at)
        last[punch.device] = punch.at


def boots(streams: Streams, punches: Iterable[Punch], device: Callable[[str], Device]) -> list[Boot]:
    """The boots that these punches come from, each with its punches in order."""
    found: dict[tuple[str, dt.date], Boot] = {}
    for punch in sorted(punches, key=lambda punch: (punch.at, punch.key)):
        date = local_date(punch)
        boot = found.get((punch.device, date))
        if boot is None:
            boot = found[punch.device, date] = _boot(streams, device(punch.device), date)
        boot.punches.append(punch)
    return [found[name] for name in sorted(found)]


def local_date(punch: Punch) -> dt.date:
    """The date at the site where it happened."""
    return punch.site.local(punch.at).date()


def _boot(streams: Streams, device: Device, date: dt.date) -> Boot:
    stream = streams.random("clock", device.code, date)
    midnight = device.site.instant(date, dt.time())
    return Boot(
        device,
        date,
        midnight - dt.timedelta(seconds=stream.randint(5, 60)),
        dt.timedelta(milliseconds=stream.randint(-1000, 1000)),
        stream.uniform(-10e-6, 10e-6),
        [],
    )


def speak(streams: Streams, boot: Boot, *, gap_at: int | None, replay_at: int | None, step_at: int | None) -> None:
    """Write down what the device says of its punches.

    From index ``gap_at`` on some sequence numbers are missing, at ``replay_at`` the one before comes again, from
    ``step_at`` on the wall clock has been put back while the monotonic clock went on.
    """
    stream = streams.random("speech", boot.device.code, boot.date)
    latitude, longitude, accuracy = _door(streams, boot.device)
    boot_id = str(streams.key(boot.booted_at, "boot", boot.device.code))
    gap, step = stream.randint(2, 9), -dt.timedelta(seconds=stream.randint(1800, 2460))
    sequence = 0
    for index, punch in enumerate(boot.punches):
        if index != replay_at:
            sequence += gap if index == gap_at else 1
        claim = boot.says(punch.at) + punch.clock_ahead
        if step_at is not None and index >= step_at:
            claim += step
        place = punch.place
        if place is None and boot.device.kind == "personal":
            place = moved(boot.device, stream.uniform(0, 60), stream.uniform(0, 360), stream.uniform(8, 40))
        punch.entry = {
            "key": str(punch.key),
            "kind": punch.direction,
            "claimed_at": claim.isoformat(timespec="milliseconds"),
            "boot_id": boot_id,
            "sequence_number": sequence,
            "monotonic_us": int((punch.at - boot.booted_at) / MICROSECOND * (1 + boot.rate)),
        }
        here = place or (latitude, longitude, accuracy)
        punch.entry |= dict(zip(("latitude", "longitude", "accuracy_m"), here, strict=True))
        if punch.evidence is not None:
            punch.entry["evidence"] = punch.evidence
    _expect_disorder(boot.punches)


def _expect_disorder(punches: list[Punch]) -> None:
    """What comes late or leaves no event shows as a gap or a step back at arrival: not required, but no false alarm."""
    last = 0
    for punch in sorted(punches, key=lambda punch: punch.deliver_at):
        if punch.where != "event":
            continue
        number = punch.entry["sequence_number"]
        planted = {flag.code for flag in punch.flags}
        if number > last + 1 and "F13" not in planted:
            punch.flags.append(
                Flag("F13", "what the device sent before it came later or left no event", required=False)
            )
        elif number <= last and "F14" not in planted:
            punch.flags.append(Flag("F14", "it came after a later punch of its device", required=False))
        last = max(last, number)


def _door(streams: Streams, device: Device) -> tuple[float, float, float]:
    stream = streams.random("door", device.code)
    return moved(device, stream.uniform(2, 40), stream.uniform(0, 360), stream.uniform(5, 15))


def moved(device: Device, metres: float, degrees: float, accuracy: float) -> tuple[float, float, float]:
    """A place so many metres from the middle of the device's site: latitude, longitude, accuracy."""
    angle = math.radians(degrees)
    latitude = device.site.latitude + metres * METRE * math.cos(angle)
    longitude = device.site.longitude + metres * METRE * math.sin(angle) / math.cos(math.radians(latitude))
    return round(latitude, 6), round(longitude, 6), round(accuracy, 1)
