"""The engine of a simulation: steady state → load with faults → recovery → verdict.

Vocabulary: Chaos Toolkit's (steady state, method, rollback) and Jepsen's (an operation is invoked and ends ok, refused,
failed or unknown). The plan of a run is a pure function of scenario, parameters and seed; the engine executes it,
remembers what the clients saw, and hands their testimony to the database, which judges
(``api.simulation_start``, ``…_testify``, ``…_finish``). Nothing here decides whether an invariant held.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import random
import signal
import uuid
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from orchestrator import __version__, database
from orchestrator.acting import query
from orchestrator.device import Device, Policy, Request, Settled, Stopwatch
from orchestrator.errors import InvalidInput, SmartAttendError, translate
from orchestrator.history import Call, History

PLAN_VERSION = 1
TESTIMONY_BATCH = 1000
SPARE_CONNECTIONS = 3
"""Besides the devices: one that speaks for the administrator, one that watches, one to spare."""


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


# --- plans --------------------------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that will be done, in symbols: no key, person or instant of a particular run is in it."""

    scenario: str
    seed: int
    parameters: Mapping[str, Any]
    rounds: tuple[PlannedRound, ...]

    @property
    def lanes(self) -> int:
        """How many connections it takes."""
        return 1 + max((call.lane for r in self.rounds for call in r.calls), default=0)

    @property
    def calls(self) -> int:
        """How many calls it makes."""
        return sum(len(r.calls) for r in self.rounds)

    @property
    def logical(self) -> int:
        """How many logical check-ins it makes."""
        return len({call.logical for r in self.rounds for call in r.calls})

    def document(self) -> dict[str, Any]:
        """The plan as JSON."""
        return {
            "version": PLAN_VERSION,
            "scenario": self.scenario,
            "seed": self.seed,
            "parameters": dict(self.parameters),
            "rounds": [asdict(r) for r in self.rounds],
        }

    @property
    def hash(self) -> str:
        """SHA-256 of the plan: same scenario, parameters and seed, same hash."""
        return sha256(self.document())

    def trace(self, rounds: Iterable[int] | None = None) -> str:
        """SHA-256 of the faults in the order in which they are planned, or of those in ``rounds`` only."""
        fired = None if rounds is None else set(rounds)
        return sha256(
            [[r.number, r.kind, r.hold, len(r.calls)] for r in self.rounds if fired is None or r.number in fired]
        )


# --- what a scenario reports --------------------------------------------------------------------------------


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

    async def clean_up(self, run: Run) -> None:
        """Put things back after the verdict."""


# --- a run --------------------------------------------------------------------------------------------------


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
        self._watcher: Watcher | None = None
        self.state: dict[str, Any] = {}

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
            database.conninfo(self.settings.dsn, application_name=None),
            self.watch,
            application_name=f"{self.prefix}/{name}",
            policy=self.settings.policy,
        )

    async def open_devices(self, count: int) -> None:
        """Connect ``count`` devices, ten at a time."""
        self.devices = [self.new_device(f"device-{number:03d}") for number in range(count)]
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


@dataclass(slots=True)
class Result:
    """What a run came to: the verdict's state and the report's document."""

    state: str
    report: dict[str, Any]
    history: Path | None


async def execute(scenario: Scenario, settings: Settings) -> Result:
    """Run ``scenario`` to its verdict.

    Raises :class:`~orchestrator.errors.InvalidInput` when the tenant is no sandbox and
    :class:`~orchestrator.errors.SmartAttendError` when the run cannot be carried out; the run is then left as aborted.
    """
    history_path = settings.out / "history.jsonl" if settings.out is not None else None
    async with _control(settings) as control:
        tenant = await _sandbox(control, settings)
        server = await _server(control, settings, scenario.plan.lanes)
        history = History(history_path)
        run = Run(scenario, settings, control, history)
        run.tenant = tenant
        clean = await _start(run)
        try:
            with _terminable():
                return await _carry_out(run, server, clean)
        except BaseException as error:
            with contextlib.suppress(Exception):
                await asyncio.shield(_abort(run, error))
            raise
        finally:
            await asyncio.shield(_close(run))


