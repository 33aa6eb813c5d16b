"""The benchmark itself: what is prepared, which arms run in which database, what must be true afterwards."""

from __future__ import annotations

import json
import math
import re
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from bench import instructions
from bench.arms import Arm, Calls, Failed, Pgbench
from bench.meter import Meter
from bench.rounds import Outcome, Progress, Result, compare, count_fsyncs
from orchestrator import migrations
from orchestrator.cluster import Cluster, program_version
from orchestrator.errors import CommandFailed

SQL = Path(__file__).parent / "sql"
SCRIPTS_FOLDER = Path(__file__).parent / "scripts"
WITHOUT: Mapping[str, str] = {
    "session": "binding the session",
    "policies": "row level security",
    "checks": "CHECK constraints of event and record",
    "foreign_keys": "foreign keys of event and record",
    "transition_trigger": "state-machine trigger",
    "presence": "exclusion of overlapping presence",
}
"""Ablations: the script in ``sql/without`` and what it takes away."""

TEMPLATE = "bench_template"
ROLE = "bench_app"
"""Logs in and is a member of smartattend_app."""

CLASS_SIZE = 30
BULK_SECONDS = 0.3
BATCHES_OF_A_SLICE, REGISTERS_OF_A_SLICE = 6, 90
"""Slices of batches and registers are short, since each uses up many people."""

BARE, CHECK_IN, SELF, APPLICATION = "bare insert", "check-in", "check-in, own token", "application"
TWO_INSERTS, BATCH, REGISTER = "two bare inserts", "batch", "register"
SCRIPTS = {
    BARE: "bare",
    CHECK_IN: "check_in",
    SELF: "check_in_self",
    APPLICATION: "application",
    TWO_INSERTS: "two_inserts",
}
ROUND_TRIPS = {BARE: 1.0, CHECK_IN: 1.0, SELF: 1.0, APPLICATION: 11.0}


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured. ``fastest`` bounds the check-ins a second that people are prepared for."""

    clients: Sequence[int] = (1, 8, 32)
    rounds: int = 12
    seconds: float = 1.5
    batch: int = 1000
    fastest: int = 4000
    days: int = 1
    """Days on which everybody came before."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Settings of the server beside the project's; tests switch fsync off."""

    @property
    def working(self) -> float:
        """Seconds that an arm works: a moment before it is frozen, the warm-up, the rounds."""
        return 0.5 + (self.rounds + 1.5) * self.seconds

    @property
    def people_of_an_arm(self) -> int:
        return math.ceil(self.working * self.fastest)

    @property
    def people_for_fsyncs(self) -> int:
        return math.ceil((0.5 + min(self.seconds, 1.0)) * self.fastest)

    @property
    def batches(self) -> int:
        return BATCHES_OF_A_SLICE * (self.rounds + 1)

    @property
    def registers(self) -> int:
        return REGISTERS_OF_A_SLICE * (self.rounds + 1)

    @property
    def people(self) -> int:
        levels = 3 * (self.people_of_an_arm + self.people_for_fsyncs)
        return max(levels, self.people_of_an_arm + self.batches * self.batch) + CLASS_SIZE


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that was measured on one server."""

    plan: Plan
    version: str
    levels: Mapping[int, Outcome]
    bulk: Outcome
    ablation: Outcome
    instructions: Mapping[str, int]
    """Of a bare insert and of the ablations' check-ins; empty without valgrind."""
    rows: Mapping[str, int]
    seconds: float


