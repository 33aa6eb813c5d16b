"""``python -m bench.access``: what a question about a permission and a scan for escalation cost.

One school on a private server, with as many live grants as it is told (7 of 10 student, 1 of 4 faculty of a class
group, the rest attendance officers), and, the second time, as much history again four times over: ended grants with
their requests, their history and revalidations. Times are the server's own (``clock_timestamp()`` before and after, in
one backend), and beside them the processor time of that backend, which other work on the machine does not lengthen
much: ``api.has_permission`` in a loop with the tokens of 200 people, each call verifying its token;
``access.advance`` and ``access.observe`` as the role that owns them, bound as the system, one simulated day after the
other, with an ``analyze`` after the first, which queues a backlog of thousands.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import psycopg

from orchestrator import migrations
from orchestrator.cluster import Cluster, default_home, find_programs, program_version
from orchestrator.errors import CommandFailed

TENANT = "0192f000-0000-7000-8000-000000000001"

WORLD = """
create schema bench;
insert into tenancy.tenant (tenant_id, slug, name, platform, time_zone)
values ('{t}', 'bench', 'Bench', 'school', 'UTC');
insert into tenancy.site (tenant_id, code, name, time_zone) values ('{t}', 'main', 'Main', 'UTC');
update tenancy.tenant set state = 'active', state_via = 'activate' where tenant_id = '{t}';
insert into tenancy.unit (tenant_id, id, site_id, parent_id, kind, code, name)
select u.tenant_id, md5('unit' || n)::uuid, u.site_id, u.id, 'class_group', 'C' || n, 'Class ' || n
from tenancy.unit as u, generate_series(1, 1000) as n
where u.tenant_id = '{t}' and u.parent_id is null;
insert into identity."user" (id, login)
select md5('user' || n)::uuid, 'u' || n || '@bench' from generate_series(1, {grants}) as n;
insert into identity.membership (tenant_id, user_id, member_number, kind, display_name, active_from)
select '{t}', md5('user' || n)::uuid, 'm' || n, 'staff', 'Member ' || n, '2020-01-01 00:00+00'
from generate_series(1, {grants}) as n;
"""

TABLES = (
    "access.role_request",
    "identity.role_grant",
    "access.grant_history",
    "access.revalidation",
    "access.revalidation_transition",
)

KEPT = """
create table bench.kept as
select tgrelid::regclass as relation, tgname as name from pg_trigger
where not tgisinternal and tgrelid = any (%s::regclass[])
"""

GRANTS = """
create temporary table made as
select
  md5({salt} || 'grant' || n)::uuid as grant_id, md5({salt} || 'request' || n)::uuid as request_id,
  md5('user' || 1 + n %% {people})::uuid as user_id,
  case when n %% 20 = 0 then 'attendance_officer' when n %% 4 = 1 then 'faculty' else 'student' end as role,
  case when n %% 4 = 1 then md5('unit' || 1 + n %% 1000)::uuid end as unit_id,
  {starts} as starts_at, {ends} as ends_at
from generate_series(0, {number} - 1) as n;
insert into access.role_request (
  tenant_id, id, kind, beneficiary_id, role, unit_id, starts_at, ends_at, min_approvals, requested_at, lapses_at,
  state, state_via
)
select
  '{t}', request_id, 'bootstrap', user_id, role, unit_id, starts_at, ends_at, 0, starts_at,
  starts_at + interval '14 days', '{state}', '{via}'
