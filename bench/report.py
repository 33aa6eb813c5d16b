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
from bench.rounds import Outcome, Spread
from bench.suite import BARE, BATCH, CHECK_IN, ROUND_TRIPS, TWO_INSERTS, WITHOUT, Findings

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
    lines = [_prose("intro"), *_table(("", ""), machine)]
    for one in findings:
        lines += _server(one)
    return "\n".join([*lines, _prose("arms")])


def _prose(name: str) -> str:
    return (Path(__file__).parent / f"{name}.md").read_text()


def _server(one: Findings) -> list[str]:
    plan = one.plan
    lines = [
        f"## PostgreSQL {one.version}",
        "",
        f"{one.rows['events']:,} events, {one.rows['records']:,} records and {plan.people:,} people at first;",
        f"{plan.rounds} rounds of {plan.seconds:g} s; {one.seconds / 60:.0f} minutes.",
        "",
        "### Against what was promised",
        "",
        *_table(("", "promised", "measured", "held"), _promises(one)),
    ]
    for clients, outcome in one.levels.items():
        lines += [f"### {_clients(clients)}", "", *_rates(outcome)]
    lines += [
        "### In bulk, one client",
        "",
        *_rates(one.bulk),
        "### Where the time goes",
        "",
        "Check-ins of one client in databases that lack one thing each; the difference is what that thing costs.",
        "The parts overlap, so they need not add up.",
        "",
        *_table(("", "CPU µs", "saved µs", "share", "instructions", "share"), _ablation(one)),
        f"Other processes used {one.ablation.foreign_load:.0%} of the machine meanwhile.",
        "",
    ]
    return lines


def _clients(count: int) -> str:
    return f"{count} client{'s' if count > 1 else ''}"


def _promises(one: Findings) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for clients, outcome in one.levels.items():
        if clients in TARGET_RATIOS:
            target = TARGET_RATIOS[clients]
            ratio = outcome.results[CHECK_IN].rate_ratio(outcome.results[BARE])
            title = f"rate of check-ins to bare inserts, {_clients(clients)}"
            rows.append((title, f"≥ {target:.2f}", ratio.text(2), _verdict(ratio.median >= target)))
    fewest = min(one.levels)
    cpu = Spread.of(one.levels[fewest].results[CHECK_IN].cpu_us)
    held = _verdict(cpu.median <= TARGET_CPU_US)
    rows.append((f"server CPU of a check-in, {_clients(fewest)}", f"≤ {TARGET_CPU_US} µs", f"{cpu.text()} µs", held))
    batch = next(result for name, result in one.bulk.results.items() if name.startswith(BATCH))
    median = batch.latency_ms(0.5)
    held = _verdict(median <= TARGET_BATCH_MS)
    rows.append((f"{batch.name} check-ins", f"≤ {TARGET_BATCH_MS} ms", f"{median:.0f} ms", held))
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
        f"Other processes used {outcome.foreign_load:.0%} of the machine meanwhile. Latencies are those of a call, the",
        "rest is per person.",
        "",
    ]


def _ablation(one: Findings) -> list[tuple[str, ...]]:
    results = one.ablation.results
    whole = results["whole"]
    cpu = Spread.of(whole.cpu_us)
    all_of_it = one.instructions.get("whole", 0)
    rows: list[tuple[str, ...]] = []
    for name, title in (
        ("whole", "a check-in, whole"),
        *((name, f"without {what}") for name, what in WITHOUT.items()),
        ("all", "without all of these"),
        (TWO_INSERTS, TWO_INSERTS),
        (BARE, BARE),
    ):
        saved = results[name].cpu_difference(whole)
        counted = one.instructions.get(name)
        part = name in WITHOUT
        rows.append(
            (
                title,
                Spread.of(results[name].cpu_us).text(),
                saved.text() if part else "",
                f"{saved.median / cpu.median:.0%}" if part else "",
                "" if counted is None else f"{counted:,}",
                f"{(all_of_it - counted) / all_of_it:.0%}" if part and counted is not None else "",
            )
        )
    return rows


__all__ = ["describe_machine", "render"]
