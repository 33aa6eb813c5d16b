"""Sends a plan through ``api.*``. The database judges; what it answers is compared with what was planned.

Every command has a key that follows from the plan, so that a repeated load is replayed and an interrupted one goes on
where it stopped.
"""

from __future__ import annotations

import datetime as dt
import operator
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from orchestrator import database
from orchestrator.acting import OPERATOR, acting_as, call_value, platform_session, rows
from orchestrator.clock import true_us
from orchestrator.database import BatchOutcome, Outcome
from orchestrator.errors import InvalidInput, NotAllowed, SmartAttendError
from orchestrator.seed import clocks
from orchestrator.seed.model import Boot, Counts, Entry, Punch, Register, Session, Truth, Week
from orchestrator.seed.plan import Plan, plans
from orchestrator.seed.sizes import Dataset
from orchestrator.seed.streams import EPOCH, Streams

BATCH: Final = 1000
REGISTERS: Final = 25
"""Registers in one transaction."""
APPLICATION: Final = "smartattend_app"
REASON: Final = "demo data of the command line"
COUNTED: Final = ("sites", "units", "members", "devices", "sessions", "expectations", "registers", "records", "events")
SETTINGS: Final[Entry] = {"queue_age_at_most": "3660 days", "clock_drift_ppm": clocks.DRIFT_PPM}
"""How a tenant that brings in what its devices remember of a term sets itself for as long as that takes."""
MEASUREMENTS: Final = 12
"""How often a clock that was put right is measured at most, until it is trusted again."""
TENANTS: Final = Streams("demo data")
FOUNDED: Final = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)

SessionName = tuple[str, str, str, dt.datetime]
Listener = Callable[[str, int, int], None]
"""Told what is being done, and how much of how much."""


@dataclass(slots=True)
class Tenant:
    """What was made of a tenant: its plan, what changed, and what the database counts now."""

    slug: str
    name: str
    planned: Counts
    found: dict[str, int]
    changed: int
    replayed: int

    def compared(self, better: Callable[[int, int], bool]) -> list[str]:
        """What the database holds more or less of than was planned, in words."""
        planned = self.planned.as_dict()
        return [
            f"{what}: {self.found[what]:,} of {planned[what]:,}"
            for what in COUNTED
            if better(self.found[what], planned[what])
        ]


@dataclass(slots=True)
class Result:
    """What a load came to."""

    dataset: Dataset
    tenants: list[Tenant]
    truth: list[Truth]
    analyzed: bool

    @property
    def changed(self) -> int:
        """How many entries and commands made something new."""
        return sum(tenant.changed for tenant in self.tenants)


