"""``python -m bench.evidence``: what evidence costs a writer, and how quickly it is sealed and verified.

Arms, interleaved in slices on a private server with default durability (synchronous_commit on), one row a transaction:
a bare insert; the same into an append-only table that is sealed as it is; the same into a table whose changes are
captured and sealed; and, with ``--audit-sql``, the same under another audit trigger. The sealer works each second
of a sealed slice, and what it still has to do after the slice is added to the slice's time.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import click
import psycopg

from bench.arms import Pgbench
from bench.rounds import Spread
from orchestrator import migrations
from orchestrator.cluster import Cluster, default_home, find_programs, program_version
from orchestrator.errors import CommandFailed

TABLES = """
create schema bench;
create table bench.bare (
  tenant_id uuid not null, id uuid not null default core.uuid_v7(), code text not null, name text not null,
  at timestamptz not null default core.clock(), primary key (tenant_id, id)
);
create table bench.captured (like bench.bare including all);
create table bench.audited (like bench.bare including all);
create table bench.history (
  like bench.bare including all, xid xid8 not null default pg_current_xact_id(), epoch integer not null default 1
);
grant usage on schema bench to smartattend_ledger;
select ledger.add_capture('bench.captured'), ledger.add_history('bench.history');
create trigger history_100_append_only before update or delete on bench.history
for each row execute function core.refuse_change();
"""
SCRIPT = """
insert into bench.{table} (tenant_id, code, name)
values ('0192f000-0000-7000-8000-000000000001', 'c' || {n}, 'A name of usual length');
"""
LAG = """
select percentile_cont(0.5) within group (order by l.lag), percentile_cont(0.99) within group (order by l.lag)
from (
  select extract(epoch from b.sealed_at - h.at) as lag
  from ledger.tree as t
  cross join lateral unnest(t.keys) as k (key)
  inner join bench.history as h on h.tenant_id = t.tenant_id and h.id = k.key::uuid
  inner join ledger.block as b on b.number = t.block
  where t.relation = 'bench.history' and h.at > %s
) as l
"""


class Sealer:
    """``ledger.seal()`` each second on a connection of its own, while it is told to."""

    def __init__(self, dsn: str) -> None:
        self.connection = psycopg.connect(dsn, autocommit=True)

    def work(self, done: threading.Event, interval: float = 1.0) -> None:
        while not done.wait(interval):
            self.seal()

    def seal(self) -> float:
        """Seal whatever there is; returns the seconds that it took."""
        began = time.perf_counter()
        self.connection.execute("select count(*) from ledger.seal()")
        return time.perf_counter() - began


def say(text: str) -> None:
    click.echo(f"bench: {text}", err=True)


def rates(
    cluster: Cluster, dsn: str, clients: int, rounds: int, seconds: float, tables: list[str]
) -> dict[str, list[float]]:
    """Rows a second by table, one figure a round."""
    program = cluster.programs / "pgbench"
    arms = {
        table: Pgbench(
            table,
            program=program,
            script=SCRIPT.format(table=table, n=clients),
            conninfo=dsn,
            database="evidence",
            clients=clients,
            variables={},
        )
        for table in tables
    }
    for arm in arms.values():
        arm.freeze()
    sealer = Sealer(dsn)
    slices: dict[str, list[Any]] = {table: [] for table in tables}
    extra: dict[str, list[float]] = {table: [] for table in tables}
    for turn in range(rounds + 1):
        say(f"{clients} clients, round {turn} of {rounds}" if turn else f"{clients} clients, warm-up")
        for table in tables if turn % 2 else reversed(tables):
            sealer.seal()
            done = threading.Event()
            sealing = threading.Thread(target=sealer.work, args=(done,))
            if table in ("captured", "history"):
                sealing.start()
            slices[table].append(arms[table].run(seconds))
            done.set()
            if sealing.ident:
                sealing.join()
            extra[table].append(sealer.seal() if table in ("captured", "history") else 0.0)
    result = {}
    for table, arm in arms.items():
        arm.finish()
        arm.settle(slices[table])
        result[table] = [
            one.operations / (one.end - one.start + more)
            for one, more in list(zip(slices[table], extra[table], strict=True))[1:]
        ]
    return result


def table_of(sizes: dict[int, dict[str, list[float]]]) -> list[str]:
    lines = ["| clients | arm | rows/s | of the bare insert |", "| --- | --- | --- | --- |"]
    for clients, result in sizes.items():
        for table, figures in result.items():
            ratio = Spread.of([one / base for one, base in zip(figures, result["bare"], strict=True)])
            lines.append(f"| {clients} | {table} | {Spread.of(figures).text()} | {ratio.text(2)} |")
    return lines


def bulk(connection: psycopg.Connection[Any], rows: int) -> tuple[float, float]:
    """Rows a second of sealing and of verification: medians of five runs of ``rows`` rows of 300 bytes."""
    seal, verify = [], []
    for _ in range(5):
        connection.execute("select count(*) from ledger.seal()")
        for _ in range(10):
            connection.execute(
                "insert into bench.history (tenant_id, code, name)"
                " select '0192f000-0000-7000-8000-000000000001', 'c' || n,"
                " repeat('x', 200) from generate_series(1, %s) as n",
                [rows // 10],
            )
        first = connection.execute("select max(number) + 1 from ledger.block").fetchone()
        began = time.perf_counter()
        connection.execute("select count(*) from ledger.seal()")
        seal.append(rows / (time.perf_counter() - began))
        began = time.perf_counter()
        assert first is not None
        found = connection.execute("select count(*) from ledger.verify(%s)", [first[0]]).fetchone()
        assert found == (0,), found
        verify.append(rows / (time.perf_counter() - began))
    return statistics.median(seal), statistics.median(verify)


def lag(dsn: str, cluster: Cluster, seconds: float) -> tuple[float, float]:
    """Median and 99th percentile of the seconds from a row's receipt to its seal, 8 clients, an interval of 1 s."""
    sealer, done = Sealer(dsn), threading.Event()
    with psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute("select clock_timestamp()").fetchone()
        assert row is not None
        arm = Pgbench(
            "lag",
            program=cluster.programs / "pgbench",
            script=SCRIPT.format(table="history", n=8),
            conninfo=dsn,
            database="evidence",
            clients=8,
            variables={},
        )
        sealing = threading.Thread(target=sealer.work, args=(done,))
        sealing.start()
        arm.run(seconds)
        done.set()
        sealing.join()
        arm.finish()
        sealer.seal()
        found = connection.execute(LAG, row).fetchone()
        assert found is not None
        return float(found[0]), float(found[1])


