"""Plans: everything that a run will do, in symbols, as a pure function of scenario, parameters and seed.

Two shapes: :class:`Rounds` (calls that are released together) and :class:`Schedule` (calls that arrive whether or not
those before are done, with faults that meet the requests of a device by their number).
"""

from __future__ import annotations

import hashlib
import json
import random
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

PLAN_VERSION = 1


def stream(seed: int, device: str, number: int) -> random.Random:
    """Random numbers that depend on (seed, device, number) only, whatever the scheduler does."""
    digest = hashlib.sha256(f"{seed}/{device}/{number}".encode()).digest()
    return random.Random(int.from_bytes(digest, "big"))


def canonical(value: object) -> str:
    """JSON text that is equal for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(value: object) -> str:
    """SHA-256 of the canonical JSON of ``value``."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One call of the plan. Equal key symbols are equal keys, equal variants equal payloads."""

    lane: int
    logical: int
    key: str
    variant: int = 0
    offset_ms: int = 0


@dataclass(frozen=True, slots=True)
class PlannedRound:
    """Calls that are released together (or at their offsets) ``due_ms`` after the load begins.

    ``hold`` names what the first caller does with its transaction while the others come in: ``commit`` or
    ``rollback`` after they wait for it; None: nobody is held.
    """

    number: int
    kind: str
    due_ms: int
    calls: tuple[PlannedCall, ...]
    hold: str | None = None


@dataclass(frozen=True)
class Plan(ABC):
    """Everything that will be done: no key, person or instant of a particular run is in it."""

    scenario: str
    seed: int
    parameters: Mapping[str, Any]

    @property
    @abstractmethod
    def lanes(self) -> int:
        """How many connections it takes."""

    @property
    @abstractmethod
    def calls(self) -> int:
        """How many calls it makes."""

    @property
    @abstractmethod
    def logical(self) -> int:
        """How many logical check-ins it makes."""

    @abstractmethod
    def body(self) -> dict[str, Any]:
        """What it consists of, as JSON."""

    def document(self) -> dict[str, Any]:
        """The plan as JSON."""
        return {
            "version": PLAN_VERSION,
            "scenario": self.scenario,
            "seed": self.seed,
            "parameters": dict(self.parameters),
            **self.body(),
        }

    @property
    def hash(self) -> str:
        """SHA-256 of the plan: same scenario, parameters and seed, same hash."""
        return sha256(self.document())


@dataclass(frozen=True)
class Rounds(Plan):
    """A plan of rounds, each of which releases its calls together."""

    rounds: tuple[PlannedRound, ...]

    @property
    def lanes(self) -> int:
        return 1 + max((call.lane for r in self.rounds for call in r.calls), default=0)

    @property
    def calls(self) -> int:
        return sum(len(r.calls) for r in self.rounds)

    @property
    def logical(self) -> int:
        return len({call.logical for r in self.rounds for call in r.calls})

    def body(self) -> dict[str, Any]:
        return {"rounds": [asdict(r) for r in self.rounds]}

    def trace(self, rounds: Iterable[int] | None = None) -> str:
        """SHA-256 of the faults in the order in which they are planned, or of those in ``rounds`` only."""
        fired = None if rounds is None else set(rounds)
        return sha256(
            [[r.number, r.kind, r.hold, len(r.calls)] for r in self.rounds if fired is None or r.number in fired]
        )


def device_name(lane: int) -> str:
    """The name of the device that uses a lane; it travels in ``application_name``."""
    return f"device-{lane:03d}"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One logical call: on which lane, the how manieth of its device, and when, after the load began."""

    lane: int
    logical: int
    sequence: int
    due_ms: int


@dataclass(frozen=True, slots=True, order=True)
class PlannedFault:
    """A fault that meets the ``request``-th request (from 1) of a device."""

    device: str
    request: int
    fault: str


@dataclass(frozen=True)
class Schedule(Plan):
    """A plan of arrivals at their times, and of faults that meet requests by their number."""

    devices: int
    arrivals: tuple[Arrival, ...]
    planned: tuple[PlannedFault, ...]

    @property
    def lanes(self) -> int:
        return self.devices

    @property
    def calls(self) -> int:
        return len(self.arrivals)

    @property
    def logical(self) -> int:
        return len(self.arrivals)

    @property
    def counts(self) -> Counter[str]:
        """How often each fault is planned."""
        return Counter(one.fault for one in self.planned)

    def body(self) -> dict[str, Any]:
        return {
            "devices": self.devices,
            "arrivals": [asdict(one) for one in self.arrivals],
            "faults": [asdict(one) for one in self.planned],
        }

    @staticmethod
    def trace(faults: Iterable[PlannedFault]) -> str:
        """SHA-256 of faults, by device and request: the order in which the scheduler let them happen does not count."""
        return sha256([[one.device, one.request, one.fault] for one in sorted(faults)])
