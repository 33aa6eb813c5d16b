"""``python -m bench.rollup``: what counting a call costs, against the check-in that is counted.

One school on a private server. Two backends: one checks people in, each by the own token and in a transaction of its
own; the other rolls up after so many of them and samples the collectors once, as maintenance would. Both costs
are the seconds that their backend was on a CPU (``/proc/<pid>/schedstat``), per check-in; other work of the machine
does not count. It is done twice: with nothing there, and with history.
"""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path
from typing import Any

import click
import psycopg

from bench.meter import on_cpu
from orchestrator import migrations
from orchestrator.cluster import Cluster, default_home, find_programs, program_version
from orchestrator.errors import CommandFailed

Connection = psycopg.Connection[Any]
TENANT = "0192f000-0000-7000-8000-000000000001"
WORLD = """
insert into tenancy.tenant (tenant_id, slug, name, platform, time_zone)
values ('{t}', 'bench', 'Bench', 'school', 'UTC');
select attendance.default_codes('{t}');
update tenancy.tenant set state = 'active', state_via = 'activate' where tenant_id = '{t}';
insert into tenancy.site (tenant_id, code, name, time_zone) values ('{t}', 'main', 'Main', 'UTC');
insert into identity."user" (id, login)
select md5('user' || n)::uuid, 'u' || n || '@bench' from generate_series(1, {people}) as n;
insert into identity.membership (tenant_id, user_id, member_number, kind, display_name, active_from)
select '{t}', md5('user' || n)::uuid, 'm' || n, 'student', 'Member ' || n, '2020-01-01 00:00+00'
from generate_series(1, {people}) as n;
create schema bench;
create table bench.token as
select n, identity.login('bench', 'm' || n, reason => 'a benchmark') as token from generate_series(1, {people}) as n;
"""
HISTORY = """
insert into attendance.event (
  tenant_id, key, kind, subject_id, business_date, payload_hash, effective_at, error_us, basis, recorded_at, elapsed_us
)
select
  '{t}', core.uuid_v7(), 'in', md5('user' || 1 + n % {people})::uuid, current_date, sha256(''),
  now() - n * interval '10 ms', 0, 'server',
  now() - n * interval '10 ms', 1000
from generate_series(1, {number}) as n
"""
BIND = """
select core.bind(
  '{t}', 'capture_read capture_write administration_read administration_write ordinary_read ordinary_write',
  ('{t}', null, null, null, null, 'system', 0)::core.actor
)"""


def say(text: str) -> None:
    click.echo(f"bench: {text}", err=True)


class Backend:
    """A connection that knows how long its process was on a CPU."""

    def __init__(self, dsn: str) -> None:
        self.connection: Connection = psycopg.connect(dsn, autocommit=True, options="-c timezone=UTC")

    def cpu(self) -> float:
        return on_cpu(self.connection.info.backend_pid)

    def job(self, call: str) -> int:
        with self.connection.transaction():
            self.connection.execute(BIND.format(t=TENANT).encode())
            self.connection.execute("set local role smartattend_owner")
            row = self.connection.execute(f"select {call}".encode()).fetchone()
        assert row is not None
        return int(row[0])


def round_of(door: Backend, job: Backend, tokens: list[str], each: int) -> tuple[float, float, float, int]:
    """Microseconds of a CPU per check-in: of the check-in, of its roll-up, of sampling; and how many were counted."""
    come = rolled = 0.0
    counted = 0
    for first in range(0, len(tokens), each):
        before = door.cpu()
        for token in tokens[first : first + each]:
            door.connection.execute(
                "select status from api.check_in(%s, token => %s)", [uuid.uuid4(), token], prepare=True
            )
        come += door.cpu() - before
        before = job.cpu()
        counted += job.job("metrics.roll_up(core.clock())")
        rolled += job.cpu() - before
    before = job.cpu()
    job.job("metrics.collect(core.clock())")
    sampled = job.cpu() - before
    return come / len(tokens) * 1e6, rolled / len(tokens) * 1e6, sampled * 1e6, counted


@click.command()
@click.option("--pg-bin", metavar="FOLDER", help="Server programs.")
@click.option("--people", default=4000, show_default=True, help="Each checks in once.")
@click.option("--each", default=500, show_default=True, help="Check-ins between two roll-ups.")
@click.option("--history", default=200_000, show_default=True, help="Events that are there already, the second time.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where the server's data lies meanwhile: a real disk.")
def main(pg_bin: str | None, people: int, each: int, history: int, folder: Path | None) -> None:
    """Measure roll-ups against check-ins on a private server; the result goes to stdout."""
    folder = folder or default_home()
    folder.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="rollup-", dir=folder))
    home.chmod(0o755)
    cluster = Cluster(home, find_programs(pg_bin), {"max_wal_size": "4GB", "shared_buffers": "256MB"})
    try:
        cluster.up()
        dsn = cluster.create_database("bench")
        say("deploying")
        deployed = migrations.capture("deploy", ["--no-verify"], dsn=dsn)
        if deployed.returncode != 0:
            raise CommandFailed("sqitch deploy failed", observed=deployed.stdout + deployed.stderr)
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(WORLD.format(t=TENANT, people=people).encode())
            tokens = [str(row[0]) for row in connection.execute("select token from bench.token order by n")]
            connection.execute("analyze")
        click.echo(
            f"PostgreSQL {program_version(cluster.programs)[1]}, a roll-up after {each} check-ins; us on a CPU\n"
        )
        click.echo("| events there | check-in | roll-up per check-in | share | counted | a round of samples |")
        click.echo("| --- | --- | --- | --- | --- | --- |")
        door, job = Backend(dsn), Backend(dsn)
        job.job("metrics.roll_up(core.clock())")
        half = len(tokens) // 2
        for there, some in ((0, tokens[:half]), (history, tokens[half:])):
            if there:
                job.connection.execute(HISTORY.format(t=TENANT, people=people, number=there).encode())
                job.connection.execute("vacuum analyze attendance.event")
                before = job.cpu()
                counted = job.job("metrics.roll_up(core.clock())")
                say(f"{counted:,} events in one roll-up: {(job.cpu() - before) / counted * 1e6:.2f} us each")
            come, rolled, sampled, counted = round_of(door, job, some, each)
            click.echo(
                f"| {there:,} | {come:.0f} | {rolled:.1f} | {rolled / come:.1%} | {counted:,} | {sampled:,.0f} |"
            )
    finally:
        cluster.reset()


if __name__ == "__main__":
    main()