@click.command()
@click.option("--pg-bin", metavar="FOLDER", help="Server programs.")
@click.option("--clients", default="1,8", show_default=True)
@click.option("--rounds", default=10, show_default=True, type=click.IntRange(2))
@click.option("--slice", "seconds", default=2.0, show_default=True, type=click.FloatRange(0.5), help="Seconds.")
@click.option("--rows", default=100_000, show_default=True, help="Rows of the sealing and verification runs.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where the server's data lies meanwhile: a real disk.")
@click.option(
    "--audit-sql", type=click.Path(path_type=Path, exists=True), help="Puts another audit trigger on bench.audited."
)
def main(
    pg_bin: str | None,
    clients: str,
    rounds: int,
    seconds: float,
    rows: int,
    folder: Path | None,
    audit_sql: Path | None,
) -> None:
    """Measure what evidence costs, on a private server; the result goes to stdout."""
    folder = folder or default_home()
    folder.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="evidence-", dir=folder))
    home.chmod(0o755)
    cluster = Cluster(home, find_programs(pg_bin), {"max_wal_size": "8GB", "shared_buffers": "512MB"})
    try:
        cluster.up()
        dsn = cluster.create_database("evidence")
        say("deploying")
        deployed = migrations.capture("deploy", ["--no-verify"], dsn=dsn)
        if deployed.returncode != 0:
            raise CommandFailed("sqitch deploy failed", observed=deployed.stdout + deployed.stderr)
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(TABLES)
            if audit_sql is not None:
                connection.execute(audit_sql.read_bytes())
            tables = ["bare", "history", "captured", *(["audited"] if audit_sql else [])]
            sizes = {int(n): rates(cluster, dsn, int(n), rounds, seconds, tables) for n in clients.split(",")}
            middle, late = lag(dsn, cluster, 20.0)
            sealed, verified = bulk(connection, rows)
        version = program_version(cluster.programs)[1]
        click.echo(f"PostgreSQL {version}, {rounds} rounds of {seconds} s, synchronous_commit on\n")
        click.echo("\n".join(table_of(sizes)))
        click.echo(f"\nseal lag, each second, 8 clients: median {middle:.2f} s, p99 {late:.2f} s")
        click.echo(f"sealing {sealed:,.0f} rows/s, verification {verified:,.0f} rows/s, one backend")
    finally:
        cluster.reset()


if __name__ == "__main__":
    main(prog_name="python -m bench.evidence")
