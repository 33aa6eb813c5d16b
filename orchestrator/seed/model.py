"""What a plan consists of."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

Entry = dict[str, Any]
"""An entry of a batch of ``api.put_*``."""


@dataclass(frozen=True, slots=True)
class Site:
    """A place with a zone and a geofence of ``radius_m`` metres."""

    code: str
    name: str
    zone: str
    latitude: float
    longitude: float
    networks: tuple[str, ...]
    radius_m: int = 250

    def instant(self, date: dt.date, local: dt.time) -> dt.datetime:
        """The instant (UTC) of a local time that exists once on this date."""
        return dt.datetime.combine(date, local, ZoneInfo(self.zone)).astimezone(dt.UTC)

    def local(self, instant: dt.datetime) -> dt.datetime:
        """The local time of an instant."""
        return instant.astimezone(ZoneInfo(self.zone))

    @property
    def gateway(self) -> str:
        """The code of the device that collects the punches of this site and sends them."""
        return f"GW-{self.code}"


@dataclass(frozen=True, slots=True)
class Session:
    """What attendance is taken for, by its natural key; instants in UTC."""

    site: Site
    unit: str
    kind: str
    start: dt.datetime
    end: dt.datetime
    date: dt.date


@dataclass(frozen=True, slots=True)
class Flag:
    """The truth about a punch: a flag of the domain (``F03``) that should be raised on it.

    ``required`` false: it may be raised as well, as a consequence of what was planted; it is not counted against a
    rule either way.
    """

    code: str
    why: str
    required: bool = True


@dataclass(slots=True, eq=False)
class Boot:
    """A device from one start to the next: its clocks, and how far it has counted.

    A time service keeps the wall clock near the truth; the monotonic clock runs on the quartz.
    """

    device: Device
    id: str
    booted_at: dt.datetime
    offset: dt.timedelta
    """How far the wall clock is ahead."""
    rate: float
    """How much too fast the quartz runs."""
    is_wrong: bool = False
    """Whether the wall clock is off so far that nobody may trust it."""
    sequence: int = 0
    """The number of the last punch."""
    arrived: int = 0
    """The highest number that has been delivered in its turn."""
    has_gap: bool = False
    """Whether the last punch leaves no event."""

    def wall(self, at: dt.datetime) -> dt.datetime:
        """The wall clock at an instant, to the millisecond."""
        shown = at + self.offset
        return shown - dt.timedelta(microseconds=shown.microsecond % 1000)

    def monotonic_us(self, at: dt.datetime) -> int:
        """Microseconds since the boot by the quartz, at an instant."""
        return int((at - self.booted_at) / dt.timedelta(microseconds=1) * (1 + self.rate))


@dataclass(slots=True, eq=False)
class Punch:
    """A check-in or check-out. ``at`` is when it truly happened; what its device says comes from its clock."""

    key: uuid.UUID
    subject: str
    direction: str
    at: dt.datetime
    site: Site
    device: str
    session: Session | None
    deliver_at: dt.datetime
    """When it is sent: after what was sent before; later than ``at`` for what a queue held back."""
    alone: bool = False
    """Whether it has to be sent by itself, after everything before it and before everything after it."""
    via: str | None = None
    """Device that sends it, if not its site's gateway."""
    place: tuple[float, float, float] | None = None
    """Latitude, longitude and accuracy (metres) if not at the site's door."""
    clock_ahead: dt.timedelta = dt.timedelta()
    """How far the device's wall clock is ahead, besides what clocks do anyway."""
    evidence: Entry | None = None
    boot: Boot | None = None
    """The boot of its device that counted it."""
    original: Punch | None = None
    """The punch whose key this one uses again with another claim."""
    flags: list[Flag] = field(default_factory=list)
    where: str = "event"
    """Where the database keeps it: ``event``, ``repeat`` (answered with the first) or ``refusal``."""
    entry: Entry = field(default_factory=dict)
    """As it is sent, without the identifiers that the database gives."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark of a register; ``arrived_at`` is an instant."""

    subject: str
    code: str
    arrived_at: dt.datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Register:
    """The roll of a session as its teacher takes it."""

    key: uuid.UUID
    session: Session
    teacher: str
    marks: tuple[Mark, ...]
    default_code: str | None
    """The code of everybody who has no mark; None where they passed the gate."""
    expected: int
    """How many people are expected."""

    @property
    def records(self) -> int:
        """How many records the register makes."""
        return len(self.marks) if self.default_code is None else self.expected


@dataclass(slots=True)
class Visit:
    """A person in a session: from ``arrive`` to ``leave``, through the devices there."""

    subject: str
    session: Session
    arrive: dt.datetime
    leave: dt.datetime
    device: str
    own_device: str | None = None
    """The person's own telephone, for those who use one."""
    group: str = ""
    """Who goes in and out together: a class, a crew."""


@dataclass(frozen=True, slots=True)
class Device:
    """A clock with a place: ``zone`` is its site's."""

    code: str
    site: Site
    kind: str
    name: str


@dataclass(slots=True)
class Week:
    """What is sent for a week: punches in the order in which they go, then the registers."""

    number: int
    punches: list[Punch]
    registers: list[Register]
    is_late: bool = False
    """Whether these punches come when the term has long been brought in."""


@dataclass(slots=True)
class Organisation:
    """A tenant's master data, in the order in which ``api.put_*`` takes it."""

    slug: str
    name: str
    platform: str
    zone: str
    sites: list[Site]
    devices: dict[str, Device]
    puts: list[tuple[str, list[Entry]]]
    """Procedure and entries."""

    @property
    def administrator(self) -> str:
        """The login of the administrator."""
        return f"admin@{self.slug}.example"

    def entries(self) -> int:
        """How many entries there are."""
        return sum(len(entries) for _, entries in self.puts)


@dataclass(frozen=True, slots=True)
class Truth:
    """A row of the truth table: this flag belongs on this punch."""

    flag: str
    required: bool
    where: str
    tenant: str
    subject: str
    key: uuid.UUID
    direction: str
    at: dt.datetime
    claimed_at: dt.datetime
    device: str
    site: str
    unit: str | None
    session_kind: str | None
    session_starts_at: dt.datetime | None
    why: str


@dataclass(slots=True)
class Counts:
    """What a plan leaves in the database."""

    sites: int = 0
    units: int = 0
    members: int = 0
    devices: int = 0
    sessions: int = 0
    expectations: int = 0
    registers: int = 0
    punches: int = 0
    repeats: int = 0
    refusals: int = 0
    marks: int = 0
    closings: int = 0
    """Records that a later check-in ended without a check-out."""
    records: int = 0

    @property
    def events(self) -> int:
        """Events that make a revision of a record."""
        return self.punches + self.marks + self.closings

    def as_dict(self) -> dict[str, int]:
        """All counts by name."""
        return {**asdict(self), "events": self.events}
