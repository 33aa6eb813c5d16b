"""What a server spends: CPU of its processes, WAL, fsyncs; and what else the machine does meanwhile."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg

from orchestrator.errors import SmartAttendError

TICK = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Reading:
    """Totals since some beginning; differences of two readings mean something."""

    seconds: float
    server_cpu: float
    """Seconds on a CPU of all processes of the server, those that have ended included."""
    machine_cpu: float
    """Seconds that any process of the machine was on a CPU."""
    wal: int
    """Bytes."""

    def since(self, earlier: Reading) -> Reading:
        return Reading(
            self.seconds - earlier.seconds,
            self.server_cpu - earlier.server_cpu,
            self.machine_cpu - earlier.machine_cpu,
            self.wal - earlier.wal,
        )


def on_cpu(pid: int) -> float:
    """Seconds on a CPU, to the nanosecond where the kernel keeps schedstat, else to the tick."""
    try:
        return int((PROC / str(pid) / "schedstat").read_text().split()[0]) / 1e9
    except FileNotFoundError:
        user, system = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / TICK


def _of_ended_children(pid: int) -> float:
    user, system = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[13:15]
    return (int(user) + int(system)) / TICK


def machine_cpu() -> float:
    """Seconds that the machine's CPUs were busy since its start."""
    user, nice, system, _idle, _iowait, irq, softirq, *_ = (PROC / "stat").read_text().split("\n", 1)[0].split()[1:]
    return sum(map(int, (user, nice, system, irq, softirq))) / TICK


class Meter:
    """Reads a running server. Its own connection is not counted.

    ``connection`` is an autocommit superuser connection to any database of the server.
    """

    def __init__(self, connection: psycopg.Connection[Any], postmaster: int) -> None:
        self.connection = connection
        self.postmaster = postmaster
        self.own = connection.info.backend_pid

    def one(self, query: str, *parameters: object) -> Any:
        row = self.connection.execute(query, parameters).fetchone()
        assert row is not None
        return row[0]

    def server_cpu(self) -> float:
        total = on_cpu(self.postmaster) + _of_ended_children(self.postmaster)
        for child in psutil.Process(self.postmaster).children():
            if child.pid != self.own:
                try:
                    total += on_cpu(child.pid)
                except (FileNotFoundError, ProcessLookupError):  # it ended: the next reading has it in its parent
                    continue
        return total

    def read(self) -> Reading:
        wal = int(self.one("select pg_current_wal_insert_lsn() - '0/0'"))
        return Reading(time.monotonic(), self.server_cpu(), machine_cpu(), wal)

    def drain(self, database: str, timeout: float = 30) -> None:
        """Wait until no client of ``database`` has a command in flight."""
        until = time.monotonic() + timeout
        query = "select count(*) from pg_stat_activity where datname = %s and state = 'active' and pid <> %s"
        while self.one(query, database, self.own):
            if time.monotonic() > until:
                raise SmartAttendError(f"a command in {database} did not end within {timeout:.0f} s")
            time.sleep(0.002)

    def clients(self, application: str) -> int:
        """How many connections go by that ``application_name``."""
        return int(self.one("select count(*) from pg_stat_activity where application_name = %s", application))

    def fsyncs(self) -> int:
        """WAL fsyncs so far, of clients that have disconnected."""
        if self.connection.info.server_version >= 180000:
            return int(self.one("select coalesce(sum(fsyncs), 0) from pg_stat_io where object = 'wal'"))
        return int(self.one("select wal_sync from pg_stat_wal"))


def fdatasync_us(folder: Path, count: int = 200) -> float:
    """Median microseconds of writing 8 KiB and fdatasync in ``folder``."""
    path = folder / "fdatasync"
    times = []
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.pwrite(handle, b"\0" * 8192 * 16, 0)
            os.fsync(handle)
            for turn in range(count):
                os.pwrite(handle, os.urandom(8192), 8192 * (turn % 16))
                start = time.perf_counter()
                os.fdatasync(handle)
                times.append(time.perf_counter() - start)
        finally:
            os.close(handle)
    finally:
        path.unlink(missing_ok=True)
    return sorted(times)[len(times) // 2] * 1e6