async def _carry_out(run: Run, server: Mapping[str, Any], clean: Finding) -> Result:
    scenario = run.scenario
    run.say("prepare", "making people and connections")
    await scenario.prepare(run)
    async with _watcher(run) as watcher:
        run.watcher = watcher
        await run.open_devices(run.plan.lanes)
        run.say("steady", "checking the steady state")
        steady = [clean, *await scenario.steady(run, "steady")]
        if all(finding.held for finding in steady):
            await scenario.load(run)
            run.say("recovery", "asking again for what is unknown")
            recovery = await scenario.steady(run, "recovery")
        else:
            recovery = []
        run.say("judge", "the database judges")
        await _testify(run)
        outcome = await _finish(run, steady)
    report = await _report(run, server, steady, recovery, outcome)
    with contextlib.suppress(psycopg.Error, SmartAttendError):
        await scenario.clean_up(run)
    return Result(report["verdict"]["state"], report, run.history.path)


@contextlib.asynccontextmanager
async def _control(settings: Settings) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    connection = await database.connect_async(settings.dsn, application_name="smartattend-sim")
    try:
        await connection.execute("set role smartattend_app")
        yield connection
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def _watcher(run: Run) -> AsyncIterator[Watcher]:
    connection = await database.connect_async(run.settings.dsn, application_name="smartattend-sim-watcher")
    try:
        yield Watcher(connection, run.prefix)
    finally:
        await connection.close()


async def _sandbox(control: psycopg.AsyncConnection[Any], settings: Settings) -> dict[str, Any]:
    async with control.transaction(), control.cursor(row_factory=dict_row) as cursor:
        await cursor.execute("select set_config('smartattend.token', %s, true)", [settings.token])
        await cursor.execute(query("tenant"))
        tenant = await cursor.fetchone()
    if tenant is None:
        raise SmartAttendError(
            "the token opens no tenant",
            expected=f"a live token of the tenant {settings.tenant}",
            hint="issue a new one with: smartattend token issue",
        )
    if tenant["slug"] != settings.tenant:
        raise InvalidInput("the token is of another tenant", expected=settings.tenant, observed=str(tenant["slug"]))
    if not tenant["is_sandbox"]:
        raise _no_sandbox(settings.tenant)
    return tenant


def _no_sandbox(tenant: str) -> InvalidInput:
    return InvalidInput(
        f"the tenant {tenant} is not a sandbox: a simulation would hurt real attendance",
        code="SA116",
        expected="a tenant marked as a sandbox",
        hint="name another with --tenant, or make one: smartattend tenant create SLUG --sandbox …",
    )


async def _server(control: psycopg.AsyncConnection[Any], settings: Settings, lanes: int) -> dict[str, Any]:
    """Refuse before anything is touched when the server cannot hold the connections."""
    async with control.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query("server"))
        server = await cursor.fetchone()
    if server is None:
        raise SmartAttendError("the server does not tell its settings")
    needed = lanes + SPARE_CONNECTIONS - 1  # the control connection is open already
    free = server["max_connections"] - server["reserved"] - server["in_use"]
    if free < needed:
        raise SmartAttendError(
            f"the server has too few connections for {lanes} clients at the same time",
            expected=f"{needed} free connections",
            observed=f"{free} free: max_connections {server['max_connections']},"
            f" {server['reserved']} reserved, {server['in_use']} in use",
            hint=f"alter system set max_connections = {server['max_connections'] + needed - free + 10}"
            f" and restart the server, or use --duplicates {max(free - SPARE_CONNECTIONS + 1, 0)} or fewer",
        )
    return server


async def _start(run: Run) -> Finding:
    """Tell the database that the run begins; whether the tenant is clean before it."""
    outcome = await run.call(
        "simulation_start",
        key=run.nonce,
        command=run.scenario.name,
        seed=run.plan.seed,
        plan_hash=run.plan.hash,
        parameters=dict(run.plan.parameters),
        tool_version=__version__,
    )
    if not outcome.ok or outcome.id is None:
        if outcome.code == "SA116":
            raise _no_sandbox(run.settings.tenant)
        raise SmartAttendError(outcome.message or "the run was refused", code=outcome.code)
    run.id = outcome.id
    before = (outcome.detail or {}).get("violations_before") or {}
    return Finding(
        "the tenant's invariants hold",
        not before,
        ", ".join(f"{name}: {number} violations" for name, number in before.items()) or "no violation",
    )


