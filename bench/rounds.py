"""Rounds of slices: every arm once a round, in turn forwards and backwards, each measured by what the server spent."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import psutil

from bench.arms import Arm, Failed, Slice
from bench.meter import Meter, Reading

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and quartiles of the rounds."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        if len(values) == 1:
            return cls(values[0], values[0], values[0])
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(low, median, high)

    def text(self, digits: int = 0) -> str:
        return f"{self.median:,.{digits}f} ({self.low:,.{digits}f}–{self.high:,.{digits}f})"


@dataclass(slots=True)
class Result:
    """One arm's rounds. All figures are per operation; rates are operations a second."""

    name: str
    operations_per_call: int
    rates: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    wal: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    operations: int = 0
    fsyncs: float | None = None

    def rate_ratio(self, base: Result) -> Spread:
        return Spread.of([mine / theirs for mine, theirs in zip(self.rates, base.rates, strict=True)])

    def cpu_difference(self, base: Result) -> Spread:
        return Spread.of([theirs - mine for mine, theirs in zip(self.cpu_us, base.cpu_us, strict=True)])

    def latency_ms(self, quantile: float) -> float:
        """Of a call, not of an operation."""
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * quantile), len(ordered) - 1)] * 1000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What :func:`compare` found."""

    results: Mapping[str, Result]
    foreign_load: float
    """Median share of the machine's CPUs that neither the server nor its clients used."""


def _clients_cpu() -> float:
    me = psutil.Process()
    total = 0.0
    for process in (me, *me.children()):
        times = process.cpu_times()
        total += times.user + times.system
    return total


def compare(
    arms: Sequence[Arm], meter: Meter, *, rounds: int, seconds: Mapping[str, float], progress: Progress
) -> Outcome:
    """Warm every arm up for one slice, then ``rounds`` rounds. ``seconds`` are the slices' lengths by arm.

    Raises :class:`bench.arms.Failed` when an arm does.
    """
    slices: dict[str, list[Slice]] = {arm.name: [] for arm in arms}
    readings: dict[str, list[Reading]] = {arm.name: [] for arm in arms}
    foreign: list[float] = []
    processors = psutil.cpu_count() or 1
    try:
        for turn in range(rounds + 1):
            progress(f"round {turn} of {rounds}" if turn else "warm-up")
            for arm in arms if turn % 2 else reversed(arms):
                clients = _clients_cpu()
                before = meter.read()
                slices[arm.name].append(arm.run(seconds[arm.name]))
                meter.drain(arm.database)
                spent = meter.read().since(before)
                readings[arm.name].append(spent)
                if turn:
                    others = spent.machine_cpu - spent.server_cpu - (_clients_cpu() - clients)
                    foreign.append(max(others, 0.0) / spent.seconds / processors)
        totals = {arm.name: arm.finish() for arm in arms}
    except BaseException:
        for arm in arms:
            arm.kill()
        raise
    results = {}
    for arm in arms:
        arm.settle(slices[arm.name])
        results[arm.name] = _result(arm, slices[arm.name][1:], readings[arm.name][1:], totals[arm.name])
    return Outcome(results, statistics.median(foreign))


def _result(arm: Arm, slices: Sequence[Slice], readings: Sequence[Reading], total: int) -> Result:
    result = Result(arm.name, arm.operations_per_call, operations=total)
    for one, spent in zip(slices, readings, strict=True):
        if not one.operations:
            raise Failed(f"{arm.name}: nothing was done in a slice", hint="longer slices: --slice")
        result.rates.append(one.operations / (one.end - one.start))
        result.cpu_us.append(spent.server_cpu * 1e6 / one.operations)
        result.wal.append(spent.wal / one.operations)
        result.latencies.extend(one.latencies)
    return result


def count_fsyncs(start: Callable[[], Arm], meter: Meter, seconds: float) -> float:
    """WAL fsyncs an operation of an arm that has the server for itself, from its start to its end."""
    before = meter.fsyncs()
    arm = start()
    try:
        arm.run(seconds)
        operations = arm.finish()
    finally:
        arm.kill()
    while meter.clients(arm.name):
        time.sleep(0.005)
    return (meter.fsyncs() - before) / operations
