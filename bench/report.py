"""``RESULTS.md``: what was measured, where, with which command, and how it compares with what was promised."""

from __future__ import annotations

import datetime
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import psutil

from bench.meter import fdatasync_us
from bench.rounds import Outcome, Result, Spread
from bench.suite import APPLICATION, BARE, BATCH, CHECK_IN, REGISTER, ROUND_TRIPS, SELF, TWO_INSERTS, WITHOUT, Findings

TARGET_RATIOS: Mapping[int, float] = {1: 0.40, 8: 0.25, 32: 0.20}
TARGET_CPU_US = 450
TARGET_BATCH_MS = 80
ROOT = Path(__file__).resolve().parent.parent


def describe_machine(folder: Path) -> list[tuple[str, str]]:
    """Facts about the machine, as (name, value)."""
    folder.mkdir(parents=True, exist_ok=True)
    models = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    system = [line.partition("=")[2].strip('"') for line in _lines("/etc/os-release") if line.startswith("PRETTY_NAME")]
    return [
        ("date", datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")),
        ("source", _commit()),
        ("machine", f"{psutil.cpu_count()} × {models[0] if models else platform.machine()}"),
        ("memory", f"{psutil.virtual_memory().total / 2**30:.0f} GiB"),
        ("system", f"{system[0] if system else platform.system()}, Linux {platform.release()}"),
        ("write of 8 KiB with fdatasync", f"{fdatasync_us(folder):.0f} µs"),
        ("load when it began", f"{os.getloadavg()[0]:.1f}"),
        ("command", "python -m bench " + shlex.join(sys.argv[1:])),
    ]


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def _commit() -> str:
    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False
        ).stdout.strip()

    changed = git("status", "--porcelain", "--", "deploy", "sqitch.plan")
    return (git("rev-parse", "--short", "HEAD") or "unknown") + (" with uncommitted changes" if changed else "")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Columns after the first are numbers."""
    return [
        f"| {' | '.join(head)} |",
        f"| --- |{' ---: |' * (len(head) - 1)}",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
    ]


def _verdict(held: bool) -> str:
    return "yes" if held else "**no**"


def render(machine: Sequence[tuple[str, str]], findings: Sequence[Findings]) -> str:
    """The whole file."""
    lines = [
        "# What a check-in costs",
        "",
        "Written by `make bench`. Figures are medians of the rounds with quartiles in brackets. Arms work in turn, in slices of one",
        "run on one server (`synchronous_commit`, `fsync` and `full_page_writes` on); a ratio is that of two slices of the same round.",
        "CPU is that of all processes of the server, WAL what was inserted; both are per operation and hardly depend on what",
        "else the machine does, which rates do. Every transaction is checked, and the rows are counted afterwards: an arm with an",
        "error, a refusal, a replay or a missing row has no result.",
        "",
    ]
    lines += _table(("", ""), machine)
    for one in findings:
        lines += _server(one)
    lines += [
        "## The arms",
        "",
        "All but batches and registers are pgbench scripts (`bench/scripts`), prepared statements, over the Unix socket; keys come from the client, in time order.",
        "",
        f"- **{BARE}**: one row into a table with the columns, defaults and unique keys of `attendance.event`: no checks, no foreign keys, no",
        "  policies, no triggers, and no record.",
        f"- **{CHECK_IN}**: `api.check_in` as a member of `smartattend_app`, with the token of a kiosk (one a client), for a person who is expected in today's",
        "  session, has a history and no open record: every call makes one event and one record.",
        f"- **{SELF}**: the same with the person's own token, another in every call.",
        f"- **{APPLICATION}**: the same rules kept by a program: eleven statements in one transaction, as superuser. Over a network each is a",
        "  round trip during which the person's row stays locked; over this socket they cost next to nothing.",
        f"- **{BATCH}**, **{REGISTER}**: one call of `api.check_in_batch`, `api.register_submit` from psycopg, the JSON text and its transfer included.",
        "",
    ]
    return "\n".join(lines)


def _server(one: Findings) -> list[str]:
    plan = one.plan
    base = one.ablation.results["whole"]
    lines = [
        f"## PostgreSQL {one.version}",
        "",
        f"{one.rows['events']:,} events, {one.rows['records']:,} records and {plan.people:,} people before the first slice; {plan.rounds} rounds of"
        f" {plan.seconds:g} s; {one.seconds / 60:.0f} minutes.",
        "",
        "### Against what was promised",
        "",
    ]
    lines += _table(("", "promised", "measured", "held"), _promises(one))
    for clients, outcome in one.levels.items():
        lines += [f"### {clients} client{'s' if clients > 1 else ''}", ""]
        lines += _rates(outcome)
    lines += ["### In bulk, one client", ""]
    lines += _rates(one.bulk)
    lines += [
        "### Where the time goes",
        "",
        "Check-ins of one client in databases that each lack one thing; the difference is what that thing costs. Parts overlap (a policy costs",
        "the planner and the executor something, too), so they need not add up.",
        "",
    ]
    lines += _table(("", "CPU µs", "saved µs", "share"), _ablation(one.ablation, base))
    return lines


def _promises(one: Findings) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for clients, outcome in one.levels.items():
        target = TARGET_RATIOS.get(clients)
        if target is not None:
            ratio = outcome.results[CHECK_IN].rate_ratio(outcome.results[BARE])
            held = _verdict(ratio.median >= target)
            rows.append(
                (f"rate of check-ins / bare inserts, {clients} clients", f"≥ {target:.2f}", ratio.text(2), held)
            )
    cpu = Spread.of(one.ablation.results["whole"].cpu_us)
    rows.append(
        (
            "server CPU of a check-in, 1 client",
            f"≤ {TARGET_CPU_US} µs",
            f"{cpu.text()} µs",
            _verdict(cpu.median <= TARGET_CPU_US),
        )
    )
    batch = next(result for name, result in one.bulk.results.items() if name.startswith(BATCH))
    median = batch.latency_ms(0.5)
    rows.append(
        (f"{batch.name} check-ins", f"≤ {TARGET_BATCH_MS} ms", f"{median:.0f} ms", _verdict(median <= TARGET_BATCH_MS))
    )
    return rows


def _rates(outcome: Outcome) -> list[str]:
    bare = outcome.results[BARE]
    rows = []
    for result in outcome.results.values():
        calls = ROUND_TRIPS.get(result.name, 1 / result.operations_per_call)
        rows.append(
            (
                result.name,
                Spread.of(result.rates).text(),
                "1" if result is bare else result.rate_ratio(bare).text(2),
                Spread.of(result.cpu_us).text(),
                f"{Spread.of(result.wal).median:,.0f}",
                "" if result.fsyncs is None else f"{result.fsyncs:.2f}",
                f"{calls:g}",
                f"{result.latency_ms(0.5):.2f}",
                f"{result.latency_ms(0.99):.2f}",
            )
        )
    head = ("", "a second", "of bare", "CPU µs", "WAL bytes", "fsyncs", "round trips", "p50 ms", "p99 ms")
    return [
        *_table(head, rows),
        f"Other processes used {outcome.foreign_load:.0%} of the machine meanwhile. Latencies are those of a call, the rest is per person.",
        "",
    ]


def _ablation(outcome: Outcome, base: Result) -> list[tuple[str, ...]]:
    whole = Spread.of(base.cpu_us)
    rows: list[tuple[str, ...]] = [("a check-in, whole", whole.text(), "", "")]
    for name, title in WITHOUT.items():
        result = outcome.results[name]
        saved = result.cpu_difference(base)
        rows.append(
            (f"without {title}", Spread.of(result.cpu_us).text(), saved.text(), f"{saved.median / whole.median:.0%}")
        )
    for name, title in (("all", "without all of these"), (TWO_INSERTS, TWO_INSERTS), (BARE, BARE)):
        result = outcome.results[name]
        rows.append((title, Spread.of(result.cpu_us).text(), result.cpu_difference(base).text(), ""))
    return rows


__all__ = ["describe_machine", "render"]