async def _testify(run: Run) -> None:
    calls = run.history.calls
    for start in range(0, len(calls), TESTIMONY_BATCH):
        part = [call.testimony() for call in calls[start : start + TESTIMONY_BATCH]]
        outcome = await run.call(
            "simulation_testify", key=run.key(f"testimony/{start}"), run_id=run.id, calls=Jsonb(part)
        )
        if not outcome.ok:
            raise SmartAttendError(outcome.message or "the testimony was refused", code=outcome.code)


async def _finish(run: Run, steady: Sequence[Finding]) -> database.Outcome:
    scenario = {
        "scenario": run.scenario.name,
        "findings": [asdict(finding) for finding in steady],
        "faults": [asdict(fault) for fault in run.scenario.faults(run)],
        "conditions": [asdict(condition) for condition in run.scenario.conditions(run)],
        "figures": run.scenario.figures(run),
    }
    outcome = await run.call("simulation_finish", key=run.key("finish"), run_id=run.id, scenarios=Jsonb([scenario]))
    if not outcome.ok:
        raise SmartAttendError(outcome.message or "the verdict was refused", code=outcome.code)
    return outcome


async def _abort(run: Run, error: BaseException) -> None:
    """Close what the devices have open and leave the run as aborted, with the reason."""
    reason = "interrupted by the operator" if isinstance(error, asyncio.CancelledError | KeyboardInterrupt) else None
    for device in run.devices:
        device.drop()
    control = run.control
    if control.closed:
        return
    if control.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        await control.rollback()
    told = reason or translate(error).message
    await run.call("simulation_abort", key=run.key("abort"), run_id=run.id, reason=f"the tool gave up: {told}"[:500])


async def _close(run: Run) -> None:
    for device in run.devices:
        await device.close()
    run.history.close()


@contextlib.contextmanager
def _terminable() -> Any:
    """SIGTERM cancels the run as Ctrl-C does, so that it ends as aborted."""
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    if task is None:
        yield
        return
    try:
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
    except (NotImplementedError, RuntimeError, ValueError):  # not the main thread
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTERM)


async def _report(
    run: Run,
    server: Mapping[str, Any],
    steady: Sequence[Finding],
    recovery: Sequence[Finding],
    outcome: database.Outcome,
) -> dict[str, Any]:
    from orchestrator.reports import document  # late: reports know nothing of engines

    detail = outcome.detail or {}
    checks = await run.rows("checks", run_id=run.id)
    issues = await run.rows("issues", run_id=run.id)
    (judged,) = await run.rows("scenarios", run_id=run.id)
    fired = [trace.number for trace in run.rounds if trace.fired]
    return document.build(
        run={
            "id": str(run.id),
            "command": run.scenario.name,
            "title": run.scenario.title,
            "tenant": {name: str(run.tenant[name]) for name in ("id", "slug", "name")},
            "seed": run.plan.seed,
            "parameters": dict(run.plan.parameters),
            "plan_hash": run.plan.hash,
            "fault_trace_hash": run.plan.trace(fired),
            "fault_trace_planned_hash": run.plan.trace(),
            "tool_version": __version__,
            "server_version": server["version"],
            "started_at": run.started_at.isoformat(timespec="milliseconds"),
            "ended_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "repeat": run.settings.repeat,
        },
        state=str(detail.get("state", "inconclusive")),
        scenarios=[
            {
                "scenario": run.scenario.name,
                "title": run.scenario.title,
                "verdict": judged["verdict"],
                "steady_state": [{"phase": "before", **asdict(f)} for f in steady]
                + [{"phase": "after", **asdict(f)} for f in recovery],
                "faults": [asdict(fault) for fault in run.scenario.faults(run)],
                "conditions": judged["conditions"],
                "checks": checks,
                "issues": issues,
                "figures": judged["figures"],
                "rounds": [asdict(trace) for trace in run.rounds],
            }
        ],
        calls=run.history.calls,
        history={
            "file": run.history.path.name if run.history.path else None,
            "calls": len(run.history.calls),
            "sha256": run.history.digest(),
        },
    )