from made;
insert into identity.role_grant (tenant_id, id, user_id, role, unit_id, starts_at, ends_at, request_id, granted_at)
select '{t}', grant_id, user_id, role, unit_id, starts_at, ends_at, request_id, starts_at from made;
insert into access.grant_history (
  tenant_id, grant_id, user_id, role, unit_id, change, source, starts_at, ends_at, request_id, recorded_at
)
select '{t}', grant_id, user_id, role, unit_id, 'granted', 'bootstrap', starts_at, ends_at, request_id, starts_at
from made;
"""

CERTIFIED = """
with looked as (
  insert into access.revalidation (
    tenant_id, grant_id, user_id, source, overdue_action, queued_at, due_at, overdue_at, certifier_id, state, state_via
  )
  select
    '{t}', grant_id, user_id, 'schedule', 'alert', starts_at, starts_at + interval '1 day',
    starts_at + interval '15 days', md5('user' || 2)::uuid, 'certified', 'certify'
  from made
  where role <> 'student' and user_id <> md5('user' || 2)::uuid
  returning id, queued_at
)
insert into access.revalidation_transition (tenant_id, object_id, to_state, via, recorded_at)
select '{t}', id, 'certified', 'certify', queued_at from looked;
"""

ASK = """
do $$
declare
  v_tokens constant text[] := (select array_agg(token) from bench.token);
  v_units constant uuid[] := (select array_agg(id) from bench.unit);
  v_began timestamptz;
  v_took double precision[] := '{}';
begin
  for n in 1 .. 11000 loop
    v_began := clock_timestamp();
    perform api.has_permission('register.take', v_units[1 + n % 1000], v_tokens[1 + n % 200]);
    if n > 1000 then
      v_took := v_took || extract(epoch from clock_timestamp() - v_began) * 1000000;
    end if;
  end loop;
  perform set_config(
    'bench.took',
    (select percentile_cont(array[0.5, 0.99]) within group (order by t)::text from unnest(v_took) as t),
    false
  );
