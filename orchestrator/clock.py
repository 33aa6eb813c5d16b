"""The clocks of a simulated device, and the exchange of time stamps by which the server measures them (RFC 5905).

A device has a wall clock, which may be wrong, drift and be stepped, and a monotonic clock, which counts from the boot
and does not stop while the device sleeps. Both run on one quartz.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from orchestrator.device import Device, Request, Settled

_BEGAN_NS = time.time_ns() - time.monotonic_ns()


def true_us() -> int:
    """Microseconds since 1970 by this computer's clock when the program began; nobody puts it forward or back."""
    return (_BEGAN_NS + time.monotonic_ns()) // 1000


@dataclass(frozen=True, slots=True)
class Reading:
    """Both clocks at one moment: the wall clock to the millisecond, microseconds since the boot, and which boot."""

    boot_id: uuid.UUID
    wall: datetime
    monotonic_us: int

    def punch(self, sequence_number: int) -> dict[str, Any]:
        """What a punch that is made at this moment says about its time."""
        return {
            "claimed_at": self.wall.isoformat(timespec="milliseconds"),
            "boot_id": self.boot_id,
            "sequence_number": sequence_number,
            "monotonic_us": self.monotonic_us,
        }


class Clock:
    """The clocks of one device. ``ahead`` is how far the wall clock is ahead now, ``ppm`` how much too fast both run.

    ``now`` is the true time in microseconds since 1970.
    """

    def __init__(self, *, ahead: timedelta = timedelta(), ppm: float = 0, now: Callable[[], int] = true_us) -> None:
        self._now = now
        self._rate = 1 + ppm / 1e6
        self._origin = now()
        self._wall = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=self._origin) + ahead
        self.reboot()

    def _ran_us(self) -> int:
        return int((self._now() - self._origin) * self._rate)

    def reboot(self) -> None:
        """The monotonic clock begins anew; the wall clock goes on."""
        self.boot_id = uuid.uuid4()
        self._booted_us = self._ran_us()

    def step(self, by: timedelta) -> None:
        """Somebody puts the wall clock forward (or back)."""
        self._wall += by

    def read(self) -> Reading:
        """Both clocks now."""
        ran = self._ran_us()
        wall = self._wall + timedelta(microseconds=ran)
        return Reading(
            self.boot_id, wall.replace(microsecond=wall.microsecond // 1000 * 1000), max(ran - self._booted_us, 0)
        )


@dataclass(frozen=True, slots=True)
class Queue:
    """What a device says about the punches that wait for delivery: how many, and what the oldest of them says."""

    length: int = 0
    oldest: dict[str, Any] | None = None

    def said(self) -> dict[str, Any]:
        """The parameters of ``api.clock_report``."""
        return {"queued": self.length} | {f"oldest_{name}": value for name, value in (self.oldest or {}).items()}


async def measure(
    device: Device,
    clock: Clock,
    token: str,
    stream: random.Random,
    *,
    queue: Queue | None = None,
    device_id: uuid.UUID | None = None,
) -> tuple[Settled, Settled | None]:
    """Have the server measure the device's clocks: a probe, then a report. Returns how both ended.

    Each is repeated with its own key, as a punch is. The first reading is taken when the probe is sent the *first*
    time, since a repeat is answered with the first stamps. Without ``queue`` nothing waits for delivery.
    There is no report when the probe failed or the device rebooted.
    """
    key = uuid.uuid4()
    probe = Request.of("clock_probe", key, {"device_id": device_id}, token)
    sent = clock.read()
    device.fire(probe)
    probed = await device.settle(probe, stream)
    received = clock.read()
    if not probed.answer.acknowledged or received.boot_id != sent.boot_id:
        return probed, None
    report = Request.of(
        "clock_report",
        uuid.uuid4(),
        {
            "probe_key": key,
            "sent_at": sent.wall.isoformat(timespec="milliseconds"),
            "received_at": received.wall.isoformat(timespec="milliseconds"),
            "boot_id": sent.boot_id,
            "sent_monotonic_us": sent.monotonic_us,
            "received_monotonic_us": received.monotonic_us,
            "last_sequence_number": device.sequence,
            **(queue or Queue()).said(),
        },
        token,
    )
    device.fire(report)
    return probed, await device.settle(report, stream)
