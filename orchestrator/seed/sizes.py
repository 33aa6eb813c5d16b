"""How much demo data there is, and the calendar it lies in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from orchestrator.errors import InvalidInput
from orchestrator.seed.streams import Streams

CALENDAR: Final = {"s": dt.date(2025, 11, 9), "m": dt.date(2025, 12, 21), "l": dt.date(2025, 12, 21)}
"""The last day (a Sunday) where none is given: a fixed autumn whose weeks hold the ends of summer time in Europe
(26 October 2025) and in North America (2 November), so that the same command makes the same data on any day."""


REMEMBERED: Final = dt.timedelta(days=3650)
"""How long ago a term may have begun: the database lets a tenant bring in what devices remember of ten years."""
EDITION: Final = 2
"""Raised with every change of the plan: data of one edition and commands of another do not mix."""


@dataclass(frozen=True, slots=True)
class Size:
    """A size of the demo data: weeks, and people of the three schools and the three workplaces."""

    name: str
    weeks: int
    classes: int
    """Classes of a school."""
    class_size: int
    crew: int
    """People of a crew; a plant has four crews."""
    office: int
    """People in the office."""
    planted: int
    """Anomalies of each kind a week and tenant."""


SIZES: Final = {
    size.name: size
    for size in (
        Size("s", weeks=3, classes=2, class_size=10, crew=4, office=8, planted=1),
        Size("m", weeks=16, classes=6, class_size=22, crew=12, office=60, planted=2),
        Size("l", weeks=16, classes=64, class_size=30, crew=200, office=800, planted=20),
    )
}


@dataclass(frozen=True, slots=True)
class Dataset:
    """Which demo data: everything else follows from these three."""

    size: Size
    seed: int
    until: dt.date
    """The last day, a Sunday."""

    @classmethod
    def of(cls, size: str, seed: int, until: dt.date | None = None, *, today: dt.date | None = None) -> Dataset:
        """The data set; ``until`` is moved back to a Sunday.

        Raises :class:`InvalidInput` if the last day is not over everywhere on Earth, since a claim about the future is
        an anomaly of its own, or if the term began longer ago than devices may remember.
        """
        last = until or CALENDAR[size]
        last -= dt.timedelta(days=last.isoweekday() % 7)
        today = today or dt.datetime.now(dt.UTC).date()
        latest = today - dt.timedelta(days=3)
        earliest = today - REMEMBERED + dt.timedelta(weeks=SIZES[size].weeks)
        if not earliest <= last <= latest:
            raise InvalidInput(
                "the last day of the demo data is out of range",
                expected=f"--until from {earliest} to {latest}",
                observed=str(until or last),
            )
        return cls(SIZES[size], seed, last)

    @property
    def start(self) -> dt.date:
        """The first day, a Monday."""
        return self.until - dt.timedelta(days=7 * self.size.weeks - 1)

    @property
    def label(self) -> str:
        """In words, and in the tenants' names: the database knows by it which demo data it holds."""
        return f"size {self.size.name}, seed {self.seed}, until {self.until}, edition {EDITION}"

    @property
    def streams(self) -> Streams:
        """The random numbers and keys of this data set."""
        return Streams(f"{self.size.name}/{self.seed}/{self.until}/{EDITION}")
