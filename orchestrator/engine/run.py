"""What a scenario is, what it reports, and what the phases of its run share."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import random
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from orchestrator import database
from orchestrator.acting import query
from orchestrator.device import Device, Policy, Request, Settled, Stopwatch
from orchestrator.engine.plan import Plan, canonical, device_name, stream
from orchestrator.errors import SmartAttendError
from orchestrator.history import Call, History

BATCH = 500
"""Entries of one batch call for the administrator."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must hold before (or after) the faults: the steady state."""

    name: str
    held: bool
    observed: str


@dataclass(frozen=True, slots=True)
class FaultCount:
    """How often a fault was planned, fired, and seen by its effect."""

    fault: str
    planned: int
    fired: int
    observed: int


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that should happen at least once; ``required`` makes a run without it inconclusive."""

    name: str
    met: bool
    witness: str | None = None
    required: bool = True


@dataclass(slots=True)
class RoundTrace:
    """What became of a round. Times are microseconds since the run began."""

    number: int
    kind: str
    hold: str | None
    logical: int
    callers: int
    due_us: int
    released_us: int
    ended_us: int = 0
    in_flight: int = 0
    waiting: int | None = None
    at_work: int | None = None
    outcomes: dict[str, int] = field(default_factory=dict)
    fired: bool = True


@dataclass(frozen=True, slots=True)
class Progress:
    """What a watcher is told while the run lasts."""

    phase: str
    message: str
    done: int = 0
    total: int = 0
    in_flight: int = 0
    waiting: int = 0
    median_ms: float | None = None
    slowest_ms: float | None = None
    retries: int = 0


Listener = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """A listener that ignores what it hears."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where and how to run."""

    tenant: str
    token: str
    dsn: str | None = None
    out: Path | None = None
    policy: Policy = field(default_factory=Policy)
    listener: Listener = silent
    repeat: str = ""
    hold_timeout_ms: int = 3000


class Scenario(ABC):
    """One way of breaking things. See :mod:`orchestrator.scenarios.duplicate_storm`."""

    name: ClassVar[str]
    title: ClassVar[str]
    commands: ClassVar[tuple[str, ...]] = ("check_in", "check_out")
    """What its devices call, and so prepare."""

    @property
    @abstractmethod
    def plan(self) -> Plan:
        """The plan: pure, from parameters and seed."""

    @abstractmethod
    async def prepare(self, run: Run) -> None:
        """Make what the scenario needs (people, devices)."""

    @abstractmethod
    async def steady(self, run: Run, phase: str) -> list[Finding]:
        """Check that everything works, before (``steady``) and after (``recovery``) the faults."""

    @abstractmethod
    async def load(self, run: Run) -> None:
        """Carry out the plan."""

    @abstractmethod
    def faults(self, run: Run) -> list[FaultCount]:
        """What was planned, fired and observed."""

    @abstractmethod
    def conditions(self, run: Run) -> list[Condition]:
        """What should have happened at least once."""

    @abstractmethod
    def figures(self, run: Run) -> dict[str, Any]:
        """What was measured, for the report."""

    @abstractmethod
    def traces(self, run: Run) -> tuple[str, str]:
        """SHA-256 of the faults that fired, and of all that were planned."""

    def policy(self, given: Policy) -> Policy:
        """How the devices retry, where the scenario wants something else than the settings say."""
        return given

    async def clean_up(self, run: Run) -> None:
        """Put things back after the verdict."""


class Watcher:
    """A connection that counts what the server itself sees of our devices: how many work, how many wait for a lock."""

    def __init__(self, connection: psycopg.AsyncConnection[Any], prefix: str) -> None:
        self._connection = connection
        self._prefix = prefix
        self._text = query("in_flight")
        self.most_active = 0
        self.most_waiting = 0

    async def look(self) -> tuple[int, int]:
        """(active, waiting for a lock) now."""
        cursor = await self._connection.execute(self._text, {"prefix": self._prefix})
        row = await cursor.fetchone()
        active, waiting = (row[0], row[1]) if row else (0, 0)
        self.most_active = max(self.most_active, active)
        self.most_waiting = max(self.most_waiting, waiting)
        return active, waiting

    async def until_waiting(self, count: int, timeout_ms: int) -> int:
        """Look until ``count`` devices wait for a lock, or the time is over; the most that were seen."""
        most = 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_ms / 1000):
                while most < count:
                    _, waiting = await self.look()
                    most = max(most, waiting)
                    if most < count:
                        await asyncio.sleep(0.004)
        return most