@dataclass(slots=True)
class _Loader:
    """One tenant's load on one connection."""

    connection: psycopg.Connection[Any]
    plan: Plan
    listen: Listener
    stack: ExitStack
    changed: int = 0
    replayed: int = 0
    tokens: dict[str, str] = field(default_factory=dict)
    people: dict[str, uuid.UUID] = field(default_factory=dict)
    devices: dict[str, uuid.UUID] = field(default_factory=dict)
    queues: dict[str, list[Punch]] = field(default_factory=dict)
    waiting: dict[str, set[str]] = field(default_factory=dict)
    """Of whom the queues hold something."""
    brings: bool = False
    """Whether devices still have something to deliver; otherwise the load is a replay."""
    before: Entry = field(default_factory=dict)
    """The settings that were changed for the load, as they were."""
    measured: dict[str, Boot] = field(default_factory=dict)
    """The boot of each device that was measured last."""
    boots: set[str] = field(default_factory=set)
    """The boots that were measured."""
    what: str = ""
    done: int = 0
    total: int = 0

    # --- tokens -------------------------------------------------------------------------------------------------------

    def token(self, who: str) -> str:
        """A login token of a member (by number or login), issued once and revoked at the end."""
        return self._token(who, "identity", "login", login=who)

    def device_token(self, code: str) -> str:
        """A login token of a device."""
        return self._token(f"device {code}", "timing", "login_device", device_code=code)

    def _token(self, name: str, schema: str, function: str, **named: str) -> str:
        token = self.tokens.get(name)
        if token is None:
            with acting_as(self.connection, OPERATOR):
                token = str(
                    call_value(
                        self.connection,
                        schema,
                        function,
                        tenant_slug=self.plan.tenant.slug,
                        lifetime="1 day",
                        reason=REASON,
                        **named,
                    )
                )
            self.tokens[name] = token
            self.stack.callback(self._revoke, token)
        return token

    def _revoke(self, token: str) -> None:
        with suppress(psycopg.Error), acting_as(self.connection, OPERATOR):
            call_value(self.connection, "identity", "revoke_token", token=token, reason="the demo data is loaded")

    @property
    def administrator(self) -> str:
        """The administrator's token."""
        return self.token(self.plan.tenant.organisation.administrator)

    # --- people and schedules -----------------------------------------------------------------------------------------

    def organisation(self) -> None:
        """Send the master data, and remember the identifiers of people and devices."""
        tenant = self.plan.tenant
        self._begin(tenant.organisation.entries())
        for procedure, entries in tenant.organisation.puts:
            for start in range(0, len(entries), BATCH):
                part = entries[start : start + BATCH]
                answers = self._put(procedure, part)
                if procedure in ("put_members", "put_devices"):
                    known, name = (
                        (self.people, "member_number") if procedure == "put_members" else (self.devices, "code")
                    )
                    for entry, answer in zip(part, answers, strict=True):
                        if answer.outcome.id is not None:
                            known[entry[name]] = answer.outcome.id
                self._advance(f"{tenant.slug}: {procedure.removeprefix('put_').replace('_', ' ')}", len(part))

    def _put(self, procedure: str, entries: Sequence[Entry]) -> list[BatchOutcome]:
        token = self.administrator
        with acting_as(self.connection, APPLICATION):
            answers = database.call_batch(self.connection, procedure, entries=list(entries), token=token)
        for answer in answers:
            self._count(answer.outcome, procedure, answer.key)
        return answers

    def schedule(self, week: Week) -> None:
        """Let the database make the sessions and expectations of a week."""
        dataset = self.plan.dataset
        monday = dataset.start + dt.timedelta(days=7 * week.number)
        if monday > dataset.until:
            return
        at = dt.datetime.combine(monday, dt.time(), dt.UTC)
        token = self.administrator
        with acting_as(self.connection, APPLICATION):
            outcome = database.call(
                self.connection,
                "schedule_generate",
                key=dataset.streams.key(at, "schedule", self.plan.tenant.slug),
                from_date=monday,
                to_date=monday + dt.timedelta(days=6),
                token=token,
            )
        self._count(outcome, "schedule_generate", monday)

    # --- clocks -------------------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Unless everything was delivered before: set the tenant so that the past can be brought in."""
        with self._reading():
            [found] = rows(self.connection, "demo_undelivered", codes=sorted(self.devices))
        self.brings = found["devices"] > 0
        if not self.brings:
            return
        at = dt.datetime.combine(self.plan.dataset.start, dt.time(), dt.UTC)
        key = self.plan.dataset.streams.key(at, "settings", self.plan.tenant.slug)
        first = self._set(key, SETTINGS, "brings in what the devices remember of the term")
        self.before = (first.detail or {})["before"]
        self.stack.callback(self._give_up)
        if first.status == "replayed":  # the run that was interrupted may have put them back or not
            self._set(uuid.uuid4(), SETTINGS, "goes on to bring in what the devices remember")

    def restore(self, *names: str) -> None:
        """Put these settings back as they were before the load; without names, all that are left."""
        found = {name: value for name, value in self.before.items() if name in (names or self.before)}
        if found:
            self._set(uuid.uuid4(), found, "what the devices remember is brought in")
            self.before = {name: value for name, value in self.before.items() if name not in found}

    def _give_up(self) -> None:
        with suppress(psycopg.Error, SmartAttendError):
            self.restore()

    def _set(self, key: uuid.UUID, settings: Entry, reason: str) -> Outcome:
        token = self.administrator
        with acting_as(self.connection, APPLICATION):
            outcome = database.call(
                self.connection, "setting_put", key=key, settings=Jsonb(settings), reason=reason, token=token
            )
        if not outcome.ok:
            raise _unexpected("setting_put", key, outcome)
        return outcome

    def meet(self, boot: Boot) -> None:
        """Measure the clocks of a boot that was never measured, until they are trusted if they can be."""
        if not self.brings or boot.id in self.boots:
            return
        if boot.device.code in self.measured:  # what came before is judged by what was known then
            self._flush(self.what)
        self.boots.add(boot.id)
        self.measured[boot.device.code] = boot
        for _ in range(MEASUREMENTS):
            if self._measure(boot) != "untrusted" or boot.is_wrong:
                return

    def _measure(self, boot: Boot, queued: int | None = None) -> str:
        """Exchange time stamps (RFC 5905) as the device would, if it ran until now. Returns the state of its clock."""
        probe = uuid.uuid4()
        token = self.administrator
        device = self.devices[boot.device.code]
        sent = _now()
        with acting_as(self.connection, APPLICATION):
            outcome = database.call(self.connection, "clock_probe", key=probe, device_id=device, token=token)
        received = _now()
        if outcome.ok:
            with acting_as(self.connection, APPLICATION):
                outcome = database.call(
                    self.connection,
                    "clock_report",
                    key=uuid.uuid4(),
                    probe_key=probe,
                    sent_at=boot.wall(sent),
                    received_at=boot.wall(received),
                    boot_id=boot.id,
                    sent_monotonic_us=boot.monotonic_us(sent),
                    received_monotonic_us=boot.monotonic_us(received),
                    queued=queued,
                    token=token,
                )
        if not outcome.ok:
            raise _unexpected("an exchange of time stamps", boot.device.code, outcome)
        return str((outcome.detail or {})["state"])

    def all_delivered(self) -> None:
        """Let every device say that nothing waits any more."""
        if self.brings:
            self.restore()
            for boot in self.plan.boots_at_the_end():
                self._measure(boot, queued=0)

    # --- attendance ---------------------------------------------------------------------------------------------------

    def week(self, week: Week) -> None:
        """Send the punches of a week, each through the server of its site, then its registers."""
        what = self.what = f"{self.plan.tenant.slug}: week {week.number + 1} of {self.plan.dataset.size.weeks + 2}"
        if week.is_late:
            self.restore("queue_age_at_most")  # what comes now has waited too long
            for boot in self.plan.boots_at_the_end():
                self.meet(boot)
        self._begin(len(week.punches) + len(week.registers))
        for punch in week.punches:
            if punch.boot is not None:
                self.meet(punch.boot)
            if punch.alone:
                self._flush(what)
            # The database takes the check-ins of people who are once in a batch all together.
            if punch.subject in self.waiting.get(punch.site.gateway, ()):
                self._flush(what, punch.site.gateway)
            self.waiting.setdefault(punch.site.gateway, set()).add(punch.subject)
            queue = self.queues.setdefault(punch.site.gateway, [])
            queue.append(punch)
            if punch.alone or len(queue) >= BATCH:
                self._flush(what, None if punch.alone else punch.site.gateway)
        self._flush(what)
        if week.registers:
            sessions = self._sessions(week.registers)
            for start in range(0, len(week.registers), REGISTERS):
                part = week.registers[start : start + REGISTERS]
                tokens = [self.token(register.teacher) for register in part]
                with acting_as(self.connection, APPLICATION):
                    for register, token in zip(part, tokens, strict=True):
                        self._register(register, sessions, token)
                self._advance(what, len(part))

    def _flush(self, what: str, gateway: str | None = None) -> None:
        for name in [gateway] if gateway else sorted(self.queues):
            punches = self.queues.pop(name, [])
            self.waiting.pop(name, None)
            if punches:
                self._send(name, punches)
                self._advance(what, len(punches))

    def _send(self, gateway: str, punches: Sequence[Punch]) -> None:
        token = self.device_token(gateway)
        entries = [
            punch.entry | {"subject_id": str(self.people[punch.subject]), "device_id": str(self.devices[punch.device])}
            for punch in punches
        ]
        with acting_as(self.connection, APPLICATION):
            answers = database.call_batch(self.connection, "check_in_batch", entries=entries, token=token)
        for punch, answer in zip(punches, answers, strict=True):
            self._judge(punch, answer.outcome)

    def _judge(self, punch: Punch, outcome: Outcome) -> None:
        if punch.where == "refusal" and outcome.status == "refused" and outcome.code == "SA102":
            self.replayed += 1
            return
        self._count(outcome, f"check-{punch.direction} of {punch.subject}", punch.key)
        if outcome.id is None or (punch.where == "repeat" and outcome.status != "replayed"):
            raise _unexpected(f"check-{punch.direction} of {punch.subject}", punch.key, outcome)

    def _register(self, register: Register, sessions: dict[SessionName, uuid.UUID], token: str) -> None:
        name = _name_of(register.session)
        session_id = sessions.get(name)
        if session_id is None:
            raise SmartAttendError(
                "the schedule lacks a session of the plan", expected=f"a session {_shown(name)}", observed="none"
            )
        opened = database.call(
            self.connection,
            "register_open",
            key=self.plan.dataset.streams.key(register.session.start, "open", *name[:3]),
            session_id=session_id,
            token=token,
        )
        self._count(opened, "register_open", _shown(name))
        marks: list[Entry] = []
        for mark in register.marks:
            entry: Entry = {"subject_id": str(self.people[mark.subject]), "code": mark.code}
            if mark.arrived_at is not None:
                entry["arrived_at"] = mark.arrived_at.isoformat()
            if mark.reason is not None:
                entry["reason"] = mark.reason
            marks.append(entry)
        answers = database.call_batch(
            self.connection,
            "register_submit",
            key=register.key,
            session_id=session_id,
            marks=Jsonb(marks),
            default_code=register.default_code,
            token=token,
        )
        for answer in answers:
            self._count(answer.outcome, f"register {_shown(name)}", answer.key)

    def _sessions(self, registers: Sequence[Register]) -> dict[SessionName, uuid.UUID]:
        starts = [register.session.start for register in registers]
        with self._reading():
            found = rows(self.connection, "demo_sessions", first=min(starts), last=max(starts))
        return {(row["site"], row["unit"], row["kind"], row["starts_at"]): row["id"] for row in found}

    @contextmanager
    def _reading(self) -> Iterator[None]:
        token = self.administrator
        with acting_as(self.connection, APPLICATION):
            self.connection.execute("select pg_catalog.set_config('smartattend.token', %s, true)", [token])
            yield

    # --- the end ------------------------------------------------------------------------------------------------------

    def result(self) -> Tenant:
        """What the database counts now. Raises :class:`SmartAttendError` if anything is missing."""
        self.listen(f"{self.plan.tenant.slug}: counting", 0, 1)
        with self._reading():
            found = rows(self.connection, "demo_counts")[0]
        organisation = self.plan.tenant.organisation
        result = Tenant(organisation.slug, organisation.name, self.plan.counts, found, self.changed, self.replayed)
        missing = result.compared(operator.lt)
        if missing:
            raise SmartAttendError(
                f"{organisation.slug} holds less than was planned",
                expected="what the plan says",
                observed=", ".join(missing),
            )
        return result

    # --- counting -----------------------------------------------------------------------------------------------------

    def _count(self, outcome: Outcome, what: str, key: object) -> None:
        if not outcome.ok:
            raise _unexpected(what, key, outcome)
        if outcome.status == "accepted":
            self.changed += 1
        else:
            self.replayed += 1

    def _begin(self, total: int) -> None:
        self.done, self.total = 0, total

    def _advance(self, what: str, count: int) -> None:
        self.done += count
        self.listen(what, self.done, self.total)