class Bench:
    """A filled server. Use :func:`prepared`."""

    def __init__(self, cluster: Cluster, plan: Plan, progress: Progress, *, template: str = TEMPLATE) -> None:
        self.cluster = cluster
        self.plan = plan
        self.progress = progress
        self.template = template
        self.tenant = ""
        self._places: dict[str, int] = {}
        self._connect()

    def _connect(self) -> None:
        self.monitor = psycopg.connect(self.cluster.dsn("postgres"), autocommit=True)
        running = self.cluster.postmaster()
        assert running is not None
        self.meter = Meter(self.monitor, running.pid)

    def close(self) -> None:
        """Leave a server that lives on without what is ours."""
        self.cluster.drop_database(self.template)
        self.monitor.execute(f"drop role if exists {ROLE}")
        self.monitor.close()

    # --- preparation -------------------------------------------------------------------------------------

    def deploy(self) -> None:
        """Create the template that every measurement clones, and deploy to it."""
        self.progress("deploying")
        dsn = self.cluster.create_database(self.template)
        deployed = migrations.capture("deploy", ["--no-verify"], dsn=dsn)
        if deployed.returncode != 0:
            raise CommandFailed("sqitch deploy failed", observed=deployed.stdout + deployed.stderr)

    def fill(self) -> None:
        """Fill the deployed template."""
        plan = self.plan
        self.progress(f"filling in {plan.people:,} people")
        sizes = {
            "people": plan.people,
            "history": plan.people - CLASS_SIZE,
            "days": plan.days,
            "devices": max(plan.clients),
            "registers": plan.registers,
        }
        with psycopg.connect(self.cluster.dsn(self.template), autocommit=True) as connection:
            for name, value in sizes.items():
                connection.execute("select set_config(%s, %s, false)", [f"bench.{name}", str(value)])
            connection.execute(b"begin;" + (SQL / "fill.sql").read_bytes() + b"commit;")
            connection.execute((SQL / "two_tables.sql").read_bytes())
            connection.execute(f"create role {ROLE} login")
            connection.execute(f"grant smartattend_app to {ROLE}")
            connection.execute("vacuum (analyze)")
            row = connection.execute("select p.tenant_id::text from bench.place as p").fetchone()
            assert row is not None
            self.tenant = row[0]
        self.monitor.execute("checkpoint")

    def clone(self, name: str, *scripts: str) -> str:
        """A fresh copy of the template, changed by scripts of ``sql/``."""
        self.cluster.drop_database(name)
        dsn = self.cluster.create_database(name, self.template)
        with psycopg.connect(dsn, autocommit=True) as connection:
            for script in scripts:
                connection.execute((SQL / script).read_bytes())
        self.monitor.execute("checkpoint")
        self._places[name] = 0
        return name

    def conninfo(self, database: str, user: str = ROLE) -> str:
        return make_conninfo(self.cluster.dsn(database), user=user)

    def _people(self, database: str, count: int) -> int:
        """The first of ``count`` people who are nobody else's."""
        first = self._places[database]
        self._places[database] += count
        if self._places[database] > self.plan.people - CLASS_SIZE:
            raise Failed(f"{database} has too few people")
        return first

    # --- arms --------------------------------------------------------------------------------------------

    def pgbench(self, name: str, database: str, clients: int, people: int, title: str | None = None) -> Pgbench:
        """Start an arm, let every client work a moment, and freeze it."""
        program = self.cluster.programs / "pgbench"
        arm = Pgbench(
            title or name,
            program=program if program.exists() else Path("pgbench"),
            script=self.script(SCRIPTS[name]),
            conninfo=make_conninfo(
                self.cluster.dsn(database),
                user="postgres" if name == APPLICATION else ROLE,
                application_name=title or name,
            ),
            database=database,
            clients=clients,
            variables={"first": self._people(database, people), "people": people or self.plan.people},
        )
        while self.meter.clients(arm.name) < clients:
            arm.check_alive()
            time.sleep(0.005)
        time.sleep(0.2)
        arm.freeze()
        return arm

    def batches(self, database: str) -> Calls:
        """Calls of ``api.check_in_batch`` with the plan's number of check-ins, by a kiosk."""
        size = self.plan.batch
        first = self._people(database, self.plan.batches * size)
        connection = psycopg.connect(self.conninfo(database), autocommit=True, prepare_threshold=0)
        token = self._token("d", 0)
        numbers = iter(range(self.plan.batches))

        def call() -> None:
            number = next(numbers)
            people = range(first + number * size, first + (number + 1) * size)
            entries = json.dumps(
                [{"key": str(_new_key()), "kind": "in", "subject_id": _bench_id(3, person)} for person in people]
            )
            query = (
                "select count(*), count(*) filter (where status = 'accepted' and revision = 1), min(code)"
                " from api.check_in_batch(entries => %s::jsonb, token => %s)"
            )
            answered = connection.execute(query, [entries, token]).fetchone()
            if answered != (size, size, None):
                raise Failed(f"a batch of {size} was answered with {answered} (rows, accepted, a code)")

        name = f"{BATCH} of {size:,}"
        return Calls(
            name,
            database=database,
            operations_per_call=size,
            most=BATCHES_OF_A_SLICE,
            call=call,
            close=connection.close,
        )

    def registers(self, database: str) -> Calls:
        """Calls of ``api.register_submit`` with a mark for each of a class, by its teacher."""
        people = self.plan.people
        connection = psycopg.connect(self.conninfo(database), autocommit=True, prepare_threshold=0)
        token = self._token("e", people)
        numbers = iter(range(self.plan.registers))
        marks = json.dumps([{"subject_id": _bench_id(3, people - 1 - n), "code": "P"} for n in range(CLASS_SIZE)])

        def call() -> None:
            number = next(numbers)
            query = (
                "select count(*), count(*) filter (where status = 'accepted'), min(code)"
                " from api.register_submit(key => %s, session_id => %s, marks => %s::jsonb, token => %s)"
            )
            answered = connection.execute(query, [_new_key(), _bench_id(7, number), marks, token]).fetchone()
            if answered != (CLASS_SIZE + 1, CLASS_SIZE + 1, None):
                raise Failed(f"a register of {CLASS_SIZE} was answered with {answered} (rows, accepted, a code)")

        name = f"{REGISTER} of {CLASS_SIZE}"
        return Calls(
            name,
            database=database,
            operations_per_call=CLASS_SIZE,
            most=REGISTERS_OF_A_SLICE,
            call=call,
            close=connection.close,
        )

    def _token(self, kind: str, ordinal: int) -> str:
        return f"sa_{self.tenant.replace('-', '')}_{f'{kind}{ordinal:016x}':0>64}"

    # --- measurements ------------------------------------------------------------------------------------

    def level(self, clients: int) -> Outcome:
        """Bare insert, check-in by kiosk and by oneself, and the application's own statements, with so many clients."""
        database = self.clone(f"bench_{clients}")
        people = self.plan.people_of_an_arm
        before = self.rows(database)
        arms: list[Arm] = []
        with killed_at_the_end(arms):
            for name in (BARE, CHECK_IN, SELF, APPLICATION):
                arms.append(self.pgbench(name, database, clients, 0 if name == BARE else people))
            outcome = self._compare(arms, f"{clients} clients")
        self._check(database, before, outcome.results.values())
        self._fsyncs(database, clients, outcome.results)
        self.cluster.drop_database(database)
        return outcome

    def bulk(self) -> Outcome:
        """Batches and registers, with one client."""
        database = self.clone("bench_bulk")
        before = self.rows(database)
        arms: list[Arm] = []
        with killed_at_the_end(arms):
            arms.append(self.pgbench(BARE, database, 1, 0))
            arms.append(self.pgbench(CHECK_IN, database, 1, self.plan.people_of_an_arm))
            arms.append(self.batches(database))
            arms.append(self.registers(database))
            outcome = self._compare(arms, "bulk")
        self._check(database, before, outcome.results.values())
        self.cluster.drop_database(database)
        return outcome

    def ablation(self) -> tuple[Outcome, dict[str, int]]:
        """Check-ins of one client in databases that lack one thing each; and their instructions, by arm."""
        arms: list[Arm] = []
        databases = {"whole": self.clone("bench_whole")}
        for name in WITHOUT:
            databases[name] = self.clone(f"bench_without_{name}", f"without/{name}.sql")
        databases["all"] = self.clone("bench_without_all", *(f"without/{name}.sql" for name in sorted(WITHOUT)))
        people = self.plan.people_of_an_arm
        with killed_at_the_end(arms):
            arms.append(self.pgbench(BARE, databases["whole"], 1, 0))
            arms.append(self.pgbench(TWO_INSERTS, databases["whole"], 1, 0))
            arms.extend(self.pgbench(CHECK_IN, place, 1, people, title=name) for name, place in databases.items())
            outcome = self._compare(arms, "ablation")
        counted = self.count_instructions(databases) if instructions.available() else {}
        for place in databases.values():
            self.cluster.drop_database(place)
        return outcome, counted

    def count_instructions(self, databases: Mapping[str, str]) -> dict[str, int]:
        """Instructions of a bare insert in ``whole`` and of a check-in in each. Stops the server meanwhile."""
        size = instructions.FEW + instructions.MANY
        jobs = [(BARE, databases["whole"], "bare"), *((name, place, "check_in") for name, place in databases.items())]
        people = {name: self._people(place, size) for name, place, _ in jobs}
        settings = {place: self._settings(place) for place in databases.values()}
        self.monitor.close()
        self.cluster.down()
        counted = {}
        for name, place, script in jobs:
            self.progress(f"instructions: {name}")
            calls = [
                f"execute operation({high}, {low}, {low}, {person}, 0);"
                for person in range(people[name], people[name] + size)
                for high, low in [_halves(_new_key())]
            ]
            before = [f"set session authorization {ROLE};", *settings[place], _as_prepared(self.script(script))]
            counted[name] = instructions.count(self.cluster, place, before, calls, '?column? = "1"')
        self.cluster.up()
        self._connect()
        return counted

    def _settings(self, database: str) -> list[str]:
        """The settings that belong to a database, as statements: a stand-alone backend does not apply them."""
        query = """
            select format(
              'set %%s = %%L;', split_part(s.setting, '=', 1), substr(s.setting, strpos(s.setting, '=') + 1)
            )
            from pg_db_role_setting as r
            inner join pg_database as d on d.oid = r.setdatabase
            cross join unnest(r.setconfig) as s (setting)
            where d.datname = %s
        """
        return [line for (line,) in self.monitor.execute(query, [database])]

    def script(self, name: str) -> str:
        """The text of a pgbench script, with the tenant and the session in it."""
        text = (SCRIPTS_FOLDER / f"{name}.sql").read_text()
        for constant, value in {"tenant_id": self.tenant, "session_id": _bench_id(2, 0)}.items():
            text = text.replace("{" + constant + "}", value)
        return text

    def _compare(self, arms: Sequence[Arm], title: str) -> Outcome:
        seconds = {arm.name: self.plan.seconds for arm in arms}
        for arm in arms:
            if isinstance(arm, Calls):
                seconds[arm.name] = min(self.plan.seconds, BULK_SECONDS)
        return compare(
            arms,
            self.meter,
            rounds=self.plan.rounds,
            seconds=seconds,
            progress=lambda text: self.progress(f"{title}: {text}"),
        )

    def _fsyncs(self, database: str, clients: int, results: Mapping[str, Result]) -> None:
        for name in (BARE, CHECK_IN, SELF, APPLICATION):
            self.progress(f"{clients} clients: fsyncs of {name}")

            def start(name: str = name) -> Arm:
                return self.pgbench(name, database, clients, 0 if name == BARE else self.plan.people_for_fsyncs)

            results[name].fsyncs = count_fsyncs(start, self.meter, min(self.plan.seconds, 1.0))

    # --- what must be true -------------------------------------------------------------------------------

    def rows(self, database: str) -> dict[str, int]:
        """Rows of the tables that arms write to."""
        query = """
            select
              (select count(*) from bench.bare) + (select count(*) from bench.bare_record) as bare,
              (select count(*) from attendance.event) as events,
              (select count(*) from attendance.record) as records,
              (select count(*) from attendance.record as r where r.revision = 1 and r.is_open) as open,
              (select count(*) from ledger.refusal) as refusals,
              (select count(*) from core.idempotency as i where i.command ~ '^repeat') as repeats
        """
        with psycopg.connect(self.cluster.dsn(database), autocommit=True) as connection:
            cursor = connection.execute(query)
            row = cursor.fetchone()
            assert row is not None
            assert cursor.description is not None
            return {column.name: value for column, value in zip(cursor.description, row, strict=True)}

    def _check(self, database: str, before: Mapping[str, int], results: Iterable[Result]) -> None:
        """Every operation that was counted left its rows, and nothing else did. Raises :class:`Failed`."""
        done = {result.name: result.operations for result in results}
        after = self.rows(database)
        made = {name: after[name] - before[name] for name in after}
        punches = sum(count for name, count in done.items() if name != BARE)
        opened = sum(count for name, count in done.items() if name != BARE and not name.startswith(REGISTER))
        expected = {
            "bare": done.get(BARE, 0),
            "events": punches,
            "records": punches,
            "open": opened,
            "refusals": 0,
            "repeats": 0,
        }
        if made != expected:
            raise Failed(
                f"the rows in {database} are not those of the operations", expected=str(expected), observed=str(made)
            )