end $$
"""


def say(text: str) -> None:
    click.echo(f"bench: {text}", err=True)


def fill(connection: psycopg.Connection[Any], **values: object) -> None:
    """Grants with what belongs to them, in their final state: the triggers are away meanwhile."""
    for table in TABLES:
        connection.execute(f"alter table {table} disable trigger user")
    text = GRANTS.format(t=TENANT, **values).replace("%%", "%")
    connection.execute(text.encode())
    if values["state"] == "expired":
        connection.execute(CERTIFIED.format(t=TENANT).encode())
    connection.execute("drop table made")
    for relation, name in connection.execute("select relation::text, name from bench.kept").fetchall():
        connection.execute(f"alter table {relation} enable always trigger {name}")
    for table in TABLES:
        connection.execute(f"vacuum (analyze) {table}")


def processor(connection: psycopg.Connection[Any]) -> float:
    """Seconds of processor time that the backend has had: it is on this machine."""
    fields = Path(f"/proc/{connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def ask(dsn: str) -> tuple[float, float, float]:
    """Median and 99th percentile of one question, and the mean of its processor time, in microseconds."""
    with psycopg.connect(dsn, autocommit=True, options="-c role=smartattend_app -c jit=off") as connection:
        connection.execute(ASK)  # warm
        before = processor(connection)
        connection.execute(ASK)
        used = processor(connection) - before
        row = connection.execute("select current_setting('bench.took')::double precision[]").fetchone()
        assert row is not None
        return row[0][0], row[0][1], used / 11000 * 1000000


@dataclass
class Scan:
    """Seconds of advance and of observe on a day, by the clock and of the processor, and what they did."""

    took: list[float]
    used: list[float]
    said: str


def scan(dsn: str, day: int) -> Scan:
    """Let it be so many days from now, and commit."""
    with psycopg.connect(dsn) as connection:
        connection.execute("set local role smartattend_owner")
        connection.execute(
            "select core.bind(%s::uuid, 'capture_read capture_write administration_read administration_write"
            " ordinary_read ordinary_write', (%s::uuid, null, null, null, null, 'system', 0)::core.actor)",
            [TENANT, TENANT],
        )
        took, used, said = [], [], []
        for function in ("advance", "observe"):
            before = processor(connection)
            row = connection.execute(
                f"with b as materialized (select clock_timestamp() as at),"
                f" d as materialized (select access.{function}(now() + %s * interval '1 day')::text as said from b)"
                " select d.said, extract(epoch from clock_timestamp() - b.at)::float from d, b",
                [day],
            ).fetchone()
            assert row is not None
            said.append(row[0])
            took.append(row[1])
            used.append(processor(connection) - before)
        connection.commit()
    return Scan(took, used, f"{said[0]}, events {said[1]}")


def shown(scans: list[Scan], which: int) -> str:
    """The median, and that of the processor time."""
    took = statistics.median(one.took[which] for one in scans)
    return f"{took:.2f} s ({statistics.median(one.used[which] for one in scans):.2f} s)"


@click.command()
@click.option("--pg-bin", metavar="FOLDER", help="Server programs.")
@click.option("--grants", default=100_000, show_default=True, help="Live grants, of as many people.")
@click.option("--days", default=7, show_default=True, type=click.IntRange(3), help="Scans, each a day later.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where the server's data lies meanwhile: a real disk.")
def main(pg_bin: str | None, grants: int, days: int, folder: Path | None) -> None:
    """Measure permissions and scans on a private server; the result goes to stdout."""
    folder = folder or default_home()
    folder.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="access-", dir=folder))
    home.chmod(0o755)
    cluster = Cluster(home, find_programs(pg_bin), {"max_wal_size": "8GB", "shared_buffers": "512MB"})
    try:
        cluster.up()
        dsn = cluster.create_database("access")
        say("deploying")
        deployed = migrations.capture("deploy", ["--no-verify"], dsn=dsn)
        if deployed.returncode != 0:
            raise CommandFailed("sqitch deploy failed", observed=deployed.stdout + deployed.stderr)
        click.echo(f"PostgreSQL {program_version(cluster.programs)[1]}, {grants:,} live grants\n")
        click.echo("In brackets: processor time.\n")
        click.echo("| history | has_permission, median | p99 | first advance | first observe | advance | observe |")
        click.echo("| --- | --- | --- | --- | --- | --- | --- |")
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(WORLD.format(t=TENANT, grants=grants).encode())
            connection.execute(KEPT, [list(TABLES)])
            say("filling")
            fill(
                connection,
                salt="'live'",
                people=grants,
                number=grants,
                starts="now() - (n %% 180) * interval '1 day' - interval '1 hour'",
                ends="'infinity'::timestamptz",
                state="active",
                via="activate",
            )
            connection.execute(
                "create table bench.token as"
                " select identity.login('bench', 'm' || n * 47) as token from generate_series(1, 200) as n"
            )
            connection.execute("create table bench.unit as select id from tenancy.unit where parent_id is not null")
            connection.execute("grant usage on schema bench to smartattend_app")
            connection.execute("grant select on bench.token, bench.unit to smartattend_app")
            for turn in (0, 1):
                if turn:
                    say("filling four times as much history")
                    fill(
                        connection,
                        salt="'old'",
                        people=grants,
                        number=4 * grants,
                        starts=f"now() - interval '3 years' - n / {grants} * interval '100 days'",
                        ends=f"now() - interval '3 years' - n / {grants} * interval '100 days' + interval '90 days'",
                        state="expired",
                        via="expire",
                    )
                say("asking")
                middle, late, mean = ask(dsn)
                say("scanning")
                took = [scan(dsn, turn * days)]
                connection.execute(
                    "analyze access.revalidation, access.revalidation_transition"
                )  # as autovacuum soon does
                took += [scan(dsn, turn * days + day) for day in range(1, days)]
                for one in took:
                    say(f"advance and observe {one.took}, processor {one.used}: {one.said}")
                click.echo(
                    f"| {'5x' if turn else '1x'} | {middle:.0f} µs ({mean:.0f} µs) | {late:.0f} µs"
                    f" | {shown(took[:1], 0)} | {shown(took[:1], 1)} | {shown(took[1:], 0)} | {shown(took[1:], 1)} |"
                )
    finally:
        cluster.reset()


if __name__ == "__main__":
    main(prog_name="python -m bench.access")