class Run:
    """What the phases of a run share."""

    def __init__(
        self, scenario: Scenario, settings: Settings, control: psycopg.AsyncConnection[Any], history: History
    ) -> None:
        self.scenario = scenario
        self.settings = settings
        self.control = control
        self.history = history
        self.watch = Stopwatch()
        self.id = uuid.UUID(int=0)
        self.nonce = database.uuid7()
        self.tenant: dict[str, Any] = {}
        self.devices: list[Device] = []
        self.rounds: list[RoundTrace] = []
        self.started_at = datetime.now(UTC)
        self.load_us = (0, 0)
        self.policy = scenario.policy(settings.policy)
        self.conninfo = database.conninfo(settings.dsn, application_name=None)
        """Where the devices connect to; a scenario that puts something in between changes it in ``prepare``."""
        self.held = contextlib.AsyncExitStack()
        """What has to be put back however the run ends: closed after the devices."""
        self._watcher: Watcher | None = None

    @property
    def plan(self) -> Plan:
        """The plan being carried out."""
        return self.scenario.plan

    @property
    def watcher(self) -> Watcher:
        """Who counts what the server sees; there from the steady state on."""
        if self._watcher is None:
            raise RuntimeError("nobody watches yet")
        return self._watcher

    @watcher.setter
    def watcher(self, watcher: Watcher) -> None:
        self._watcher = watcher

    @property
    def prefix(self) -> str:
        """How the devices' application_name begins; simulation.lock_left finds them by it."""
        return f"smartattend-sim/{str(self.id)[-8:]}"

    def say(self, phase: str, message: str, **figures: Any) -> None:
        """Tell the listener."""
        self.settings.listener(Progress(phase, message, **figures))

    def key(self, symbol: str) -> uuid.UUID:
        """The idempotency key of this run for a symbol of the plan: in time order, the same whenever asked."""
        digest = int.from_bytes(hashlib.sha256(self.nonce.bytes + symbol.encode()).digest()[:10], "big")
        value = (self.nonce.int >> 80) << 80 | digest
        value = value & ~(0xF << 76) | 0x7 << 76
        return uuid.UUID(int=value & ~(0b11 << 62) | 0b10 << 62)

    def stream(self, device: str, number: int) -> random.Random:
        """The random numbers of (seed, device, number)."""
        return stream(self.plan.seed, device, number)

    def new_device(self, name: str) -> Device:
        """A device that is not connected yet."""
        return Device(
            name,
            self.conninfo,
            self.watch,
            application_name=f"{self.prefix}/{name}",
            policy=self.policy,
            commands=self.scenario.commands,
        )

    async def open_devices(self, count: int) -> None:
        """Connect ``count`` devices, ten at a time."""
        self.devices = [self.new_device(device_name(lane)) for lane in range(count)]
        gate = asyncio.Semaphore(10)
        opened = 0

        async def one(device: Device) -> None:
            nonlocal opened
            async with gate:
                await device.open()
            opened += 1
            self.say("connect", "connecting", done=opened, total=count)

        await asyncio.gather(*(one(device) for device in self.devices))

    async def call(self, procedure: str, **named: object) -> database.Outcome:
        """Call ``api.<procedure>`` for the administrator."""
        return await database.call_async(self.control, procedure, **named, token=self.settings.token)

    async def batch(self, procedure: str, entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Call a batch procedure for the administrator and return its rows; a refused entry is an error."""
        async with self.control.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(
                database.statement(procedure, ("entries", "token")), [Jsonb(list(entries)), self.settings.token]
            )
            rows = await cursor.fetchall()
        for row in rows:
            if row["status"] == "refused":
                raise SmartAttendError(
                    f"api.{procedure} refused the entry {row['key']}: {row['message']}",
                    code=row["code"],
                    detail=canonical(row["detail"]),
                )
        return rows

    async def rows(self, name: str, **parameters: object) -> list[dict[str, Any]]:
        """The rows of ``sql/<name>.sql``, read as the application with the administrator's token."""
        async with self.control.transaction(), self.control.cursor(row_factory=dict_row) as cursor:
            await cursor.execute("select set_config('smartattend.token', %s, true)", [self.settings.token])
            await cursor.execute(query(name), parameters)
            return await cursor.fetchall()

    def note(self, request: Request, settled: Settled, **facts: Any) -> Call:
        """Note a call that has ended in the history."""
        return self.history.add(request, settled, scenario=self.scenario.name, **facts)

    async def people(self, label: str, count: int) -> list[str]:
        """New members of the tenant for this run; their membership ends by itself after two days."""
        kind = "student" if self.tenant["platform"] == "school" else "employee"
        name = self.id.hex[-8:]
        until = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
        entries = [
            {
                "member_number": f"{label}-{name}-{number:03d}",
                "kind": kind,
                "display_name": f"{label.capitalize()} {name} {number}",
                "active_until": until,
            }
            for number in range(count)
        ]
        made: list[str] = []
        for start in range(0, count, BATCH):
            rows = await self.batch("put_members", entries[start : start + BATCH])
            made += [str(row["id"]) for row in sorted(rows, key=lambda row: row["ordinal"])]
        return made

    async def check_out(self, people: Sequence[str]) -> None:
        """Check ``people`` out, so that nobody stays open; the records stay as evidence."""
        entries = [
            {"key": str(self.key(f"out/{number}")), "kind": "out", "subject_id": person}
            for number, person in enumerate(people)
        ]
        for start in range(0, len(entries), BATCH):
            await self.batch("check_in_batch", entries[start : start + BATCH])