def load(
    connection: psycopg.Connection[Any],
    dataset: Dataset,
    *,
    superadmin: str,
    listen: Listener = lambda what, done, total: None,
) -> Result:
    """Make the demo data, or find that it is there.

    Raises :class:`InvalidInput` if the database holds other demo data, :class:`SmartAttendError` if an answer is not
    what the plan expects.
    """
    made: list[Tenant] = []
    truth: list[Truth] = []
    both = plans(dataset)
    created = [_create(connection, plan, superadmin) for plan in both]
    analyzed = False
    for plan, outcome in zip(both, created, strict=True):
        with ExitStack() as stack:
            loader = _Loader(connection, plan, listen, stack)
            loader._count(outcome, "tenant_create", plan.tenant.slug)
            loader.organisation()
            loader.prepare()
            for week in plan.weeks():
                loader.schedule(week)
                if week.number in (0, 1):  # what the planner knows of empty tables is worth nothing
                    analyzed = analyze(connection)
                loader.week(week)
            loader.all_delivered()
            made.append(loader.result())
        truth += plan.truth
    analyzed = analyze(connection)
    return Result(dataset, made, truth, analyzed)


def _create(connection: psycopg.Connection[Any], plan: Plan, superadmin: str) -> Outcome:
    """Create the tenant. Its key is the same for all data sets, so that the database itself refuses another one."""
    organisation = plan.tenant.organisation
    first = organisation.sites[0]
    with platform_session(connection, superadmin, REASON, "demo-data", bootstrap=True) as token:
        outcome = database.call(
            connection,
            "tenant_create",
            key=TENANTS.key(FOUNDED, organisation.slug),
            slug=organisation.slug,
            name=organisation.name,
            platform=organisation.platform,
            time_zone=organisation.zone,
            admin_login=organisation.administrator,
            admin_name="Demo Administrator",
            is_sandbox=True,
            site_code=first.code,
            site_name=first.name,
            token=token,
        )
    if outcome.ok:
        return outcome
    with acting_as(connection, OPERATOR):
        found = rows(connection, "tenants", slug=organisation.slug)
    if outcome.code == "SA102" and found:
        raise InvalidInput(
            "this database holds other demo data",
            code=outcome.code,
            expected=organisation.name,
            observed=found[0]["name"],
            hint="repeat the command with the size, seed and last day that are there, or load into another database",
        )
    if outcome.code == "SA112":
        raise InvalidInput(
            f"a tenant {organisation.slug} exists that this command did not make",
            code=outcome.code,
            observed=found[0]["name"] if found else None,
            hint="load the demo data into another database",
        )
    raise _unexpected("tenant_create", organisation.slug, outcome)


def analyze(connection: psycopg.Connection[Any]) -> bool:
    """Refresh the planner's statistics of our tables, as their owners; False if this login may not."""
    allowed = True
    for found in rows(connection, "analyzable"):
        names = sql.SQL(", ").join(sql.Identifier(*name) for name in found["tables"])
        try:
            with acting_as(connection, found["owner"]):
                connection.execute(sql.SQL("analyze {}").format(names))
        except NotAllowed:
            allowed = False
    return allowed


def _now() -> dt.datetime:
    return EPOCH + dt.timedelta(microseconds=true_us())


def _unexpected(what: str, key: object, outcome: Outcome) -> SmartAttendError:
    return SmartAttendError(
        f"the database answered {what} otherwise than planned: {outcome.message or outcome.status}",
        code=outcome.code,
        observed=f"{key}: {outcome.status}, {outcome.detail}",
    )


def _name_of(session: Session) -> SessionName:
    return session.site.code, session.unit, session.kind, session.start


def _shown(name: SessionName) -> str:
    site, unit, kind, start = name
    return f"{site}/{unit}, {kind} of {start.isoformat()}"
