"""Instructions of an operation, counted by valgrind: the same from run to run, whatever else the machine does.

A stand-alone backend (``postgres --single``) runs prepared statements under cachegrind, once a few and once more of
them; the difference, divided, is what one costs when everything is warm. There are no other processes, no socket and
no waiting in it, and an instruction is no time: it finds what became dearer, not how fast the product is.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence

from bench.arms import Failed
from orchestrator.cluster import Cluster

FEW, MANY = 30, 130


def available() -> bool:
    """Whether valgrind is installed."""
    return shutil.which("valgrind") is not None


def count(cluster: Cluster, database: str, preparation: Sequence[str], calls: Sequence[str], answer: str) -> int:
    """Instructions a call. The server must be down; ``calls`` are ``FEW + MANY`` lines of SQL that are used up.

    Each call has to print ``answer``; raises :class:`Failed` when one does not.
    """
    few = _run(cluster, database, [*preparation, *calls[:FEW]], answer, FEW)
    many = _run(cluster, database, [*preparation, *calls[FEW : FEW + MANY]], answer, MANY)
    return (many - few) // (MANY - FEW)


def _run(cluster: Cluster, database: str, lines: Sequence[str], answer: str, expected: int) -> int:
    account = cluster.account
    as_other = {"user": account.uid, "group": account.gid, "extra_groups": []} if account.uid != os.geteuid() else {}
    with tempfile.TemporaryFile("w+") as script:
        script.write("\n".join(line.replace("\n", " ") for line in lines) + "\n")
        script.seek(0)
        result = subprocess.run(
            [
                *("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"),
                *(cluster.runnable / "postgres", "--single", "-D", cluster.data, database),
            ],
            stdin=script,
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
            **as_other,  # type: ignore[call-overload]
        )
    counted = re.search(r"I\s+refs:\s+([\d,]+)", result.stderr)
    errors = [line for line in (result.stdout + result.stderr).splitlines() if re.search(r"ERROR|FATAL|PANIC", line)]
    answered = result.stdout.count(answer)
    if result.returncode or counted is None or errors or answered != expected:
        raise Failed(
            f"counting instructions in {database} failed",
            expected=f"{expected} times {answer}",
            observed=" · ".join(errors[:3]) or f"{answered} times, exit code {result.returncode}",
        )
    return int(counted[1].replace(",", ""))
