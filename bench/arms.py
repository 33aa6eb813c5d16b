"""The arms: clients that keep doing one thing, and can be stopped and continued.

A pgbench is started once, keeps its connections and its prepared statements, and is frozen (SIGSTOP) except in its own
slices, so that all arms are equally warm and only one works at a time. Its transaction log tells afterwards
what was done in which slice. At the end SIGALRM ends it as if its time were over.
"""

from __future__ import annotations

import re
import signal
import subprocess
import tempfile
import time
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from orchestrator.errors import SmartAttendError

FOR_EVER = 24 * 3600


@dataclass(slots=True)
class Slice:
    """When an arm ran (seconds since the epoch), and what it did meanwhile."""

    start: float
    end: float
    operations: int = 0
    latencies: list[float] = field(default_factory=list)
    """Seconds."""


class Arm(Protocol):
    """Something that works in slices."""

    name: str
    database: str
    operations_per_call: int

    def run(self, seconds: float) -> Slice: ...

    def finish(self) -> int:
        """End; returns how many operations were done altogether, warm-up included."""

    def settle(self, slices: Sequence[Slice]) -> None:
        """After :meth:`finish`: fill in what was done in the slices."""

    def kill(self) -> None: ...


class Failed(SmartAttendError):
    """An arm did not do what it claims to do: there is no result."""


class Pgbench:
    """One pgbench that runs a script for ever, frozen but for :meth:`run`.

    ``script`` is its text, which is handed ``variables``, and the number of clients, -1 as n, and the time.
    More ``tries`` than one repeat a transaction that ended in a deadlock, as a client would.
    """

    operations_per_call = 1

    def __init__(
        self,
        name: str,
        *,
        program: Path,
        script: str,
        conninfo: str,
        database: str,
        clients: int,
        variables: Mapping[str, int],
        tries: int = 1,
    ) -> None:
        self.name = name
        self.database = database
        self.clients = clients
        self._folder = tempfile.TemporaryDirectory(prefix="smartattend-bench-")
        folder = Path(self._folder.name)
        (folder / "script.sql").write_text(script)
        self._errors = (folder / "errors").open("w+")
        self._report = (folder / "report").open("w+")
        given = dict(variables) | {"clients": clients, "n": -1, "epoch_ms": int(time.time() * 1000)}
        threads = min(clients, 2)
        self._process = subprocess.Popen(
            [
                program,
                *("-n", "-M", "prepared", "-c", str(clients), "-j", str(threads), "-T", str(FOR_EVER)),
                *("--max-tries", str(tries)),
                *("-l", "--log-prefix", str(folder / "log"), "-f", str(folder / "script.sql")),
                *(part for key, value in given.items() for part in ("-D", f"{key}={value}")),
                conninfo,
            ],
            stdin=subprocess.DEVNULL,
            stdout=self._report,
            stderr=self._errors,
        )

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def run(self, seconds: float) -> Slice:
        """Let it work for ``seconds``."""
        self.check_alive()
        start = time.time()
        self._process.send_signal(signal.SIGCONT)
        time.sleep(seconds)
        self._process.send_signal(signal.SIGSTOP)
        end = time.time()
        self.check_alive()
        return Slice(start, end)

    def _said(self) -> str:
        self._errors.flush()
        return Path(self._errors.name).read_text().strip()

    def check_alive(self) -> None:
        """Raise :class:`Failed`, with what pgbench said, when it has ended or said anything."""
        said = self._said()
        if said or self._process.poll() is not None:
            self.kill()
            raise Failed(
                f"{self.name}: pgbench failed",
                observed=said or f"exit code {self._process.returncode}",
                hint="if everybody has checked in already, prepare more people: --fastest",
            )

    def finish(self) -> int:
        self._process.send_signal(signal.SIGALRM)
        self._process.send_signal(signal.SIGCONT)
        try:
            code = self._process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failed(f"{self.name}: pgbench did not end") from None
        said = self._said()
        report = Path(self._report.name).read_text()
        done = re.search(r"number of transactions actually processed: (\d+)", report)
        lost = re.search(r"number of failed transactions: (\d+)", report)
        if code or said or done is None or (lost is not None and int(lost[1])):
            raise Failed(f"{self.name}: pgbench failed", observed=said or report.strip() or f"exit code {code}")
        return int(done[1])

    def settle(self, slices: Sequence[Slice]) -> None:
        """Count each transaction for the slice in which its answer came.

        What was in flight when a slice ended counts for the arm's next slice; every slice gains and loses alike.
        """
        starts = [one.start for one in slices]
        for path in Path(self._folder.name).glob("log.*"):
            for line in path.read_text().splitlines():
                _client, _number, latency, _script, second, microsecond, *_ = line.split()
                at = int(second) + int(microsecond) / 1e6
                index = bisect_right(starts, at) - 1
                if index >= 0:
                    one = slices[index]
                    one.operations += 1
                    seconds = int(latency) / 1e6
                    if at - seconds >= one.start:
                        one.latencies.append(seconds)
        self._folder.cleanup()

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.kill()


class Calls:
    """One connection in this process that calls ``call()`` again and again; each call does several operations.

    ``call`` raises :class:`Failed` when an operation did not succeed; ``close`` ends the connection. There are at
    most ``most`` calls in a slice, since each uses up what was prepared for it.
    """

    def __init__(
        self,
        name: str,
        *,
        database: str,
        operations_per_call: int,
        most: int,
        call: Callable[[], None],
        close: Callable[[], None],
    ) -> None:
        self.name = name
        self.database = database
        self.operations_per_call = operations_per_call
        self._most = most
        self._call = call
        self._close = close
        self._calls = 0

    def run(self, seconds: float) -> Slice:
        """Call at least once, until ``seconds`` are over."""
        one = Slice(time.time(), 0.0)
        began = time.perf_counter()
        while not one.latencies or (len(one.latencies) < self._most and time.perf_counter() - began < seconds):
            before = time.perf_counter()
            self._call()
            one.latencies.append(time.perf_counter() - before)
            one.operations += self.operations_per_call
            self._calls += 1
        one.end = one.start + time.perf_counter() - began
        return one

    def finish(self) -> int:
        self._close()
        return self._calls * self.operations_per_call

    def settle(self, slices: Sequence[Slice]) -> None:
        """Nothing is left to fill in."""

    def kill(self) -> None:
        self._close()
