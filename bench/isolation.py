"""``python -m bench.isolation``: what the verification of tokens and the policies cost.

A check-in (``api.check_in`` by a kiosk, one client) as it is, against the same one in databases that lack something:
the binding of the session (it is found bound, nothing is verified), the policies (row level security is off on every
table), and both. The share of both is what token and policies together take of a check-in's server CPU; instructions,
where valgrind is installed, do not depend on what else the machine does.

A scan of everything that one tenant has in ``attendance.event`` and ``attendance.record``, without parallel workers: as
a superuser with the tenant written out, to whom no policy applies; as ``smartattend_owner`` with the tenant bound; as
``smartattend_app`` with the token of somebody who reads the whole tenant, and of one who reads a unit (which has all
records). Figures are the CPU time of the backend that scans, of interleaved rounds.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import psycopg

from bench import instructions
from bench.arms import Arm, Failed
from bench.meter import on_cpu
from bench.rounds import Outcome, Spread, compare
from bench.suite import CHECK_IN, Bench, Plan, killed_at_the_end, prepared
from orchestrator.cluster import default_home, find_programs, program_version

LACKS: Mapping[str, tuple[str, ...]] = {
    "whole": (),
    "session": ("without/session.sql",),
    "policies": ("without/policies.sql",),
    "both": ("without/session.sql", "without/policies.sql"),
}
TITLES = {
    "whole": "a check-in, whole",
    "session": "without binding the session",
    "policies": "without row level security",
    "both": "without both",
}
SCANS: Mapping[str, str] = {
    "attendance.event": "select count(*), max(recorded_at) from attendance.event",
    "attendance.record": "select count(*), max(accounted_at) from attendance.record",
}


def say(text: str) -> None:
    click.echo(f"bench: {text}", err=True)


def check_ins(bench: Bench) -> tuple[Outcome, Mapping[str, int]]:
    """CPU of check-ins by what their database lacks, and instructions (none without valgrind)."""
    databases = {name: bench.clone(f"bench_{name}", *scripts) for name, scripts in LACKS.items()}
    people = bench.plan.people_of_an_arm
    arms: list[Arm] = []
    with killed_at_the_end(arms):
        arms.extend(bench.pgbench(CHECK_IN, place, 1, people, title=name) for name, place in databases.items())
        seconds = dict.fromkeys(databases, bench.plan.seconds)
        outcome = compare(arms, bench.meter, rounds=bench.plan.rounds, seconds=seconds, progress=say)
    counted = bench.count_instructions(databases) if instructions.available() else {}
    for place in databases.values():
        bench.cluster.drop_database(place)
    return outcome, counted


def table_of_check_ins(outcome: Outcome, counted: Mapping[str, int]) -> list[str]:
    whole = outcome.results["whole"]
    lines = [
        "|  | CPU µs | share saved | least CPU µs | share saved | instructions | share saved |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    least = {name: min(result.cpu_us) for name, result in outcome.results.items()}
    for name, title in TITLES.items():
        mine = outcome.results[name]
        share = Spread.of([1 - one / base for one, base in zip(mine.cpu_us, whole.cpu_us, strict=True)])
        cells = [title, Spread.of(mine.cpu_us).text(), share.text(2), f"{least[name]:,.0f}"]
        cells += [f"{1 - least[name] / least['whole']:.2f}"]
        cells += [f"{counted[name]:,}", f"{1 - counted[name] / counted['whole']:.2f}"] if counted else ["", ""]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


class Scanner:
    """A connection of one role that scans a table, and says how long its backend was on a CPU meanwhile."""

    def __init__(self, dsn: str, *preparation: str) -> None:
        # the plan is made anew each time, as for a report that is asked for once
        self.connection = psycopg.connect(dsn, prepare_threshold=None)
        for statement in ("set max_parallel_workers_per_gather = 0", "set jit = off", *preparation):
            self.connection.execute(statement.encode())
        self.pid = self.connection.info.backend_pid

    def scan(self, query: str) -> tuple[float, Any]:
        before = on_cpu(self.pid)
        row = self.connection.execute(query.encode()).fetchone()
        return on_cpu(self.pid) - before, row


def scans(bench: Bench, rounds: int) -> dict[str, dict[str, list[float]]]:
    """Milliseconds of CPU by table and by who scans, one figure a round."""
    place = bench.clone("bench_scan")
    dsn = bench.cluster.dsn(place)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("vacuum (analyze) attendance.event, attendance.record")
        tokens = connection.execute(
            "select identity.login('bench', 'admin'), identity.login('bench', 'M' || p.people) from bench.place as p"
        ).fetchone()
        assert tokens is not None
    actor = "(null, null, null, null, null, 'system', 0)::core.actor"
    app = "set role smartattend_app"
    scanners = {
        "superuser": Scanner(dsn),
        "smartattend_owner": Scanner(
            dsn,
            f"do $$ begin perform core.bind('{bench.tenant}'::uuid, 'capture_read', {actor}); end $$",
            "set role smartattend_owner",
        ),
        "smartattend_app, whole tenant": Scanner(dsn, f"set smartattend.token = '{tokens[0]}'", app),
        "smartattend_app, a unit": Scanner(dsn, f"set smartattend.token = '{tokens[1]}'", app),
    }
    found: dict[str, dict[str, list[float]]] = {}
    for table, query in SCANS.items():
        # the application reads no event itself
        mine = {who: one for who, one in scanners.items() if table != "attendance.event" or "app" not in who}
        found[table] = {who: [] for who in mine}
        for turn in range(rounds + 2):
            rows = {}
            for who in mine if turn % 2 else reversed(mine):
                text = query + (f" where tenant_id = '{bench.tenant}'" if who == "superuser" else "")
                seconds, rows[who] = mine[who].scan(text)
                if turn > 1:
                    found[table][who].append(seconds * 1000)
            if len(set(rows.values())) != 1 or not rows["superuser"][0]:
                raise Failed(f"{table}: not everybody sees the same rows", observed=str(rows))
        say(f"{table}: {rows['superuser'][0]:,} rows")
    for one in scanners.values():
        one.connection.close()
    bench.cluster.drop_database(place)
    return found


def table_of_scans(found: Mapping[str, Mapping[str, list[float]]]) -> list[str]:
    lines = ["| table | who | CPU ms | of the superuser's | of the least |", "| --- | --- | ---: | ---: | ---: |"]
    for table, by_whom in found.items():
        base = by_whom["superuser"]
        for who, figures in by_whom.items():
            ratio = statistics.median(figures) / statistics.median(base)
            least = min(figures) / min(base)
            lines.append(f"| {table} | {who} | {Spread.of(figures).text(1)} | {ratio:.2f} | {least:.2f} |")
    return lines


@click.command()
@click.option("--pg-bin", metavar="FOLDER", help="Server programs.")
@click.option("--rounds", default=20, show_default=True, type=click.IntRange(2))
@click.option("--slice", "seconds", default=0.6, show_default=True, type=click.FloatRange(0.1), help="Seconds.")
@click.option("--fastest", default=2500, show_default=True, help="Check-ins a second to prepare people for.")
@click.option("--days", default=1, show_default=True, help="Days on which everybody came before: what is scanned.")
@click.option("--scans", "times", default=40, show_default=True, type=click.IntRange(2), help="Rounds of scans.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where the server's data lies meanwhile: a real disk.")
def main(
    pg_bin: str | None, rounds: int, seconds: float, fastest: int, days: int, times: int, folder: Path | None
) -> None:
    """Measure what tokens and policies cost, on a private server; the result goes to stdout."""
    plan = Plan(clients=(1,), rounds=rounds, seconds=seconds, batch=1, fastest=fastest, days=days)
    programs = find_programs(pg_bin)
    with prepared(programs, plan, folder or default_home(), say) as bench:
        rows = bench.rows(bench.template)
        scanned = scans(bench, times)
        outcome, counted = check_ins(bench)
    click.echo(f"PostgreSQL {program_version(programs)[1]}, {rounds} rounds of {seconds} s, {times} rounds of scans of")
    click.echo(f"{rows['events']:,} events and {rows['records']:,} records\n")
    click.echo("\n".join(table_of_check_ins(outcome, counted)))
    click.echo(f"\nOther processes used {outcome.foreign_load:.0%} of the machine meanwhile.\n")
    click.echo("\n".join(table_of_scans(scanned)))


if __name__ == "__main__":
    main(prog_name="python -m bench.isolation")