def _ablated(database: str) -> str:
    return database.removeprefix("bench_without_").removeprefix("bench_")


def _bench_id(room: int, ordinal: int) -> str:
    """The same as ``bench.id`` in fill.sql."""
    return str(uuid.UUID(f"{room:08x}00007000{ordinal | 1 << 63:016x}"))


def _new_key() -> uuid.UUID:
    """A key as a client makes it: version 7, in time order."""
    random = uuid.uuid4().int & ((1 << 74) - 1)
    low = 2 << 62 | random & ((1 << 62) - 1)
    return uuid.UUID(int=int(time.time() * 1000) << 80 | 7 << 76 | (random >> 62) << 64 | low)


def _halves(key: uuid.UUID) -> tuple[int, int]:
    """A UUID as the two signed integers that ``bench.key`` takes."""
    high, low = key.int >> 64, key.int & ((1 << 64) - 1)
    return high, low - (1 << 64 if low >> 63 else 0)


def _as_prepared(script: str) -> str:
    """A pgbench script of one statement as ``prepare operation``."""
    text = " ".join(line for line in script.splitlines() if not line.startswith(("\\set", "--"))).strip().rstrip(";")
    if text.startswith("insert"):
        text += " returning 1"
    for number, name in enumerate(("high", "low", "low2", "person", "client_id"), 1):
        text = re.sub(rf"(?<!:):{name}\b", f"${number}", text)
    return f"prepare operation (bigint, bigint, bigint, bigint, bigint) as {text};"


@contextmanager
def killed_at_the_end(arms: Sequence[Arm]) -> Iterator[None]:
    try:
        yield
    finally:
        for arm in arms:
            arm.kill()


@contextmanager
def prepared(programs: Path, plan: Plan, folder: Path, progress: Progress) -> Iterator[Bench]:
    """A private server below ``folder`` (a real disk), deployed and filled; stopped and deleted at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="bench-", dir=folder))
    home.chmod(0o755)
    settings = {"max_wal_size": "8GB", "shared_buffers": "512MB", "checkpoint_timeout": "30min"} | dict(plan.settings)
    cluster = Cluster(home, programs, settings)
    try:
        progress("starting the server")
        cluster.up()
        bench = Bench(cluster, plan, progress)
        try:
            bench.deploy()
            bench.fill()
            yield bench
        finally:
            bench.monitor.close()
    finally:
        cluster.reset()
        shutil.rmtree(home, ignore_errors=True)


def measure(programs: Path, plan: Plan, folder: Path, progress: Progress) -> Findings:
    """All measurements on one server."""
    began = time.monotonic()
    with prepared(programs, plan, folder, progress) as bench:
        rows = bench.rows(bench.template)
        levels = {clients: bench.level(clients) for clients in plan.clients}
        bulk = bench.bulk()
        ablation, counted = bench.ablation()
    version = program_version(programs)[1]
    return Findings(plan, version, levels, bulk, ablation, counted, rows, time.monotonic() - began)
